"""A brand's file, its recognition, reviews and marks, and who keeps them."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from labor_brands.brands import queries, rules, service
from labor_brands.brands.rules import BrandFile, Firm, Grade, MarkKind, State
from tests.support.brands import GRADES, RECOGNISED, a_file, certify, make_brand
from tests.support.makers import COUNTY, NOW, make_employer, make_staff, make_worker, oneself
from zero_work_market.ground.audit import SYSTEM, AuditRow
from zero_work_market.ground.errors import IllegalMove, InvalidValue, NotAllowed, NotFound
from zero_work_market.people.accounts.rules import OutOfScope, ReasonMissing, Role

TODAY = date(2026, 11, 23)
BY_SYSTEM: dict[str, Any] = {"by": SYSTEM, "at": NOW}


def test_a_brand_is_read_as_it_was_entered(session: Session) -> None:
    employer = make_employer(session)
    file = a_file(firms=(Firm(employer.name, employer.uscc), Firm("外地的一家")))
    service.enter(session, file=file, **BY_SYSTEM)
    row = queries.brand(session, file.code)
    assert row.file == file
    assert (row.state, row.held, row.employers) == (State.PREPARING, 0, {employer.name: employer.id})


@pytest.mark.parametrize(
    ("field", "changed"),
    [
        ("brand_code", {"code": "金乡"}),
        ("brand_code", {"code": "ab"}),
        ("brand_name", {"name": " "}),
        ("brand_name", {"name": "长" * 21}),
        ("brand_builder", {"builder": ""}),
        ("brand_place", {"place": "500101"}),
        ("brand_trades", {"trades": ()}),
        ("brand_grades", {"grades": ()}),
        ("brand_grades", {"grades": (GRADES[0], GRADES[0])}),
        ("brand_grades", {"grades": (Grade("初级", "会装袋", 6),)}),
        ("brand_grades", {"grades": (Grade("初级", "", 1),)}),
        ("brand_firms", {"firms": (Firm("没登记的", "91370829MA0000001X"),)}),
    ],
)
def test_a_file_that_cannot_be_kept_names_its_field(session: Session, field: str, changed: dict[str, Any]) -> None:
    with pytest.raises(InvalidValue) as refused:
        service.enter(session, file=a_file(**changed), **BY_SYSTEM)
    assert refused.value.details["field"] == field


def test_a_code_is_one_brands_alone(session: Session) -> None:
    made = make_brand(session)
    with pytest.raises(rules.BrandCodeTaken):
        service.enter(session, file=a_file(code=made.file.code.upper()), **BY_SYSTEM)


def test_a_changed_file_keeps_its_code_and_people(session: Session) -> None:
    made = make_brand(session)
    certify(session, make_worker(session), made, grade=2)
    told = {"name": "金乡蒜匠", "grades": (*GRADES, Grade("技师", "会调冷库", 4)), "firms": ()}
    service.change(session, code=made.file.code, file=a_file(**told, code="ignored"), **BY_SYSTEM)
    row = queries.brand(session, made.file.code)
    assert (row.file.name, len(row.file.grades), row.file.firms, row.holders) == ("金乡蒜匠", 4, (), {2: 1})
    with pytest.raises(rules.GradeInUse):
        service.change(session, code=made.file.code, file=a_file(grades=GRADES[:1]), **BY_SYSTEM)


def test_recognised_reviewed_and_withdrawn_in_that_order(session: Session) -> None:
    code = make_brand(session, recognised_on=None).file.code
    with pytest.raises(rules.BrandNotRecognised):
        service.review(session, code=code, day=TODAY, **BY_SYSTEM)
    with pytest.raises(IllegalMove):
        service.withdraw(session, code=code, reason="培训没有办", **BY_SYSTEM)
    with pytest.raises(InvalidValue):
        service.recognise(session, code=code, day=TODAY + timedelta(1), **BY_SYSTEM)
    service.recognise(session, code=code, day=RECOGNISED, **BY_SYSTEM)
    row = queries.brand(session, code)
    assert (row.state, row.review_due_on, row.is_due(date(2027, 3, 17)), row.is_due(date(2027, 3, 18))) == (
        State.RECOGNISED, date(2027, 3, 18), False, True,
    )  # fmt: skip
    with pytest.raises(InvalidValue):
        service.review(session, code=code, day=RECOGNISED - timedelta(1), **BY_SYSTEM)
    service.review(session, code=code, day=TODAY, **BY_SYSTEM)
    assert queries.brand(session, code).review_due_on == date(2027, 11, 23)
    with pytest.raises(ReasonMissing):
        service.withdraw(session, code=code, reason=" ", **BY_SYSTEM)
    service.withdraw(session, code=code, reason="培训没有办", **BY_SYSTEM)
    row = queries.brand(session, code)
    assert (row.state, row.withdrawn_on, row.withdrawn_reason) == (State.WITHDRAWN, TODAY, "培训没有办")
    with pytest.raises(IllegalMove):
        service.recognise(session, code=code, day=TODAY, **BY_SYSTEM)


def test_a_mark_is_lifted_and_stays(session: Session) -> None:
    made = make_brand(session)
    told = {"code": made.file.code, "kind": MarkKind.BAD, "day": TODAY, "reason": "两回派人没到"}
    mark = service.mark(session, **told, **BY_SYSTEM)
    assert queries.place_of_mark(session, mark.id) == (made.file.code, COUNTY)
    service.lift(session, mark_id=mark.id, reason="查清是车坏了", **BY_SYSTEM)
    service.lift(session, mark_id=mark.id, reason="再说一遍", **BY_SYSTEM)
    [row] = queries.marks_of(session, made.id)
    assert (row.kind, row.marked_on, row.reason) == (MarkKind.BAD, TODAY, "两回派人没到")
    assert (row.lifted_at, row.lifted_reason) == (NOW, "查清是车坏了")
    with pytest.raises(ReasonMissing):
        service.mark(session, **told | {"reason": "差"}, **BY_SYSTEM)


def test_county_staff_keep_their_countys_brands_and_the_city_all(session: Session) -> None:
    county, other = make_staff(session), make_staff(session, Role.COUNTY, "370828")
    city, town = make_staff(session, Role.CITY, "370800"), make_staff(session, Role.TOWN, f"{COUNTY}001")
    own = service.enter(session, file=a_file(), by=county, at=NOW)
    citys = service.enter(session, file=a_file(place="370800"), by=city, at=NOW)
    service.recognise(session, code=own.code, day=RECOGNISED, by=city, at=NOW)
    for by, code, refusal in (
        (other, own.code, OutOfScope),
        (county, citys.code, OutOfScope),
        (town, own.code, NotAllowed),
    ):
        of: dict[str, Any] = {"session": session, "by": by, "at": NOW}
        for deed in (
            lambda of=of, code=code: service.change(code=code, file=a_file(), **of),
            lambda of=of, code=code: service.recognise(code=code, day=RECOGNISED, **of),
            lambda of=of, code=code: service.withdraw(code=code, reason="培训没有办", **of),
            lambda of=of, code=code: service.mark(code=code, kind=MarkKind.GOOD, day=TODAY, reason="都说好的", **of),
        ):
            with pytest.raises(refusal):
                deed()
    with pytest.raises(OutOfScope):
        service.change(session, code=own.code, file=a_file(place="370828"), by=county, at=NOW)


def test_every_deed_is_in_the_log_with_its_reason(session: Session) -> None:
    made, by = make_brand(session), make_staff(session)
    service.withdraw(session, code=made.file.code, reason="培训没有办", by=by, at=NOW)
    rows = session.scalars(select(AuditRow).where(AuditRow.subject == f"brand:{made.id}").order_by(AuditRow.id)).all()
    assert [row.verb for row in rows] == ["brand.entered", "brand.recognised", "brand.withdrawn"]
    assert (rows[-1].account_id, rows[-1].reason) == (by.account_id, "培训没有办")


def test_lists_are_of_ones_own_regions_and_the_public_sees_what_stands(session: Session) -> None:
    here, there = make_brand(session), make_brand(session, place="370828")
    make_brand(session, recognised_on=None)
    gone = make_brand(session)
    service.withdraw(session, code=gone.file.code, reason="培训没有办", **BY_SYSTEM)
    assert there.file.code not in {row.file.code for row in queries.brands_in(session, [COUNTY])}
    assert len(queries.brands_in(session, ["370800"])) == 4
    assert [row.file.code for row in queries.recognised(session)] == [there.file.code, here.file.code]
    assert {one.code: one.state for one in queries.brand_names(session)}[gone.file.code] == State.WITHDRAWN
    with pytest.raises(NotFound):
        queries.brand(session, "nobodys")


def test_a_worker_is_no_keeper_of_brands(session: Session) -> None:
    with pytest.raises(NotAllowed):
        service.enter(session, file=a_file(), by=oneself(make_worker(session)), at=NOW)


def test_spaces_around_what_is_typed_are_nobodys(session: Session) -> None:
    file: BrandFile = rules.check_file(
        a_file(name=" 金乡  蒜工 ", code=" JX-Suan ", firms=(Firm(" 甲 ", " 91370829ma "),))
    )
    assert (file.name, file.code, file.firms) == ("金乡 蒜工", "jx-suan", (Firm("甲", "91370829MA"),))
