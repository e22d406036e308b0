"""The one screen on which work is posted: what it holds as typed, and the draft that it makes."""

from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any

from werkzeug.datastructures import MultiDict

from web.brands import recognised_brands
from web.filters import yuan
from zero_work_market.ground import clock
from zero_work_market.ground.errors import LeyeError
from zero_work_market.ground.money import fen_from_yuan
from zero_work_market.market.gate.rules import EMPLOYMENTS, MOST_OCCUPATIONS, Draft, Finding, PayKind
from zero_work_market.market.postings.models import Posting
from zero_work_market.market.shortlists.rules import MOST_INVITED
from zero_work_market.people.employers.queries import EmployerRow
from zero_work_market.reference.job_titles.queries import reader, search
from zero_work_market.reference.law.queries import minimum_wage
from zero_work_market.reference.occupations.queries import label, occupations, trade, trades
from zero_work_market.reference.regions.queries import nearest_town, region, towns
from zero_work_market.reference.regions.rules import within_jining

MOST_DAYS = 14
SURE = 0.6
"""Confidence from which the trade read from the title is taken without asking."""
ALIKE = 5
ANY = "any"
"""Ticked for a posting that takes everyone, whatever they can do."""
BREAKS = {"0": "没有", "30": "半小时", "60": "1 小时", "90": "1.5 小时", "120": "2 小时"}
EXTRAS = ("meals", "lodging", "transport", "insurance")


@dataclass(frozen=True)
class Slip:
    """The form's values as typed."""

    title: str = ""
    trades: tuple[str, ...] = ()
    trades_of: str = ""
    """The title for which `trades` were ticked: another title is read anew."""
    level: str = "1"
    headcount: str = "5"
    day: str = ""
    start: str = "08:00"
    end: str = "12:00"
    break_minutes: str = "0"
    days: str = "1"
    town: str = ""
    address: str = ""
    lon: str = ""
    lat: str = ""
    spot: str = ""
    """Point and town as agreed last, "lon lat town": a newer point sets the town, a newer town drops the point."""
    pay: str = ""
    pay_kind: str = PayKind.HOUR.value
    pieces: str = ""
    extras: tuple[str, ...] = ()
    words: str = ""
    brands: tuple[str, ...] = ()
    pay_days: str = "7"
    min_age: str = "18"
    employment: str = EMPLOYMENTS[0]
    project: str = ""
    """Id of the construction project, for work on a building site."""
    channel: str = ""
    """Code of the export channel that the work belongs to."""
    crew: str = ""
    """Ticked: the seats are for a crew, whose jobs are asked next."""
    invite: str = ""
    invite_was: str = ""
    """What was suggested when the form was shown: if `invite` is still that, it follows what is suggested now."""

    @property
    def breaks(self) -> dict[str, str]:
        """What may be chosen as the break, and what is."""
        held = self.break_minutes
        return BREAKS | {held: BREAKS.get(held, f"{held} 分钟")}

    @property
    def inviting(self) -> int:
        return 0 if self.crew else int(self.invite or 0)


@dataclass(frozen=True)
class Reading:
    """The draft of a slip, and what of it couldn't be read at all, as findings like those of the gate."""

    draft: Draft
    unread: list[Finding] = field(default_factory=list)


def slip_given(given: MultiDict[str, str]) -> Slip:
    """The slip of a sent form: its title read, its place settled."""
    held: dict[str, Any] = {one.name: _clean(given[one.name]) for one in fields(Slip) if one.name in given}
    known = {"trades": _is_trade, "extras": EXTRAS.__contains__, "brands": _is_brand}
    many = {name: tuple(dict.fromkeys(filter(is_known, given.getlist(name)))) for name, is_known in known.items()}
    return settled(Slip(**held | many))


def fresh_slip(employer: EmployerRow, last: Posting | None, *, now: datetime) -> Slip:
    """Tomorrow morning, at the place, the pay and the terms of the last posting."""
    floor = minimum_wage(employer.county, clock.local_date(now)).hourly_fen
    slip = Slip(day=_tomorrow(now), town=employer.town, address=employer.address, pay=_whole_yuan(floor))
    if last is not None:
        known = slip_of(last)
        same = ("town", "address", "lon", "lat", "spot", "extras", "pay_days", "min_age")
        slip = replace(slip, pay=_whole_yuan(last.hourly_fen), **{name: getattr(known, name) for name in same})
    return settled(slip)


def slip_again(posting: Posting, *, now: datetime) -> Slip:
    """An earlier posting once more, from tomorrow on."""
    return settled(replace(slip_of(posting), day=_tomorrow(now)))


def slip_of(posting: Posting) -> Slip:
    """A posting as the form would hold it."""
    start, end = (clock.local(moment) for moment in (posting.shifts[0].starts_at, posting.shifts[0].ends_at))
    lon, lat = f"{posting.lon:.5f}", f"{posting.lat:.5f}"
    return Slip(
        title=posting.title, trades=tuple(need.occupation for need in posting.occupations) or (ANY,),
        trades_of=posting.title, level=str(max((need.level for need in posting.occupations), default=1)),
        headcount=str(posting.headcount), day=start.date().isoformat(), start=f"{start:%H:%M}", end=f"{end:%H:%M}",
        break_minutes=str(posting.break_minutes), days=str(len(posting.shifts)),
        town=posting.town, address=posting.address, lon=lon, lat=lat,
        spot=f"{lon} {lat} {posting.town}", pay=yuan(posting.pay_fen, grouped=False), pay_kind=posting.pay_kind.value,
        pieces=f"{posting.pieces_per_hour:g}" if posting.pieces_per_hour else "",
        extras=tuple(name for name in EXTRAS if getattr(posting, name)), words=posting.words,
        brands=tuple(preferred.brand for preferred in posting.brands), pay_days=str(posting.pay_days),
        min_age=str(posting.min_age), employment=posting.employment, project=str(posting.project_id or ""),
        channel=posting.channel,
    )  # fmt: skip


def draft_of(posting: Posting) -> Draft:
    """A posting as a draft, to be judged again."""
    return Draft(
        employer_name=posting.employer.name, title=posting.title,
        occupations=tuple((need.occupation, need.level) for need in posting.occupations),
        headcount=posting.headcount, county=posting.county, town=posting.town, address=posting.address,
        lon=posting.lon, lat=posting.lat,
        shifts=tuple((shift.starts_at, shift.ends_at) for shift in posting.shifts),
        pay_kind=posting.pay_kind.value, pay_fen=posting.pay_fen, pieces_per_hour=posting.pieces_per_hour,
        pay_days=posting.pay_days, employment=posting.employment,
        meals=posting.meals, lodging=posting.lodging, transport=posting.transport, insurance=posting.insurance,
        min_age=posting.min_age, words=posting.words, brands=tuple(preferred.brand for preferred in posting.brands),
        project_id=posting.project_id, channel=posting.channel, break_minutes=posting.break_minutes,
    )  # fmt: skip


def read_slip(slip: Slip, employer: EmployerRow) -> Reading:
    """The draft of a slip. What can't be read is left empty in it; what the law says of it is judged elsewhere."""
    unread: list[Finding] = []

    def refuse(name: str, code: str) -> None:
        unread.append(Finding(name, code, "refused"))

    town = region(slip.town if slip.town in _codes(slip.town[:6]) else employer.town)
    if slip.town != town.code:
        refuse("town", "unknown")
    point = (float(slip.lon), float(slip.lat)) if slip.spot else (town.lon, town.lat)
    codes = [code for code in slip.trades if code != ANY]
    if slip.title and not slip.trades:
        refuse("occupations", "not_read")
    try:
        shifts = _shifts(slip)
    except (ValueError, OverflowError):
        shifts = ()
        refuse("shifts", "unreadable")
    try:
        pay_fen = fen_from_yuan(slip.pay, field="pay") if slip.pay else 0
    except LeyeError as error:
        pay_fen = 0
        refuse("pay", error.details["reason"])
    draft = Draft(
        employer_name=employer.name, title=" ".join(slip.title.split()),
        occupations=tuple((code, _number(slip.level) or 1) for code in codes[:MOST_OCCUPATIONS]),
        headcount=_number(slip.headcount), county=town.code[:6], town=town.code,
        address=" ".join(slip.address.split()), lon=point[0], lat=point[1], shifts=shifts,
        pay_kind=slip.pay_kind if slip.pay_kind in set(PayKind) else PayKind.HOUR.value, pay_fen=pay_fen,
        pieces_per_hour=_pieces(slip.pieces) if slip.pay_kind == PayKind.PIECE else None,
        pay_days=_number(slip.pay_days), employment=slip.employment,
        meals="meals" in slip.extras, lodging="lodging" in slip.extras, transport="transport" in slip.extras,
        insurance="insurance" in slip.extras, min_age=_number(slip.min_age),
        words=slip.words.replace("\r\n", "\n"), brands=tuple(dict.fromkeys(slip.brands)),
        project_id=_number(slip.project) or None, channel=slip.channel[:20],
        break_minutes=_number(slip.break_minutes),
    )  # fmt: skip
    return Reading(draft, unread)


def with_invitations(slip: Slip, suggested: int) -> Slip:
    """The slip inviting as many as suggested, unless another number was typed."""
    chosen = str(min(_number(slip.invite), MOST_INVITED)) if slip.invite != slip.invite_was else str(suggested)
    return replace(slip, invite=chosen, invite_was=str(suggested))


def trades_alike(slip: Slip) -> list[tuple[str, str]]:
    """(code, name) of the trades to tick: those ticked, then what else the title may mean, then what is beside them."""
    read = [found.code for found in reader().read(slip.title, k=ALIKE)] if slip.title else []
    typed = [known.code for known in search(slip.title, k=ALIKE)] if slip.title else []
    ticked = [code for code in slip.trades if code != ANY]
    headings = {known.heading for known in map(trade, [*ticked, *read][:1]) if known}
    beside = [known.code for known in trades() if known.heading in headings]
    codes = list(dict.fromkeys([*ticked, *read, *typed, *beside]))[: max(ALIKE, len(ticked))]
    return [(code, label(code)) for code in codes]


def settled(slip: Slip) -> Slip:
    """The slip with its title read and its place agreed."""
    return _placed(_with_trades(slip))


def _with_trades(slip: Slip) -> Slip:
    """Tick the trade that the title says, unless trades were ticked for this very title."""
    if slip.title == slip.trades_of:
        return slip
    found = reader().read(slip.title, k=1) if slip.title else []
    return replace(slip, trades=tuple(one.code for one in found if one.confidence >= SURE), trades_of=slip.title)


def _placed(slip: Slip) -> Slip:
    known = slip.spot.split()
    try:
        lon, lat = float(slip.lon), float(slip.lat)
    except ValueError:
        return replace(slip, lon="", lat="", spot="")
    if known[:2] == [slip.lon, slip.lat]:
        return slip if known[2:] == [slip.town] else replace(slip, lon="", lat="", spot="")
    if not within_jining(lon, lat):
        return replace(slip, lon="", lat="", spot="")
    town = nearest_town(lon, lat).code
    return replace(slip, town=town, spot=f"{slip.lon} {slip.lat} {town}")


def _shifts(slip: Slip) -> tuple[tuple[datetime, datetime], ...]:
    """One shift a day; one that ends before it starts ends on the next day. Raises ValueError, OverflowError."""
    first = date.fromisoformat(slip.day)
    start, end = (time.fromisoformat(text).replace(tzinfo=None) for text in (slip.start, slip.end))
    overnight = timedelta(days=1 if end < start else 0)
    every = [first + timedelta(days=ahead) for ahead in range(min(_number(slip.days) or 1, MOST_DAYS))]
    return tuple((clock.at_local(day, start), clock.at_local(day + overnight, end)) for day in every)


def _codes(county: str) -> set[str]:
    return {town.code for town in towns(county)} if county.startswith("3708") and len(county) == 6 else set()


def _is_trade(code: str) -> bool:
    return code == ANY or code in _trade_codes()


@cache
def _trade_codes() -> frozenset[str]:
    return frozenset(one.code for one in occupations())


def _is_brand(code: str) -> bool:
    return any(brand.code == code for brand in recognised_brands())


def _clean(text: str) -> str:
    return text.replace("\x00", "").strip()


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 7 else 0


def _pieces(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _tomorrow(now: datetime) -> str:
    return (clock.local_date(now) + timedelta(days=1)).isoformat()


def _whole_yuan(fen: int) -> str:
    return str(-(-fen // 100))
