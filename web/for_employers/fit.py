"""Who would come: the employer's preview while typing, and the ranked list with its reasons."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from markupsafe import Markup
from sqlalchemy.orm import Session

from web.drawings import Part, road_of_dots
from web.filters import yuan
from web.for_employers.inviting import why_so_many
from web.ratings import figure_said
from web.words import UNITS, reasons, score_parts
from zero_work_market.market.gate.rules import Draft, Finding, PayKind, hourly_fen
from zero_work_market.market.placements.queries import Record, records
from zero_work_market.market.shortlists.queries import shortlist_of_draft
from zero_work_market.market.shortlists.rules import Inviting, Place, Shortlist
from zero_work_market.people.workers.queries import shown_workers
from zero_work_market.rights.contracts.rules import Side
from zero_work_market.rights.ratings.queries import workers_figures

SIZE = 50
FIRST = 3
RAISES_FEN = {PayKind.HOUR: 100, PayKind.DAY: 1000, PayKind.MONTH: 20000, PayKind.PIECE: 10}
ROADS_KM = (4, 8, 16, 30, 60, 120)
MOST = 0.85
"""Share of the workers for whom the road is long enough; who comes from further stands at its end."""
NEEDED = {"title", "occupations", "shifts", "break_minutes", "pay", "pieces_per_hour", "town", "lon"}
"""Fields without which nobody can be ranked."""


@dataclass(frozen=True)
class Wanted:
    """What a posting or a draft asks for and gives, as the reasons speak of it."""

    occupations: tuple[tuple[str, int], ...]
    brands: tuple[str, ...]
    shifts: tuple[tuple[datetime, datetime], ...]
    hourly_fen: int


@dataclass(frozen=True)
class Candidate:
    """A worker's row in a ranked list."""

    number: int
    worker_id: int
    name: str
    town: str
    distance_km: float
    record: str
    rated: str
    reasons: list[str]
    parts: list[Part]


@dataclass(frozen=True)
class Fit:
    """`suitable` fit, at least, when `more`; `why` so many are invited; `gain` is what more pay would bring."""

    suitable: int
    more: bool
    inviting: int
    why: str
    road: Markup | None
    first: list[Candidate]
    gain: str | None


def can_be_ranked(findings: Sequence[Finding]) -> bool:
    """Low pay and words at fault don't keep the list from being shown; what is missing does."""
    stopping = (found for found in findings if found.severity == "refused" and not found.words)
    return not any(found.field in NEEDED and found.code != "below_minimum_wage" for found in stopping)


def fit_of(session: Session, draft: Draft, asking: Inviting, chosen: int, *, at: datetime) -> Fit:
    """How many fit a draft, where they live, the first of them with their reasons; `chosen` are to be invited."""
    found = shortlist_of_draft(draft, k=SIZE)
    wanted = Wanted(draft.occupations, draft.brands, draft.shifts, hourly_fen(draft))
    distances = [place.distance_km for place in found.places]
    inviting = min(chosen, len(asking.chances) - 1)
    return Fit(
        suitable=len(distances), more=found.more, inviting=inviting, road=_road(distances, inviting),
        why=why_so_many(asking, inviting),
        first=candidates(session, found.places[:FIRST], wanted, at=at), gain=_gain(draft, found),
    )  # fmt: skip


def candidates(session: Session, places: Sequence[Place], wanted: Wanted, *, at: datetime) -> list[Candidate]:
    """The places of a ranking as rows, in their order; one whose profile is gone meanwhile is left out."""
    ids = [place.worker_id for place in places]
    shown, past = shown_workers(session, ids), records(session, worker_ids=ids, at=at)
    figures = workers_figures(session, worker_ids=ids, at=at)
    rows = []
    for number, place in enumerate(places, 1):
        worker = shown.get(place.worker_id)
        if worker is None:
            continue
        shared = [code for code in worker.brands if code in wanted.brands]
        rows.append(
            Candidate(
                number=number, worker_id=place.worker_id, name=worker.masked_name, town=worker.town,
                distance_km=place.distance_km,
                record=record_said(past.get(place.worker_id)),
                rated=figure_said(figures.get(place.worker_id), Side.EMPLOYER),
                reasons=reasons(wanted.occupations, wanted.brands, wanted.shifts, worker.skills, worker.brands),
                parts=score_parts(
                    place, wanted=wanted.occupations, skills=worker.skills, brands=shared,
                    gains_fen=wanted.hourly_fen - worker.min_hourly_fen if worker.min_hourly_fen else None,
                ),
            )
        )  # fmt: skip
    return rows


def record_said(record: Record | None) -> str:
    """ "12/12 到岗", "9/10 到岗，临时退过 1 回", "头一回接活" """
    if record is None or not record.accepted:
        return "头一回接活"
    late = f"，临时退过 {record.withdrawn_late} 回" if record.withdrawn_late else ""
    return f"{record.arrived}/{record.accepted} 到岗{late}"


def _road(distances: list[float], inviting: int) -> Markup | None:
    if not distances:
        return None
    most = sorted(distances)[int(len(distances) * MOST)]
    return road_of_dots(distances, set(range(inviting)), next((km for km in ROADS_KM if km >= most), ROADS_KM[-1]))


def _gain(draft: Draft, found: Shortlist) -> str | None:
    """ "给到 19 元，能再多 6 人", when a little more pay brings anybody."""
    if found.more:
        return None
    kind = PayKind(draft.pay_kind)
    pay_fen = draft.pay_fen + RAISES_FEN[kind]
    raised = shortlist_of_draft(replace(draft, pay_fen=pay_fen), k=SIZE)
    gained = len(raised.places) - len(found.places)
    if gained <= 0:
        return None
    unit = "" if kind == PayKind.HOUR else UNITS[kind].removeprefix("元")
    return f"给到 {yuan(pay_fen)} 元{unit}，能再多 {gained} 人{'以上' if raised.more else ''}"
