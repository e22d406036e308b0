"""The API, version 1: JSON over bearer tokens, described at /api/v1/openapi.json."""

from apiflask import APIFlask
from flask_wtf import CSRFProtect

from web.api import codes_and_tokens, hiring, parse, postings, recommendations, spec, statistics  # noqa: F401  (their views)
from web.api.blueprint import v1


def init_app(app: APIFlask, csrf: CSRFProtect) -> None:
    """Without CSRF tokens: a bearer token isn't sent by itself."""
    spec.init_app(app)
    app.register_blueprint(v1)
    csrf.exempt(v1)
