"""Explanations: they add up, agree with the definition, and their gains come true."""

from math import asin, cos, hypot, radians, sin, sqrt

import pytest
from hypothesis import given, settings

from matching import Brand, Certificate, Floor, Postings, Quarters, Workers
from tests.matching.worlds import (
    WEIGHTS,
    definition,
    frame,
    make_engine,
    many,
    posting,
    posting_rows,
    worker,
    worker_rows,
)


def changed(row, change):
    """The worker's row after the change."""
    row = row | {name: list(row[name]) for name in ("occupation", "level", "brand")}
    match change:
        case Certificate(occupation, level):
            place = row["occupation"].index(occupation if occupation in row["occupation"] else -1)
            assert row["level"][place] == level - 1
            row["occupation"][place], row["level"][place] = occupation, level
        case Brand(code):
            row["brand"][row["brand"].index(-1)] = code
        case Floor(min_hourly_fen):
            row["min_hourly_fen"] = min_hourly_fen
        case Quarters(slots):
            row["slots"] |= slots
    return row


def counted(exact, worker, posting):
    return exact.score(worker, posting) if exact.eligible(worker, posting) else 0.0


@settings(max_examples=100, deadline=None)
@given(many(worker_rows(), 4), many(posting_rows(), 3), WEIGHTS)
def test_an_explanation_agrees_with_the_definition_and_its_gains_come_true(workers, postings, weights):
    engine, exact = make_engine(workers=workers, postings=postings, weights=weights), definition(weights)
    for one in workers:
        for other in postings:
            told = engine.explain(one["id"], other["id"])
            assert told == engine.explain_draft(one["id"], frame(Postings, [other]))
            assert told.gates == exact.gates(one, other)
            assert told.eligible == exact.eligible(one, other)
            assert told.parts == pytest.approx(exact.parts(one, other), abs=1e-12)
            assert told.distance_km == pytest.approx(exact.distance_km(one, other), abs=1e-12)
            assert told.score == pytest.approx(exact.score(one, other), abs=1e-12)
            assert sum(weights[part] * told.parts[part] for part in told.parts) == pytest.approx(told.score, abs=1e-9)
            gains = [gain.gain for gain in told.nearest_gains]
            assert gains == sorted(gains, reverse=True)
            assert all(gain > 0 for gain in gains)
            assert gains == pytest.approx(
                [
                    counted(exact, changed(one, gain.change), other) - counted(exact, one, other)
                    for gain in told.nearest_gains
                ],
                abs=1e-12,
            )


@settings(max_examples=50, deadline=None)
@given(many(worker_rows(), 6), many(posting_rows(), 3), WEIGHTS)
def test_a_listed_score_is_the_explained_score(workers, postings, weights):
    engine = make_engine(workers=workers, postings=postings, weights=weights)
    for one in postings:
        for id, score in zip(*engine.workers_for(one["id"]), strict=True):
            assert engine.explain(id, one["id"]).score == score


def test_gains_name_the_certificate_the_brand_and_the_floor_by_what_they_bring():
    welder = worker(occupation=[0, 9], level=[2, 1], brand=[5], min_hourly_fen=1500)
    wanted = posting(occupation=[0], level=[4], brand=[3, 5], hourly_fen=2000)
    gains = make_engine(workers=[welder], postings=[wanted]).explain(1, 1).nearest_gains
    assert [(gain.change, gain.part) for gain in gains] == [
        (Certificate(occupation=0, level=3), "skill"),
        (Brand(code=3), "brand"),
        (Floor(min_hourly_fen=1400), "pay"),
    ]
    assert [gain.gain for gain in gains] == pytest.approx([0.55 * 0.25, 0.10 / 2, 0.05 * 100 / 2000])


@pytest.mark.parametrize(
    ("shut_out", "gate", "key"),
    [
        ({"slots": 0b0001}, "slots", Quarters(slots=0b0010)),
        ({"min_hourly_fen": 2600}, "pay", Floor(min_hourly_fen=2000)),
        ({"occupation": [9], "level": [5]}, "skill", Certificate(occupation=0, level=1)),
    ],
)
def test_the_change_that_opens_the_one_closed_gate_gains_the_whole_score(shut_out, gate, key):
    engine = make_engine(
        workers=[worker(**{"occupation": [0], "level": [1]} | shut_out)],
        postings=[posting(occupation=[0], level=[2])],
    )
    told = engine.explain(1, 1)
    assert [name for name, is_open in told.gates.items() if not is_open] == [gate]
    assert not told.eligible
    assert [gain.change for gain in told.nearest_gains] == [key]
    engine.upsert_workers(frame(Workers, [changed(worker(**{"occupation": [0], "level": [1]} | shut_out), key)]))
    assert engine.explain(1, 1).score == pytest.approx(told.nearest_gains[0].gain)


def test_nothing_is_gained_where_no_single_change_opens_the_way():
    far_and_busy = worker(lon=117.6, slots=0)
    assert make_engine(workers=[far_and_busy], postings=[posting()]).explain(1, 1).nearest_gains == []


def test_a_top_level_and_full_places_offer_no_more_certificates_or_brands():
    master = worker(occupation=[9, 8, 7, 6, 5, 4, 3, 2], level=[5] * 8, brand=[1, 2, 3, 4], min_hourly_fen=0)
    wanted = posting(occupation=[2, 1], level=[5, 5], brand=[7])
    assert make_engine(workers=[master], postings=[wanted]).explain(1, 1).nearest_gains == []


def test_a_third_of_a_kilometre_is_measured_as_such():
    here, there = (116.600, 35.400), (116.6025, 35.4022)
    engine = make_engine(workers=[worker(lon=here[0], lat=here[1])], postings=[posting(lon=there[0], lat=there[1])])
    told = engine.explain(1, 1).distance_km
    assert told == pytest.approx(0.33, abs=0.005)
    assert told == pytest.approx(haversine_km(here, there), rel=1e-4)
    assert told == pytest.approx(hypot(0.0025 * cos(radians(35.4)), 0.0022) * 111.195, rel=1e-5)


def haversine_km(one, other):
    (lon1, lat1), (lon2, lat2) = (map(radians, point) for point in (one, other))
    half = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return 2 * 6371.0088 * asin(sqrt(half))


def test_an_unknown_worker_or_posting_cannot_be_explained():
    engine = make_engine(workers=[worker(id=1)], postings=[posting(id=2)])
    for pair in ((1, 1), (2, 2)):
        with pytest.raises(KeyError):
            engine.explain(*pair)
