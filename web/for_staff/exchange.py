"""交换: partner regions, keys, agreements, bundles by hand, and what went wrong."""

import base64
from collections.abc import Callable
from datetime import date, datetime
from io import BytesIO
from typing import Any

from flask import Response as FileResponse
from flask import flash, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from labor_brands.bundles.rules import BundleRefused, Reader
from labor_brands.exchange import queries
from labor_brands.exchange import service as taking
from labor_brands.exchange.rules import Stage, Way
from labor_brands.partners import service
from labor_brands.partners.models import Partner
from labor_brands.partners.queries import agreement_in_force, believed, own_keys, place_said
from labor_brands.partners.queries import partner as partner_of
from labor_brands.partners.queries import partners as all_partners
from labor_brands.partners.rules import NoAgreement, State
from web import exchange as bundles
from web import exchange_words
from web.auth import may_enter, staff, viewer
from web.errors import said_by_field
from web.for_staff.blueprint import page, pages
from web.tasks.exchange import exchange_with
from zero_work_market.ground import clock
from zero_work_market.ground.audit import Actor
from zero_work_market.ground.db import transaction
from zero_work_market.ground.errors import InvalidValue, LeyeError
from zero_work_market.ground.settings import settings
from zero_work_market.people.accounts.rules import Permission

EXCHANGE = Permission.EXCHANGE


@pages.get("/exchange")
@may_enter(staff(EXCHANGE))
def exchange() -> str:
    return _list({})


@pages.post("/exchange")
@may_enter(staff(EXCHANGE))
def add_partner() -> Response | tuple[str, int]:
    given, by, at = request.form, _by(), clock.now()
    try:
        with transaction() as session:
            made = service.add_partner(
                session, code=given.get("partner", "").strip(), url=given.get("url", ""),
                shared=given.get("shared", ""), by=by, at=at,
            )  # fmt: skip
    except LeyeError as error:
        status, errors = said_by_field(error)
        return _list(errors), status
    flash(f"加上了{place_said(made.code)}。再填公钥和协议，才能交换。", "ok")
    return redirect(url_for("staff.exchange_partner", partner_code=made.code), 303)


@pages.post("/exchange/keys")
@may_enter(staff(EXCHANGE))
def make_exchange_key() -> Response:
    """A new key of ours; the partners are to be told its public half."""
    by = _by()
    with transaction() as session:
        service.make_key(session, by=by, at=clock.now())
    flash("新钥匙生成了。把新公钥告诉结对的地方，再发的包才收得下。", "ok")
    return redirect(url_for("staff.exchange"), 303)


@pages.get("/exchange/<partner_code>")
@may_enter(staff(EXCHANGE))
def exchange_partner(partner_code: str) -> str:
    """Raises UnknownPartner."""
    return _partner(partner_code, {})


@pages.post("/exchange/<partner_code>")
@may_enter(staff(EXCHANGE))
def set_partner(partner_code: str) -> Response | tuple[str, int]:
    given = request.form
    return _done(
        partner_code,
        lambda session, of: service.set_partner(
            session, url=given.get("url", ""), active=given.get("active") == "1", **of
        ),
    )


@pages.post("/exchange/<partner_code>/keys")
@may_enter(staff(EXCHANGE))
def add_partner_key(partner_code: str) -> Response | tuple[str, int]:
    """A public key of the partner, or, with `revoke`, one that isn't believed any more."""
    given = request.form

    def deed(session: Session, of: dict[str, Any]) -> None:
        if given.get("revoke"):
            service.revoke_partner_key(session, key_id=given["revoke"], **of)
        else:
            service.add_partner_key(session, key_id=given.get("key_id", ""), public=given.get("public", ""), **of)

    return _done(partner_code, deed)


@pages.post("/exchange/<partner_code>/agree")
@may_enter(staff(EXCHANGE))
def agree_with_partner(partner_code: str) -> Response | tuple[str, int]:
    given = request.form
    return _done(
        partner_code,
        lambda session, of: service.agree(
            session, first=_day(given.get("first", "")), last=_day(given.get("last", "")),
            source=given.get("source", ""), source_kind=given.get("source_kind", "bureau"),
            people=_whole(given.get("people", "")), vacancies=_whole(given.get("vacancies", "")), **of,
        ),
    )  # fmt: skip


@pages.post("/exchange/<partner_code>/now")
@may_enter(staff(EXCHANGE))
def exchange_now(partner_code: str) -> Response:
    """Try at once. Raises UnknownPartner."""
    _by()
    with transaction(read_only=True) as session:
        partner_of(session, partner_code)
    exchange_with(partner_code)
    return redirect(url_for("staff.exchange_partner", partner_code=partner_code), 303)


@pages.post("/exchange/<partner_code>/export")
@may_enter(staff(EXCHANGE))
def download_bundle(partner_code: str) -> FileResponse | tuple[str, int]:
    """A signed bundle of all that the partner may know, for a USB stick."""
    by, made = _by(), BytesIO()
    try:
        bundles.keep_up(partner_code, at=clock.now())
        manifest = bundles.give_out(partner_code, made, way=Way.FILE, by=by)
    except LeyeError as error:
        status, errors = said_by_field(error)
        if status == 404:
            raise
        return _partner(partner_code, errors), status
    name = f"{settings().region}-{partner_code}-{manifest.upto}.jsonl"
    headers = {"Content-Disposition": f"attachment; filename={name}"}
    return FileResponse(made.getvalue(), mimetype="application/x-ndjson", headers=headers)


@pages.post("/exchange/bundles")
@may_enter(staff(EXCHANGE))
def upload_bundle() -> Response | tuple[str, int]:
    """Looked through at once, and kept until staff want it taken. Nothing is taken of one that isn't to be believed."""
    by, sent = _by(), request.files.get("file")
    body, name = (sent.read(), sent.filename or "") if sent is not None else (b"", "")
    try:
        reader, counts = Reader(BytesIO(body)), bundles.look_through(BytesIO(body))
    except BundleRefused as error:
        status, errors = said_by_field(error)
        return _list({"file": errors["form"]}), status
    with transaction() as session:
        partner = believed(session, reader, at=clock.now())
        row = taking.begin(
            session, partner=partner, manifest=reader.manifest, lines=reader.lines, way=Way.FILE,
            stage=Stage.CHECKED, name=name, file=body, by=by, at=clock.now(),
        )  # fmt: skip
        taking.note_part(session, transfer_id=row.id, counts=counts, lines_read=reader.lines)
    return redirect(url_for("staff.exchange_bundle", transfer_id=row.id), 303)


@pages.get("/exchange/bundles/<int:transfer_id>")
@may_enter(staff(EXCHANGE))
def exchange_bundle(transfer_id: int) -> str:
    """What a bundle holds or came to, with each refused line. Raises NotFound."""
    _by()
    with transaction(read_only=True) as session:
        row = queries.transfer(session, transfer_id)
        refused = queries.refused_lines(session, transfer_id)
        code = session.get_one(Partner, row.partner_id).code
    return page("exchange_bundle", "exchange", row=row, refused=refused, code=code, words=exchange_words)


@pages.get("/exchange/bundles/<int:transfer_id>/progress")
@may_enter(staff(EXCHANGE))
def bundle_progress(transfer_id: int) -> Response:
    """The progress alone, asked for every second; once it is over, the whole page comes anew."""
    _by()
    with transaction(read_only=True) as session:
        row = queries.transfer(session, transfer_id)
    answer = make_response(render_template("for_staff/_exchange_progress.html", row=row))
    if row.stage != Stage.RUNNING:
        answer.headers["HX-Refresh"] = "true"
    return answer


@pages.post("/exchange/bundles/<int:transfer_id>/take")
@may_enter(staff(EXCHANGE))
def take_bundle(transfer_id: int) -> Response:
    """A task takes it in. Raises NotFound, IllegalMove."""
    by = _by()
    with transaction() as session:
        taking.confirm(session, transfer_id=transfer_id, by=by, at=clock.now())
    return redirect(url_for("staff.exchange_bundle", transfer_id=transfer_id), 303)


def _by() -> Actor:
    """Raises OutOfScope for who isn't staff over this whole market."""
    return viewer().as_staff(EXCHANGE, settings().region)


def _list(errors: dict[str, str]) -> str:
    _by()
    with transaction(read_only=True) as session:
        rows = [_row(session, one) for one in all_partners(session)]
        last = queries.transfers(session)
        codes = {row["partner"].id: row["partner"].code for row in rows}
        keys = [(key, base64.b64encode(key.public).decode()) for key in own_keys(session)]
    return page(
        "exchange", "exchange", rows=rows, transfers=last, codes=codes, keys=keys, errors=errors, given=request.form,
        words=exchange_words, place=place_said, region=settings().region,
    )  # fmt: skip


def _row(session: Session, found: Partner) -> dict[str, Any]:
    try:
        agreement = agreement_in_force(found, at=clock.now())
    except NoAgreement:
        agreement = None
    counts, came = queries.counts_of(session, found.id), queries.arrivals_of(session, found.id)
    return {"partner": found, "agreement": agreement, "counts": counts, "came": came}


def _partner(code: str, errors: dict[str, str]) -> str:
    _by()
    with transaction(read_only=True) as session:
        row = _row(session, partner_of(session, code))
        last = queries.transfers(session, partner_id=row["partner"].id)
    return page(
        "exchange_partner", "exchange", **row, transfers=last, codes={row["partner"].id: code}, errors=errors,
        given=request.form, words=exchange_words, place=place_said, active=row["partner"].state == State.ACTIVE,
    )  # fmt: skip


def _done(code: str, deed: Callable[[Session, dict[str, Any]], object]) -> Response | tuple[str, int]:
    of = {"code": code, "by": _by(), "at": clock.now()}
    try:
        with transaction() as session:
            deed(session, of)
    except LeyeError as error:
        status, errors = said_by_field(error)
        if status == 404:
            raise
        return _partner(code, errors), status
    flash("记下了。", "ok")
    return redirect(url_for("staff.exchange_partner", partner_code=code), 303)


def _day(text: str) -> date:
    try:
        return datetime.strptime(text.strip(), "%Y-%m-%d").date()  # noqa: DTZ007
    except ValueError:
        raise InvalidValue(field="last", reason="format") from None


def _whole(text: str) -> int:
    text = text.strip() or "0"
    if not (text.isascii() and text.isdecimal() and len(text) <= 7):
        raise InvalidValue(field="people", reason="not_a_number")
    return int(text)
