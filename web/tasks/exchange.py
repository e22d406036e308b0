"""Partners are told what is new and asked what they have, again and again; and who is concerned here is told."""

from base64 import b64encode
from collections.abc import Mapping
from datetime import timedelta
from http.client import HTTPException
from tempfile import TemporaryFile
from typing import IO, Any
from urllib.error import HTTPError
from urllib.request import OpenerDirector, ProxyHandler, Request, build_opener

import structlog
from sqlalchemy.orm import Session

from labor_brands.bundles.rules import Manifest
from labor_brands.exchange import service
from labor_brands.exchange.models import ImportedVacancy, OwnApplication, RemoteApplication
from labor_brands.exchange.rules import Way
from labor_brands.partners import service as partners_service
from labor_brands.partners.models import Partner
from labor_brands.partners.queries import partner, partners, place_said
from labor_brands.partners.rules import State, request_message
from web import exchange
from web.errors import wording
from zero_work_market.ground import clock, db, messages
from zero_work_market.ground.errors import LeyeError
from zero_work_market.ground.settings import settings
from zero_work_market.market.postings.models import Posting
from zero_work_market.people.accounts.models import Account
from zero_work_market.people.workers.models import Worker

PATIENCE_S = 20
LARGEST = 64 << 20
EVERY, EVERY_IN_DEMO = timedelta(minutes=2), timedelta(seconds=10)
log = structlog.get_logger(__name__)


class CannotPull(Exception):
    """Says why, in words for the staff's page."""


def exchange_with_all() -> None:
    """Every partner whose turn it is. What one of them does wrong doesn't keep the others waiting."""
    at = clock.now()
    with db.transaction(read_only=True) as session:
        due = [one.code for one in partners(session) if one.state == State.ACTIVE and (one.due_at or at) <= at]
    for code in due:
        exchange_with(code)


def exchange_with(code: str) -> None:
    """Number what is new for a partner, pull what it has. A failure is kept for the staff's page, and tried again."""
    try:
        exchange.keep_up(code, at=clock.now())
        pull(code)
    except (CannotPull, LeyeError) as error:
        why = wording(error)[1] if isinstance(error, LeyeError) else str(error)
        log.warning("exchange_failed", partner=code, why=why)
        with db.transaction() as session:
            partners_service.note_failed(session, code=code, error=why, at=clock.now())
    else:
        every = EVERY_IN_DEMO if settings().demo else EVERY
        with db.transaction() as session:
            at = clock.now()
            partners_service.note_pulled(session, code=code, next_at=at + every, at=at)


def pull(code: str) -> None:
    """All that a partner has since the last time, part by part; nothing where bundles go by file alone.

    Raises CannotPull, BundleRefused.
    """
    while True:
        with TemporaryFile() as file:
            if not _fetch(code, file):
                return
            manifest, counts = exchange.take_in(file, way=Way.HTTPS)
        if any(one.reason.startswith(("damaged", "missing")) for one in counts.refused):
            raise CannotPull("路上丢了几行，过一会儿再取")
        if not _goes_on(code, manifest):
            return


def _fetch(code: str, into: IO[bytes]) -> bool:
    with db.transaction(read_only=True) as session:
        row = partner(session, code)
        if not row.url:
            return False
        request = _signed(session, row)
    try:
        with _opener().open(request, timeout=PATIENCE_S) as answer:
            while block := answer.read(1 << 20):
                into.write(block)
                if into.tell() > LARGEST:
                    raise CannotPull("那边给的太大了")
    except HTTPError as error:
        error.close()
        why = "那边不认我们的签名，核对公钥和时间" if error.code == 401 else f"那边答 {error.code}"
        raise CannotPull(why) from None
    except (OSError, HTTPException):
        raise CannotPull("连不上那边的平台") from None
    into.seek(0)
    return True


def _signed(session: Session, row: Partner) -> Request:
    path, moment = f"/exchange/v1/bundles?after={row.cursor}&stream={row.their_stream}", clock.now().isoformat()
    key, signature = partners_service.sign(session, request_message(path, moment), at=clock.now())
    headers = {
        "X-Exchange-Partner": settings().region, "X-Exchange-Key": key, "X-Exchange-Date": moment,
        "X-Exchange-Signature": b64encode(signature).decode(),
    }  # fmt: skip
    return Request(f"{row.url}{path}", headers=headers)


def _goes_on(code: str, manifest: Manifest) -> bool:
    """Whether there is more, and this part was taken: else the next try would ask for the same."""
    with db.transaction(read_only=True) as session:
        return manifest.more and partner(session, code).cursor >= manifest.upto


def _opener() -> OpenerDirector:
    """Never by way of a proxy of this machine's environment."""
    return build_opener(ProxyHandler({}))


def take_uploaded(payload: Mapping[str, Any]) -> None:
    exchange.take_uploaded(payload["transfer_id"])


def close_uploaded(session: Session, payload: Mapping[str, Any]) -> None:
    service.close(session, transfer_id=payload["transfer_id"])


def tell_closed(session: Session, payload: Mapping[str, Any]) -> None:
    row, origin = _own(session, payload)
    said = f"你申请的{origin}的活“{row.title}”（{row.employer}），那边不招了。看看别的外地活：{_far_jobs()}"
    _tell_worker(session, row.worker_id, said, "far_closed")


def tell_asked(session: Session, payload: Mapping[str, Any]) -> None:
    row, origin = _own(session, payload)
    said = f"{origin}的{row.employer}请你去：{row.title}。先在那边用身份证登记，就能接单"
    _tell_worker(session, row.worker_id, f"{said}：{_far_jobs()}/{row.vacancy_id}", "far_asked")


def tell_remote(session: Session, payload: Mapping[str, Any]) -> None:
    row = session.get_one(RemoteApplication, payload["application_id"])
    try:
        posting = session.get(Posting, service.posting_id_of(row.vacancy))
    except LeyeError:
        return
    if posting is None or row.gone:
        return
    account = session.get_one(Account, posting.employer.account_id)
    if account.phone:
        said = f"【乐业】{place_said(row.origin)}的{row.masked_name}想来干{posting.title}。看看他会什么，要不要请他来："
        link = f"{settings().public_url}/hire/{posting.id}"
        messages.queue(session, phone=account.phone, body=said + link, purpose="remote_applied", at=clock.now())


def _own(session: Session, payload: Mapping[str, Any]) -> tuple[OwnApplication, str]:
    row = session.get_one(OwnApplication, payload["application_id"])
    source = session.get_one(Partner, session.get_one(ImportedVacancy, row.vacancy_id).partner_id)
    return row, place_said(source.code)


def _tell_worker(session: Session, worker_id: int, said: str, purpose: str) -> None:
    phone = session.get_one(Worker, worker_id).phone
    if phone:
        messages.queue(session, phone=phone, body=f"【乐业】{said}", purpose=purpose, at=clock.now())


def _far_jobs() -> str:
    return f"{settings().public_url}/far"
