"""Construction projects: entered once by their number, the wage account sealed, closed when the work is done."""

import pytest
from sqlalchemy import text

from tests.support.makers import NOW, make_employer, oneself
from tests.support.market import make_posting
from zero_work_market.ground.errors import InvalidValue, NotAllowed
from zero_work_market.people.employers.queries import project, projects_of
from zero_work_market.people.employers.rules import NewProject, ProjectKnown
from zero_work_market.people.employers.service import add_project, close_project

NEW = NewProject(
    "安居小区 3 号楼", "3708 2920 2600 017", "嘉祥城建集团", "gs-37082900017", "农村商业银行", "6217 0000 1234 5678"
)
MASON = (("6-29-01-01", 1),)


def entered(session, employer=None, new=NEW):
    employer = employer or make_employer(session)
    return employer, add_project(session, employer_id=employer.id, new=new, by=oneself(employer), at=NOW)


def test_a_project_is_kept_with_its_numbers_and_its_account_masked(session):
    employer, made = entered(session)
    row = project(session, made.id)
    assert (row.number, row.insurance_number) == ("370829202600017", "GS-37082900017")
    assert row.masked_account == "尾号 5678"
    stored = session.scalar(text("SELECT wage_account_sealed FROM projects"))
    assert b"6217000012345678" not in bytes(stored)
    assert [one.id for one in projects_of(session, employer.id)] == [made.id]


def test_one_number_is_entered_once_by_an_employer_and_by_each_of_two(session):
    employer, made = entered(session)
    with pytest.raises(ProjectKnown) as refusal:
        entered(session, employer)
    assert refusal.value.details["project_id"] == made.id
    assert entered(session)[1].id != made.id


def test_what_a_project_lacks_is_named(session):
    employer = make_employer(session)
    lacking = [
        ({"number": ""}, "number"), ({"number": "37"}, "number"), ({"number": "安居三号"}, "number"),
        ({"name": " "}, "project_name"), ({"contractor": ""}, "contractor"),
        ({"insurance_number": "12"}, "insurance_number"), ({"wage_account": "6217 x"}, "wage_account"),
    ]  # fmt: skip
    for changes, field in lacking:
        with pytest.raises(InvalidValue) as refusal:
            entered(session, employer, NewProject(**vars(NEW) | changes))
        assert refusal.value.details["field"] == field


def test_only_its_own_employer_adds_and_closes_a_project(session):
    employer, made = entered(session)
    stranger = make_employer(session)
    with pytest.raises(NotAllowed):
        add_project(session, employer_id=employer.id, new=NEW, by=oneself(stranger), at=NOW)
    with pytest.raises(NotAllowed):
        close_project(session, project_id=made.id, by=oneself(stranger), at=NOW)


def test_work_is_posted_for_ones_own_running_project_alone(session):
    employer, made = entered(session)
    site = {"occupations": MASON, "pay_fen": 3000}
    assert make_posting(session, employer=employer, project_id=made.id, **site).project_id == made.id
    assert make_posting(session, employer=employer, project_id=made.id).project_id is None
    for other in (entered(session)[1].id, 10**6):
        with pytest.raises(InvalidValue) as refusal:
            make_posting(session, employer=employer, project_id=other, **site)
        assert refusal.value.details["field"] == "project"
    close_project(session, project_id=made.id, by=oneself(employer), at=NOW)
    assert projects_of(session, employer.id, closed=False) == ()
    with pytest.raises(InvalidValue):
        make_posting(session, employer=employer, project_id=made.id, **site)
