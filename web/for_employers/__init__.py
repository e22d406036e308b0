"""Pages for employers: registering, posting in one screen, their postings, who fits and who comes."""

from apiflask import APIFlask

from web.for_employers import (  # noqa: F401  (they put their views on the blueprint)
    agreements,
    cases,
    crew,
    far_applicants,
    hours,
    paste,
    post,
    postings,
    projects,
    rate,
    register,
    revise,
    shortlist,
    today,
    training,
    wages,
)
from web.for_employers.blueprint import pages


def init_app(app: APIFlask) -> None:
    app.register_blueprint(pages)
