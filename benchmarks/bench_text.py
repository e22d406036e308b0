"""Names with one typo, read in blocks, beside one comparison of each with all names (rapidfuzz's ratio, the largest).

Printed beside pytest-benchmark's table: the median of each in microseconds a name, and the share that each reads right.
"""

import random
from statistics import median
from time import perf_counter

import numpy as np
import pytest
from rapidfuzz import fuzz, process

from tests.support.slips import typos
from zero_work_market.reference.occupations.queries import names, reader

BLOCK, ROUNDS = 4_000, 15
GOAL_US, GOAL_RIGHT = 80, 0.98


def _typos() -> list[tuple[str, str]]:
    """One of each kind of every name of three characters or more, in an order of chance."""
    chance = random.Random(1)
    written = [name for name in names() if name.kind in ("official", "work_type", "alias") and len(name.text) >= 3]
    characters = sorted({one for name in written for one in name.text if "一" <= one <= "鿿"})
    found = [(typo, name.code) for name in written for typo in typos(name.text, characters, chance).values()]
    return chance.sample(found, len(found))


def _by_reader(texts: list[str]) -> list[str]:
    return [found[0].code if found else "" for found in reader().read_many(texts)]


def _by_ratio(texts: list[str]) -> list[str]:
    known = names()
    written = [name.text for name in known]
    likest = [
        process.cdist(texts[start : start + 256], written, scorer=fuzz.ratio, dtype=np.uint8).argmax(1)
        for start in range(0, len(texts), 256)
    ]
    return [known[row].code for row in np.concatenate(likest)]


def test_names_with_one_typo(benchmark: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]) -> None:
    begin = perf_counter()
    reader()
    build = perf_counter() - begin
    cases = _typos()
    blocks = [cases[start : start + BLOCK] for start in range(0, len(cases) - BLOCK + 1, BLOCK)]
    baseline: list[float] = []

    def set_up() -> tuple[tuple[list[str]], dict[str, object]]:
        texts = [text for text, _ in blocks[len(baseline) % len(blocks)]]
        start = perf_counter()
        _by_ratio(texts)
        baseline.append(perf_counter() - start)
        return (texts,), {}

    benchmark.pedantic(_by_reader, setup=set_up, rounds=ROUNDS)  # type: ignore[attr-defined]
    texts = [text for text, _ in cases]
    shares = [
        sum(code == right for code, (_, right) in zip(read(texts), cases, strict=True)) / len(cases)
        for read in (_by_reader, _by_ratio)
    ]
    figures = [1e6 * benchmark.stats.stats.median / BLOCK, 1e6 * median(baseline) / BLOCK]  # type: ignore[attr-defined]
    benchmark.extra_info.update(  # type: ignore[attr-defined]
        goal_us=GOAL_US, us_a_name=figures[0], baseline_us_a_name=figures[1], right=shares[0], baseline_right=shares[1]
    )
    with capsys.disabled():
        print(f"\nreader of {len(names()):,} names built in {build:.2f} s; {len(cases):,} names with one typo")
        print(f"reader    {figures[0]:6.1f} µs a name (goal {GOAL_US}), {shares[0]:.2%} right (goal {GOAL_RIGHT:.0%})")
        print(
            f"baseline  {figures[1]:6.1f} µs a name, {shares[1]:.2%} right, {figures[1] / figures[0]:.1f} times as long"
        )
