"""Rows that came since the base was built, in the order in which they came."""

import numpy as np

from matching.frames import Columns
from matching.kinds import Kind

FIRST_CAPACITY = 64


class Delta:
    """Growing columns, few enough to be read whole. A row that comes again is added anew and its old place dies.

    columns: all rows, the dead too.
    """

    def __init__(self, kind: Kind) -> None:
        self._kind = kind
        self._columns = (none := kind.none()) | kind.marks(none) | {"lives": np.empty(0, bool)}
        self._count = 0
        self.columns = self._filled()
        self.row_of: dict[int, int] = {}

    def __len__(self) -> int:
        return self._count

    def add(self, columns: Columns) -> None:
        """Take in rows in place of those of the same id."""
        ids = columns["id"].tolist()
        for id in ids:
            if id in self.row_of:
                self.kill(id)
        begin, end = self._count, self._count + len(ids)
        self._reserve(end)
        for name, column in (columns | self._kind.marks(columns)).items():
            self._columns[name][begin:end] = column
        self._columns["lives"][begin:end] = True
        self.row_of.update(zip(ids, range(begin, end), strict=True))
        self._count = end
        self.columns = self._filled()

    def kill(self, id: int) -> None:
        name, value = self._kind.dead
        row = self.row_of.pop(id)
        self._columns[name][row] = value
        self._columns["lives"][row] = False

    def write(self, name: str, row: int, value: int) -> None:
        self._columns[name][row] = value

    def copied(self) -> "Delta":
        copy = Delta(self._kind)
        copy.add(self.between(0, self._count))
        return copy

    def between(self, begin: int, end: int) -> Columns:
        """Copies of the living rows from `begin` to `end`, in the columns of the kind."""
        rows = begin + np.flatnonzero(self._columns["lives"][begin:end])
        return {name: self._columns[name].take(rows, axis=0) for name in self._kind.none()}

    def _filled(self) -> Columns:
        return {name: column[: self._count] for name, column in self._columns.items()}

    def _reserve(self, rows: int) -> None:
        capacity = len(self._columns["id"])
        if rows > capacity:
            grown = max(rows, 2 * capacity, FIRST_CAPACITY)
            for name, column in self._columns.items():
                larger = np.empty((grown, *column.shape[1:]), column.dtype)
                larger[: self._count] = column[: self._count]
                self._columns[name] = larger
