"""Staff accounts: who may do what where, made and taken back by those above."""

from collections.abc import Callable
from datetime import datetime

import segno
from flask import flash, redirect, request, url_for
from markupsafe import Markup
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from web.auth import may_enter, staff, viewer
from web.errors import said_by_field
from web.for_staff.blueprint import ROLES, page, pages, place_name, regions_in
from zero_work_market.ground import clock
from zero_work_market.ground.audit import Actor
from zero_work_market.ground.db import transaction
from zero_work_market.ground.errors import InvalidValue, LeyeError, NotFound
from zero_work_market.people.accounts import queries, service
from zero_work_market.people.accounts.models import Account
from zero_work_market.people.accounts.rules import OutOfScope, Permission, may_grant, role_at
from zero_work_market.people.accounts.service import NewLogin

MANAGE = Permission.MANAGE_ACCOUNTS
Choices = list[tuple[str, list[tuple[str, str]]]]


@pages.get("/accounts")
@may_enter(staff(MANAGE))
def accounts() -> str:
    with transaction(read_only=True) as session:
        rows = queries.staff_of(session, viewer().scopes(MANAGE))
        names = {row.region: place_name(session, row.region) for row in rows}
    return page("accounts", "accounts", rows=rows, names=names, roles=ROLES)


@pages.get("/accounts/new")
@may_enter(staff(MANAGE))
def new_account() -> str:
    return _new({})


@pages.post("/accounts/new")
@may_enter(staff(MANAGE))
def create_account() -> str | tuple[str, int]:
    """The secret of the dynamic codes is shown on the answer, this once."""
    given = request.form
    try:
        region = _region(given.get("region", ""))
        with transaction() as session:
            made = service.create_staff(
                session, login_name=given.get("login_name", ""), password=given.get("password", ""),
                display_name=given.get("display_name", ""), role=role_at(region), region=region,
                by=viewer().as_staff(MANAGE, region), at=clock.now(),
            )  # fmt: skip
    except LeyeError as error:
        status, errors = said_by_field(error)
        return _new(errors), status
    return _made(made)


@pages.get("/accounts/<int:account_id>")
@may_enter(staff(MANAGE))
def account(account_id: int) -> str:
    """Raises NotFound, OutOfScope."""
    return _detail(_account(account_id), {})


@pages.post("/accounts/<int:account_id>/grant")
@may_enter(staff(MANAGE))
def grant(account_id: int) -> Response | tuple[str, int]:
    def deed(session: Session, by: Actor, at: datetime) -> str:
        region = _region(request.form.get("region", ""))
        service.grant(session, account_id=account_id, role=role_at(region), region=region, by=by, at=at)
        return f"加上了{place_name(session, region)}。"

    return _done(account_id, deed)


@pages.post("/accounts/<int:account_id>/revoke")
@may_enter(staff(MANAGE))
def revoke(account_id: int) -> Response | tuple[str, int]:
    def deed(session: Session, by: Actor, at: datetime) -> str:
        region = _region(request.form.get("region", ""))
        service.revoke(session, account_id=account_id, role=role_at(region), region=region, by=by, at=at)
        return f"收回了{place_name(session, region)}。"

    return _done(account_id, deed)


@pages.post("/accounts/<int:account_id>/sessions")
@may_enter(staff(MANAGE))
def end_sessions(account_id: int) -> Response | tuple[str, int]:
    def deed(session: Session, by: Actor, at: datetime) -> str:
        service.end_sessions(session, account_id=account_id, by=by, at=at)
        return "所有登录都退了，要再用得重新登录。"

    return _done(account_id, deed)


@pages.post("/accounts/<int:account_id>/close")
@may_enter(staff(MANAGE))
def close(account_id: int) -> Response | tuple[str, int]:
    def deed(session: Session, by: Actor, at: datetime) -> str:
        if not request.form.get("sure"):
            raise InvalidValue(field="sure", reason="required")
        service.close(session, account_id=account_id, by=by, at=at)
        return "账号销掉了，他做过的事还留着记录。"

    return _done(account_id, deed)


@pages.post("/accounts/<int:account_id>/renew")
@may_enter(staff(MANAGE))
def renew(account_id: int) -> str | tuple[str, int]:
    """A new password and secret for someone who lost the phone."""
    row = _account(account_id)
    try:
        with transaction() as session:
            password = request.form.get("password", "")
            made = service.renew_login(session, account_id=row.id, password=password, by=_by(), at=clock.now())
    except LeyeError as error:
        status, errors = said_by_field(error)
        return _detail(row, errors), status
    return _made(made)


def _done(account_id: int, deed: Callable[[Session, Actor, datetime], str]) -> Response | tuple[str, int]:
    row = _account(account_id)
    try:
        with transaction() as session:
            said = deed(session, _by(), clock.now())
            left = queries.account(session, account_id)
            here = left is not None and bool(left.grants)
    except LeyeError as error:
        status, errors = said_by_field(error)
        return _detail(row, errors), status
    flash(said, "ok")
    return redirect(url_for("staff.account", account_id=account_id) if here else url_for("staff.accounts"), 303)


def _account(account_id: int) -> Account:
    """A staff account with a role somewhere in the viewer's regions. Raises NotFound, OutOfScope."""
    with transaction(read_only=True) as session:
        row = queries.account(session, account_id)
    if row is None or row.login_name is None:
        raise NotFound(what="staff")
    if row.id != viewer().account_id and not any(viewer().may(MANAGE, held.region) for held in row.grants):
        raise OutOfScope(permission=MANAGE, region="")
    return row


def _by() -> Actor:
    return viewer().as_staff(MANAGE)


def _region(code: str) -> str:
    if not code:
        raise InvalidValue(field="region", reason="required")
    return code


def _choices(session: Session) -> Choices:
    """Regions that the viewer may give, each with the role that goes with it."""
    grouped = [
        (county, [(code, f"{name}（{ROLES[role_at(code)]}）") for code, name in held if _may_give(code)])
        for county, held in regions_in(session, viewer().scopes(MANAGE))
    ]
    return [(county, held) for county, held in grouped if held]


def _may_give(code: str) -> bool:
    return may_grant(viewer().grants, role_at(code), code)


def _new(errors: dict[str, str]) -> str:
    with transaction(read_only=True) as session:
        choices = _choices(session)
    return page("account_new", "accounts", choices=choices, given=request.form, errors=errors)


def _detail(row: Account, errors: dict[str, str]) -> str:
    with transaction(read_only=True) as session:
        choices = _choices(session)
        held = [(one, place_name(session, one.region), _may_give(one.region)) for one in row.grants]
    own = row.id == viewer().account_id
    over = own or all(may for _, _, may in held)
    return page(
        "account", "accounts", row=row, held=held, over=over, own=own, choices=choices, errors=errors, roles=ROLES,
        given=request.form, locked=row.locked_until is not None and clock.now() < row.locked_until,
    )  # fmt: skip


def _made(made: NewLogin) -> str:
    """The secret as text and as a QR code, for the holder's authenticator; never shown again."""
    drawn = segno.make(made.totp_uri, error="m").svg_inline(scale=5, border=2, svgclass="qr", omitsize=True)
    return page("login_made", "accounts", row=made.account, secret=made.totp_secret, qr=Markup(drawn))
