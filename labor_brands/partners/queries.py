"""Reads of partners and keys."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from labor_brands.bundles.rules import BundleRefused, Reader, verified
from labor_brands.partners.models import Accord, OwnKey, Partner
from labor_brands.partners.rules import (
    CLOCKS_APART,
    NoAgreement,
    NoOwnKey,
    SignedRequest,
    State,
    UnknownPartner,
    holds,
)
from zero_work_market.ground.clock import local_date
from zero_work_market.ground.settings import settings
from zero_work_market.reference.regions.queries import region
from zero_work_market.reference.regions.rules import UnknownRegion


def partners(session: Session) -> list[Partner]:
    return list(session.scalars(select(Partner).order_by(Partner.code)))


def partner(session: Session, code: str, *, lock: bool = False) -> Partner:
    """Raises UnknownPartner."""
    query = select(Partner).where(Partner.code == code)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = session.scalars(query).one_or_none()
    if found is None:
        raise UnknownPartner(partner=code)
    return found


def agreement_in_force(partner: Partner, *, at: datetime) -> Accord:
    """The agreement that allows the exchange now. Raises NoAgreement."""
    today = local_date(at)
    found = next((one for one in reversed(partner.agreements) if one.first <= today <= one.last), None)
    if found is None or partner.state != State.ACTIVE:
        raise NoAgreement(partner=partner.code)
    return found


def own_keys(session: Session) -> list[OwnKey]:
    """Ours, the newest first."""
    return list(session.scalars(select(OwnKey).order_by(OwnKey.id.desc())))


def signing_key(session: Session, *, at: datetime) -> OwnKey:
    """The newest that is valid. Raises NoOwnKey."""
    for key in own_keys(session):
        if holds(since=key.since, until=key.until, revoked_at=key.revoked_at, at=at):
            return key
    raise NoOwnKey()


def believed(session: Session, reader: Reader, *, at: datetime) -> Partner:
    """Whose bundle it is, once everything about it as a whole is right. Raises BundleRefused."""
    manifest = reader.manifest
    if manifest.receiver != settings().region:
        raise BundleRefused(why="not_for_us", receiver=manifest.receiver, sender=manifest.sender)
    found = session.scalars(select(Partner).where(Partner.code == manifest.sender)).one_or_none()
    if found is None:
        raise BundleRefused(why="unknown_partner", sender=manifest.sender)
    reader.verify(_public(found, manifest.key, at))
    try:
        agreement_in_force(found, at=at)
    except NoAgreement:
        raise BundleRefused(why="no_agreement", sender=manifest.sender) from None
    return found


def asker(session: Session, asked: SignedRequest, *, at: datetime) -> Partner:
    """The partner who signed a request just now. Raises UnknownPartner, BundleRefused, NoAgreement."""
    found = partner(session, asked.partner)
    public = _public(found, asked.key, at)
    if abs(asked.signed_at - at) > CLOCKS_APART or not verified(public, asked.signature, asked.message):
        raise BundleRefused(why="signature")
    agreement_in_force(found, at=at)
    return found


def place_said(code: str) -> str:
    """重庆万州, 山东济宁; the code itself of a region that isn't kept."""
    try:
        place = region(code)
        above = region(place.parent) if place.parent else None
    except UnknownRegion:
        return code
    return f"{above.short if above else ''}{place.short}"


def _public(partner: Partner, key_id: str, at: datetime) -> bytes:
    key = next((one for one in partner.keys if one.key_id == key_id), None)
    if key is None:
        raise BundleRefused(why="unknown_key", key=key_id)
    if not holds(since=key.since, until=key.until, revoked_at=key.revoked_at, at=at):
        raise BundleRefused(why="key_expired", key=key_id)
    return key.public
