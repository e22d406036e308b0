"""One side's rows under their ids: a base at rest, a delta of what came since, and the making of a new base of both."""

from collections.abc import Iterable
from threading import Event, RLock, Thread

import numpy as np

from matching.base import Base
from matching.delta import Delta
from matching.frames import Array, Columns
from matching.kinds import Kind

LEAST_TO_COMPACT = 8192
SHARE_TO_COMPACT = 1 / 32


class Table:
    """Rows found by id and ranked by `matching.search`. Arguments are taken as checked.

    A change costs one row: what is replaced or removed is marked dead where it lies. When the delta has grown to a
    32nd of the base, a thread builds a new base beside and puts it in place; `lock` is held only for the change-over.
    Whoever reads or writes holds `lock`.
    """

    def __init__(self, kind: Kind, lock: RLock, base: Base | None = None) -> None:
        self.kind, self._lock = kind, lock
        self.base = base or Base.build(kind, kind.none())
        self.delta = Delta(kind)
        self._dead: set[int] = set()  # ids of rows of the base that no longer count
        self._building: Event | None = None  # set once the new base that is being built is in place
        self._touched: set[int] | None = None  # ids changed while one is

    def copied(self) -> "Table":
        """The rows as they are now, for itself."""
        with self._lock:
            copy = Table(self.kind, RLock(), self.base.copied())
            copy.delta, copy._dead = self.delta.copied(), set(self._dead)
        return copy

    def resting(self) -> Base:
        """A base of the rows as they are now, for itself."""
        copy = self.copied()
        if len(copy.delta) or copy._dead:
            copy.compact()
        return copy.base

    def has(self, ids: Array) -> Array:
        """Which of ids int64 (n,) are here, bool (n,)."""
        resting, _ = self.base.rows(ids)
        return np.array(
            [
                id in self.delta.row_of or (rests and id not in self._dead)
                for id, rests in zip(ids.tolist(), resting.tolist(), strict=True)
            ],
            bool,
        )

    def __len__(self) -> int:
        return len(self.base) - len(self._dead) + len(self.delta.row_of)

    def ids(self) -> list[int]:
        """All ids, ascending."""
        resting = (id for id in self.base.columns["id"].tolist() if id not in self._dead)
        return sorted([*resting, *self.delta.row_of])

    def row(self, id: int) -> Columns:
        """The columns of one row; KeyError if there is none of that id."""
        is_fresh, row = self._find(id)
        columns = self.delta.columns if is_fresh else self.base.columns
        return {name: column[row : row + 1] for name, column in columns.items()}

    def rows(self, resting: Array, fresh: Array, names: Iterable[str]) -> Columns:
        """Columns of rows of the base and of the delta, one after the other."""
        base, delta = self.base.columns, self.delta.columns
        if not len(fresh):
            return {name: base[name].take(resting, axis=0) for name in names}
        if not len(resting):
            return {name: delta[name].take(fresh, axis=0) for name in names}
        both = {name: (base[name].take(resting, axis=0), delta[name].take(fresh, axis=0)) for name in names}
        return {name: np.concatenate(parts) for name, parts in both.items()}

    def put(self, columns: Columns) -> None:
        """Take in rows, each in place of the row of the same id if there is one."""
        self._bury(columns["id"])
        self.delta.add(columns)
        self._touch(columns["id"].tolist())
        self._compact_if_grown()

    def write(self, name: str, ids: list[int], values: Array) -> None:
        """Write one column of the rows of `ids`; KeyError, and nothing written, if one isn't there."""
        found = [self._find(id) for id in ids]
        for (is_fresh, row), value in zip(found, values.tolist(), strict=True):
            (self.delta if is_fresh else self.base).write(name, row, value)
        self._touch(ids)

    def remove(self, ids: list[int]) -> None:
        """Drop rows; KeyError, and nothing dropped, if an id isn't there."""
        found = [self._find(id) for id in ids]
        name, value = self.kind.dead
        for id, (is_fresh, row) in zip(ids, found, strict=True):
            if is_fresh:
                self.delta.kill(id)
            else:
                self.base.write(name, row, value)
                self._dead.add(id)
        self._touch(ids)
        self._compact_if_grown()

    def compact(self) -> None:
        """Build a new base of all rows and put it in place; what changes meanwhile is kept."""
        while not self._begin():
            if (building := self._building) is not None:
                building.wait()
        self._build()

    def _compact_if_grown(self) -> None:
        fresh = max(len(self.delta), len(self._dead))
        if fresh > max(LEAST_TO_COMPACT, SHARE_TO_COMPACT * len(self.base)) and self._begin():
            Thread(target=self._build, name=f"{self.kind.name}-base", daemon=True).start()

    def _begin(self) -> bool:
        """Have the next build for oneself; False if somebody builds already."""
        with self._lock:
            if self._building is not None:
                return False
            self._building, self._touched = Event(), set()
            return True

    def _build(self) -> None:
        try:
            self._build_and_change_over()
        finally:
            with self._lock:
                building, self._building, self._touched = self._building, None, None
            if building is not None:
                building.set()

    def _build_and_change_over(self) -> None:
        """A new base of the base and of the delta as far as it goes now, without the lock but for the change-over."""
        with self._lock:
            old, delta, end = self.base, self.delta, len(self.delta)
            dead = np.fromiter(self._dead, np.int64, len(self._dead))
        lives = np.ones(len(old), bool)
        lives[old.rows(dead)[1]] = False
        rows, fresh = np.flatnonzero(lives), delta.between(0, end)
        columns = {
            name: np.concatenate((column.take(rows, axis=0), fresh[name])) for name, column in old.columns.items()
        }
        built = Base.build(self.kind, columns)
        with self._lock:
            touched, self._touched = self._touched or set(), set()
        gone = self._brought_up(built, touched, end)
        with self._lock:
            gone |= self._brought_up(built, self._touched, end)
            self.base, self.delta, self._dead = built, Delta(self.kind), gone
            self.delta.add(delta.between(end, len(delta)))

    def _brought_up(self, built: Base, touched: set[int], end: int) -> set[int]:
        """Write into `built`, made of the rows before `end`, what became of those `touched`; the ids that are dead."""
        name, dead = self.kind.dead
        ids = np.fromiter(touched, np.int64, len(touched))
        here, rows = built.rows(ids)
        gone = set()
        for id, row in zip(ids[here].tolist(), rows.tolist(), strict=True):
            at = self.delta.row_of.get(id)
            if at is not None and at < end:
                built.write("slots", row, int(self.delta.columns["slots"][at]))
            elif at is None and id not in self._dead and (resting := self.base.row(id)) is not None:
                built.write("slots", row, int(self.base.columns["slots"][resting]))
            else:
                built.write(name, row, dead)
                gone.add(id)
        return gone

    def _bury(self, ids: Array) -> None:
        """Mark dead the rows of the base that have one of these ids."""
        here, rows = self.base.rows(ids)
        name, dead = self.kind.dead
        for row in rows.tolist():
            self.base.write(name, row, dead)
        self._dead.update(ids[here].tolist())

    def _touch(self, ids: Iterable[int]) -> None:
        if self._touched is not None:
            self._touched.update(ids)

    def _find(self, id: int) -> tuple[bool, int]:
        """Whether the row of an id is in the delta, and where."""
        id = int(id)
        if (fresh := self.delta.row_of.get(id)) is not None:
            return True, fresh
        if id in self._dead or (row := self.base.row(id)) is None:
            raise KeyError(id)
        return False, row
