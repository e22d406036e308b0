"""Pages for staff: the board, queues of employers and postings, workers at the desk, accounts, looks at full numbers."""

from apiflask import APIFlask

from web.for_staff.blueprint import pages


def init_app(app: APIFlask) -> None:
    app.register_blueprint(pages)
