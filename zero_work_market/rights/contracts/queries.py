"""Reads of agreements: the text as it would be made now, what still holds of one that was signed, and coverage."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from importlib.resources import files

import yaml
from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, case, func, or_, select
from sqlalchemy.orm import Session

from zero_work_market.ground import evidence, trusted_time
from zero_work_market.ground.clock import day_bounds, local, local_date
from zero_work_market.ground.errors import NotFound
from zero_work_market.ground.evidence import ChainEnd, Evidence
from zero_work_market.ground.paging import Page, page_of
from zero_work_market.ground.trusted_time import Unproven
from zero_work_market.market.gate.rules import PayKind, working_minutes
from zero_work_market.market.placements.models import Placement
from zero_work_market.market.postings.models import Posting, Requirement
from zero_work_market.people.accounts.queries import inside
from zero_work_market.people.employers.models import Project
from zero_work_market.people.workers.models import Worker
from zero_work_market.reference.occupations.queries import industry, label, occupations
from zero_work_market.reference.regions.queries import region
from zero_work_market.rights.contracts.models import Agreement, Signature
from zero_work_market.rights.contracts.rules import Coverage, Side, State, Wording, compose, wording_of

HERE = "zero_work_market.rights.contracts"
WEEKDAYS = "一二三四五六日"
UNITS = {PayKind.HOUR: "元/小时", PayKind.DAY: "元/天", PayKind.MONTH: "元/月", PayKind.PIECE: "元/件"}


@dataclass(frozen=True)
class Check:
    """One thing that was looked at: "text", or of one side "bound", "chain", "said", "time", "witness"."""

    what: str
    side: Side | None
    ok: bool


@dataclass(frozen=True)
class Proof:
    """What was found of an agreement; `times` are the moments proven, by side and name of who stamped."""

    checks: tuple[Check, ...]
    times: Mapping[tuple[Side, str], datetime]

    @property
    def whole(self) -> bool:
        return all(check.ok for check in self.checks)


@dataclass(frozen=True)
class Started:
    """A placement whose work has started, and its agreement if one was made."""

    placement: Placement
    posting: Posting
    agreement: Agreement | None


def of_placement(session: Session, placement_id: int) -> Agreement | None:
    """The one that isn't void, else the latest that is."""
    is_void = case((Agreement.state == State.VOID, 1), else_=0)
    found = select(Agreement).where(Agreement.placement_id == placement_id).order_by(is_void, Agreement.id.desc())
    return session.scalars(found.limit(1).execution_options(populate_existing=True)).one_or_none()


def of_worker(session: Session, worker_id: int) -> list[Agreement]:
    """All of a worker's, the void ones too, the oldest first."""
    query = select(Agreement).join(Placement, Placement.id == Agreement.placement_id)
    return list(session.scalars(query.where(Placement.worker_id == worker_id).order_by(Agreement.id)))


def of_posting(session: Session, posting_id: int) -> list[tuple[Agreement, Placement]]:
    """The agreements of a posting that aren't void, with their placements, by seat."""
    query = (
        select(Agreement, Placement)
        .join(Placement, Placement.id == Agreement.placement_id)
        .where(Placement.posting_id == posting_id, Agreement.state != State.VOID)
        .order_by(Placement.seat, Placement.id)
    )
    return [(agreement, placement) for agreement, placement in session.execute(query)]


def agreement(session: Session, agreement_id: int) -> Agreement:
    """Raises NotFound."""
    found = session.get(Agreement, agreement_id)
    if found is None:
        raise NotFound(what="agreement")
    return found


def signature_of(agreement: Agreement, side: Side) -> Signature | None:
    return next((one for one in agreement.signatures if one.side == side), None)


@cache
def wordings() -> tuple[Wording, ...]:
    """Every version, the oldest first."""
    texts = [one.read_text(encoding="utf-8") for one in files(HERE).joinpath("data").iterdir()]
    return tuple(sorted((wording_of(yaml.safe_load(text)) for text in texts), key=lambda wording: wording.since))


def wording_on(day: date) -> Wording:
    """The wording in force on a day."""
    return [wording for wording in wordings() if wording.since <= day][-1]


def number_of(session: Session, posting: Posting, placement: Placement) -> str:
    """ "370829-20261125-812": county, day of the first shift, placement; the next after a void one ends in "-2"."""
    void = select(func.count()).where(Agreement.placement_id == placement.id, Agreement.state == State.VOID)
    before = session.scalar(void) or 0
    return f"{posting.county}-{local_date(posting.closes_at):%Y%m%d}-{placement.id}" + f"-{before + 1}" * bool(before)


def text_of(session: Session, posting: Posting, placement: Placement, wording: Wording) -> str:
    """The agreement as the posting, the employer and the worker stand now."""
    worker = session.get_one(Worker, placement.worker_id)
    project = session.get(Project, posting.project_id) if posting.project_id else None
    values, extras = _terms(posting), _extras(posting)
    values |= {
        "worker": worker.name or "", "id_number": worker.id_number or "", "phone": worker.phone or "没留",
        "extras": "、".join(extras),
    }  # fmt: skip
    facts = {
        "words": bool(posting.words.strip()), "piece": posting.pay_kind == PayKind.PIECE, "extras": bool(extras),
        "same_day": posting.pay_days <= 1, "insured": posting.insurance, "project": project is not None,
        "project_insured": bool(project and project.insurance_number),
    }  # fmt: skip
    if project:
        values |= {
            "project": project.name, "project_number": project.number, "contractor": project.contractor,
            "project_insurance": project.insurance_number,
        }  # fmt: skip
    held = {name for name, holds in facts.items() if holds}
    return compose(wording, number=number_of(session, posting, placement), values=values, facts=held)


def chain_end(session: Session, chain: str) -> tuple[int, str]:
    """Number and hash of the last link of a chain; (0, START) before the first."""
    end = session.get(ChainEnd, chain, populate_existing=True)
    return (0, evidence.START) if end is None else (end.number, end.hash)


def message_of(agreement: Agreement, signature: Signature) -> bytes:
    """What is stamped: everything that the signature binds."""
    return evidence.canonical(
        {
            "number": agreement.number, "side": signature.side.value, "account": signature.account_id,
            "signed_at": signature.signed_at.isoformat(), "strokes": signature.strokes_hash,
            "text": signature.text_hash, "chain": [signature.chain_number, signature.chain_hash],
        }
    ).encode()  # fmt: skip


def verify(session: Session, agreement_id: int) -> Proof:
    """Look whether text, signatures and their times are what they were. Raises NotFound."""
    found = agreement(session, agreement_id)
    placement = session.get_one(Placement, found.placement_id)
    chain = session.get_one(Posting, placement.posting_id).county
    checks = [Check("text", None, found.text is None or sha256(found.text) == found.text_hash)]
    times: dict[tuple[Side, str], datetime] = {}
    for signature in found.signatures:
        told = {
            "bound": signature.text_hash == found.text_hash
            and (signature.strokes is None or sha256(signature.strokes) == signature.strokes_hash),
            "chain": _has_link(session, chain, signature),
            "said": _is_said(session, found, signature),
            "time": _proves(found, signature, times),
        }
        if signature.witness_stamp is not None:
            told["witness"] = _witnesses(found, signature, times)
        checks += [Check(what, signature.side, ok) for what, ok in told.items()]
    return Proof(tuple(checks), times)


def started(*, scopes: Iterable[str], first: date, last: date) -> Select[Placement, Posting, Agreement]:
    """Placements whose work has started, by the day of their first shift; those without both signatures first.

    A village counts its own people alone. The agreement is None where none was made that isn't void.
    """
    scopes = tuple(scopes)
    begin, end = day_bounds(first)[0], day_bounds(last)[1]
    return (
        select(Placement, Posting, Agreement)
        .join(Posting, Posting.id == Placement.posting_id)
        .join(Agreement, and_(Agreement.placement_id == Placement.id, Agreement.state != State.VOID), isouter=True)
        .where(Placement.arrived_at.is_not(None))
        .where(or_(inside(Posting.town, scopes), inside(Placement.village, scopes)))
        .where(Posting.closes_at >= begin, Posting.closes_at < end)
        .order_by(case((Agreement.state == State.SIGNED, 1), else_=0), Posting.closes_at.desc(), Placement.id)
    )


def coverage(session: Session, *, scopes: Iterable[str], first: date, last: date) -> tuple[Coverage, ...]:
    """Signed of started by industry over the days `first` to `last`: 建筑, 制造 and 家政, then all others ("").

    Plan 11 watches the first three.
    """
    rows = started(scopes=scopes, first=first, last=last).order_by(None)
    occupation = _first_occupation()
    signed = func.sum(case((Agreement.state == State.SIGNED, 1), else_=0))
    counted = rows.with_only_columns(occupation, func.count(), signed).group_by(occupation)
    summed = {name: [0, 0] for name in ("建筑", "制造", "家政", "")}
    for code, all_started, all_signed in session.execute(counted):
        of = summed[industry(code) if code else ""]
        of[0] += all_started
        of[1] += int(all_signed)
    return tuple(Coverage(name, begun, both) for name, (begun, both) in summed.items())


def unsigned(session: Session, *, scopes: Iterable[str], first: date, last: date) -> int:
    """How many of the started have no agreement that both signed."""
    return sum(one.started - one.signed for one in coverage(session, scopes=scopes, first=first, last=last))


def sha256(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def started_in(
    session: Session, *, scopes: Iterable[str], first: date, last: date, industry: str | None, number: int
) -> Page[Started]:
    """A page of the placements behind `coverage`, those without both signatures first; None: of every industry."""
    rows = started(scopes=scopes, first=first, last=last)
    if industry is not None:
        rows = rows.where(_in_industry(industry))
    page = page_of(session, rows.with_only_columns(Placement), number=number)
    ids = [placement.id for placement in page.rows]
    shown = rows.where(Placement.id.in_(ids))
    found = session.execute(shown)
    return replace(page, rows=tuple(Started(placement, posting, held) for placement, posting, held in found))


def _in_industry(wanted: str) -> ColumnElement[bool]:
    watched = [one.code for one in occupations() if (industry(one.code) == wanted if wanted else industry(one.code))]
    occupation = _first_occupation()
    return occupation.in_(watched) if wanted else or_(occupation.is_(None), occupation.not_in(watched))


def _first_occupation() -> ScalarSelect[str]:
    of = select(Requirement.occupation).where(Requirement.posting_id == Posting.id)
    return of.order_by(Requirement.id).limit(1).correlate(Posting).scalar_subquery()


def _has_link(session: Session, chain: str, signature: Signature) -> bool:
    if signature.chain_number == 0:
        return signature.chain_hash == evidence.START
    link = select(Evidence.hash).where(Evidence.chain == chain, Evidence.number == signature.chain_number)
    return session.scalar(link) == signature.chain_hash


def _is_said(session: Session, agreement: Agreement, signature: Signature) -> bool:
    """The chain of evidence says that this side signed this text."""
    said = evidence.canonical(
        {"agreement": agreement.id, "side": signature.side.value, "text_hash": signature.text_hash}
    )
    of = (Evidence.placement_id == agreement.placement_id, Evidence.kind == "agreement_signed", Evidence.body == said)
    return session.scalar(select(Evidence.number).where(*of).limit(1)) is not None


def _proves(agreement: Agreement, signature: Signature, times: dict[tuple[Side, str], datetime]) -> bool:
    source = trusted_time.site()
    try:
        at = source.time_of(signature.stamp, message_of(agreement, signature))
    except Unproven:
        return False
    times[signature.side, source.name] = at
    return at == signature.signed_at


def _witnesses(agreement: Agreement, signature: Signature, times: dict[tuple[Side, str], datetime]) -> bool:
    source = trusted_time.outside()
    if source is None or signature.witness_stamp is None:
        return False
    try:
        times[signature.side, signature.witness] = source.time_of(
            signature.witness_stamp, message_of(agreement, signature)
        )
    except Unproven:
        return False
    return True


def _terms(posting: Posting) -> dict[str, str]:
    rest = posting.break_minutes
    hours = [working_minutes(start, end, rest) / 60 for start, end in _spans(posting)]
    trades = "、".join(label(one.occupation) for one in posting.occupations)
    return {
        "employer": posting.employer.name, "uscc": posting.employer.uscc, "operator": posting.employer.operator or "",
        "title": posting.title, "occupations": trades or "不限工种", "employment": posting.employment,
        "words": " ".join(posting.words.split()), "shifts": "；".join(_shift(*one, rest) for one in _spans(posting)),
        "hours": f"{sum(hours):g}", "longest": f"{max(hours):g}", "place": _place(posting),
        "rate": f"{_yuan(posting.pay_fen)} {UNITS[posting.pay_kind]}", "total": _yuan(posting.total_fen),
        "pay_days": str(posting.pay_days), "county": region(posting.county).name,
    }  # fmt: skip


def _extras(posting: Posting) -> list[str]:
    given = ((posting.meals, "管饭"), (posting.lodging, "管住"), (posting.transport, "管接送"))
    return [said for has, said in given if has]


def _spans(posting: Posting) -> list[tuple[datetime, datetime]]:
    return [(local(shift.starts_at), local(shift.ends_at)) for shift in posting.shifts]


def _shift(start: datetime, end: datetime, break_minutes: int) -> str:
    """ "2026 年 11 月 25 日（周三）08:00–17:00，中间休息 1 小时，不算工时" """
    day = f"{start.year} 年 {start.month} 月 {start.day} 日（周{WEEKDAYS[start.weekday()]}）"
    rest = f"，中间休息 {break_minutes / 60:g} 小时，不算工时" if break_minutes else ""
    return f"{day}{start:%H:%M}–{'次日 ' if end.date() > start.date() else ''}{end:%H:%M}{rest}"


def _place(posting: Posting) -> str:
    town = region(posting.town)
    address = posting.address.removeprefix(town.name)
    return f"{region(posting.county).name}{town.name}{address}"


def _yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}" if fen % 100 else str(fen // 100)
