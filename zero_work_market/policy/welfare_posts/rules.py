"""Who may hold a public-welfare post."""

from collections.abc import Collection
from datetime import date
from enum import StrEnum

from zero_work_market.people.workers.rules import age_on


class Group(StrEnum):
    """The groups of plan 2. The first three have their proof; the last goes by age alone."""

    POVERTY = "poverty"
    """脱贫享受政策人口，含防止返贫监测帮扶对象"""
    LOW_INCOME = "low_income"
    """农村低收入人口"""
    DISABLED = "disabled"
    """农村残疾人"""
    OLDER = "older"
    """农村大龄人员"""


def groups_of(proven: Collection[Group], *, born_on: date, on: date, age_from: int, age_to: int) -> tuple[Group, ...]:
    """The groups that someone is of on a day: those proven by papers, and the older by completed years, ends included.

    `age_from`, `age_to`: the law's `welfare_age_from` and `welfare_age_to`. Empty: not eligible.
    """
    is_older = age_from <= age_on(born_on, on) <= age_to
    return tuple(group for group in Group if (is_older if group == Group.OLDER else group in proven))
