"""Ratings on a page: the form's values, what may be done now, and figures in plain words; the same for both sides."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from web.errors import RATING_CLOSED, said_by_field
from zero_work_market.ground.clock import local_date
from zero_work_market.ground.errors import LeyeError
from zero_work_market.rights.contracts.rules import Side
from zero_work_market.rights.ratings.queries import View, chips, chips_of, employers_figures, praised, terms
from zero_work_market.rights.ratings.rules import MOST_CHIPS, Figure

STARS = ((1, "很差"), (2, "不好"), (3, "一般"), (4, "好"), (5, "很好"))
UNITS = {Side.WORKER: "人", Side.EMPLOYER: "家"}
"""Who is counted, by the side that says it."""


@dataclass(frozen=True)
class Said:
    """A rating as typed."""

    stars: int = 0
    chips: tuple[str, ...] = ()
    words: str = ""

    def as_arguments(self) -> dict[str, Any]:
        return {"stars": self.stars, "chips": self.chips, "words": self.words}


@dataclass(frozen=True)
class Typed:
    """What was sent and refused, to be shown again with the words of the refusal."""

    said: Said | None = None
    contest: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)


def said_in(form: MultiDict[str, str]) -> Said:
    stars = form.get("stars", "")
    return Said(
        int(stars) if stars.isdecimal() and len(stars) == 1 else 0, tuple(form.getlist("chips")), form.get("words", "")
    )


def refused(error: LeyeError, form: MultiDict[str, str]) -> tuple[int, Typed]:
    """The status of a refusal, and what was typed: the rating, or the contest."""
    status, errors = said_by_field(error)
    if "contest" in form:
        named = {"contest": errors["form"]} if error.code == "reason_missing" else errors
        return status, Typed(contest=form["contest"], errors=named)
    return status, Typed(said=said_in(form), errors=errors)


def context(view: View, typed: Typed, now: datetime) -> dict[str, Any]:
    """What the pieces of a rating's page need: see pieces/rating_page.html."""
    own = view.own
    given = Said(own.stars, tuple(own.chips), own.words) if own else Said()
    return {
        "view": view, "held": typed.said or given, "typed": typed, "chips": chips_of(view.side), "all_chips": chips(),
        "star_words": STARS, "closed": closed(view), "most_chips": MOST_CHIPS, "terms": terms(local_date(now)),
    }  # fmt: skip


def closed(view: View) -> str:
    """Why this side can't rate; empty while it can, or has."""
    if view.own is not None or view.until is not None:
        return ""
    if view.settled_at is None:
        return RATING_CLOSED["unpaid"]
    return RATING_CLOSED["shown" if view.others else "late"]


def figure_said(figure: Figure | None, said_by: Side) -> str:
    """ "4.8 分，23 人评", "评的人还少"; empty when nobody rated."""
    if figure is None:
        return ""
    if figure.stars is None:
        return "评的人还少"
    return f"{figure.stars:.1f} 分，{figure.raters} {UNITS[said_by]}评"


@dataclass(frozen=True)
class Rated:
    """How an employer was rated: "4.8 分，23 人评", and the praise that most had for it with how many they were."""

    said: str
    praise: list[tuple[str, int]]


def rated_said(session: Session, employer_id: int, now: datetime) -> Rated:
    """For the posting's page; `said` is empty when nobody rated."""
    figure = employers_figures(session, employer_ids=[employer_id], at=now).get(employer_id)
    enough = figure is not None and figure.stars is not None
    return Rated(figure_said(figure, Side.WORKER), praised(session, employer_id=employer_id, at=now) if enough else [])


def state_said(view: View) -> tuple[str, bool]:
    """How a rating stands, for a list, and whether there is something to do: ("能评", True), ("评了 5 分", False)."""
    if view.own is not None:
        return f"评了 {view.own.stars} 分", False
    if view.until is not None:
        return ("对方评了，等你评" if view.other_gave else "能评"), True
    return ("工钱还没结清" if view.settled_at is None else "没评"), False
