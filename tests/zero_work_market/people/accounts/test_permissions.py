"""Who may do what where: roles are granted for a region and inherited downward."""

from dataclasses import dataclass

import pytest

from zero_work_market.ground.errors import InvalidValue, NotAllowed
from zero_work_market.people.accounts.rules import (
    PERMISSIONS,
    OutOfScope,
    Permission,
    Role,
    allowed,
    may_grant,
    require,
    role_at,
    scope_of,
)

CITY, COUNTY, TOWN, VILLAGE = "370800", "370829", "370829001", "370829001201"
OTHER_COUNTY, OTHER_TOWN, OTHER_VILLAGE = "370828", "370829400", "370829001202"


@dataclass(frozen=True)
class Held:
    role: Role
    region: str


OF = {
    Role.CITY: (Held(Role.CITY, CITY),),
    Role.COUNTY: (Held(Role.COUNTY, COUNTY),),
    Role.TOWN: (Held(Role.TOWN, TOWN),),
    Role.VILLAGE_AGENT: (Held(Role.VILLAGE_AGENT, VILLAGE),),
}


@pytest.mark.parametrize(
    ("permission", "roles"),
    [
        (Permission.REGISTER_WORKER, {"city", "county", "town", "village_agent"}),
        (Permission.BOARD, {"city", "county", "town", "village_agent"}),
        (Permission.SEE_FULL_ID, {"city", "county", "town", "village_agent"}),
        (Permission.MANAGE_ACCOUNTS, {"city", "county", "town"}),
        (Permission.ADD_VILLAGE, {"city", "county", "town"}),
        (Permission.VERIFY_EMPLOYER, {"city", "county"}),
        (Permission.MODERATE, {"city", "county"}),
        (Permission.SET_BRANDS, {"city", "county"}),
    ],
)
def test_each_permission_belongs_to_its_roles_in_their_own_region(permission, roles):
    assert {role.value for role, grants in OF.items() if allowed(grants, permission, grants[0].region)} == roles


def test_every_permission_is_in_the_table():
    assert set(PERMISSIONS) == set(Permission)


@pytest.mark.parametrize(
    ("role", "reached"),
    [
        (Role.CITY, {CITY, COUNTY, OTHER_COUNTY, TOWN, OTHER_TOWN, VILLAGE, OTHER_VILLAGE}),
        (Role.COUNTY, {COUNTY, TOWN, OTHER_TOWN, VILLAGE, OTHER_VILLAGE}),
        (Role.TOWN, {TOWN, VILLAGE, OTHER_VILLAGE}),
        (Role.VILLAGE_AGENT, {VILLAGE}),
    ],
)
def test_a_role_reaches_its_region_and_all_below_and_nothing_else(role, reached):
    regions = {CITY, COUNTY, OTHER_COUNTY, TOWN, OTHER_TOWN, VILLAGE, OTHER_VILLAGE}
    assert {region for region in regions if allowed(OF[role], Permission.BOARD, region)} == reached


def test_a_village_agent_elsewhere_is_out_of_scope():
    with pytest.raises(OutOfScope):
        require(OF[Role.VILLAGE_AGENT], Permission.REGISTER_WORKER, OTHER_VILLAGE)


def test_who_lacks_the_permission_everywhere_is_not_told_of_scopes():
    with pytest.raises(NotAllowed) as refusal:
        require(OF[Role.TOWN], Permission.VERIFY_EMPLOYER, COUNTY)
    assert refusal.value.code == "not_allowed"


def test_a_scope_inside_another_is_named_once():
    grants = (Held(Role.TOWN, TOWN), Held(Role.COUNTY, COUNTY), Held(Role.VILLAGE_AGENT, "370828001201"))
    assert scope_of(grants, Permission.BOARD) == ("370828001201", COUNTY)
    assert scope_of(grants, Permission.MODERATE) == (COUNTY,)
    assert scope_of((), Permission.BOARD) == ()


@pytest.mark.parametrize(
    ("role", "given", "region", "may"),
    [
        (Role.CITY, Role.COUNTY, COUNTY, True),
        (Role.CITY, Role.VILLAGE_AGENT, VILLAGE, True),
        (Role.CITY, Role.CITY, CITY, False),
        (Role.COUNTY, Role.TOWN, TOWN, True),
        (Role.COUNTY, Role.COUNTY, COUNTY, False),
        (Role.COUNTY, Role.TOWN, "370828001", False),
        (Role.TOWN, Role.VILLAGE_AGENT, VILLAGE, True),
        (Role.TOWN, Role.VILLAGE_AGENT, "370829400201", False),
        (Role.TOWN, Role.TOWN, TOWN, False),
        (Role.VILLAGE_AGENT, Role.VILLAGE_AGENT, VILLAGE, False),
    ],
)
def test_roles_are_granted_downward_only_and_inside_the_own_region(role, given, region, may):
    assert may_grant(OF[role], given, region) is may


def test_a_role_belongs_to_a_region_of_its_level():
    assert [role_at(region) for region in (CITY, COUNTY, TOWN, VILLAGE)] == list(OF)
    with pytest.raises(InvalidValue):
        role_at("370000")
