"""Brands by their code."""

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True)
class Brand:
    """A labor brand: its code, name, county and main occupation."""

    code: str
    name: str
    county: str
    occupation: str


@cache
def brands() -> tuple[Brand, ...]:
    """All brands, in the order of their file."""
    text = files("labor_brands.brands").joinpath("data/brands.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(line for line in text.splitlines() if not line.startswith("#"))
    return tuple(Brand(**row) for row in rows)


def brand_name(code: str) -> str:
    """The brand's name; the code itself for one that isn't listed."""
    return next((brand.name for brand in brands() if brand.code == code), code)
