"""The blueprint of the staff's pages, and the head that they share."""

from collections.abc import Callable
from typing import Any, NamedTuple

from apiflask import APIBlueprint
from flask import render_template, url_for
from sqlalchemy.orm import Session

from web.auth import viewer
from web.for_staff import reads
from zero_work_market.ground.db import transaction
from zero_work_market.ground.settings import settings
from zero_work_market.market.postings.queries import count_waiting
from zero_work_market.people.accounts.queries import village
from zero_work_market.people.accounts.rules import Permission, Role
from zero_work_market.people.employers.rules import Verification
from zero_work_market.reference.regions.queries import counties, path, region, towns
from zero_work_market.reference.regions.rules import UnknownRegion, covers, level_of
from zero_work_market.rights.disputes.queries import count, open_cases
from zero_work_market.statistics.indicators.queries import FROM_ELSEWHERE
from zero_work_market.statistics.standings.rules import ELSEWHERE

pages = APIBlueprint("staff", __name__, url_prefix="/staff", enable_openapi=False)

ROLES = {Role.CITY: "市级", Role.COUNTY: "县级", Role.TOWN: "乡镇驿站", Role.VILLAGE_AGENT: "村级劳务中介"}
TABS = (
    ("dashboard", "看板", Permission.BOARD), ("board", "今天的活", Permission.BOARD),
    ("employers", "单位核验", Permission.VERIFY_EMPLOYER),
    ("postings", "岗位审核", Permission.MODERATE), ("cases", "欠薪案", Permission.DECIDE),
    ("workers", "工人", Permission.REGISTER_WORKER), ("courses", "培训", Permission.REGISTER_WORKER),
    ("brands", "劳务品牌", Permission.SET_BRANDS), ("channels", "输出通道", Permission.MANAGE_CHANNELS),
    ("imports", "导入", Permission.IMPORT), ("exchange", "交换", Permission.EXCHANGE),
    ("accounts", "账号", Permission.MANAGE_ACCOUNTS), ("looks", "谁看过全号", Permission.MANAGE_ACCOUNTS),
)  # fmt: skip


OF_ALL = {"exchange"}
"""Tabs for staff over the whole market alone."""


class Tab(NamedTuple):
    """A tab of the head, and how many wait there."""

    key: str
    text: str
    href: str
    waiting: int | None


def page(
    template: str, tab: str, /, *, at: str | None = None, to: Callable[[str], str] | None = None, **values: Any
) -> str:
    """The page `template` under the staff's head; `at` is the region that it is about, if not all of one's own.

    `to` gives the address of the same page for a region above; without it the trail leads to the board.
    """
    with transaction(read_only=True) as session:
        trail = _trail(session, at, to or (lambda code: url_for("staff.board", place=code)))
        values |= {"tabs_shown": _tabs(session), "trail": trail, "tab": tab}
    return render_template(f"for_staff/{template}.html", **values)


def scoped_counties(permission: Permission) -> list[str]:
    """Codes of the counties in which the viewer has a permission of county staff."""
    scopes = viewer().scopes(permission)
    return [county.code for county in counties() if any(covers(scope, county.code) for scope in scopes)]


def counties_around(permission: Permission) -> list[str]:
    """Codes of the counties in which the viewer has a permission anywhere, if only in a village."""
    scopes = viewer().scopes(permission)
    return [one.code for one in counties() if any(covers(own, one.code) or covers(one.code, own) for own in scopes)]


def place_name(session: Session, code: str) -> str:
    """Name of a region, villages too, and those that a town counts without a village. Raises UnknownRegion."""
    if level_of(code) == "village":
        if code.endswith(ELSEWHERE):
            return FROM_ELSEWHERE
        found = village(session, code)
        if found is None:
            raise UnknownRegion(region=code)
        return found.name
    return region(code).name


def regions_in(session: Session, scopes: tuple[str, ...]) -> list[tuple[str, list[tuple[str, str]]]]:
    """(name of the county, [(code, name)]) of all counties, towns and entered villages in `scopes`, from above."""
    entered = reads.villages(session, scopes)
    grouped = []
    for county in counties():
        held = [(county.code, county.name)]
        for town in towns(county.code):
            held.append((town.code, town.name))
            held += [(one.code, f"{town.name} {one.name}") for one in entered if one.town == town.code]
        if held := [(code, name) for code, name in held if any(covers(scope, code) for scope in scopes)]:
            grouped.append((county.name, held))
    return grouped


def _tabs(session: Session) -> list[Tab]:
    counts = {
        "employers": lambda scopes: reads.employer_states(session, scopes).get(Verification.WAITING, 0),
        "postings": lambda scopes: count_waiting(session, counties=scoped_counties(Permission.MODERATE)),
        "cases": lambda scopes: count(session, open_cases(counties=scoped_counties(Permission.DECIDE))),
    }
    return [
        Tab(key, text, url_for(f"staff.{key}"), counts[key](scopes) if key in counts else None)
        for key, text, permission in TABS
        if (scopes := viewer().scopes(permission))
        and (key not in OF_ALL or viewer().may(permission, settings().region))
    ]


def _trail(session: Session, at: str | None, to: Callable[[str], str]) -> list[tuple[str, str | None]]:
    """From the highest region that the viewer may see down to `at`, which has no link."""
    if at is None:
        names = [place_name(session, scope) for scope in viewer().scopes(Permission.BOARD)]
        return [("、".join(names[:3]) + (f" 等 {len(names)} 处" if len(names) > 3 else ""), None)]
    codes = [step.code for step in path(at)] + ([at] if level_of(at) == "village" else [])
    seen = [code for code in codes if viewer().may(Permission.BOARD, code)]
    return [(place_name(session, code), to(code) if code != at else None) for code in seen]
