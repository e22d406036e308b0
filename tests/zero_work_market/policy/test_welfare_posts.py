from datetime import date

import pytest

from zero_work_market.policy.welfare_posts.rules import Group, groups_of
from zero_work_market.reference.law.queries import limit

ON = date(2023, 6, 1)
AGES = {"age_from": limit("welfare_age_from", ON).value, "age_to": limit("welfare_age_to", ON).value}


@pytest.mark.parametrize(
    ("born_on", "is_older"),
    [
        pytest.param(date(1978, 6, 2), False, id="44 years and 364 days"),
        pytest.param(date(1978, 6, 1), True, id="45 today"),
        pytest.param(date(1957, 6, 2), True, id="65 years and 364 days"),
        pytest.param(date(1957, 6, 1), False, id="66 today"),
    ],
)
def test_the_older_are_those_of_45_to_65_completed_years(born_on: date, is_older: bool):
    assert groups_of((), born_on=born_on, on=ON, **AGES) == ((Group.OLDER,) if is_older else ())


def test_who_is_66_may_still_be_of_another_group():
    assert groups_of({Group.DISABLED}, born_on=date(1957, 6, 1), on=ON, **AGES) == (Group.DISABLED,)


def test_who_is_of_two_groups_is_told_of_both():
    found = groups_of({Group.POVERTY}, born_on=date(1970, 1, 1), on=ON, **AGES)
    assert found == (Group.POVERTY, Group.OLDER)
