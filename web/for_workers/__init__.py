"""Pages for workers: registering, the profile by tapping, seats and invitations. 今天有活 is the market's own page."""

from apiflask import APIFlask

from web.for_workers import (  # noqa: F401  (they put their views on the blueprint)
    agreement,
    answers,
    arrive,
    courses,
    far_jobs,
    hire,
    mine,
    origin,
    profile,
    rate,
    register,
    unpaid,
    wages,
)
from web.for_workers.blueprint import pages


def init_app(app: APIFlask) -> None:
    app.register_blueprint(pages)
