"""A made-up county as columns, with a fixed seed: any number of workers and postings, mixed as the market was measured.

1,636 occupations by Zipf's law, 2.5 a worker; 5 % of postings require none; of all workers about half are free for a
given shift, 34 % also by pay, 6 % also by distance; 3 % relocate.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from matching import OccupationTree, Postings, Workers

OCCUPATIONS, SMALL_GROUPS, MIDDLE_GROUPS = 1636, 450, 79
TOWNS, BRANDS = 156, 30
WEST, EAST, SOUTH, NORTH = 115.9, 117.2, 34.9, 35.9
DAYS_AHEAD = 14


Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class County:
    tree: OccupationTree
    workers: Workers
    postings: Postings


class Towns(NamedTuple):
    """lon, lat float64 (TOWNS,) of their middles, and how many people, int64, beside those of the others."""

    lon: Floats
    lat: Floats
    people: Ints


def make_county(workers: int, postings: int, seed: int = 1) -> County:
    """Its workers have the ids 1 … n by chance, its postings in their order."""
    chance = np.random.default_rng(seed)
    tree = _tree(chance)
    ranks = chance.permutation(OCCUPATIONS)
    lon, lat = chance.uniform(WEST, EAST, TOWNS), chance.uniform(SOUTH, NORTH, TOWNS)
    towns = Towns(lon, lat, chance.zipf(1.6, TOWNS).clip(1, 12))
    return County(tree, _workers(chance, workers, ranks, towns), _postings(chance, postings, ranks, towns))


def _tree(chance: Generator) -> OccupationTree:
    others = chance.integers(0, SMALL_GROUPS, OCCUPATIONS - SMALL_GROUPS)
    small = np.sort(np.concatenate([np.arange(SMALL_GROUPS), others]))
    cuts = np.sort(chance.choice(np.arange(1, SMALL_GROUPS), MIDDLE_GROUPS - 1, replace=False))
    return OccupationTree(small.astype(np.int16), np.searchsorted(cuts, small, "right").astype(np.int16))


def _workers(chance: Generator, n: int, ranks: Ints, towns: Towns) -> Workers:
    occupation, level = _skills(chance, n, 8, 1 + chance.poisson(1.6, n).clip(0, 7), ranks, (0.3, 0.3, 0.2, 0.15, 0.05))
    lon, lat = _places(chance, n, towns)
    often = chance.choice([0.25, 0.57, 0.88], n)
    slots = np.zeros(n, np.uint64)
    for quarter in range(64):
        slots |= (chance.random(n) < often).astype(np.uint64) << np.uint64(quarter)
    return Workers(
        id=chance.permutation(n).astype(np.int64) + 1,
        lon=lon,
        lat=lat,
        radius_km=chance.choice([5, 10, 20, 25, 35, 50], n).astype(np.float32),
        relocates=chance.random(n) < 0.03,
        slots=slots,
        min_hourly_fen=chance.integers(120, 260, n).astype(np.int32) * 10,
        occupation=occupation,
        level=level,
        brand=_brands(chance, n, 0.2),
    )


def _postings(chance: Generator, n: int, ranks: Ints, towns: Towns) -> Postings:
    required = chance.choice([0, 1, 2, 3], n, p=[0.05, 0.7, 0.2, 0.05])
    occupation, level = _skills(chance, n, 4, required, ranks, (0.5, 0.25, 0.15, 0.07, 0.03))
    lon, lat = _places(chance, n, towns)
    day, quarter = chance.integers(0, DAYS_AHEAD, n), chance.integers(1, 3, n)
    shift = np.where(chance.random(n) < 0.6, 1, 3).astype(np.uint64)
    return Postings(
        id=np.arange(1, n + 1),
        lon=lon,
        lat=lat,
        slots=shift << (4 * day + quarter).astype(np.uint64),
        hourly_fen=chance.integers(170, 260, n).astype(np.int32) * 10,
        occupation=occupation,
        level=level,
        brand=_brands(chance, n, 0.3),
    )


def _places(chance: Generator, n: int, towns: Towns) -> tuple[Floats, Floats]:
    """Seven of ten in or near a town, the others anywhere."""
    town = chance.choice(TOWNS, n, p=towns.people / towns.people.sum())
    in_town = chance.random(n) < 0.7
    lon = np.where(in_town, towns.lon[town] + chance.normal(0, 0.03, n), chance.uniform(WEST, EAST, n))
    lat = np.where(in_town, towns.lat[town] + chance.normal(0, 0.025, n), chance.uniform(SOUTH, NORTH, n))
    return lon, lat


def _skills(
    chance: Generator, n: int, places: int, counts: Ints, ranks: Ints, levels: tuple[float, ...]
) -> tuple[NDArray[np.int16], NDArray[np.int8]]:
    """Occupations (n, places), `counts` a row less what was drawn twice, the common ones by `ranks`, and their levels,
    of which `levels` has the shares."""
    share = 1 / np.arange(1, OCCUPATIONS + 1)
    occupation, level = np.full((n, places), -1, np.int16), np.zeros((n, places), np.int8)
    for place in range(min(places, int(counts.max(initial=0)))):
        drawn = ranks[np.searchsorted(np.cumsum(share / share.sum())[:-1], chance.random(n))]
        taken = (counts > place) & ~(occupation[:, :place] == drawn[:, None]).any(axis=1)
        occupation[taken, place] = drawn[taken]
        level[taken, place] = chance.choice([1, 2, 3, 4, 5], int(taken.sum()), p=levels)
    return occupation, level


def _brands(chance: Generator, n: int, share: float) -> NDArray[np.int16]:
    brand = np.full((n, 4), -1, np.int16)
    brand[:, 0] = np.where(chance.random(n) < share, chance.integers(0, BRANDS, n), -1)
    return brand
