"""How many to invite, and why so many, in plain words."""

from math import floor

from zero_work_market.market.shortlists.rules import MOST_INVITED, Inviting

WHY = "按各人过去接不接、到不到"
MORE = "多给一点钱，或者放宽手艺、时间，人就多了。"


def why_so_many(asking: Inviting, chosen: int, *, again: str = "") -> str:
    """What inviting `chosen` comes to; `again` is "再" where some are invited already. Empty when nobody is invited."""
    if not chosen:
        return ""
    chance, here = asking.chance(chosen), f"{again}邀 {chosen} 个，来够 {asking.need} 个的把握"
    if asking.enough is not None and chosen >= asking.enough:
        return f"{WHY}，{here}{sure(chance)}。谁先接算谁的，多的排队。"
    if chosen >= asking.suggested:
        return f"{WHY}，{_all(asking, again)}，来够 {asking.need} 个的把握{sure(chance, '也只有')}。{MORE}"
    most = sure(asking.chance(asking.suggested), "有" if asking.enough is not None else "也只有")
    more = f"{again}邀 {asking.suggested} 个" if asking.enough is not None else _all(asking, again)
    return f"{WHY}，{here}{sure(chance, '只有')}，{more}{most}。"


def how_sure_now(asking: Inviting, *, full: bool) -> str:
    """What is said when nobody more is to be invited: the seats are taken, enough are asked, or nobody is left."""
    now = f"{WHY}，来够 {asking.need} 个的把握{sure(asking.chance(0))}"
    if full:
        return f"位子接满了。{now}。"
    if asking.enough == 0:
        return f"{now}，不用再邀了。"
    return f"能邀的都邀了。{now}。{MORE}"


def sure(chance: float, has: str = "有") -> str:
    """ "有 96%", rounded down: never more than is true; "不到 1%" """
    percent = min(floor(100 * chance), 99)
    return f"{has} {percent}%" if percent else "不到 1%"


def _all(asking: Inviting, again: str) -> str:
    known = len(asking.chances) - 1
    if again:
        return f"剩下 {known} 个也邀上"
    return f"前 {known} 个都邀了" if known >= MOST_INVITED else f"{known} 个全邀了"
