"""One placement's evidence, link by link: what the figures rest on."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from flask import request, url_for
from sqlalchemy.orm import Session

from labor_brands.export_channels.queries import counties_that_sent
from web.auth import may_enter, staff, viewer
from web.case_words import HOWS
from web.filters import clock as clock_said
from web.filters import minutes, month_day, yuan
from web.for_staff.blueprint import ROLES, page, pages
from web.for_staff.figures import why_said
from zero_work_market.ground.db import transaction
from zero_work_market.ground.errors import NotFound
from zero_work_market.market.postings.queries import posting as posting_by_id
from zero_work_market.people.accounts.rules import Permission
from zero_work_market.reference.occupations.queries import label
from zero_work_market.statistics.indicators.queries import person_placements, placement_evidence
from zero_work_market.statistics.indicators.rules import Link, PlacementEvidence, PlacementRow
from zero_work_market.statistics.targets.queries import indicators, steps

BY = {"worker": "工人本人", "employer": "用工单位", "system": "系统"} | {
    str(role): name for role, name in ROLES.items()
}
SIDES = {"worker": "工人", "employer": "单位"}
LOST = {"withdrawn": "工人自己退了", "cancelled": "单位取消了", "no_show": "说来没来"}
PROOFS = {"bank": "有转账号", "signature": "本人签收"}
STAGES = {"filed": "快立", "accepted": "快调", "mediating": "快调", "hearing": "快审", "closed": "快结"}
NEXT = {
    "arrival": "到岗打上卡：扫码、报 6 位数、工头点名都行", "hours": "有一班的工时两边都认",
    "paid": "工钱一分不少到齐",
}  # fmt: skip
"""What the next rung asks for."""
Body = Mapping[str, Any]


class Step(NamedTuple):
    """A link of the chain in words; `hash` is its first characters."""

    at: datetime
    title: str
    words: str
    by: str
    number: int
    hash: str


@pages.get("/placements/<int:placement_id>")
@may_enter(staff(Permission.BOARD))
def placement(placement_id: int) -> str:
    """For staff over the work, and those whose county sent the worker there. Raises NotFound, OutOfScope."""
    with transaction(read_only=True) as session:
        found = placement_evidence(session, placement_id)
        if found is None:
            raise NotFound(what="placement")
        row = found.standing
        sent = not viewer().may(Permission.BOARD, row.village) and _sent_by_own(session, found)
        if not sent:
            viewer().require(Permission.BOARD, row.village)
        others = [] if sent else _others(session, found)
    back = {"place": row.village, "year": row.day.year}
    key = request.args.get("indicator")
    known = next((one for one in (*indicators(), *steps()) if one.key == key), None)
    return page(
        "placement", "dashboard", at=None if sent else row.village, to=_to(known.key if known else None, row.day.year),
        found=found, row=row, others=others, steps=[step(link) for link in found.links], next=next_said(row),
        known=known, back=back, lost=LOST.get(row.lost),
    )  # fmt: skip


def _others(session: Session, found: PlacementEvidence) -> list[PlacementRow]:
    """The person's other placements of that year, in the regions that the viewer may see."""
    row = found.standing
    held = person_placements(session, worker_id=found.worker_id, year=row.day.year, region=_seen(row.village))
    return [one for one in held if one.placement_id != row.placement_id]


def _sent_by_own(session: Session, found: PlacementEvidence) -> bool:
    posting = posting_by_id(session, found.standing.posting_id)
    counties = counties_that_sent(session, worker_id=found.worker_id, posting=posting)
    return any(viewer().may(Permission.MANAGE_CHANNELS, county) for county in counties)


def step(link: Link) -> Step:
    title, words = TOLD[link.kind](link.body) if link.kind in TOLD else (link.kind, "")
    return Step(link.at, title, words, BY.get(link.by_role, link.by_role), link.number, link.hash[:8])


def next_said(row: PlacementRow) -> str:
    """What the next rung lacks; empty at the top, or where the seat is lost."""
    if not row.short_of or row.lost:
        return ""
    name = str(row.short_of[0])
    return NEXT[name] if name in NEXT and row.level < 4 else why_said(row.short_of, row.level)[1]


def _to(indicator: str | None, year: int) -> Callable[[str], str]:
    """Where the trail leads: the figure that one came from, else the dashboard."""
    if indicator is None:
        return lambda code: url_for("staff.dashboard", place=code, year=year)
    return lambda code: url_for("staff.figure", indicator=indicator, place=code, year=year)


def _seen(village: str) -> str:
    """The highest region around a village that the viewer may see."""
    around = (f"{village[:4]}00", village[:6], village[:9], village)
    return next(code for code in around if viewer().may(Permission.BOARD, code))


def _day(text: str) -> str:
    return month_day(date.fromisoformat(text))


def _arrived(body: Body) -> tuple[str, str]:
    late, at = body["minutes_late"], datetime.fromisoformat(body["arrived_at"])
    return "到岗了", f"{clock_said(at)} {HOWS.get(body['how'], body['how'])}" + (
        f"，晚了 {minutes(late)}" if late > 0 else ""
    )


def _wage_made(body: Body) -> tuple[str, str]:
    first, last = _day(body["first"]), _day(body["last"])
    days = first if first == last else f"{first}到 {last}"
    return (
        "工资表出了",
        f"{days}，{minutes(body['minutes'])}，该给 {yuan(body['net_fen'])} 元，{_day(body['due_on'])}前到",
    )


TOLD: Mapping[str, Callable[[Body], tuple[str, str]]] = {
    "posting_published": lambda body: ("活发出来了", f"要 {body['seats']} 人，{_day(body['day'])}开工"),
    "seat_accepted": lambda body: ("接了单", f"{_day(body['day'])}开工" + _trade(body)),
    "seat_lost": lambda body: ("位子没了", LOST.get(body["why"], "")),
    "seat_restored": lambda _: ("位子还回来了", "申诉成了"),
    "agreement_made": lambda body: ("约定写好了", f"第 {body['version']} 版，原文指纹 {body['text_hash'][:8]}"),
    "agreement_signed": lambda body: (f"{SIDES[body['side']]}签了约定", f"签的是指纹 {body['text_hash'][:8]} 的原文"),
    "agreement_complete": lambda _: ("约定两边签齐了", ""),
    "agreement_void": lambda _: ("约定作废了", ""),
    "arrived": _arrived,
    "arrival_struck": lambda _: ("到岗记录撤掉了", "核下来没到"),
    "left": lambda body: ("下班了", f"{clock_said(datetime.fromisoformat(body['left_at']))} 打的卡"),
    "absent": lambda _: ("没来", "开工一刻钟还没到"),
    "hours_claimed": lambda body: (f"{SIDES[body['side']]}报了工时", minutes(body["minutes"])),
    "hours_agreed": lambda body: ("工时两边认了", f"{_day(body['day'])}，{minutes(body['minutes'])}"),
    "wage_made": _wage_made,
    "paid": lambda body: ("给了钱", f"{yuan(body['fen'])} 元，{_day(body['on'])}，{PROOFS.get(body['proof'], '')}"),
    "wage_settled": lambda body: ("工钱到齐了", _day(body["at_day"])),
    "payment_voided": lambda body: ("一笔钱不算了", f"{yuan(body['fen'])} 元，没到"),
    "wage_unsettled": lambda _: ("工钱又没齐", "有一笔不算了"),
    "case_filed": lambda body: ("要工资", f"要 {yuan(body['claim_fen'])} 元"),
    "case_moved": lambda body: ("案子往前走了", STAGES.get(body["stage"], "")),
    "case_closed": lambda body: ("案子结了", f"已经到账 {yuan(body['recovered_fen'])} 元"),
    "rated": lambda body: (f"{SIDES[body['side']]}给了评价", f"{body['stars']} 星"),
}


def _trade(body: Body) -> str:
    return f"，{label(body['trade'])}" if body.get("trade") else ""
