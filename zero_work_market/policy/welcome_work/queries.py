"""The aids that are given, as dated data."""

from functools import cache
from importlib.resources import files

import yaml

from zero_work_market.policy.welcome_work.rules import Aid, Need

HERE = "zero_work_market.policy.welcome_work"


@cache
def aids() -> tuple[Aid, ...]:
    """In the order in which the pages show them."""
    text = files(HERE).joinpath("data", "aids.yaml").read_text(encoding="utf-8")
    return tuple(
        Aid(
            key=row["key"], name=row["name"], most_yuan=row["most_yuan"], since=row["from"],
            needs=tuple(map(Need, row["needs"])), source=row["source"], confirmed=row["confirmed"],
        )
        for row in yaml.safe_load(text)
    )  # fmt: skip
