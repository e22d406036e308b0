"""Occupation codes and skill levels on plain values."""

from zero_work_market.ground.errors import NotFound

# 国家职业技能等级, as matching counts them.
LEVELS = {1: "初级工", 2: "中级工", 3: "高级工", 4: "技师", 5: "高级技师"}


class UnknownOccupation(NotFound):
    """No such occupation or group. details: occupation (the code given)."""

    code = "unknown_occupation"


def groups_of(code: str) -> tuple[str, str, str]:
    """小类, 中类 and 大类 of an occupation code: 4-02-05-01 lies in 4-02-05, 4-02 and 4."""
    small, middle, major = (code.rsplit("-", cut)[0] for cut in (1, 2, 3))
    return small, middle, major


def is_occupation(code: str) -> bool:
    """Whether the code is of the lowest level (细类) rather than of a group."""
    return code.count("-") == 3
