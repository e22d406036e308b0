"""Regular expressions written as data: with named words within, and every repetition bounded."""

import re
from collections.abc import Mapping

WORD = re.compile(r"(?<!\(\?P)<([a-z_0-9]+)>")
UNBOUNDED = re.compile(r"[*+]|\{\d*,\}")
GAP = 6


def expanded(pattern: str, words: Mapping[str, str]) -> str:
    """A pattern of a file as a regular expression.

    `<name>` stands for one of `words`, `…` for up to six characters within a clause, `…{n}` for up to n.
    """
    within = re.sub(r"…\{(\d+)\}", r"[^，\\n]{0,\1}", pattern).replace("…", rf"[^，\n]{{0,{GAP}}}")
    return WORD.sub(lambda name: f"(?:{words[name[1]]})", within)


def with_words(data: Mapping[str, str]) -> dict[str, str]:
    """Words that may be made of those before them."""
    words: dict[str, str] = {}
    for name, pattern in data.items():
        words[name] = expanded(pattern, words)
    return words


def is_unbounded(pattern: str) -> bool:
    """Whether it repeats something without bound, and so may take more than linear time."""
    return bool(UNBOUNDED.search(re.sub(r"\\.|\[[^\]]{1,200}\]", "", pattern)))
