"""For the sites of partner regions: what they pull, each request signed. docs/exchange tells it to them."""

from apiflask import APIFlask

from web.for_partners.bundles import pages


def init_app(app: APIFlask) -> None:
    app.register_blueprint(pages)
