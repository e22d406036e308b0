"""The eighteen made-up brands, as their file tells them."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from labor_brands.brands.rules import BrandFile, Grade, Kind
from zero_work_market.reference.regions.queries import region
from zero_work_market.reference.regions.rules import covers

HEADS = ("赵德顺", "钱桂兰", "孙立新", "李春梅", "周建军", "吴秀英")


@dataclass(frozen=True)
class Told:
    """A made-up brand as its file tells it; `gone`, `last_year` and `withdrawn` as there."""

    file: BrandFile
    gone: float | None
    last_year: bool
    withdrawn: str

    def recognised_on(self, on: date) -> date | None:
        first = date(on.year - self.last_year, 1, 1)
        last = date(on.year, 1, 1) if self.last_year else on
        return None if self.gone is None else first + timedelta(days=int(self.gone * (last - first).days))


@cache
def told() -> tuple[Told, ...]:
    rows = yaml.safe_load(files("web.cli.seeding").joinpath("data", "brands.yaml").read_text(encoding="utf-8"))
    return tuple(_told(number, row) for number, row in enumerate(rows))


def brand_of(place: str, occupation: str) -> str | None:
    """Code of the made-up brand for a trade in a county, among those that people were ever certified for."""
    return next(
        (
            one.file.code
            for one in told()
            if one.gone is not None and occupation in one.file.trades and covers(one.file.place, place)
        ),
        None,
    )


def _told(number: int, row: dict[str, Any]) -> Told:
    gone, last_year, withdrawn = row.pop("gone", None), bool(row.pop("last_year", False)), row.pop("withdrawn", "")
    place = region(row["place"])
    row |= {
        "kind": Kind(row["kind"]), "trades": tuple(row["trades"]),
        "grades": tuple(Grade(name, standard, level) for name, level, standard in row["grades"]),
        "builder": f"{place.short}人社局（编的）", "head_person": HEADS[number % len(HEADS)],
        "training_base": f"{place.short}演示实训基地", "trademark": f"演示 {10_000_000 + 731 * number}",
    }  # fmt: skip
    return Told(BrandFile(**row), gone, last_year, withdrawn)
