"""Bundles taken in and given out, with their transactions: shared by pages, tasks and the command."""

from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from typing import IO

from sqlalchemy.orm import Session

from labor_brands.bundles.rules import BundleRefused, Manifest, Reader
from labor_brands.exchange import queries, service
from labor_brands.exchange.models import Transfer
from labor_brands.exchange.rules import Counts, Direction, Stage, Way
from labor_brands.partners.queries import believed
from labor_brands.partners.queries import partner as partner_by_code
from labor_brands.sending import service as sending
from zero_work_market.ground import clock
from zero_work_market.ground.audit import SYSTEM, Actor
from zero_work_market.ground.db import transaction

Progress = Callable[[int, int], None]
"""Told how many lines are read, and of how many."""


def look_through(file: IO[bytes], *, progress: Progress | None = None) -> Counts:
    """What taking the bundle would come to; nothing is changed. Raises BundleRefused."""
    reader, counts, seen = Reader(file), Counts(), {}  # type: ignore[var-annotated]
    with transaction(read_only=True) as session:
        partner_id = believed(session, reader, at=clock.now()).id
    for part in reader.parts():
        with transaction(read_only=True) as session:
            counts.add(queries.preview(session, partner_id=partner_id, records=part.records, seen=seen))
        counts.refused += part.refused
        if progress:
            progress(part.lines, reader.lines)
    return counts


def take_in(
    file: IO[bytes],
    *,
    way: Way,
    name: str = "",
    transfer_id: int | None = None,
    by: Actor = SYSTEM,
    progress: Progress | None = None,
) -> tuple[Manifest, Counts]:
    """Take a bundle in, a transaction a chunk: what was interrupted is simply done again. Raises BundleRefused."""
    reader, at = Reader(file), clock.now()
    with transaction() as session:
        partner = believed(session, reader, at=at)
        if transfer_id is None and not reader.manifest.records:
            return reader.manifest, Counts()
        if transfer_id is None:
            begun = service.begin(
                session, partner=partner, manifest=reader.manifest, lines=reader.lines, way=way, name=name, by=by, at=at
            )
            transfer_id = begun.id
        else:
            service.restart(session, transfer_id=transfer_id)
    counts = Counts()
    for part in reader.parts():
        with transaction() as session:
            partner = believed(session, reader, at=at)
            here = service.take(session, partner=partner, records=part.records, at=at)
            here.refused += part.refused
            service.note_part(session, transfer_id=transfer_id, counts=here, lines_read=part.lines)
        counts.add(here)
        if progress:
            progress(part.lines, reader.lines)
    with transaction() as session:
        partner = believed(session, reader, at=at)
        manifest, whole = reader.manifest, reader.whole
        service.end(session, transfer_id=transfer_id, partner=partner, manifest=manifest, whole=whole, at=clock.now())
    make_one(partner.code)
    return reader.manifest, counts


def make_one(code: str) -> None:
    """Find who of a partner's people is one of ours."""
    at = clock.now()
    while True:
        with transaction() as session:
            if not service.compare_workers(session, code=code):
                break
    with transaction() as session:
        service.recognise(session, code=code, at=at)


def take_uploaded(transfer_id: int) -> None:
    """What staff uploaded and confirmed; again from its start if whoever began it died."""
    with transaction(read_only=True) as session:
        row = queries.transfer(session, transfer_id)
        body, name, way = row.file, row.name, row.way
    if body is None:
        return
    try:
        take_in(BytesIO(body), way=way, name=name, transfer_id=transfer_id)
    except BundleRefused as refusal:
        with transaction() as session:
            service.close(session, transfer_id=transfer_id, error=refusal.details["why"])


def keep_up(code: str, *, at: datetime) -> int:
    """Number what is new for a partner. Returns how many records are. Raises UnknownPartner, NoAgreement."""
    make_one(code)
    with transaction() as session:
        return sending.stage(session, code=code, at=at)


def give_out(
    code: str, into: IO[bytes], *, way: Way, after: int = 0, most: int | None = None, by: Actor = SYSTEM
) -> Manifest:
    """Write a signed bundle for a partner, and note that it left. Raises UnknownPartner, NoAgreement, NoOwnKey."""
    at = clock.now()
    with transaction(read_only=True) as session:
        manifest = sending.write(session, code=code, into=into, at=at, after=after, most=most)
    if manifest.records:
        with transaction() as session:
            _note_out(session, code, manifest, way, by, at)
    return manifest


def _note_out(session: Session, code: str, manifest: Manifest, way: Way, by: Actor, at: datetime) -> Transfer:
    lines = 2 + manifest.records + len(manifest.chunks)
    row = service.begin(
        session, partner=partner_by_code(session, code), manifest=manifest, lines=lines, way=way,
        stage=Stage.DONE, direction=Direction.OUT, by=by, at=at,
    )  # fmt: skip
    row.new, row.lines_read, row.ended_at = manifest.records, lines, at
    return row
