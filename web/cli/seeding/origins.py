"""Where made-up workers are at home: some in Chongqing and other provinces, and of them some lifted out of poverty."""

import random
from datetime import date, time, timedelta
from typing import Any

from sqlalchemy import select

from zero_work_market.ground import clock
from zero_work_market.ground.audit import SYSTEM
from zero_work_market.ground.db import transaction
from zero_work_market.market.placements.models import Placement
from zero_work_market.people.origins import service as origins
from zero_work_market.people.origins.rules import Proof, Status

HOMES = {"500101": 30, "500000": 8, "410000": 20, "340000": 14, "510000": 10, "520000": 8, "620000": 6, "320000": 4}
"""How many of a hundred are from there."""
SHARE, LIFTED, PROVEN = 0.12, 0.4, 0.7
"""Of those who held a seat: from elsewhere; of them lifted; of these proven."""
SHOWN = 1
"""The one to log in as, who is left to tell it by whoever does."""


def make_origins(chance: random.Random, *, on: date) -> None:
    """Some of those who held a seat told their home, and showed the paper for it."""
    with transaction(read_only=True) as session:
        seated = session.scalars(select(Placement.worker_id).distinct().order_by(Placement.worker_id)).all()
    at = clock.at_local(on - timedelta(days=100), time(9))
    for worker_id in seated:
        if worker_id == SHOWN or chance.random() >= SHARE:
            continue
        [home] = chance.choices(list(HOMES), list(HOMES.values()))
        status = Status.LIFTED if chance.random() < LIFTED else Status.NONE
        number = f"{home}{chance.randrange(10**8):08d}"
        with transaction() as session:
            of: dict[str, Any] = {"session": session, "worker_id": worker_id, "by": SYSTEM, "at": at}
            origins.tell(region=home, status=status, slip=f"老家 {worker_id:05d}", **of)
            if chance.random() < PROVEN:
                origins.prove(proof=Proof.PARTNER, number=number, **of)
