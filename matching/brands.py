"""The brand part: share of the posting's preferred brands that the worker holds; 0 if it names none."""

import numpy as np

from matching.frames import EMPTY, Array


def brands_of(row: Array) -> list[int]:
    """The codes of one row's filled places."""
    return [code for code in row.tolist() if code != EMPTY]


def brand_of_workers(preferred: list[int], held: Array) -> Array:
    """float64 (n,), 0…1; held: codes (n, 4)."""
    if not preferred:
        return np.zeros(len(held))
    share: Array = _named(preferred, held) / len(preferred)
    return share


def brand_of_postings(held: list[int], preferred: Array) -> Array:
    """float64 (n,), 0…1; preferred: codes (n, 4)."""
    if not held:
        return np.zeros(len(preferred))
    share: Array = _named(held, preferred) / np.maximum(np.add.reduce(preferred.T != EMPTY, axis=0), 1)
    return share


def _named(codes: list[int], rows: Array) -> Array:
    """How many of the codes are in each row of codes (n, 4)."""
    places = np.ascontiguousarray(rows.T)
    count = np.zeros(len(rows))
    for code in codes:
        count += np.logical_or.reduce(places == code, axis=0)
    return count
