"""Model attributes that are encrypted in the row, and their re-encryption when keys rotate."""

import uuid
from collections.abc import Iterator
from typing import Any, overload

from sqlalchemy import LargeBinary, String, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from zero_work_market.ground.db import Base, transaction
from zero_work_market.ground.privacy import key_name, open_sealed_bytes, seal_bytes
from zero_work_market.ground.settings import settings


class HasSeal:
    """Gives a row the unchanging name that its sealed values are bound to."""

    seal: Mapped[str] = mapped_column(String(32), unique=True, default=lambda: uuid.uuid4().hex)


def sealed_column(*, nullable: bool = True) -> Any:
    """The column behind a `Sealed` attribute: `<attribute>_sealed`."""
    return mapped_column(LargeBinary, nullable=nullable)


class Sealed:
    """Text attribute kept encrypted in the column `<name>_sealed` of a row that `HasSeal`."""

    def __set_name__(self, owner: type, name: str) -> None:
        self.column = f"{name}_sealed"
        self.name = name

    @overload
    def __get__(self, row: None, owner: type) -> "Sealed": ...
    @overload
    def __get__(self, row: object, owner: type) -> str | None: ...
    def __get__(self, row: Any, owner: type) -> "Sealed | str | None":
        if row is None:
            return self
        sealed = getattr(row, self.column)
        return None if sealed is None else open_sealed_bytes(sealed, place=self.place(row)).decode()

    def __set__(self, row: Any, text: str | None) -> None:
        if row.seal is None:
            row.seal = uuid.uuid4().hex
        setattr(row, self.column, None if text is None else seal_bytes(text.encode(), place=self.place(row)))

    def place(self, row: Any) -> str:
        return f"{row.__tablename__}.{self.name}:{row.seal}"


class SealedBytes(Sealed):
    """As `Sealed`, for files."""

    def __get__(self, row: Any, owner: type) -> Any:
        if row is None:
            return self
        sealed = getattr(row, self.column)
        return None if sealed is None else open_sealed_bytes(sealed, place=self.place(row))

    def __set__(self, row: Any, body: Any) -> None:
        if row.seal is None:
            row.seal = uuid.uuid4().hex
        setattr(row, self.column, None if body is None else seal_bytes(body, place=self.place(row)))


CHUNK = 500


def sealed_rows(session: Session) -> int:
    """How many rows there are with sealed values."""
    counts = [select(func.count()).select_from(model) for model, _ in _sealed_models()]
    return sum(session.scalar(count) or 0 for count in counts)


def reseal_all() -> Iterator[int]:
    """Seal every value under an older key with the one in use, a transaction a chunk. Yields the rows in each chunk."""
    for model, attributes in _sealed_models():
        after: int | None = 0
        while after is not None:
            with transaction() as session:
                after, rows = _reseal_chunk(session, model, attributes, after)
            yield rows


def _sealed_models() -> Iterator[tuple[Any, list[Sealed]]]:
    for mapper in Base.registry.mappers:
        attributes = [value for value in vars(mapper.class_).values() if isinstance(value, Sealed)]
        if attributes:
            yield mapper.class_, attributes


def _reseal_chunk(session: Session, model: Any, attributes: list[Sealed], after: int) -> tuple[int | None, int]:
    current = settings().data_keys[0][0]
    chunk = select(model).where(model.id > after).order_by(model.id).limit(CHUNK).with_for_update(of=model)
    rows = session.scalars(chunk).all()
    for row in rows:
        for attribute in attributes:
            sealed = getattr(row, attribute.column)
            if sealed is not None and key_name(sealed) != current:
                place = attribute.place(row)
                setattr(row, attribute.column, seal_bytes(open_sealed_bytes(sealed, place=place), place=place))
    return (rows[-1].id if len(rows) == CHUNK else None), len(rows)
