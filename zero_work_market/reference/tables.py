"""Facts as packaged data: comma-separated tables, and for each where it comes from."""

import csv
from dataclasses import dataclass
from importlib.resources import files

import yaml


@dataclass(frozen=True, slots=True)
class Source:
    """Where the facts of a table come from. `note` says what was taken, in which units, and what is unconfirmed."""

    table: str
    title: str
    publisher: str
    note: str


def rows(package: str, table: str) -> list[dict[str, str]]:
    """The rows of data/<table>.csv in `package`, in the file's order, by column name."""
    return list(csv.DictReader(_text(package, f"{table}.csv").splitlines()))


def sources(package: str) -> tuple[Source, ...]:
    """What data/sources.yaml in `package` says of its tables."""
    return tuple(Source(**entry) for entry in yaml.safe_load(_text(package, "sources.yaml")))


def _text(package: str, name: str) -> str:
    return files(package).joinpath("data", name).read_text(encoding="utf-8")
