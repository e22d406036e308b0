"""A county's market: today's jobs and the search; for a worker in the order of fit, with invitations first."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from flask import make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from labor_brands.far_jobs import queries as far_jobs
from web.auth import EVERYONE, may_enter, viewer
from web.crew_words import calls
from web.drawings import COUNTY_TILES
from web.for_everyone.blueprint import pages
from web.forms import trades_by_heading
from web.wage_words import shares_said
from zero_work_market.ground import clock
from zero_work_market.ground.db import transaction
from zero_work_market.ground.errors import LeyeError, NotFound
from zero_work_market.ground.money import fen_from_yuan
from zero_work_market.ground.settings import settings
from zero_work_market.market.placements.queries import running
from zero_work_market.market.postings.queries import open_by_county
from zero_work_market.market.search.queries import search
from zero_work_market.market.search.rules import Found, Place, Wanted
from zero_work_market.people.employers.models import Employer
from zero_work_market.people.workers.models import Worker
from zero_work_market.reference.occupations.queries import label, trades
from zero_work_market.reference.regions.queries import Region, counties, county_of, region, towns

HERE_COOKIE = "county"
KEPT_SECONDS = 365 * 24 * 3600
DISTANCES = (3, 5, 8, 15)
PAGE = 30
FAR = 2
"""So many jobs elsewhere stand under those here."""
MOST_FAR = 10
FARTHEST_DAYS = 400


@dataclass(frozen=True)
class Asked:
    """What the address of a market's page asks for; what can't be read is left out."""

    day: str
    first: date | None
    last: date | None
    town: str
    km: int | None
    words: str
    occupation: str
    least: str
    by_distance: bool
    number: int

    @property
    def narrow(self) -> dict[str, str]:
        """All but the words and the page, as an address says them."""
        said = {
            "trade": self.occupation, "day": self.day, "km": str(self.km or ""), "least": self.least, "town": self.town,
            "sort": "distance" if self.by_distance else "",
        }  # fmt: skip
        return {name: value for name, value in said.items() if value}


@pages.get("/")
@may_enter(EVERYONE)
def own_market() -> Response | str:
    """Lead to the visitor's own county, or the only one; ask a newcomer which."""
    here = {place.code for place in counties()}
    county = min(here) if len(here) == 1 else _own_county() or request.cookies.get(HERE_COOKIE, "")
    if county in here:
        return redirect(url_for("everyone.market", county=county))
    return choose()


@pages.get("/counties")
@may_enter(EVERYONE)
def choose() -> str:
    with transaction(read_only=True) as session:
        open_now = open_by_county(session, at=clock.now())
    places = [
        (name, col, row, open_now.get(code, 0), url_for("everyone.market", county=code), code == _own_county())
        for code, (name, col, row) in _tiles().items()
    ]
    city = region(settings().region).short
    return render_template("for_everyone/choose.html", places=places, total=sum(open_now.values()), city=city)


@pages.get("/m/<county>")
@may_enter(EVERYONE)
def market(county: str) -> Response:
    """Home of a county's market. Raises NotFound for a code that has none."""
    place, asked, now = _county(county), _asked(clock.now()), clock.now()
    with transaction(read_only=True) as session:
        worker = _worker(session)
        wanted = Wanted(county="" if worker else county, within_km=asked.km, within_reach=asked.km is None)
        wanted = replace(wanted, by_distance=asked.by_distance)
        wanted = replace(wanted, first_day=asked.first, last_day=asked.last)
        found = search(session, wanted=wanted, at=now, worker=worker, place=_place(place, asked))
        far = far_jobs.jobs(session, at=now, worker=worker, k=FAR) if asked.number == 1 else []
        page = render_template(
            "for_everyone/market.html", far=far, far_total=far_jobs.count(session, at=now) if far else 0,
            county=place, asked=asked, found=found, page=_paged(found, asked), worker=worker,
            towns=towns(county), distances=DISTANCES, today=clock.local_date(now),
            doing=running(session, worker_id=worker.id, at=now) if worker else None,
            crews=calls(session, worker_id=worker.id, at=now) if worker else [],
            here=region(worker.town) if worker else region(asked.town or county),
            paid=shares_said(session, [job.employer_id for job in _paged(found, asked).jobs], now),
        )  # fmt: skip
    response = make_response(page)
    response.set_cookie(HERE_COOKIE, county, max_age=KEPT_SECONDS, httponly=True, samesite="Lax")
    return response


@pages.get("/m/<county>/search")
@may_enter(EVERYONE)
def search_market(county: str) -> str:
    """Search by words (Chinese, pinyin, initials, with typos), trade, distance, day and pay."""
    place, asked, now = _county(county), _asked(clock.now()), clock.now()
    wanted = Wanted(
        county=county if asked.km is None else "", words=asked.words, occupation=asked.occupation,
        first_day=asked.first, last_day=asked.last, within_km=asked.km, least_hourly_fen=_fen(asked.least),
        by_distance=asked.by_distance,
    )  # fmt: skip
    with transaction(read_only=True) as session:
        worker = _worker(session)
        found = search(session, wanted=wanted, at=now, worker=worker, place=_place(place, asked))
        paid = shares_said(session, [job.employer_id for job in _paged(found, asked).jobs], now)
        narrow = {"words": asked.words, "occupation": asked.occupation}
        far = far_jobs.jobs(session, at=now, worker=worker, k=MOST_FAR, **narrow) if asked.number == 1 else []
    return render_template(
        "for_everyone/search.html", far=far,
        county=place, asked=asked, found=found, page=_paged(found, asked), worker=worker, towns=towns(county),
        trades=trades_by_heading(), trade=label(asked.occupation) if asked.occupation else "", distances=DISTANCES,
        today=clock.local_date(now), paid=paid,
    )  # fmt: skip


def _tiles() -> dict[str, tuple[str, int, int]]:
    """Places on the tile map; a market of one county has one tile."""
    here = counties()
    return COUNTY_TILES if len(here) > 1 else {here[0].code: (here[0].short, 0, 0)}


def _own_county() -> str:
    asking = viewer()
    if asking.account_id is None:
        return ""
    with transaction(read_only=True) as session:
        if asking.worker_id is not None:
            return county_of(session.get_one(Worker, asking.worker_id).town).code
        if asking.employer_id is not None:
            return session.get_one(Employer, asking.employer_id).county
    return next((held.region[:6] for held in asking.grants), "")


def _county(code: str) -> Region:
    if code not in {place.code for place in counties()}:
        raise NotFound(what="market")
    return region(code)


def _worker(session: Session) -> Worker | None:
    worker_id = viewer().worker_id
    return None if worker_id is None else session.get(Worker, worker_id)


def _place(county: Region, asked: Asked) -> Place:
    here = region(asked.town) if asked.town else county
    return Place(here.lon, here.lat)


def _asked(now: datetime) -> Asked:
    given, today = request.args, clock.local_date(now)
    day = given.get("day", "" if "search" in request.path else "today")
    first, last = _days(day, today)
    town = given.get("town", "")
    codes = {place.code for place in towns(request.view_args["county"])} if request.view_args else set()
    return Asked(
        day=day, first=first, last=last, town=town if town in codes else "",
        km=next((km for km in DISTANCES if str(km) == given.get("km")), None),
        words=given.get("q", "").strip()[:60],
        occupation=next((trade.code for trade in trades() if trade.code == given.get("trade")), ""),
        least=given.get("least", "").strip()[:8], by_distance=given.get("sort") == "distance",
        number=max(1, given.get("page", 1, type=int)),
    )  # fmt: skip


def _days(day: str, today: date) -> tuple[date | None, date | None]:
    if day == "today":
        return today, today
    if day == "tomorrow":
        return today + timedelta(days=1), today + timedelta(days=1)
    if day == "week":
        return today, today + timedelta(days=6)
    try:
        asked = date.fromisoformat(day)
    except ValueError:
        return None, None
    return (asked, asked) if abs((asked - today).days) <= FARTHEST_DAYS else (None, None)


def _fen(text: str) -> int:
    try:
        return fen_from_yuan(text, field="least") if text else 0
    except LeyeError:
        return 0


def _paged(found: Found, asked: Asked) -> Found:
    first = (asked.number - 1) * PAGE
    return replace(found, jobs=found.jobs[first : first + PAGE])
