"""Counting on, whenever the evidence of a county has grown."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from zero_work_market.ground import clock
from zero_work_market.statistics.standings import service as standings


def count_on(session: Session, payload: Mapping[str, Any]) -> None:
    standings.count_on(session, chain=payload["chain"], at=clock.now())
