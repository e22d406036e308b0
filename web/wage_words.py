"""Hours and wages in plain words."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from sqlalchemy.orm import Session

from web.filters import minutes, month_day, yuan
from web.words import UNITS
from zero_work_market.ground.clock import local_date
from zero_work_market.ground.errors import NotFound
from zero_work_market.market.gate.rules import PayKind
from zero_work_market.rights.hours.queries import Done
from zero_work_market.rights.hours.rules import Word
from zero_work_market.rights.wages.queries import PaidRecord, WageRow, paid_record
from zero_work_market.rights.wages.rules import Lamp, Proof

SHAPES = {Lamp.GREEN: "ok", Lamp.AMBER: "soon", Lamp.RED: "late"}
PROOFS = {Proof.BANK: "银行转账", Proof.SIGNATURE: "现金，本人签字", Proof.CASH: "现金，没签字"}


def word_said(word: Word) -> str:
    """ "4 小时", "4 小时、128 件" """
    return minutes(word.minutes) + ("" if word.pieces is None else f"、{word.pieces} 件")


def month_of(written: str) -> date:
    """The first day of "2026-11". Raises NotFound for what is no month."""
    try:
        return date.fromisoformat(f"{written}-01")
    except ValueError:
        raise NotFound(what="month") from None


def period_said(first: date, last: date) -> str:
    """ "6 月 1 日", "6 月 1 日 – 7 日" """
    if first == last:
        return month_day(first)
    to = f"{last.day} 日" if (first.year, first.month) == (last.year, last.month) else month_day(last)
    return f"{month_day(first)} – {to}"


def formula(wage: WageRow, works: Sequence[Done], *, pay_kind: PayKind, pay_fen: int) -> str:
    """How the pay for the work came about: "4 小时 × 18 元/小时", "128 件 × 0.75 元/件", "3 天，按 160 元/天"."""
    unit = f"{yuan(pay_fen)} {UNITS[pay_kind]}"
    match pay_kind:
        case PayKind.HOUR:
            return f"{minutes(wage.minutes)} × {unit}"
        case PayKind.PIECE:
            return f"{sum(pieces or 0 for _, _, pieces in works)} 件 × {unit}"
        case _:
            days = len({day for day, _, _ in works})
            return f"{days} 天 {minutes(wage.minutes)}，按 {unit}"


def lamp_said(wage: WageRow, today: date) -> tuple[str, str]:
    """The lamp's shape and its words: ("soon", "还有 2 天到期")."""
    lamp = wage.lamp(today)
    if wage.denied_at is not None:
        return SHAPES[lamp], "说发了，没收到"
    if wage.settled_on is not None:
        late = (wage.settled_on - wage.due_on).days
        return ("soon", f"晚了 {late} 天，发清了") if late > 0 else (SHAPES[lamp], "按时发清了")
    if not wage.net_fen:
        return SHAPES[lamp], "没有要发的"
    if not wage.unrecorded_fen:
        return SHAPES[Lamp.RED if lamp == Lamp.RED else Lamp.AMBER], "记了现金，等一句收到了"
    left = (wage.due_on - today).days
    if lamp == Lamp.RED:
        return SHAPES[lamp], f"拖了 {-left} 天"
    if lamp == Lamp.AMBER:
        return SHAPES[lamp], "今天到期" if left == 0 else f"还有 {left} 天到期"
    return SHAPES[lamp], f"{month_day(wage.due_on)}前发"


def share_said(record: PaidRecord) -> tuple[str, str]:
    """The lamp's shape and words of an employer's record: ("ok", "准时发 47/48")."""
    shape = "late" if record.owing else "ok" if record.on_time == record.due else "soon"
    return shape, f"准时发 {record.on_time}/{record.due}"


def shares_said(session: Session, employer_ids: Iterable[int], now: datetime) -> dict[int, tuple[str, str]]:
    """What a card says of how each employer pays: the lamp's shape and words; one that never paid is left out."""
    records = paid_record(session, set(employer_ids), local_date(now))
    return {employer_id: share_said(record) for employer_id, record in records.items()}


def record_said(record: PaidRecord) -> str:
    """ "11 回按时，1 回晚了 2 天。没有欠着谁的。" """
    on_time, late = record.lamps.count(Lamp.GREEN), record.lamps.count(Lamp.AMBER)
    said = [f"{on_time} 回按时"] * bool(on_time)
    if late:
        said.append(f"{late} 回晚了{'，最晚' if late > 1 else ''} {record.latest_days} 天")
    owing = f"还欠着 {record.owing} 笔。" if record.owing else "没有欠着谁的。"
    return f"{'，'.join(said) or '没有一回按时'}。{owing}"
