"""The brand part: share of the posting's preferred brands that the worker holds."""

import numpy as np

from matching.frames import EMPTY, Array
from matching.table import Rows


def brand(workers: Rows, postings: Rows) -> Array:
    """float64 (n,), 0…1; 0 where the posting prefers none."""
    preferred = postings["brand"]
    named = preferred != EMPTY
    held = (workers["brand"][:, :, None] == preferred[:, None, :]).any(axis=1) & named
    share: Array = held.sum(axis=1) / np.maximum(named.sum(axis=1), 1)
    return share
