"""Rows under an id, kept as growing columns."""

from typing import Self

import numpy as np
from numpy.typing import NDArray

from matching.frames import Array, Columns

FIRST_CAPACITY = 64


class Rows:
    """Some rows of columns; a column is gathered only when it is asked for.

    Gates and parts take (workers, postings) as two Rows of n rows each, or of one row set against n.
    """

    def __init__(self, columns: Columns, at: slice | NDArray[np.intp]) -> None:
        self._columns, self._at = columns, at

    def __getitem__(self, name: str) -> Array:
        return self._columns[name][self._at]

    def where(self, mask: Array) -> Self:
        """The rows at which `mask` bool (n,) holds."""
        at = np.flatnonzero(mask)
        return type(self)(self._columns, at + self._at.start if isinstance(self._at, slice) else self._at[at])


class Table:
    """Columns of rows in no particular order, each found by its id. Arguments are taken as checked."""

    def __init__(self, empty: Columns) -> None:
        self._columns = empty
        self._row_of: dict[int, int] = {}

    def __len__(self) -> int:
        return len(self._row_of)

    def ids(self) -> list[int]:
        """All ids, ascending."""
        return sorted(self._row_of)

    def all(self) -> Rows:
        return Rows(self._columns, slice(0, len(self)))

    def row(self, id: int) -> Rows:
        """The one row of an id; KeyError if there is none."""
        at = self._row_of[int(id)]
        return Rows(self._columns, slice(at, at + 1))

    def put(self, columns: Columns) -> None:
        """Take in rows, each in place of the row of the same id if there is one."""
        ids = columns["id"].tolist()
        self._reserve(len(self) + len(ids))
        rows = [self._row_of.setdefault(id, len(self._row_of)) for id in ids]
        for name, column in columns.items():
            self._columns[name][rows] = column

    def set(self, name: str, ids: list[int], values: Array) -> None:
        """Write one column of the rows of `ids`; KeyError, and nothing written, if one isn't there."""
        self._columns[name][[self._row_of[id] for id in ids]] = values

    def remove(self, ids: list[int]) -> None:
        """Drop rows, filling their places from the end; KeyError, and nothing dropped, if an id isn't there."""
        dropped = {self._row_of[id] for id in ids}
        left = len(self) - len(dropped)
        for id in ids:
            del self._row_of[id]
        holes = [row for row in dropped if row < left]
        movers = [row for row in range(left, left + len(dropped)) if row not in dropped]
        for column in self._columns.values():
            column[holes] = column[movers]
        self._row_of.update(zip(self._columns["id"][holes].tolist(), holes, strict=True))

    def _reserve(self, rows: int) -> None:
        capacity = len(self._columns["id"])
        if rows > capacity:
            grown = max(rows, 2 * capacity, FIRST_CAPACITY)
            for name, column in self._columns.items():
                larger = np.empty((grown, *column.shape[1:]), column.dtype)
                larger[:capacity] = column
                self._columns[name] = larger
