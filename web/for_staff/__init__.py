"""Pages for staff: the board, employers and postings to judge, workers at the desk, accounts, the log of looks."""

from apiflask import APIFlask

from web.for_staff import (  # noqa: F401  (they put their views on the blueprint)
    accounts,
    batches,
    board,
    brands,
    cases,
    channel_people,
    channels,
    cooperation,
    courses,
    coverage,
    dashboard,
    dispatches,
    employers,
    exchange,
    export,
    hours,
    imports,
    looks,
    marks,
    organised,
    origin,
    placement,
    postings,
    ratings,
    subsidies,
    targets,
    training_orders,
    villages,
    wages,
    worker,
    workers,
)
from web.for_staff.blueprint import pages


def init_app(app: APIFlask) -> None:
    app.register_blueprint(pages)
