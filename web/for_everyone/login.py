"""Logging in: by phone and code; staff by name, password and TOTP."""

import json
from urllib.parse import urlsplit

import pyotp
from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from web import auth, limits
from web.auth import ACCOUNT, DEMO, EVERYONE, may_enter
from web.errors import wording
from web.for_everyone.blueprint import pages
from zero_work_market.ground import clock, messages
from zero_work_market.ground.db import transaction
from zero_work_market.ground.errors import LeyeError
from zero_work_market.ground.settings import settings
from zero_work_market.people.accounts import service as accounts


@pages.get("/login")
@may_enter(EVERYONE)
def login() -> str:
    return render_template("for_everyone/login.html", next=_next(), phone="", error=None)


@pages.post("/login")
@may_enter(EVERYONE)
@limits.logins
def send_code() -> str | tuple[str, int]:
    """Send a code and ask for it; without script this is the second screen."""
    phone = request.form.get("phone", "")
    try:
        with transaction() as session:
            accounts.request_code(session, phone=phone, at=clock.now())
    except LeyeError as error:
        status, words = wording(error)
        if error.code == "code_too_soon":
            return _ask_code(phone, error=words), status
        return render_template("for_everyone/login.html", next=_next(), phone=phone, error=words), status
    return _ask_code(phone)


@pages.post("/login/code")
@may_enter(EVERYONE)
@limits.logins
def try_code() -> Response | tuple[str, int]:
    phone = request.form.get("phone", "")
    try:
        with transaction() as session:
            found = accounts.try_code(session, phone=phone, code=request.form.get("code", ""), at=clock.now())
    except LeyeError as error:
        found = error
    if isinstance(found, LeyeError):
        status, words = wording(found)
        return _ask_code(phone, error=words), status
    auth.log_in(found)
    return redirect(_next() or url_for("everyone.own_market"), 303)


@pages.get("/staff/login")
@may_enter(EVERYONE)
def staff_login() -> str:
    return render_template("for_everyone/staff_login.html", next=_next(), login_name="", error=None)


@pages.post("/staff/login")
@may_enter(EVERYONE)
@limits.logins
def try_password() -> Response | tuple[str, int]:
    given = request.form
    with transaction() as session:
        found = accounts.try_password(
            session, login_name=given.get("login_name", ""), password=given.get("password", ""),
            totp=given.get("totp", ""), at=clock.now(),
        )  # fmt: skip
    if isinstance(found, LeyeError):
        status, words = wording(found)
        page = render_template(
            "for_everyone/staff_login.html", next=_next(), login_name=given.get("login_name", ""), error=words
        )
        return page, status
    auth.log_in(found)
    return redirect(_next() or url_for("staff.dashboard"), 303)


@pages.post("/logout")
@may_enter(ACCOUNT)
def logout() -> Response:
    auth.log_out()
    flash("退出来了。", "ok")
    return redirect(url_for("everyone.own_market"), 303)


@pages.get("/demo/messages")
@may_enter(DEMO)
def demo_messages() -> str:
    """The messages that would go to phones; in demo alone."""
    path = settings().home / "demo.json"
    logins = json.loads(path.read_text()) if path.exists() else None
    totp = pyotp.TOTP(logins["staff_totp"]).now() if logins else ""
    with transaction(read_only=True) as session:
        return render_template(
            "for_everyone/messages.html",
            codes=messages.newest(session, purpose="login_code", limit=3),
            messages=messages.newest(session),
            logins=logins,
            totp=totp,
        )


def _ask_code(phone: str, error: str | None = None) -> str:
    return render_template("for_everyone/code.html", next=_next(), phone=phone, error=error)


def _next() -> str:
    """The page that was asked for; only a path of this site."""
    asked = request.values.get("next", "")
    foreign = asked.startswith("//") or "\\" in asked or urlsplit(asked).netloc
    return asked if asked.startswith("/") and not foreign else ""
