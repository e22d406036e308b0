"""Setting targets, and allotting them to counties."""

from datetime import datetime

from sqlalchemy.orm import Session

from zero_work_market.ground.audit import Actor, record
from zero_work_market.ground.errors import InvalidValue
from zero_work_market.people.accounts import service as accounts
from zero_work_market.people.accounts.rules import Permission
from zero_work_market.reference.regions.queries import counties
from zero_work_market.reference.regions.rules import CITY
from zero_work_market.statistics.targets.models import Target
from zero_work_market.statistics.targets.queries import indicator as indicator_of
from zero_work_market.statistics.targets.rules import NoTargetHere

MOST = 10_000_000


def set_target(
    session: Session, *, region: str, year: int, indicator: str, value: int | None, by: Actor, at: datetime
) -> None:
    """Set the target of the city or of one of its counties; None takes it away, and the plan's own stands again.

    Raises NotAllowed, OutOfScope, UnknownIndicator, NoTargetHere, InvalidValue on "value".
    """
    accounts.require(session, by=by, permission=Permission.SET_TARGETS, region=region)
    known = indicator_of(indicator)
    if region not in (CITY, *(county.code for county in counties())):
        raise NoTargetHere(region=region)
    most = 100 if known.is_share else MOST
    if value is not None and not 0 <= value <= most:
        raise InvalidValue(field="value", reason="range", least=0, most=most)
    row = session.get(Target, (region, year, indicator), with_for_update=True)
    before = None if row is None else row.value
    if before == value:
        return
    if row is None:
        row = Target(region=region, year=year, indicator=indicator)
        session.add(row)
    if value is None:
        session.delete(row)
    else:
        row.value, row.set_by, row.set_at = value, by.account_id, at
    record(
        session, verb="target.set", subject=f"target:{region}", by=by, at=at,
        year=year, indicator=indicator, before=before, value=value,
    )  # fmt: skip
    session.flush()
