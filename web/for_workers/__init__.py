"""Pages for workers: registering, the profile by tapping, seats and invitations. 今天有活 is the market's own page."""

from apiflask import APIFlask

from web.for_workers import answers, mine, profile, register  # noqa: F401  (they put their views on the blueprint)
from web.for_workers.blueprint import pages


def init_app(app: APIFlask) -> None:
    app.register_blueprint(pages)
