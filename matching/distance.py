"""Where points lie, how far apart, and the location part of the score."""

from math import cos, isfinite, radians

import numpy as np

from matching.frames import Array, Columns

KM_PER_DEGREE = radians(6371.0088)
REACH_KM = 15.0


class Plane:
    """The plane through an origin (lon0, lat0), in degrees: x = (lon - lon0)·cos(lat0)·D, y = (lat - lat0)·D, in km."""

    def __init__(self, origin: tuple[float, float]) -> None:
        self.lon0, self.lat0 = (float(degrees) for degrees in origin)
        if not (isfinite(self.lon0) and abs(self.lon0) <= 180 and isfinite(self.lat0) and abs(self.lat0) <= 90):
            raise ValueError(f"origin {origin} is no point on the globe (lon, lat in degrees)")
        self._shrink = cos(radians(self.lat0))

    def project(self, lon: Array, lat: Array) -> tuple[Array, Array]:
        """x and y float64 (n,), in km, of degrees float64 (n,)."""
        return (lon - self.lon0) * self._shrink * KM_PER_DEGREE, (lat - self.lat0) * KM_PER_DEGREE


def distance_km(workers: Columns, postings: Columns) -> Array:
    """float64 (n,)."""
    kilometres: Array = np.hypot(workers["x"] - postings["x"], workers["y"] - postings["y"])
    return kilometres


def location(kilometres: Array) -> Array:
    """The location part, exp(-d / 15 km), of distances float64 (n,)."""
    nearness: Array = np.exp(-kilometres / REACH_KM)
    return nearness
