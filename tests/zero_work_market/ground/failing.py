"""A transaction that doesn't come to its end."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from sqlalchemy.orm import Session

from zero_work_market.ground.db import transaction


class Breaks(Exception):
    pass


@contextmanager
def failing_transaction() -> Iterator[Session]:
    with suppress(Breaks), transaction() as session:
        yield session
        session.flush()
        raise Breaks
