"""How ranking works, and the law that postings are judged by, with its sources."""

from flask import render_template

from matching import Weights
from web.auth import EVERYONE, may_enter
from web.for_everyone.blueprint import pages
from zero_work_market.ground import clock
from zero_work_market.market.crews.rules import stop_cost
from zero_work_market.reference.calendar import queries as calendar
from zero_work_market.reference.law import queries as law
from zero_work_market.reference.regions.queries import counties


@pages.get("/ranking")
@may_enter(EVERYONE)
def ranking() -> str:
    """The principle of the ranking, published (算法推荐管理规定 16, 17)."""
    with_car, without = (stop_cost(transport=car) for car in (True, False))
    return render_template("for_everyone/ranking.html", weights=Weights(), stop_with=with_car, stop_without=without)


@pages.get("/law")
@may_enter(EVERYONE)
def law_page() -> str:
    today = clock.local_date(clock.now())
    floors = [(county, law.minimum_wage(county.code, today)) for county in counties()]
    unannounced = [one for one in calendar.days().values() if one.day >= today and not one.confirmed]
    return render_template(
        "for_everyone/law.html", clauses=law.clauses(), floors=floors, today=today, holidays=unannounced,
        warning=law.limit("pay_warning_days", today),
    )  # fmt: skip
