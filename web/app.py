"""The site: one Flask application for pages and API."""

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from apiflask import APIFlask
from flask import Response, abort, request
from flask_compress import Compress
from flask_wtf import CSRFProtect
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import text
from werkzeug.middleware.proxy_fix import ProxyFix

from web import (
    api,
    auth,
    errors,
    filters,
    for_employers,
    for_everyone,
    for_partners,
    for_staff,
    for_workers,
    wiring,
    words,
)
from web.limits import limiter
from web.rows import RowId
from zero_work_market.ground import clock, db
from zero_work_market.ground.settings import Settings

csrf = CSRFProtect()
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'"
)
LARGEST_REQUEST = 14 * 1024 * 1024


def create_app(settings: Settings | None = None) -> APIFlask:
    """The application over this process's settings and database; `settings` are for tests."""
    settings = settings or wiring.start()
    app = APIFlask(__name__, title="乐业 Leye", version="1.0.0", spec_path="/api/v1/openapi.json", docs_path=None)
    app.config.update(
        SECRET_KEY=settings.secret_key,
        LEYE=settings,
        MAX_CONTENT_LENGTH=LARGEST_REQUEST,
        SESSION_COOKIE_NAME="leye",
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        REMEMBER_COOKIE_SAMESITE="Lax",
        REMEMBER_COOKIE_HTTPONLY=True,
        REMEMBER_COOKIE_SECURE=settings.secure_cookies,
        WTF_CSRF_TIME_LIMIT=None,
        SEND_FILE_MAX_AGE_DEFAULT=31536000,
        OPENAPI_VERSION="3.1.0",
        COMPRESS_MIN_SIZE=500,
    )
    if settings.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, settings.proxies, settings.proxies)  # type: ignore[method-assign]
    _limit_rates(app, settings)
    app.url_map.converters["int"] = RowId
    csrf.init_app(app)
    Compress(app)
    auth.init_app(app)
    errors.init_app(app)
    for house in (for_everyone, for_workers, for_employers, for_staff, for_partners):
        house.init_app(app)
    api.init_app(app, csrf)
    _tell_health(app)
    app.before_request(_refuse_nul)
    app.after_request(_guard_headers)
    app.url_defaults(_versioned_static)
    app.jinja_env.globals.update(words.GLOBALS)
    filters.init_app(app)
    app.context_processor(lambda: {"demo": settings.demo, "now": clock.now(), "viewer": auth.viewer()})
    return app


def _limit_rates(app: APIFlask, settings: Settings) -> None:
    """Counts in Redis where there is one; a dead one must not take the site along."""
    app.config["RATELIMIT_STORAGE_URI"] = settings.redis_url or "memory://"
    if settings.redis_url:
        app.config["RATELIMIT_STORAGE_OPTIONS"] = {"socket_connect_timeout": 1, "socket_timeout": 1}
        app.config["RATELIMIT_IN_MEMORY_FALLBACK_ENABLED"] = True
    limiter.init_app(app)


def _tell_health(app: APIFlask) -> None:
    @app.get("/health")
    @app.doc(hide=True)
    @auth.may_enter(auth.EVERYONE)
    def health() -> str:
        return "ok"

    @app.get("/ready")
    @app.doc(hide=True)
    @auth.may_enter(auth.EVERYONE)
    def ready() -> str:
        with db.transaction(read_only=True) as session:
            session.execute(text("SELECT 1"))
        return "ready"

    @app.get("/metrics")
    @app.doc(hide=True)
    @auth.may_enter(auth.LOCAL)
    def metrics() -> Response:
        return Response(generate_latest(), content_type=CONTENT_TYPE_LATEST)


def _refuse_nul() -> None:
    """No text of a form holds a NUL, and PostgreSQL keeps none."""
    if any("\0" in text for values in (request.args, request.form) for _, text in values.items(multi=True)):
        abort(400)


def _guard_headers(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", POLICY)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Permissions-Policy"] = "geolocation=(self), microphone=(self), camera=()"
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "private, no-store")
        response.vary.add("Cookie")
    return response


def _versioned_static(endpoint: str, values: dict[str, Any]) -> None:
    if endpoint == "static" and "v" not in values:
        values["v"] = _fingerprint(values["filename"])


@cache
def _fingerprint(filename: str) -> str:
    path = Path(__file__).parent / "static" / filename
    return hashlib.sha256(path.read_bytes()).hexdigest()[:10]
