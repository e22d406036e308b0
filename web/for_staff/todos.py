"""今天要办: what waits for the viewer in all their regions, with how long the first has waited."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask import url_for
from sqlalchemy.orm import Session

from labor_brands.export_channels import queries as channels
from web.auth import viewer
from web.case_words import STAGES, clock_lamp
from web.channel_words import alarm_said
from web.filters import day, month_day, waited, yuan
from web.for_staff import reads
from web.for_staff.blueprint import scoped_counties
from zero_work_market.ground.clock import local_date
from zero_work_market.ground.paging import page_of
from zero_work_market.market.postings.queries import count_waiting, waiting_for_staff
from zero_work_market.people.accounts.rules import Permission
from zero_work_market.people.employers import queries as employers
from zero_work_market.people.employers.rules import Verification
from zero_work_market.people.workers.queries import shared_phones
from zero_work_market.policy.courses import queries as courses
from zero_work_market.reference.law.queries import limit
from zero_work_market.reference.regions.queries import region
from zero_work_market.rights.attendance import queries as attendance
from zero_work_market.rights.contracts.queries import unsigned
from zero_work_market.rights.disputes import queries as cases
from zero_work_market.rights.hours.queries import count_undecided
from zero_work_market.rights.ratings.queries import contested
from zero_work_market.rights.wages.queries import month_sheets, risk_sums, risks
from zero_work_market.rights.wages.rules import Lamp


@dataclass(frozen=True)
class Todo:
    count: int
    title: str
    detail: str
    act: str
    href: str
    hot: bool = False
    due: date | None = None
    """By when the first must be done, where a rule sets it."""


def todos(session: Session, now: datetime) -> list[Todo]:
    """What is late or due today first, then by the day on which it is due."""
    found: list[Todo] = []
    if scopes := viewer().scopes(Permission.VERIFY_EMPLOYER):
        found += [*_to_verify(session, scopes, now), *_to_reverify(session, scopes, now)]
    if here := scoped_counties(Permission.MODERATE):
        found += _to_moderate(session, here, now)
    if here := scoped_counties(Permission.DECIDE):
        found += [*_cases(session, here, now), *_wages(session, here, now)]
        found += [*_hours(session, here, now), *_marks(session, here, now), *_ratings(session, here, now)]
    if here := scoped_counties(Permission.RUN_COURSES):
        found += _training(session, here, now)
    if scopes := viewer().scopes(Permission.BOARD):
        found += _unsigned(session, scopes, now)
    if scopes := viewer().scopes(Permission.MANAGE_CHANNELS):
        found += _channels(session, scopes, now)
    if shared := shared_phones(session, viewer().scopes(Permission.REGISTER_WORKER)):
        detail = f"最多的一个号上有 {shared[0].workers} 个人"
        found.append(Todo(len(shared), "一个手机号登了好多人", detail, "去问", url_for("staff.shared")))
    return sorted(found, key=lambda one: (not one.hot, one.due or date.max))


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
        href, by = url_for("staff.employers", show="due"), local_date(due[0].valid_until)
        yield Todo(len(due), "到期复核", detail, "去核", href, hot=over > 0, due=by)


def _to_moderate(session: Session, here: list[str], now: datetime) -> Iterator[Todo]:
    number = count_waiting(session, counties=here)
    first = session.scalars(waiting_for_staff(counties=here).limit(1)).one_or_none()
    if first is not None:
        detail = f"{_first(first.posted_at, now)}：{first.employer.short} {first.title}"
        yield Todo(number, "岗位审核", detail, "去看", url_for("staff.postings"))


def _cases(session: Session, here: list[str], now: datetime) -> Iterator[Todo]:
    today = local_date(now)
    pressing = cases.pressing(counties=here, by=today + timedelta(days=limit("case_warning_days", today).value))
    first = session.scalars(pressing.limit(1)).one_or_none()
    if first is not None:
        short = cases.employers_of(session, [first])[first.employer_id].short
        detail = f"最急的{clock_lamp(first, today)[1]}：{short} {STAGES[first.stage]}"
        number, href = cases.count(session, pressing), url_for("staff.cases")
        yield Todo(number, "欠薪案子", detail, "去办", href, hot=first.due_on <= today, due=first.due_on)
    if watched := cases.count(session, cases.supervised(counties=here)):
        yield Todo(watched, "挂牌督办", "集体或者数额大的", "去看", url_for("staff.cases", show="supervised"))


def _marks(session: Session, here: list[str], now: datetime) -> Iterator[Todo]:
    waiting = page_of(session, attendance.contested(counties=here), number=1, size=1)
    for first in waiting.rows:
        until = attendance.row(session, first.id).decided_until
        over = until is not None and until < now
        detail = "有过了日子的" if over else f"最急的 {day(until, now)}前定" if until else ""
        by = local_date(until) if until else None
        yield Todo(waiting.total, "到岗申诉", detail, "去定", url_for("staff.marks"), hot=over, due=by)


def _ratings(session: Session, here: list[str], now: datetime) -> Iterator[Todo]:
    waiting = page_of(session, contested(counties=here), number=1, size=1)
    for first in waiting.rows:
        detail = f"{_first(first.contested_at, now)}，留着还是撤下来"
        yield Todo(waiting.total, "申诉的评价", detail, "去定", url_for("staff.ratings"))


def _training(session: Session, here: list[str], now: datetime) -> Iterator[Todo]:
    orders = page_of(session, courses.orders_of(counties=here), number=1, size=1)
    for order in orders.rows:
        yield Todo(orders.total, "单位要人培训", _first(order.asked_at, now), "去看", url_for("staff.training_orders"))
    claims = page_of(session, courses.claims_of(counties=here), number=1, size=1)
    for claim in claims.rows:
        yield Todo(claims.total, "培训补贴", _first(claim.asked_at, now), "去批", url_for("staff.subsidies"))


def _unsigned(session: Session, scopes: tuple[str, ...], now: datetime) -> Iterator[Todo]:
    last = local_date(now)
    if number := unsigned(session, scopes=scopes, first=last - timedelta(days=29), last=last):
        yield Todo(number, "没签约就开工", "近 30 天，两边没签齐的", "去看", url_for("staff.coverage"), hot=True)


def _wages(session: Session, here: list[str], now: datetime) -> Iterator[Todo]:
    today = local_date(now)
    sums = [held for county in risk_sums(session, scopes=here, today=today).values() for held in county.items()]
    late = [figures for lamp, figures in sums if lamp == Lamp.RED]
    number = sum(count for _, (count, _) in sums)
    if number:
        over, fen = sum(count for count, _ in late), sum(fen for _, fen in late)
        detail = f"{over} 笔过了日子，{yuan(fen)} 元" if over else "都还没过日子，先问一声"
        first = session.scalars(risks(scopes=here, today=today).limit(1)).one()
        yield Todo(number, "工资预警", detail, "去催", url_for("staff.wages"), hot=over > 0, due=first.due_on)
    sheets = sum(1 for one in month_sheets(session, today=today, scopes=here) if one.overdue(today))
    if sheets:
        yield Todo(sheets, "工地月表没签", "上个月的工资表过了日子还没签", "去看", url_for("staff.wages"))


def _hours(session: Session, here: list[str], now: datetime) -> Iterator[Todo]:
    if number := count_undecided(session, scopes=here, at=now):
        yield Todo(number, "工时争议", "两边说的不一样，或者一边不吭声", "去定", url_for("staff.hours"))


def _channels(session: Session, scopes: tuple[str, ...], now: datetime) -> Iterator[Todo]:
    """Channels that dry up while their period runs."""
    today = local_date(now)
    drying = [
        (row.channel, period.alarms[0])
        for row in channels.rows(session, channels.channels_in(session, scopes), today=today)
        if (period := row.current(today)) and period.alarms
    ]
    if drying:
        first, alarm = drying[0]
        yield Todo(len(drying), "通道快断了", f"{first.name}：{alarm_said(alarm)}", "去看", url_for("staff.channels"))


def _first(since: datetime, now: datetime) -> str:
    """ "最早的等了 2 天", "刚到" """
    time = waited(since, now)
    return time if time == "刚到" else f"最早的等了 {time}"
