"""Pages for everyone: markets, postings, logging in, how ranking works, the law."""

from apiflask import APIFlask

from web.for_everyone import (  # noqa: F401  (they put their views on the blueprint)
    about,
    agreement,
    brands,
    courses,
    far_jobs,
    gate,
    login,
    markets,
    postings,
)
from web.for_everyone.blueprint import pages


def init_app(app: APIFlask) -> None:
    app.register_blueprint(pages)
