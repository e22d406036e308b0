"""Keeping up with what a partner is to be told, and making bundles of it."""

from datetime import datetime
from typing import IO, Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from labor_brands.bundles.rules import Kind, Manifest, write_bundle
from labor_brands.partners.models import Partner
from labor_brands.partners.queries import agreement_in_force, partner, signing_key
from labor_brands.sending.models import Outgoing
from labor_brands.sending.queries import end_of, everything, held, lines, why_gone
from labor_brands.sending.rules import next_version
from zero_work_market.ground.settings import settings

CHUNK = 500


def stage(session: Session, *, code: str, at: datetime) -> int:
    """Number what changed since the last time, in the partner's stream. Returns how many records did.

    The partner is locked, so that numbers are seen in their order. Raises UnknownPartner, NoAgreement.
    """
    row = partner(session, code, lock=True)
    agreement = agreement_in_force(row, at=at)
    known, changes = held(session, row.id), _Changes(session, row, at)
    for one in everything(session, row, agreement, at=at):
        before = known.pop((one.kind, one.id), None)
        if before is None or before[3] or before[2] != one.digest:
            changes.put(one.kind, one.id, before, one.body, one.digest, gone=False)
    for (kind, id), before in known.items():
        if not before[3]:
            body = {"of": kind.value, "reason": why_gone(session, kind, id)}
            changes.put(kind, id, before, body, "", gone=True)
    changes.write()
    row.staged_at = at
    return changes.count


def write(
    session: Session, *, code: str, into: IO[bytes], at: datetime, after: int = 0, most: int | None = None
) -> Manifest:
    """A signed bundle of what the partner was to be told after a place in its stream, into an open file.

    Raises UnknownPartner, NoAgreement, NoOwnKey.
    """
    row = partner(session, code)
    agreement_in_force(row, at=at)
    key = signing_key(session, at=at)
    after = min(after, row.last_seq)
    upto, more = end_of(session, row.id, after=after, most=most)
    about: dict[str, Any] = {
        "from": settings().region, "to": code, "stream": row.stream, "after": after, "upto": upto, "more": more,
        "made_at": at, "key": key.key_id,
    }  # fmt: skip
    private = Ed25519PrivateKey.from_private_bytes(key.private)
    return write_bundle(about, lines(session, row.id, after=after, upto=upto), private, into)


class _Changes:
    """Rows to write, many at once."""

    def __init__(self, session: Session, partner: Partner, at: datetime) -> None:
        self.session, self.partner, self.at = session, partner, at
        self.fresh: list[dict[str, Any]] = []
        self.newer: list[dict[str, Any]] = []
        self.count = 0

    def put(
        self, kind: Kind, id: str, before: tuple[int, int, str, bool] | None, body: dict[str, Any], digest: str, *,
        gone: bool,
    ) -> None:  # fmt: skip
        self.partner.last_seq += 1
        self.count += 1
        row = {
            "version": next_version(before[1] if before else 0, at=self.at), "gone": gone, "digest": digest,
            "body": body, "seq": self.partner.last_seq, "changed_at": self.at,
        }  # fmt: skip
        if before is None:
            self.fresh.append(row | {"partner_id": self.partner.id, "kind": kind, "record_id": id})
        else:
            self.newer.append(row | {"id": before[0]})
        if len(self.fresh) + len(self.newer) >= CHUNK:
            self.write()

    def write(self) -> None:
        if self.fresh:
            self.session.execute(insert(Outgoing), self.fresh)
        if self.newer:
            self.session.execute(update(Outgoing), self.newer)
        self.fresh, self.newer = [], []
        self.session.flush()
