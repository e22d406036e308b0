"""Workers and postings as columns (struct of arrays), and what a column may hold.

Every refusal is a ValueError that names the column and the row (its place in the call, from 0).
"""

from dataclasses import dataclass
from math import inf
from typing import Any, ClassVar, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[Any]
Columns = dict[str, Array]

OCCUPATIONS_HELD, OCCUPATIONS_REQUIRED, BRANDS = 8, 4, 4
EMPTY = -1
TOP_LEVEL = 5
FEW = 32  # so many values are passed quicker one by one; what is refused is found in the array all the same


class Column(NamedTuple):
    """What a column holds: `width` 0 is one value a row; each value lies within `least` … `most`, which `rule` says."""

    dtype: type[np.generic]
    width: int = 0
    least: float = -inf
    most: float = inf
    rule: str = ""


ID = Column(np.int64)
LON = Column(np.float64, 0, -180, 180, "must lie within -180…180 degrees")
LAT = Column(np.float64, 0, -90, 90, "must lie within -90…90 degrees")
FREE_SLOTS = Column(np.uint64)
BRAND = Column(np.int16, BRANDS, EMPTY, rule="must be a brand code or -1")


def _levels(width: int) -> Column:
    return Column(np.int8, width, 0, TOP_LEVEL, "must be 1…5, or 0 at an empty place")


@dataclass(frozen=True, eq=False)
class Frame:
    COLUMNS: ClassVar[dict[str, Column]]

    def columns(self, n_occupations: int) -> Columns:
        """The columns in their own dtypes, bounds checked; ValueError names the first column and row that breaks one.

        `n_occupations` is the size of the tree that the occupation column points into.
        """
        columns: Columns = {}
        for name, column in self.COLUMNS.items():
            columns[name] = as_column(name, getattr(self, name), column, rows=len(columns["id"]) if columns else None)
        refuse_repeated("id", columns["id"])
        _check_occupations(columns["occupation"], columns["level"], n_occupations)
        _check_once_a_row("occupation", columns["occupation"])
        _check_once_a_row("brand", columns["brand"])
        return columns


@dataclass(frozen=True, eq=False)
class Workers(Frame):
    """n workers, one row each.

    id int64 (n,), unique · lon, lat float64 (n,), degrees WGS 84 · radius_km float32 (n,), how far the worker goes ·
    relocates bool (n,), goes anywhere · slots uint64 (n,), free quarters of a day: bit 4·(day number mod 16) + q, 0 is
    never eligible · min_hourly_fen int32 (n,), wage floor · occupation int16 (n, 8), index in tree order, -1 empty ·
    level int8 (n, 8), 1 junior … 5 senior technician, 0 empty · brand int16 (n, 4), codes held, -1 empty.
    """

    id: NDArray[np.int64]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    radius_km: NDArray[np.float32]
    relocates: NDArray[np.bool_]
    slots: NDArray[np.uint64]
    min_hourly_fen: NDArray[np.int32]
    occupation: NDArray[np.int16]
    level: NDArray[np.int8]
    brand: NDArray[np.int16]

    COLUMNS: ClassVar[dict[str, Column]] = {
        "id": ID,
        "lon": LON,
        "lat": LAT,
        "radius_km": Column(np.float32, 0, 0, np.finfo(np.float32).max.item(), "must be finite and at least 0"),
        "relocates": Column(np.bool_),
        "slots": FREE_SLOTS,
        "min_hourly_fen": Column(np.int32, 0, 0, rule="must be at least 0"),
        "occupation": Column(np.int16, OCCUPATIONS_HELD),
        "level": _levels(OCCUPATIONS_HELD),
        "brand": BRAND,
    }


@dataclass(frozen=True, eq=False)
class Postings(Frame):
    """n postings, one row each.

    id int64 (n,), unique · lon, lat float64 (n,), degrees WGS 84 · slots uint64 (n,), quarters that the shift needs,
    at least one · hourly_fen int32 (n,), pay as an hourly figure, above 0 · occupation int16 (n, 4), required, index in
    tree order, -1 empty · level int8 (n, 4), minimum 1…5, 0 empty · brand int16 (n, 4), preferred, -1 empty.
    """

    id: NDArray[np.int64]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    slots: NDArray[np.uint64]
    hourly_fen: NDArray[np.int32]
    occupation: NDArray[np.int16]
    level: NDArray[np.int8]
    brand: NDArray[np.int16]

    COLUMNS: ClassVar[dict[str, Column]] = {
        "id": ID,
        "lon": LON,
        "lat": LAT,
        "slots": Column(np.uint64, 0, 1, rule="must need at least one quarter"),
        "hourly_fen": Column(np.int32, 0, 1, rule="must be above 0"),
        "occupation": Column(np.int16, OCCUPATIONS_REQUIRED),
        "level": _levels(OCCUPATIONS_REQUIRED),
        "brand": BRAND,
    }


def as_column(name: str, values: ArrayLike, column: Column, *, rows: int | None = None) -> Array:
    """`values` in the column's dtype and shape, nothing lost on the way, within its bounds; else ValueError."""
    array = _cast(name, values, column.dtype)
    if rows is None:
        rows = len(array) if array.ndim else 0
    shape = (rows, column.width) if column.width else (rows,)
    if array.shape != shape:
        odd_row = min(rows, len(array)) if array.ndim and len(array) != rows else 0
        raise ValueError(f"{name}, row {odd_row}: has shape {array.shape}, must have {shape}")
    if column.rule:
        _check_bounds(name, array, column.least, column.most, column.rule)
    return array


def _check_bounds(name: str, array: Array, least: float, most: float, rule: str) -> None:
    if array.size <= FEW and all(least <= value <= most for value in array.ravel().tolist()):
        return
    refuse(name, array, ~((array >= least) & (array <= most)), rule)


def refuse(name: str, array: Array, bad: Array, rule: str) -> None:
    """ValueError naming the column and the first row where `bad` holds; nothing if it holds nowhere."""
    if bad.any():
        place = tuple(np.argwhere(bad)[0])
        raise ValueError(f"{name}, row {place[0]}: {array[place]} {rule}")


def refuse_repeated(name: str, array: Array) -> None:
    if len(array) > 1:
        order = np.argsort(array, kind="stable")
        repeated = np.zeros(len(array), bool)
        repeated[order[1:]] = array[order[1:]] == array[order[:-1]]
        refuse(name, array, repeated, "occurs twice in one call")


def _cast(name: str, values: ArrayLike, dtype: type[np.generic]) -> Array:
    try:
        raw = np.asarray(values)
        if raw.dtype == dtype:
            return raw
        if raw.dtype.kind == "f" and not isinstance(values, np.ndarray):
            raw = np.asarray(values, object)  # a list of small and very large integers would turn into rounded floats
        if raw.dtype.kind not in "biufO":
            raise TypeError(f"{raw.dtype} values")
        with np.errstate(invalid="ignore", over="ignore"):
            array = raw.astype(dtype)
    except (TypeError, ValueError, OverflowError) as error:
        raise ValueError(f"{name}, row {_first_odd_row(values, dtype)}: no {dtype.__name__} ({error})") from error
    if not np.issubdtype(dtype, np.floating):
        refuse(name, raw, np.asarray(array != raw, bool), f"is no {dtype.__name__}")
    return array


def _first_odd_row(values: ArrayLike, dtype: type[np.generic]) -> int:
    """The row that cannot be taken as `dtype`, or has another length than the rows before it."""
    lengths = set()
    for row, value in enumerate(values if np.iterable(values) else ()):
        try:
            lengths.add(np.asarray(value).astype(dtype).shape)
        except (TypeError, ValueError, OverflowError):
            return row
        if len(lengths) > 1:
            return row
    return 0


def _check_occupations(occupation: Array, level: Array, n_occupations: int) -> None:
    rule = f"must be -1 or an index of the tree, 0…{n_occupations - 1}"
    _check_bounds("occupation", occupation, EMPTY, n_occupations - 1, rule)
    odd = (occupation == EMPTY) != (level == 0)
    refuse("level", level, odd, "must be 1…5 beside an occupation and 0 at an empty place")


def _check_once_a_row(name: str, array: Array) -> None:
    if array.size <= FEW and not any(_repeats(row) for row in array.tolist()):
        return
    ordered = np.sort(array, axis=1)
    later = ordered[:, 1:]
    refuse(name, later, (later == ordered[:, :-1]) & (later != EMPTY), "occurs twice in a row")


def _repeats(row: list[int]) -> bool:
    filled = [code for code in row if code != EMPTY]
    return len(set(filled)) < len(filled)
