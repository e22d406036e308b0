"""The labor brands for everyone: what each is good for, what it earns, where it works, how to join."""

from typing import Any

from flask import render_template, url_for

from labor_brands.brands import queries
from labor_brands.brands.queries import BrandRow
from labor_brands.brands.rules import State
from labor_brands.steps.queries import claims_of_holders
from labor_brands.worth.queries import worth
from web.auth import EVERYONE, may_enter
from web.brands import KINDS
from web.for_everyone.blueprint import pages
from web.worth_words import months_said, sentence
from zero_work_market.ground import clock
from zero_work_market.ground.db import transaction
from zero_work_market.ground.errors import NotFound
from zero_work_market.policy.courses.queries import courses_for
from zero_work_market.reference.regions.rules import CITY


@pages.get("/brands")
@may_enter(EVERYONE)
def brands() -> str:
    with transaction(read_only=True) as session:
        found = queries.recognised(session)
    by_place: dict[str, list[BrandRow]] = {}
    for row in found:
        by_place.setdefault(row.file.place, []).append(row)
    return render_template(
        "for_everyone/brands.html", by_place=by_place, kinds=KINDS, total=len(found),
        held=sum(row.held for row in found),
    )  # fmt: skip


@pages.get("/brands/<brand>")
@may_enter(EVERYONE)
def brand(brand: str) -> str:
    """Raises NotFound, also for one that isn't recognised yet."""
    today = clock.local_date(clock.now())
    with transaction(read_only=True) as session:
        row = queries.brand(session, brand)
        if row.state == State.PREPARING:
            raise NotFound(what="brand")
        found: dict[str, Any] = {
            "worth": worth(session, row.id, today=today), "marks": queries.marks_of(session, row.id),
            "claims": claims_of_holders(session, row.id, year=today.year),
            "courses": courses_for(session, brand=row.file.code),
        }  # fmt: skip
    return render_template(
        "for_everyone/brand.html", row=row, today=today, kinds=KINDS, sentence=sentence, months_said=months_said,
        jobs=_jobs(row), **found,
    )  # fmt: skip


def _jobs(row: BrandRow) -> str:
    """Where the brand's trade is asked for."""
    if row.file.place == CITY:
        return url_for("everyone.own_market")
    return url_for("everyone.search_market", county=row.file.place, trade=row.file.trades[0])
