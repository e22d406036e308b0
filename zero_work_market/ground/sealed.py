"""Model attributes that are encrypted in the row, and their re-encryption when keys rotate."""

import uuid
from collections.abc import Iterator
from typing import Any, overload

from sqlalchemy import LargeBinary, String, select
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


def reseal_all() -> Iterator[int]:
    """Seal every value under an older key with the one in use, a transaction a chunk. Yields values done so far."""
    done = 0
    for mapper in Base.registry.mappers:
        attributes = [value for value in vars(mapper.class_).values() if isinstance(value, Sealed)]
        if not attributes:
            continue
        after = 0
        while True:
            with transaction() as session:
                after, count = _reseal_chunk(session, mapper.class_, attributes, after)
            done += count
            yield done
            if after < 0:
                break


def _reseal_chunk(session: Session, model: Any, attributes: list[Sealed], after: int) -> tuple[int, int]:
    current = settings().data_keys[0][0]
    chunk = select(model).where(model.id > after).order_by(model.id).limit(CHUNK).with_for_update()
    rows = session.scalars(chunk).all()
    count = 0
    for row in rows:
        for attribute in attributes:
            sealed = getattr(row, attribute.column)
            if sealed is not None and key_name(sealed) != current:
                body = open_sealed_bytes(sealed, place=attribute.place(row))
                setattr(row, attribute.column, seal_bytes(body, place=attribute.place(row)))
                count += 1
    return (rows[-1].id if len(rows) == CHUNK else -1), count
