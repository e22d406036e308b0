"""Names with one typo, read in blocks, beside the likest of all names by rapidfuzz's ratio."""

import random
from typing import Any

import numpy as np
import pytest
from rapidfuzz import fuzz, process

from benchmarks.beside import beside, median
from benchmarks.conftest import Tell
from benchmarks.table import at_least, at_most, duration
from tests.support.slips import typos
from zero_work_market.reference.job_titles.queries import names, reader

NAMES = 4_000
CALLS = 9


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


@pytest.mark.usefixtures("any_size")
def test_names_with_one_typo(benchmark: Any, tell: Tell) -> None:
    cases = _typos()
    texts = [text for text, _ in cases]
    blocks = [texts[start : start + NAMES] for start in range(0, len(texts) - NAMES + 1, NAMES)]
    calls = [(blocks[call % len(blocks)],) for call in range(CALLS)]
    times = beside(benchmark, _by_reader, _by_ratio, calls, block=1)
    own, baseline = median(times.own) / NAMES, median(times.baseline) / NAMES
    right, right_of_baseline = (
        100 * sum(code == right for code, (_, right) in zip(read(texts), cases, strict=True)) / len(cases)
        for read in (_by_reader, _by_ratio)
    )
    tell(
        "job titles",
        f"one of {len(cases):,} with one typo",
        duration(own),
        f"rapidfuzz's ratio {duration(baseline)}",
        f"{times.faster:.1f} × faster",
        at_most(1e6 * own, 80, "µs"),
    )
    baseline_right = f"rapidfuzz's ratio {right_of_baseline:.2f} %"
    tell("job titles", "read right", f"{right:.2f} %", baseline_right, "", at_least(right, 98, "%"))
