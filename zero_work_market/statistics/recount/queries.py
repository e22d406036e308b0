"""Everything counted again from the evidence alone, the slow and obvious way, and compared with all that is kept."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from zero_work_market.ground import evidence
from zero_work_market.ground.clock import local_date
from zero_work_market.ground.evidence import START, Evidence
from zero_work_market.market.placements.models import Placement
from zero_work_market.market.postings.models import Posting
from zero_work_market.rights.contracts.models import Agreement, Signature
from zero_work_market.rights.disputes.models import Case
from zero_work_market.rights.disputes.rules import Stage
from zero_work_market.statistics.recount.rules import Book, Chain, Checked, Fault, Story
from zero_work_market.statistics.standings.models import Counted, Stale, Standing
from zero_work_market.statistics.standings.queries import as_rows_say, by_placement, watched_industry
from zero_work_market.statistics.standings.rules import Columns, Placed
from zero_work_market.statistics.tallies.models import Tally
from zero_work_market.statistics.tallies.rules import city_of, is_city, regions_of

PORTION = 1000


def hold(session: Session) -> None:
    """Have this transaction see the database as it is now, whatever is written meanwhile. To be its first deed."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))


def recount(session: Session, *, today: date) -> Iterator[Checked]:
    """Every county from its chain, beside the rows, the standings and the tallies; then the cities' figures.

    Of each county the faults end with the first of a kind: a broken chain isn't counted at all, nor its city.
    """
    cities, unsure, broken = Book(), set[tuple[str, int]](), set[str]()
    chains = sorted({*evidence.chains(session), *session.scalars(select(Counted.chain))})
    for chain in chains:
        checked = _county(session, chain, today, cities, unsure)
        if checked.broken:
            broken.add(city_of(chain))
        yield checked
    yield from (Checked(name=city, broken=True) for city in sorted(broken))
    for city in sorted({city_of(chain) for chain in chains} - broken):
        faults, figures = _compare_tallies(session, city, cities, unsure)
        skipped = sum(region == city for region, _ in unsure)
        yield Checked(name=city, figures=figures, uncounted=skipped, faults=faults)


def is_counted(session: Session) -> bool:
    """Whether tasks have counted and added up everything."""
    behind = select(evidence.ChainEnd.chain).outerjoin(Counted, Counted.chain == evidence.ChainEnd.chain)
    behind = behind.where((Counted.number < evidence.ChainEnd.number) | Counted.number.is_(None)).limit(1)
    return session.scalar(behind) is None and session.scalar(select(Stale.year).limit(1)) is None


def _county(session: Session, chain: str, today: date, cities: Book, unsure: set[tuple[str, int]]) -> Checked:
    broken = evidence.first_break(session, chain)
    if broken is not None:
        fault = Fault(f"chain {chain}, link {broken.number}", broken.sign)
        return Checked(name=chain, links=broken.number - 1, broken=True, faults=(fault,))
    told = _read(session, chain)
    families: dict[tuple[int, int, str], list[Placed]] = defaultdict(list)
    for story in told.stories.values():
        if story.seat:
            placed = story.placed(industry=watched_industry(story.seat["trade"]))
            families[placed.family].append(placed)
    said = by_placement(families.values(), today=today)
    uncounted = _uncounted(session, chain, today, unsure)
    book, city = Book(), city_of(chain)
    for standing in said.values():
        book.add(standing, regions_of(standing["village"])[:3])
        cities.add(standing, (city,))
    tally_faults, figures = _compare_tallies(session, chain, book, unsure)
    return Checked(
        name=chain, links=told.links, placements=len(said), figures=figures, uncounted=len(uncounted),
        faults=(
            *_first(_anchor_faults(session, chain)),
            *_first(_placement_faults(session, chain, said, uncounted, today)),
            *_first(_other_faults(session, chain, told)),
            *tally_faults,
        ),
    )  # fmt: skip


def _first(faults: Iterator[Fault]) -> list[Fault]:
    return [fault for fault in (next(faults, None),) if fault]


def _read(session: Session, chain: str) -> Chain:
    told = Chain()
    closed: set[int] = set()
    for link in evidence.links(session, chain):
        body, told.links = json.loads(link.body), link.number
        if link.kind == "posting_published":
            day = date.fromisoformat(body["day"])
            told.postings[body["town"], day.year, day.month] += 1
        elif link.kind == "case_filed":
            told.cases.setdefault(body["case"], local_date(link.at).year)
        elif link.kind == "case_closed":
            closed.add(body["case"])
        elif link.placement_id is not None and link.posting_id is not None:
            story = told.stories.setdefault(link.placement_id, Story(link.placement_id, link.posting_id, chain))
            story.take(link.kind, body)
        session.expunge(link)
    told.cases = {case: year for case, year in told.cases.items() if case not in closed}
    return told


def _uncounted(session: Session, chain: str, today: date, unsure: set[tuple[str, int]]) -> set[int]:
    """Placements whose links no task has taken yet; their regions' years, and those that wait, are put to `unsure`."""
    counted = session.get(Counted, chain)
    later = evidence.placements_after(session, chain, number=counted.number if counted else 0)
    fresh = as_rows_say(session, {placement_id for _, placement_id in later if placement_id}, today=today)
    kept = session.execute(select(Standing.village, Standing.day).where(Standing.placement_id.in_(fresh)))
    waiting = select(Stale.village, Stale.year).where(Stale.village.startswith(chain))
    years = {(standing["village"], standing["day"].year) for standing in fresh.values()}
    years |= {(village, day.year) for village, day in kept} | set(session.execute(waiting))
    unsure |= {(region, year) for village, year in years for region in regions_of(village)}
    return set(fresh)


def _placement_faults(
    session: Session, chain: str, said: dict[int, Columns], uncounted: set[int], today: date
) -> Iterator[Fault]:
    ids = select(Placement.id).join(Posting, Posting.id == Placement.posting_id).where(Posting.county == chain)
    known = {*session.scalars(ids), *said}
    kept_only = session.scalars(select(Standing.placement_id).where(Standing.county == chain))
    todo = sorted(known | set(kept_only))
    for first in range(0, len(todo), PORTION):
        portion = todo[first : first + PORTION]
        rows = as_rows_say(session, portion, today=today)
        table = Standing.__table__
        query = select(table).where(table.c.placement_id.in_(portion))
        kept = {row.placement_id: row._asdict() for row in session.execute(query)}
        for id in portion:
            yield from _differing(id, said.get(id), rows.get(id), kept.get(id), counted=id not in uncounted)


def _differing(
    id: int, said: Columns | None, row: Columns | None, kept: Columns | None, *, counted: bool
) -> Iterator[Fault]:
    words = {"events": said, "rows": row} | ({"standing": kept} if counted else {})
    names = next((list(columns) for columns in words.values() if columns), [])
    for name in names:
        values = {who: "nothing" if columns is None else columns[name] for who, columns in words.items()}
        if len(set(values.values())) > 1:
            yield Fault(f"placement {id}, {name}", _say(values))


def _other_faults(session: Session, chain: str, told: Chain) -> Iterator[Fault]:
    """What is counted outside the ladder: postings by town and month, open cases by the year in which they began."""
    postings: dict[tuple[str, int, int], int] = defaultdict(int)
    published = select(Posting.town, Posting.closes_at).where(
        Posting.county == chain, Posting.published_at.is_not(None)
    )
    for town, closes_at in session.execute(published):
        day = local_date(closes_at)
        postings[town, day.year, day.month] += 1
    for key in sorted({*postings, *told.postings}):
        if postings.get(key, 0) != told.postings.get(key, 0):
            town, year, month = key
            values = {"events": told.postings.get(key, 0), "rows": postings.get(key, 0)}
            yield Fault(f"{town} {year}-{month:02d} postings", _say(values))
    rows = session.execute(select(Case.id, Case.filed_at).where(Case.county == chain, Case.stage != Stage.CLOSED))
    cases = {case: local_date(filed_at).year for case, filed_at in rows}
    for case in sorted({*cases, *told.cases}):
        if cases.get(case) != told.cases.get(case):
            since = {"events": told.cases.get(case) or "not open", "rows": cases.get(case) or "not open"}
            yield Fault(f"case {case}, open since", _say(since))


def _anchor_faults(session: Session, chain: str) -> Iterator[Fault]:
    """A signature binds the chain as it was: whoever made a whole chain anew has these against them."""
    bound = (
        select(Signature.id, Signature.chain_number, Signature.chain_hash, Evidence.hash)
        .join(Agreement, Agreement.id == Signature.agreement_id)
        .join(Placement, Placement.id == Agreement.placement_id)
        .join(Posting, Posting.id == Placement.posting_id)
        .outerjoin(Evidence, (Evidence.chain == chain) & (Evidence.number == Signature.chain_number))
        .where(Posting.county == chain)
    )
    for signature, number, signed, found in session.execute(bound.order_by(Signature.chain_number, Signature.id)):
        if signed != (found or START):
            yield Fault(f"chain {chain}, link {number}", f"not what signature {signature} was bound to")


def _compare_tallies(
    session: Session, region: str, book: Book, unsure: set[tuple[str, int]]
) -> tuple[tuple[Fault, ...], int]:
    """The tallies of a county and all below it, or of a city by itself."""
    within = Tally.region == region if is_city(region) else Tally.region.startswith(region)
    query = select(Tally.region, Tally.year, Tally.month, Tally.figure, Tally.times, Tally.persons)
    rows = session.execute(query.where(within, (Tally.times != 0) | (Tally.persons != 0)))
    kept = {(place, year, month, figure): sums for place, year, month, figure, *sums in rows}
    said = book.sums()
    keys = sorted(key for key in {*kept, *said} if key[:2] not in unsure)
    for key in keys:
        before, now = tuple(kept.get(key, (0, 0))), said.get(key, (0, 0))
        if before != now:
            place, year, month, figure = key
            when = f"{year}-{month:02d}" if month else f"{year}"
            values = {"events": f"{now[0]} of {now[1]} persons", "page": f"{before[0]} of {before[1]}"}
            return (Fault(f"{place} {when} {figure}", _say(values)),), len(keys)
    return (), len(keys)


def _say(values: Mapping[str, object]) -> str:
    return ", ".join(f"{who} {'say' if who.endswith('s') else 'says'} {value}" for who, value in values.items())
