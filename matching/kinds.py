"""What differs between the two sides: the columns that the index keeps of each, and how it groups them."""

from dataclasses import dataclass

import numpy as np

from matching.distance import Plane
from matching.frames import Array, Columns, Frame, Postings, Workers
from matching.marks import Marker
from matching.skills import LEVELS, OccupationTree


@dataclass(frozen=True)
class Kind:
    """One side. Its index has an entry for each (row, group of its occupations), with the covering columns beside it.

    groups: the group of each occupation, and for none the one after the last · dead: a row is eligible for nothing
    when this column holds this value · marker: what marks its rows, if they are marked.
    """

    name: str
    frame: type[Frame]
    tree: OccupationTree
    groups: Array
    covering: dict[str, type[np.generic]]
    dead: tuple[str, int]
    marker: Marker | None = None

    def columns(self, frame: Frame, plane: Plane) -> Columns:
        """The rows of a frame as the index keeps them; ValueError names the column and row that is refused.

        id int64 · x, y float64 (n,), km · slots uint64 · skills: codes of the tree (n, 8 or 4) · brand int16 (n, 4) ·
        of workers reach_km float32, infinite for who relocates, and min_hourly_fen int32 · of postings hourly_fen int32
        """
        columns = frame.columns(len(self.tree))
        columns["x"], columns["y"] = plane.project(columns.pop("lon"), columns.pop("lat"))
        columns["skills"] = self.tree.codes(columns.pop("occupation"), columns.pop("level"))
        if "relocates" in columns:
            columns["reach_km"] = np.where(columns.pop("relocates"), np.float32(np.inf), columns.pop("radius_km"))
        return columns

    def none(self) -> Columns:
        """No rows, of the right dtypes."""
        columns = {
            name: np.empty((0, column.width) if column.width else 0, column.dtype)
            for name, column in self.frame.COLUMNS.items()
        }
        return self.columns(self.frame(**columns), Plane((0.0, 0.0)))

    def marks(self, columns: Columns) -> Columns:
        """The column of marks, if rows of this kind are marked."""
        return {"marks": self.marker.marks(columns["skills"], columns["brand"])} if self.marker else {}

    def entries(self, skills: Array) -> tuple[Array, Array]:
        """Row int32, ascending, and group of each entry for codes (n, places): every group of a row once, and the last
        one for a row that has none."""
        filled = skills != 0
        filled[:, 0] |= ~filled.any(axis=1)
        row, place = np.nonzero(filled)
        group = self.groups.take(skills[row, place] // LEVELS - 1)
        pairs = row << 32 | group
        again = np.zeros(len(pairs), bool)
        for back in range(1, skills.shape[1]):
            again[back:] |= pairs[back:] == pairs[:-back]
        once = np.flatnonzero(~again)
        return row.take(once).astype(np.int32), group.take(once)


NEAR: dict[str, type[np.generic]] = {"x": np.float32, "y": np.float32, "slots": np.uint64}


def workers_kind(tree: OccupationTree) -> Kind:
    covering = NEAR | {"reach_km": np.float32, "min_hourly_fen": np.int32}
    return Kind("workers", Workers, tree, _groups(tree.small_of), covering, ("slots", 0), Marker(tree))


def postings_kind(tree: OccupationTree) -> Kind:
    covering = NEAR | {"hourly_fen": np.int32}
    return Kind("postings", Postings, tree, _groups(tree.middle_of), covering, ("hourly_fen", -1))


def _groups(group_of: Array) -> Array:
    return np.append(group_of, group_of.max(initial=-1) + 1)
