"""Small worlds for the engine: few places, trades and pays, so that ties, gates and empty columns are common."""

from collections.abc import Iterable
from typing import Any, TypeVar

import numpy as np
import pytest
from hypothesis import strategies as st

from matching import Engine, OccupationTree, Postings, Ranking, Rankings, Weights, Workers
from matching.frames import Frame
from matching.reference import Definition

Row = dict[str, Any]
F = TypeVar("F", bound=Frame)

TREE = OccupationTree(small=[0, 0, 0, 1, 1, 2, 3, 3, 4, 5], middle=[0, 0, 0, 0, 0, 0, 1, 1, 1, 2])
ORIGIN = (116.6, 35.4)
EVERY_QUARTER = (1 << 64) - 1


def worker(**given: Any) -> Row:
    """A free worker without a trade at the origin who goes 10 km for 10 yuan an hour, but for what is given."""
    return _row(8, given, id=1, radius_km=10, relocates=False, slots=0b1111, min_hourly_fen=1000)


def posting(**given: Any) -> Row:
    """A morning at the origin that anyone can do, for 20 yuan an hour, but for what is given."""
    return _row(4, given, id=1, slots=0b0010, hourly_fen=2000)


def _row(places: int, given: Row, **usual: Any) -> Row:
    row = {"lon": ORIGIN[0], "lat": ORIGIN[1], "occupation": [], "level": [], "brand": []} | usual | given
    for name, width, empty in (("occupation", places, -1), ("level", places, 0), ("brand", 4, -1)):
        row[name] = [*row[name], *[empty] * (width - len(row[name]))]
    return row


def frame(kind: type[F], rows: Iterable[Row]) -> F:
    listed = list(rows)
    shape = {name: (len(listed), column.width) if column.width else -1 for name, column in kind.COLUMNS.items()}
    return kind(
        **{
            name: np.array([row[name] for row in listed], column.dtype).reshape(shape[name])
            for name, column in kind.COLUMNS.items()
        }
    )


def make_engine(
    *,
    workers: Iterable[Row] = (),
    postings: Iterable[Row] = (),
    weights: Weights = Weights(),
    tree: OccupationTree = TREE,
) -> Engine:
    engine = Engine(tree, weights=weights, origin=ORIGIN)
    engine.upsert_workers(frame(Workers, workers))
    engine.upsert_postings(frame(Postings, postings))
    return engine


def definition(weights: Weights = Weights(), tree: OccupationTree = TREE) -> Definition:
    return Definition(tree, weights, ORIGIN)


def check(ranking: Ranking, expected: list[tuple[int, float]]) -> None:
    """The same ids in the same order, the scores to 1e-12."""
    assert ranking.ids.tolist() == [id for id, _ in expected]
    assert ranking.scores.tolist() == pytest.approx([score for _, score in expected], rel=0, abs=1e-12)


def unstacked(rankings: Rankings) -> dict[int, Ranking]:
    ids, scores = (np.split(column, rankings.indptr[1:-1]) for column in (rankings.ids, rankings.scores))
    return {row_id: Ranking(*one) for row_id, *one in zip(rankings.row_ids.tolist(), ids, scores, strict=False)}


_places = {
    "lon": st.sampled_from([116.3, 116.5, 116.6, 116.7, 116.9]) | st.floats(115.8, 117.4),
    "lat": st.sampled_from([35.2, 35.3, 35.4, 35.5]) | st.floats(34.8, 36.0),
}
_quarters = st.sampled_from([0b0001, 0b0010, 0b0110, 0b1111, 1 << 63, 1 << 63 | 1])


def slots() -> st.SearchStrategy[int]:
    return st.just(EVERY_QUARTER) | st.just(0) | _quarters


@st.composite
def _with_codes(draw: st.DrawFn, places: int, **columns: st.SearchStrategy[Any]) -> Row:
    occupation = draw(_codes(places, len(TREE)))
    levels = draw(st.lists(st.integers(1, 5), min_size=places, max_size=places))
    return {name: draw(strategy) for name, strategy in (columns | _places).items()} | {
        "occupation": occupation,
        "level": [level if code != -1 else 0 for code, level in zip(occupation, levels, strict=True)],
        "brand": draw(_codes(4, 5)),
    }


def _codes(places: int, n: int) -> st.SearchStrategy[list[int]]:
    """Codes below n in some of the places, none twice."""
    return st.lists(st.integers(-1, n - 1), min_size=places, max_size=places).map(
        lambda codes: [-1 if code in codes[:place] else code for place, code in enumerate(codes)]
    )


def worker_rows(ids: st.SearchStrategy[int] = st.integers(1, 99)) -> st.SearchStrategy[Row]:
    return _with_codes(
        8,
        id=ids,
        radius_km=st.sampled_from([0, 5, 20.5, 60]),
        relocates=st.integers(0, 9).map(lambda n: n == 9),
        slots=slots(),
        min_hourly_fen=st.sampled_from([0, 1500, 1700, 2500]),
    )


def posting_rows(ids: st.SearchStrategy[int] = st.integers(1, 99)) -> st.SearchStrategy[Row]:
    return _with_codes(4, id=ids, slots=_quarters, hourly_fen=st.sampled_from([1, 1500, 1700, 2000]))


def many(rows: st.SearchStrategy[Row], size: int) -> st.SearchStrategy[list[Row]]:
    return st.lists(rows, max_size=size, unique_by=lambda row: row["id"])


WEIGHTS = st.sampled_from(
    [
        Weights(),
        Weights(skill=1, location=0, brand=0, pay=0),
        Weights(skill=0, location=1, brand=0, pay=0),
        Weights(skill=0, location=0, brand=1, pay=0),
        Weights(skill=0, location=0, brand=0, pay=1),
        Weights(skill=0.25, location=0.25, brand=0.25, pay=0.25),
    ]
)
