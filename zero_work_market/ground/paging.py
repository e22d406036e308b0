"""Pages of a list, with its count."""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

Row = TypeVar("Row")


@dataclass(frozen=True)
class Page(Generic[Row]):
    rows: tuple[Row, ...]
    number: int
    size: int
    total: int

    @property
    def last(self) -> int:
        return max(1, -(-self.total // self.size))


def page_of(session: Session, query: Select[Any], *, number: int, size: int = 30) -> Page[Any]:
    """Page `number` (from 1, clamped to the last) of the first entities of `query`, which must be ordered."""
    total = session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
    number = max(1, min(number, -(-total // size) or 1))
    rows = session.scalars(query.limit(size).offset((number - 1) * size)).all()
    return Page(rows=tuple(rows), number=number, size=size, total=total)
