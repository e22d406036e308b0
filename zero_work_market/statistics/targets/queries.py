"""The plan's indicators, and the targets that staff set."""

from collections.abc import Collection
from functools import cache
from importlib.resources import files

import yaml
from sqlalchemy import select
from sqlalchemy.orm import Session

from zero_work_market.reference.regions.rules import CITY
from zero_work_market.statistics.targets.models import Target
from zero_work_market.statistics.targets.rules import Indicator, UnknownIndicator

HERE = "zero_work_market.statistics.targets"


def indicators() -> tuple[Indicator, ...]:
    """In the order in which the pages show them."""
    return tuple(one for one in _known() if not one.is_step)


def steps() -> tuple[Indicator, ...]:
    """The rungs of the ladder that aren't indicators themselves."""
    return tuple(one for one in _known() if one.is_step)


@cache
def _known() -> tuple[Indicator, ...]:
    text = files(HERE).joinpath("data", "plan.yaml").read_text(encoding="utf-8")
    renamed = {"target": "planned", "year": "planned_for"}
    return tuple(
        Indicator(**{renamed.get(name, name): value for name, value in row.items()}) for row in yaml.safe_load(text)
    )


def indicator(key: str) -> Indicator:
    """Raises UnknownIndicator."""
    for known in _known():
        if known.key == key:
            return known
    raise UnknownIndicator(indicator=key)


def targets(session: Session, *, year: int, regions: Collection[str]) -> dict[tuple[str, str], int]:
    """By region and indicator: what staff set, and for the city what the plan asks where they set nothing."""
    asked = {(CITY, one.key): one.target_in(year) for one in indicators() if CITY in regions}
    set_ones = select(Target.region, Target.indicator, Target.value)
    rows = session.execute(set_ones.where(Target.year == year, Target.region.in_(regions)))
    found = {key: value for key, value in asked.items() if value is not None}
    return found | {(region, key): value for region, key, value in rows}
