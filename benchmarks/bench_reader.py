"""A pasted message of 3,000 characters read whole, beside the reading of its unlawful wording alone."""

from datetime import date
from typing import Any

import pytest

from benchmarks.beside import beside, median
from benchmarks.conftest import Tell
from benchmarks.table import at_most, duration
from tests.support.reading import labelled
from zero_work_market.market.reader.queries import read
from zero_work_market.reference.law.queries import gate_law
from zero_work_market.reference.law.rules import read_words

CHARACTERS, CALLS = 3_000, 40
TODAY = date(2026, 6, 7)


def _messages() -> list[str]:
    """Some of 3,000 characters each, made of the labelled ones end to end."""
    text = "\n".join(message["text"] for name in ("own", "held") for message in labelled(name))
    return [text[start : start + CHARACTERS] for start in range(0, len(text) - CHARACTERS, CHARACTERS // 2)]


def _whole(message: str) -> int:
    return len(read(message, on=TODAY).jobs)


def _wording_alone(message: str) -> int:
    return len(read_words(message, gate_law().lexicon_on(TODAY)))


@pytest.mark.usefixtures("any_size")
def test_a_message_of_3000_characters(benchmark: Any, tell: Tell) -> None:
    messages = _messages()
    calls = [(messages[call % len(messages)],) for call in range(CALLS)]
    times = beside(benchmark, _whole, _wording_alone, calls, block=1)
    own = median(times.own)
    alone = f"its unlawful wording alone {duration(median(times.baseline))}"
    tell("messages", "3,000 characters read", duration(own), alone, "", at_most(1e3 * own, 30, "ms"))
