"""今天要办: what waits for the viewer in all their regions, with how long the first has waited."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from flask import url_for
from sqlalchemy.orm import Session

from web.auth import viewer
from web.filters import month_day, waited
from web.for_staff import reads
from web.for_staff.blueprint import scoped_counties
from zero_work_market.market.postings.queries import count_waiting, waiting_for_staff
from zero_work_market.people.accounts.rules import Permission
from zero_work_market.people.employers import queries as employers
from zero_work_market.people.employers.rules import Verification
from zero_work_market.people.workers.queries import shared_phones
from zero_work_market.reference.regions.queries import region


@dataclass(frozen=True)
class Todo:
    count: int
    title: str
    detail: str
    act: str
    href: str
    hot: bool = False


def todos(session: Session, now: datetime) -> list[Todo]:
    found = []
    if scopes := viewer().scopes(Permission.VERIFY_EMPLOYER):
        found += [*_to_verify(session, scopes, now), *_to_reverify(session, scopes, now)]
    if here := scoped_counties(Permission.MODERATE):
        found += _to_moderate(session, here, now)
    if shared := shared_phones(session, viewer().scopes(Permission.REGISTER_WORKER)):
        detail = f"最多的一个号上有 {shared[0].workers} 个人"
        found.append(Todo(len(shared), "一个手机号登了好多人", detail, "去问", url_for("staff.shared")))
    return found


def _to_verify(session: Session, scopes: tuple[str, ...], now: datetime) -> Iterator[Todo]:
    number = reads.employer_states(session, scopes).get(Verification.WAITING, 0)
    for first in employers.waiting(session, scopes, at=now, limit=1):
        detail = (
            f"{_first(first.employer.state_since, now)}：{region(first.employer.county).short} {first.employer.short}"
        )
        yield Todo(number, "单位核验", detail, "去核", url_for("staff.employers"))


def _to_reverify(session: Session, scopes: tuple[str, ...], now: datetime) -> Iterator[Todo]:
    due = employers.due(session, scopes, at=now)
    if due and due[0].valid_until:
        over = sum(1 for one in due if one.valid_until and one.valid_until <= now)
        first = f"最早的 {month_day(due[0].valid_until)}到期：{due[0].short}"
        detail = f"{over} 家已经过期，发活要先审" if over else first
        yield Todo(len(due), "到期复核", detail, "去核", url_for("staff.employers", show="due"), hot=over > 0)


def _to_moderate(session: Session, here: list[str], now: datetime) -> Iterator[Todo]:
    number = count_waiting(session, counties=here)
    first = session.scalars(waiting_for_staff(counties=here).limit(1)).one_or_none()
    if first is not None:
        detail = f"{_first(first.posted_at, now)}：{first.employer.short} {first.title}"
        yield Todo(number, "岗位审核", detail, "去看", url_for("staff.postings"))


def _first(since: datetime, now: datetime) -> str:
    """ "最早的等了 2 天", "刚到" """
    time = waited(since, now)
    return time if time == "刚到" else f"最早的等了 {time}"
