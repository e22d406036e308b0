"""Rows at rest: sorted by place, with an index by group and place beside them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from matching.cells import Cells
from matching.frames import Array, Columns
from matching.kinds import Kind


@dataclass
class Base:
    """Rows that stay as they are but for the column that may change: `slots`, and the one that says who is dead.

    columns: by row · by_id intp (n,): rows in the order of their ids · everyone: the cells of all rows, which lie in
    their order · entries: one for each row and group of its occupations, sorted by `grouped` cells, with their row
    int32, the covering columns, and marks uint64 where the kind has them · entry_of int32: entries row by row, those of
    row i at entry_from[i] : entry_from[i + 1].
    """

    kind: Kind
    columns: Columns
    by_id: Array
    everyone: Cells
    grouped: Cells
    entries: Columns
    entry_of: Array
    entry_from: Array

    def __post_init__(self) -> None:
        # single values are read and written several times faster through a memoryview
        self._entry_of, self._entry_from = self.entry_of.data, self.entry_from.data
        self._ids, self._by_id = self.columns["id"].data, self.by_id.data
        changing = {"slots", self.kind.dead[0]}
        self._open = {name: (self.columns[name].data, self.entries[name].data) for name in changing}

    @classmethod
    def build(cls, kind: Kind, columns: Columns) -> Self:
        """The index of live rows, in any order, no id twice."""
        n = len(columns["id"])
        everyone, order = Cells.sorting(columns["x"], columns["y"], np.zeros(n, np.int64), 1)
        columns = {name: column.take(order, axis=0) for name, column in columns.items()}
        row, group = kind.entries(columns["skills"])
        n_groups, entry_from = int(kind.groups[-1]) + 1, np.concatenate(([0], np.cumsum(np.bincount(row, minlength=n))))
        grouped, order = Cells.sorting(columns["x"].take(row), columns["y"].take(row), group, n_groups)
        entry_of = np.empty(len(row), np.int32)
        entry_of[order] = np.arange(len(row), dtype=np.int32)
        row = row.take(order)
        entries = {name: columns[name].astype(dtype, copy=False).take(row) for name, dtype in kind.covering.items()}
        entries |= {name: marks.take(row) for name, marks in kind.marks(columns).items()} | {"row": row}
        by_id = np.argsort(columns["id"])
        return cls(kind, columns, by_id, everyone, grouped, entries, entry_of, entry_from.astype(np.int32))

    @classmethod
    def of_arrays(cls, kind: Kind, arrays: Mapping[str, Array]) -> Self:
        """The base whose `arrays()` these are."""
        parts: dict[str, dict[str, Array]] = {"columns": {}, "everyone": {}, "grouped": {}, "entries": {}, "rows": {}}
        for name, array in arrays.items():
            part, _, rest = name.partition(".")
            parts[part][rest] = array
        everyone, grouped = Cells.of_arrays(parts["everyone"]), Cells.of_arrays(parts["grouped"])
        return cls(
            kind, parts["columns"], everyone=everyone, grouped=grouped, entries=parts["entries"], **parts["rows"]
        )

    def arrays(self) -> dict[str, Array]:
        """All that it consists of."""
        rows = {"by_id": self.by_id, "entry_of": self.entry_of, "entry_from": self.entry_from}
        parts = {"columns": self.columns, "everyone": self.everyone.arrays(), "grouped": self.grouped.arrays()}
        parts |= {"entries": self.entries, "rows": rows}
        return {f"{part}.{name}": array for part, arrays in parts.items() for name, array in arrays.items()}

    def copied(self) -> Self:
        """The same, with the columns that may change for itself."""
        columns, entries = ({name: own[name].copy() for name in self._open} for own in (self.columns, self.entries))
        return replace(self, columns=self.columns | columns, entries=self.entries | entries)

    def __len__(self) -> int:
        return len(self.by_id)

    def row(self, id: int) -> int | None:
        """The row of an id, whether it lives or not."""
        at = int(self.columns["id"].searchsorted(id, sorter=self.by_id))
        if at == len(self) or self._ids[row := self._by_id[at]] != id:
            return None
        return row

    def rows(self, ids: Array) -> tuple[Array, Array]:
        """Of ids int64 (n,) those that are here, bool (n,), and their rows."""
        if not len(self):
            return np.zeros(len(ids), bool), np.empty(0, np.int32)
        at = np.minimum(self.columns["id"].searchsorted(ids, sorter=self.by_id), len(self) - 1)
        rows = self.by_id.take(at)
        here = self.columns["id"].take(rows) == ids
        return here, rows[here]

    def write(self, name: str, row: int, value: int) -> None:
        """Write a value of a column that may change, in the row and beside its entries."""
        column, entries = self._open[name]
        column[row] = value
        for at in range(self._entry_from[row], self._entry_from[row + 1]):
            entries[self._entry_of[at]] = value
