"""What is found round a pattern's own characters is what trying it at every place would find."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.reading import labelled
from zero_work_market.reference.law.queries import gate_law
from zero_work_market.reference.law.rules import fold
from zero_work_market.reference.seeking import Seeker, Seekers
from zero_work_market.reference.within import Words

LEXICON = gate_law().lexicon
PATTERNS = sorted({pattern for term in LEXICON.terms for pattern in (*term.patterns, *term.innocents)})
SEEKERS = Seekers(PATTERNS)
MARKS = sorted({one for pattern in PATTERNS for one in Seeker(pattern).marks or ()} | set("，\n年龄女装人"))
WRITTEN = st.lists(st.sampled_from(MARKS), max_size=80).map("".join)


def tried_everywhere(pattern: str, text: str) -> list[tuple[int, int]]:
    return [match.span() for match in re.finditer(pattern, text)]


def sought(pattern: str, text: str) -> list[tuple[int, int]]:
    return list(Seekers([pattern]).within(text)(pattern))


def test_messages_hold_for_each_pattern_what_trying_it_everywhere_finds():
    folded = "\n".join(fold(one["text"], LEXICON)[0] for name in ("own", "held") for one in labelled(name))
    together, found = SEEKERS.within(folded), 0
    for pattern in PATTERNS:
        spans = tried_everywhere(pattern, folded)
        assert list(together(pattern)) == spans, pattern
        found += len(spans)
    assert found > 200


@given(WRITTEN, st.sampled_from(PATTERNS))
def test_any_text_holds_what_trying_the_pattern_everywhere_finds(text, pattern):
    assert list(SEEKERS.within(text)(pattern)) == tried_everywhere(pattern, text)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("a(?=b{3}$)", "abbb"), ("a(?!b{3}c)", "abbbc abbb"), ("(?<=xx)a|(?<!x)b", "xxa xb b"), ("a?b{1,3}", "aabbbb"),
        ("(?:ab|ba){1,2}", "ababab baab"), ("[a-c]x", "axbxdx"), ("x(?:a|)", "xxax"), ("a|b|", "cab"),
    ],
)  # fmt: skip
def test_looks_ahead_and_behind_see_past_the_stretch_that_is_tried(pattern, text):
    assert sought(pattern, text) == tried_everywhere(pattern, text)


def test_most_patterns_have_characters_of_their_own():
    none = [pattern for pattern in PATTERNS if Seeker(pattern).marks is None]
    assert len(none) < len(PATTERNS) / 20


@given(st.text("abc", max_size=30), st.sets(st.text("abc", min_size=1, max_size=4), max_size=8))
def test_of_words_the_longest_is_found_at_each_place(text, words):
    found, at = [], 0
    while at < len(text):
        length = max((len(word) for word in words if text.startswith(word, at)), default=0)
        found += [(at, at + length)] if length else []
        at += length or 1
    assert list(Words(dict.fromkeys(words, 0)).within(text)) == found
