"""Why so many are invited, in plain words."""

import pytest

from web.for_employers.inviting import MORE, how_sure_now, sure, why_so_many
from zero_work_market.market.shortlists.rules import Inviting

BY = "按各人过去接不接、到不到，"
SURE = Inviting(5, (0.0, 0.3, 0.55, 0.9, 0.962, 0.99))
UNSURE = Inviting(5, (0.0, 0.2, 0.62))
CROWD = Inviting(150, (*([0.0] * 200), 0.004))


@pytest.mark.parametrize(
    ("asking", "chosen", "again", "said"),
    [
        (SURE, 4, "", f"{BY}邀 4 个，来够 5 个的把握有 96%。谁先接算谁的，多的排队。"),
        (SURE, 4, "再", f"{BY}再邀 4 个，来够 5 个的把握有 96%。谁先接算谁的，多的排队。"),
        (SURE, 2, "", f"{BY}邀 2 个，来够 5 个的把握只有 55%，邀 4 个有 96%。"),
        (UNSURE, 1, "", f"{BY}邀 1 个，来够 5 个的把握只有 20%，2 个全邀了也只有 62%。"),
        (UNSURE, 2, "", f"{BY}2 个全邀了，来够 5 个的把握也只有 62%。{MORE}"),
        (UNSURE, 2, "再", f"{BY}剩下 2 个也邀上，来够 5 个的把握也只有 62%。{MORE}"),
        (CROWD, 200, "", f"{BY}前 200 个都邀了，来够 150 个的把握不到 1%。{MORE}"),
        (SURE, 0, "", ""),
    ],
)  # fmt: skip
def test_so_many_are_invited_because(asking: Inviting, chosen: int, again: str, said: str) -> None:
    assert why_so_many(asking, chosen, again=again) == said


@pytest.mark.parametrize(
    ("asking", "full", "said"),
    [
        (Inviting(5, (0.97, 0.99)), False, f"{BY}来够 5 个的把握有 97%，不用再邀了。"),
        (Inviting(5, (0.81, 0.9)), True, f"位子接满了。{BY}来够 5 个的把握有 81%。"),
        (Inviting(5, (0.4,)), False, f"能邀的都邀了。{BY}来够 5 个的把握有 40%。{MORE}"),
    ],
)  # fmt: skip
def test_nobody_more_is_invited_because(asking: Inviting, full: bool, said: str) -> None:
    assert how_sure_now(asking, full=full) == said


@pytest.mark.parametrize(
    ("chance", "said"), [(0.9499, "有 94%"), (1.0, "有 99%"), (0.9999, "有 99%"), (0.0, "不到 1%")]
)
def test_a_chance_is_never_said_to_be_more_than_it_is(chance: float, said: str) -> None:
    assert sure(chance) == said
