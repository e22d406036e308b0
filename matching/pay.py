"""The pay part: how far the pay lies above the worker's floor."""

import numpy as np

from matching.frames import Array, Columns


def pay(workers: Columns, postings: Columns) -> Array:
    """(hourly_fen - min_hourly_fen) / hourly_fen, float64 (n,), 0…1; 0 where the floor is above the pay."""
    hourly = postings["hourly_fen"].astype(np.float64)
    above: Array = np.maximum(hourly - workers["min_hourly_fen"], 0.0) / hourly
    return above
