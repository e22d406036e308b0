"""What a column may hold, and that a refused call changes nothing."""

import re
from dataclasses import replace

import numpy as np
import pytest

from matching import Engine, OccupationTree, Postings, Weights, Workers
from tests.matching.worlds import frame, make_engine, posting, worker

BAD_IN_BOTH = [
    ("lon", 180.1),
    ("lon", np.nan),
    ("lat", -90.5),
    ("lat", np.inf),
    ("occupation", [10]),
    ("occupation", [-2]),
    ("occupation", [3, -1, 3]),
    ("occupation", [40000]),
    ("level", [6]),
    ("level", [-1]),
    ("level", [0]),
    ("level", [1, 1]),
    ("brand", [4, 4]),
    ("brand", [-2]),
    ("slots", -1),
    ("slots", 1 << 64),
    ("slots", None),
    ("id", 1.5),
    ("id", 1),
    ("id", "seven"),
]
BAD_WORKERS = [
    *BAD_IN_BOTH,
    ("radius_km", -0.1),
    ("radius_km", np.nan),
    ("radius_km", 1e39),
    ("min_hourly_fen", -1),
    ("min_hourly_fen", 1 << 31),
    ("min_hourly_fen", 1700.5),
    ("relocates", 2),
]
BAD_POSTINGS = [*BAD_IN_BOTH, ("slots", 0), ("hourly_fen", 0), ("hourly_fen", -5)]


def as_lists(kind, rows):
    return kind(**{name: [row[name] for row in rows] for name in kind.COLUMNS})


@pytest.mark.parametrize(("column", "value"), BAD_WORKERS)
def test_a_refused_worker_is_named_and_nothing_of_the_call_is_taken_in(column, value):
    engine = make_engine(workers=[worker(id=1)], postings=[posting()])
    rows = [worker(id=1, slots=0), worker(**{"id": 2, "occupation": [0], "level": [1], column: value})]
    if column == "occupation":
        rows[1]["level"] = [1 if code != -1 else 0 for code in rows[1]["occupation"]]
    with pytest.raises(ValueError, match=f"^{column}, row 1:"):
        engine.upsert_workers(as_lists(Workers, rows))
    assert engine.workers_for(1).ids.tolist() == [1]


@pytest.mark.parametrize(("column", "value"), BAD_POSTINGS)
def test_a_refused_posting_is_named_and_nothing_of_the_call_is_taken_in(column, value):
    engine = make_engine(workers=[worker()], postings=[posting(id=1)])
    rows = [posting(id=1, slots=0b10000), posting(**{"id": 2, "occupation": [0], "level": [1], column: value})]
    if column == "occupation":
        rows[1]["level"] = [1 if code != -1 else 0 for code in rows[1]["occupation"]]
    with pytest.raises(ValueError, match=f"^{column}, row 1:"):
        engine.upsert_postings(as_lists(Postings, rows))
    assert engine.postings_for(1).ids.tolist() == [1]


def test_a_column_of_another_length_or_width_is_named():
    two = frame(Workers, [worker(id=1), worker(id=2)])
    with pytest.raises(ValueError, match=r"^lat, row 1:"):
        make_engine().upsert_workers(replace(two, lat=two.lat[:1]))
    with pytest.raises(ValueError, match=r"^brand, row 0:"):
        make_engine().upsert_workers(replace(two, brand=two.brand[:, :3]))
    with pytest.raises(ValueError, match=r"^lon, row 0:"):
        make_engine().upsert_workers(replace(two, lon=np.float64(116.6)))


def test_plain_lists_and_wider_numbers_are_taken_if_nothing_is_lost():
    engine = make_engine(postings=[posting()])
    engine.upsert_workers(as_lists(Workers, [worker(id=1), worker(id=2, slots=(1 << 64) - 1)]))
    assert engine.workers_for(1).ids.tolist() == [1, 2]


def test_the_engine_keeps_its_own_copy():
    mine = frame(Workers, [worker()])
    engine = make_engine(postings=[posting()])
    engine.upsert_workers(mine)
    mine.slots[:] = 0
    assert engine.workers_for(1).ids.tolist() == [1]


def test_ids_repeated_in_one_call_change_nothing():
    engine = make_engine(workers=[worker(id=1), worker(id=2)], postings=[posting()])
    with pytest.raises(ValueError, match=r"^id, row 2: 1 occurs twice"):
        engine.remove_workers([1, 2, 1])
    with pytest.raises(ValueError, match=r"^id, row 1: 2 occurs twice"):
        engine.set_slots([2, 2], [0, 1])
    assert engine.workers_for(1).ids.tolist() == [1, 2]


def test_set_slots_of_an_unknown_worker_or_of_bad_slots_sets_none():
    engine = make_engine(workers=[worker(id=1)], postings=[posting()])
    with pytest.raises(KeyError):
        engine.set_slots([1, 2], [0, 0])
    with pytest.raises(ValueError, match=r"^slots, row 0:"):
        engine.set_slots([1], [-1])
    with pytest.raises(ValueError, match=r"^slots"):
        engine.set_slots([1], [0, 0])
    assert engine.workers_for(1).ids.tolist() == [1]


def test_a_draft_is_checked_like_a_posting_and_is_one_row():
    engine = make_engine()
    with pytest.raises(ValueError, match=r"^hourly_fen, row 0:"):
        engine.workers_for_draft(frame(Postings, [posting(hourly_fen=0)]))
    with pytest.raises(ValueError, match="one row, not 2"):
        engine.workers_for_draft(frame(Postings, [posting(id=1), posting(id=2)]))


def test_k_below_one_is_refused():
    engine = make_engine(workers=[worker()], postings=[posting()])
    for query in (engine.workers_for, engine.postings_for):
        with pytest.raises(ValueError, match="k is 0"):
            query(1, k=0)
    with pytest.raises(ValueError, match="k is 0"):
        make_engine().workers_for_all(k=0)


@pytest.mark.parametrize("weights", [{"skill": 0.6}, {"skill": -0.1, "location": 0.95}, {"skill": np.nan}])
def test_weights_below_zero_or_not_adding_up_to_one_are_refused(weights):
    with pytest.raises(ValueError, match="must"):
        Weights(**weights)


@pytest.mark.parametrize(
    ("small", "middle", "told"),
    [
        ([0, 1, 0], [0, 0, 0], "small, row 2: 0 comes up again"),
        ([0, 1, 2], [0, 1, 0], "middle, row 2: 0 comes up again"),
        ([0, 0], [0, 1], "small, row 1: 0 lies in two middle groups"),
        ([0, 1], [0], "middle, row 1:"),
    ],
)
def test_a_tree_out_of_order_is_refused(small, middle, told):
    with pytest.raises(ValueError, match=re.escape(told)):
        OccupationTree(small, middle)


def test_an_origin_off_the_globe_is_refused():
    with pytest.raises(ValueError, match="origin"):
        Engine(OccupationTree([0], [0]), origin=(35.4, 116.6))
