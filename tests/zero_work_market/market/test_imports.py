"""Spreadsheets of towns, from the file to the rows: judged by cell, imported when told, once, and taken back."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from tests.support.makers import (
    COUNTY,
    TOWN,
    id_number,
    make_account,
    make_employer,
    make_staff,
    make_village,
    make_worker,
    phone,
    uscc,
)
from tests.support.market import make_posting, shift
from tests.support.sheets import WORKERS, number, person, work_off, xlsx
from web.tasks import imports as tasks
from zero_work_market.ground import changes, clock
from zero_work_market.ground.audit import SYSTEM, Actor, AuditRow
from zero_work_market.ground.db import transaction
from zero_work_market.ground.errors import IllegalMove, InvalidValue, NotAllowed
from zero_work_market.ground.heads import find_head
from zero_work_market.ground.sheets import Book, SheetRefused
from zero_work_market.market.imports import queries, service
from zero_work_market.market.imports.models import Import, ImportFault, ImportRow, PastPlacement
from zero_work_market.market.imports.rules import (
    WARNINGS,
    Kind,
    NothingChosen,
    Places,
    State,
    Town,
    TwinsChosen,
    missing,
)
from zero_work_market.market.placements.service import accept
from zero_work_market.people.accounts.models import Account
from zero_work_market.people.accounts.rules import OutOfScope, Role, check_digit
from zero_work_market.people.employers.models import Employer
from zero_work_market.people.employers.rules import Paper, Verification
from zero_work_market.people.employers.service import add_paper
from zero_work_market.people.workers import service as workers
from zero_work_market.people.workers.models import Consent, Skill, Worker
from zero_work_market.people.workers.rules import DAYTIME, Secret
from zero_work_market.reference.occupations.queries import label

EMPLOYERS = ("单位名称", "统一社会信用代码", "乡镇", "地址", "联系人", "联系人身份证号", "联系电话")
PAST = ("姓名", "身份证号", "务工单位", "务工地点", "工种", "上岗时间", "离岗时间", "月工资（元）")


@dataclass(frozen=True)
class Desk:
    """Staff at work on imports; each verb in a transaction of its own, and what it announces worked off."""

    by: Actor

    def upload(self, body: bytes, *, kind: Kind = Kind.WORKERS, slip: str = "", key: str | None = None) -> int:
        with transaction() as session:
            found = service.upload(
                session, kind=kind, region=self.by.region, file_name="台账.xlsx", body=body, slip=slip, by=self.by,
                at=clock.now(), key=key,
            )  # fmt: skip
        work_off()
        return found.id

    def does(self, verb: Callable[..., Any], import_id: int, **told: Any) -> None:
        with transaction() as session:
            verb(session, import_id=import_id, by=self.by, at=clock.now(), **told)
        work_off()

    def brings(self, rows: list[Any], **told: Any) -> int:
        """Uploaded and run."""
        import_id = self.upload(xlsx(rows, heads=told.pop("heads", WORKERS)), **told)
        self.does(service.run, import_id)
        return import_id


@pytest.fixture(autouse=True)
def _small_chunks(monkeypatch) -> None:
    """Fifty rows read at a time, thirty imported, so that few rows are several chunks."""
    monkeypatch.setattr(tasks, "CHUNK", 50)
    monkeypatch.setattr(service, "CHUNK", 30)


@pytest.fixture
def desk(database) -> Desk:
    with transaction() as session:
        return Desk(make_staff(session, Role.COUNTY, COUNTY))


def found(import_id: int) -> Import:
    with transaction(read_only=True) as session:
        return session.get_one(Import, import_id)


def states(import_id: int) -> dict[str, int]:
    with transaction(read_only=True) as session:
        return {state.value: rows for state, rows in queries.counts(session, [import_id]).get(import_id, {}).items()}


def faults(import_id: int) -> set[tuple[str, str]]:
    """(cell, reason) of all that is wrong."""
    with transaction(read_only=True) as session:
        rows = session.execute(select(ImportFault.cell, ImportFault.reason).where(ImportFault.import_id == import_id))
        return {(cell, reason) for cell, reason in rows}


def has_file(import_id: int) -> bool:
    with transaction(read_only=True) as session:
        return session.get_one(Import, import_id).body is not None


def row(import_id: int, at: int) -> ImportRow:
    with transaction(read_only=True) as session:
        wanted = select(ImportRow).where(ImportRow.import_id == import_id, ImportRow.number == at)
        return session.scalars(wanted).one()


def people() -> list[Worker]:
    with transaction(read_only=True) as session:
        return list(session.scalars(select(Worker).order_by(Worker.id)))


def count(model: Any) -> int:
    with transaction(read_only=True) as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


# ── reading ──


def test_nothing_is_imported_until_told_and_then_every_chosen_row_once(desk):
    import_id = desk.upload(xlsx([person(serial) for serial in range(120)], title="零工台账"))
    assert (found(import_id).state, states(import_id), people()) == (State.READY, {"good": 120}, [])
    desk.does(service.run, import_id)
    assert (found(import_id).state, states(import_id), count(Worker)) == (State.DONE, {"imported": 120}, 120)
    assert {one.id_number for one in people()} == {number(serial) for serial in range(120)}


def test_an_imported_worker_is_as_one_registered_at_the_desk(desk):
    desk.brings([person(7, 工种="电焊、木工")])
    (worker,) = people()
    with transaction(read_only=True) as session:
        worker = session.get_one(Worker, worker.id)
        consent = session.scalars(select(Consent)).one()
        log = session.scalars(select(AuditRow).where(AuditRow.subject == f"worker:{worker.id}")).all()
        assert (worker.phone, worker.town, worker.week, worker.account_id) == ("13900000007", TOWN, DAYTIME, None)
        assert [label(skill.occupation) for skill in worker.skills] == ["电焊", "木工"]
        assert worker.registered_by == consent.witness_account_id == desk.by.account_id
        assert (consent.slip, consent.given_how) == ("JX-000007", "on_paper")
        assert [(one.verb, one.account_id, one.role) for one in log] == [
            ("worker.registered", desk.by.account_id, desk.by.role)
        ]


def test_engines_hear_of_the_workers_that_come_and_of_those_that_go_again(desk):
    with transaction(read_only=True) as session:
        cursor = changes.start(session)
    import_id = desk.brings([person(serial) for serial in range(3)])
    ids = {one.id for one in people()}
    with transaction(read_only=True) as session:
        assert changes.take(session, cursor)["worker"] == ids
    desk.does(service.undo, import_id)
    with transaction(read_only=True) as session:
        assert changes.take(session, cursor)["worker"] == ids


def planted() -> tuple[list[list[Any]], set[str]]:
    """Two hundred rows with 37 faults, and the cells that they are in."""
    rows = [person(serial) for serial in range(200)]
    child = f"{COUNTY}{clock.local_date(clock.now()) - timedelta(days=5000):%Y%m%d}123"
    wrong: list[tuple[str, Any]] = [
        ("姓名", ""), ("姓名", "Zhang"), ("姓名", "张"), ("姓名", "张3"), ("姓名", "甲" * 26),
        ("身份证号码", ""), ("身份证号码", "37082919650101123"), ("身份证号码", number(900)[:17] + "Y"),
        ("身份证号码", wrong_check(number(901))), ("身份证号码", wrong_check(number(902))),
        ("身份证号码", "370829196513011234"), ("身份证号码", "990829196501011234"), ("身份证号码", 370829196501011000),
        ("身份证号码", "3.70829E+17"), ("身份证号码", child + check_digit(child)), ("身份证号码", "不详"),
        ("联系电话", "0537-2345678"), ("联系电话", "1390000000"), ("联系电话", "139000000001"), ("联系电话", "没有"),
        ("联系电话", "12900000000"), ("联系电话", 1.39e9),
        ("所属乡镇", ""), ("所属乡镇", "火星镇"), ("所属乡镇", "夏镇街道"), ("所属乡镇", "微山县夏镇街道"),
        ("所属乡镇", "？"),
        ("同意书编号", ""), ("同意书编号", "1"), ("同意书编号", "号" * 61), ("同意书编号", "　 "),
    ]  # fmt: skip
    cells = set()
    for at, (head, value) in enumerate(wrong):
        rows[at * 5] = person(at * 5, **{head: value})
        cells.add(f"{'ABCDEFGH'[WORKERS.index(head)]}{at * 5 + 3}")
    rows[180], rows[181] = person(180, 姓名="", 联系电话="0"), person(181, 所属乡镇="火星镇", 同意书编号="")
    rows[190] = person(190, 身份证号码=number(191))
    return rows, cells | {"B183", "D183", "E184", "H184", "C193", "C194"}


def wrong_check(right: str) -> str:
    return right[:17] + ("1" if right[17] != "1" else "2")


def test_thirty_seven_planted_faults_are_named_by_their_cells_and_no_other(desk):
    rows, cells = planted()
    import_id = desk.upload(xlsx(rows, title="嘉祥县零工台账", foot=[["合计", None, 200]]))
    assert len(cells) == 37
    assert {cell for cell, reason in faults(import_id) if reason not in WARNINGS} == cells
    assert states(import_id) == {"good": 165, "faulty": 33, "duplicate": 2}
    assert (found(import_id).aside, people()) == (1, [])
    desk.does(service.run, import_id)
    assert (states(import_id)["imported"], count(Worker)) == (165, 165)


def test_town_and_village_are_read_however_they_are_written(desk):
    with transaction() as session:
        make_village(session, f"{TOWN}201", name="张垓村")
    written = [
        ("嘉祥", "张垓"), ("嘉祥街道", "张垓村委会"), ("山东省济宁市嘉祥县嘉祥街道", "张垓村"),
        ("嘉祥县嘉祥街道张垓村", ""), (TOWN, ""), ("嘉祥街道", "李家村"),
    ]  # fmt: skip
    import_id = desk.brings([person(at, 所属乡镇=town, 村=village) for at, (town, village) in enumerate(written)])
    village = f"{TOWN}201"
    assert [(one.town, one.village) for one in people()] == [(TOWN, village)] * 4 + [(TOWN, None)] * 2
    assert faults(import_id) == {("F7", "village_unknown")}


def test_a_phone_is_read_with_whose_it_is_and_the_first_of_several_is_taken(desk):
    written = [
        "138-1234-5601（本人）",
        "13812345602 (儿子的)",
        "13812345603/13812345699",
        "+86 138 1234 5604",
        "0537-2345678",
    ]
    import_id = desk.brings([person(at, 联系电话=phone) for at, phone in enumerate(written)])
    assert [one.phone for one in people()] == [f"1381234560{at}" for at in (1, 2, 3, 4)]
    assert faults(import_id) == {("D4", "two_phones"), ("D6", "digits")}


def test_rows_of_other_regions_arent_the_staffs_to_bring(database):
    with transaction() as session:
        town = Desk(make_staff(session, Role.TOWN, TOWN))
    rows = [person(0), person(1, 所属乡镇="马村镇"), person(2, 所属乡镇="微山县夏镇街道"), person(3, 所属乡镇="")]
    import_id = town.upload(xlsx(rows))
    assert faults(import_id) == {("E3", "not_yours"), ("E4", "not_yours")}
    assert states(import_id) == {"good": 2, "faulty": 2}


def test_a_town_that_two_counties_have_asks_for_the_county():
    """A made-up pair: of Jining's own towns no two have one name, but for short ones."""
    towns = tuple(
        Town(f"{county}101", "新城镇", frozenset({"新城镇", "新城", name + "新城镇"}), (name, name[:-1]))
        for county, name in (("370828", "金乡县"), (COUNTY, "嘉祥县"))
    )
    places = Places("370800", towns, {})
    with pytest.raises(InvalidValue) as told:
        places.town("新城镇")
    assert told.value.details["reason"] == "which_county"
    assert places.town("新城", "嘉祥") == (f"{COUNTY}101", "")
    assert places.town("嘉祥县新城镇某村") == (f"{COUNTY}101", "某村")


def test_doubtful_trades_are_said_and_hinder_nothing(desk):
    import_id = desk.brings([person(0, 工种="电旱工、开飞船，木工"), person(1, 工种="无")])
    with transaction(read_only=True) as session:
        said = {one.reason: dict(one.told) for one in session.scalars(select(ImportFault))}
    assert said == {
        "title_doubtful": {"said": "电旱工", "read": "电焊工"}, "title_unknown": {"said": "开飞船"},
    }  # fmt: skip
    assert states(import_id) == {"imported": 2}


def test_a_column_taken_for_another_leaves_no_number_in_the_clear(desk):
    import_id = desk.upload(xlsx([person(0)]))
    desk.does(service.set_columns, import_id, columns={1: "name", 2: "skills", 3: "id_number", 4: "town"}, slip="JX-1")
    with transaction(read_only=True) as session:
        assert number(0) not in str([one.told for one in session.scalars(select(ImportFault))])
        assert number(0) not in str(session.scalars(select(ImportRow.shown)).all())


def test_a_reader_that_lags_behind_and_one_that_runs_ahead_keep_every_row_once(desk):
    with transaction() as session:
        told = {"kind": Kind.WORKERS, "region": COUNTY, "file_name": "a.xlsx", "by": desk.by, "at": clock.now()}
        found = service.upload(session, body=xlsx([person(serial) for serial in range(120)]), **told)
        around = queries.around(session, found, titles=queries.title_reader())
        book, head = Book(found.body), queries.head_of(found)
        chunks = list(queries.readings(book, found.sheet, found.kind, head, around, size=40))
        for at in (2, 0, 2, 1, 0, 3):
            assert service.keep_rows(session, import_id=found.id, head=head, read=chunks[at])
    assert states(found.id) == {"good": 120}


def test_one_slip_number_may_stand_for_all_and_a_rows_own_goes_before_it(desk):
    heads = [head for head in WORKERS if head not in ("同意书编号", "村")]
    rows = [[value for head, value in zip(WORKERS, person(at), strict=True) if head in heads] for at in range(2)]
    import_id = desk.upload(xlsx(rows, heads=heads))
    assert found(import_id).state == State.ASKING
    import_id = desk.upload(xlsx(rows, heads=heads), slip="JX-2026-批-1")
    desk.does(service.run, import_id)
    desk.brings([person(5, 同意书编号=""), person(6)], slip="JX-2026-批-2")
    with transaction(read_only=True) as session:
        slips = session.scalars(select(Consent.slip).order_by(Consent.id)).all()
    assert slips == ["JX-2026-批-1"] * 2 + ["JX-2026-批-2", "JX-000006"]


def test_the_example_totals_signatures_and_repeated_heads_are_passed_over(desk):
    rows = [["", "例：张建国", number(90)], person(0), list(WORKERS), [], person(1), ["", "说明：以上属实"]]
    import_id = desk.upload(xlsx(rows, foot=[["合计", 2], ["填表人：王", "审核：李"]]))
    assert (states(import_id), found(import_id).aside) == ({"good": 2}, 5)


# ── columns ──


def test_columns_that_arent_recognised_are_asked_for_and_taken_as_staff_say(desk):
    rows = [[one[1], one[2], one[4]] for one in (person(0), person(1))]
    import_id = desk.upload(xlsx(rows, heads=("谁", "号", "住哪")), slip="JX-1")
    assert found(import_id).state == State.ASKING
    with pytest.raises(InvalidValue, match="missing"):
        desk.does(service.set_columns, import_id, columns={0: "name", 2: "town"}, slip="JX-1")
    with pytest.raises(InvalidValue, match="twice"):
        desk.does(service.set_columns, import_id, columns={0: "name", 1: "name"}, slip="JX-1")
    with pytest.raises(InvalidValue, match="unknown"):
        desk.does(service.set_columns, import_id, columns={0: "name", 1: "__class__"}, slip="JX-1")
    desk.does(service.set_columns, import_id, columns={0: "name", 1: "id_number", 2: "town"}, slip="JX-1")
    assert (found(import_id).state, states(import_id)) == (State.READY, {"good": 2})


def test_reading_other_columns_forgets_what_was_read_before(desk):
    import_id = desk.upload(xlsx([person(0, 联系电话="没有"), person(1)]))
    assert states(import_id) == {"good": 1, "faulty": 1}
    columns = {at: field for at, _, field in found(import_id).columns if field != "phone"}
    desk.does(service.set_columns, import_id, columns=columns, slip="")
    assert (states(import_id), faults(import_id)) == ({"good": 2}, set())


def test_the_sheet_with_a_head_is_read_and_another_may_be_looked_at(desk):
    notes = [["填表须知"], ["一人一行", "不要空行"]]
    body = xlsx([person(0)], sheet="花名册", before={"须知": notes, "二村": [WORKERS, person(1), person(2)]})
    import_id = desk.upload(body)
    assert (found(import_id).sheets, found(import_id).sheet) == (["须知", "二村", "花名册"], "二村")
    desk.does(service.look_at, import_id, sheet="花名册", head_row=None)
    assert (found(import_id).state, found(import_id).head_row) == (State.ASKING, 1)
    columns = {at: field for at, _, field in found(import_id).columns}
    desk.does(service.set_columns, import_id, columns=columns, slip="")
    assert states(import_id) == {"good": 1}


def test_an_address_stands_for_an_employers_town(desk):
    named = [one.field for one in queries.fields(Kind.EMPLOYERS) if one.field != "town"]
    assert missing(queries.fields(Kind.EMPLOYERS), named, scope=COUNTY, slip="") == []
    without = [field for field in named if field != "address"]
    assert [one.field for one in missing(queries.fields(Kind.EMPLOYERS), without, scope=COUNTY, slip="")] == ["town"]


def test_every_template_is_recognised_whole():
    for kind in Kind:
        words = queries.words(kind)
        titles = [one.title for one in queries.fields(kind)]
        head = find_head([(1, tuple(titles))], words)
        assert list(head.fields) == [one.field for one in queries.fields(kind)], kind


# ── duplicates and choosing ──


def test_who_is_registered_already_is_shown_and_never_touched(desk):
    with transaction() as session:
        worker = make_worker(session, number=number(0), name="王老三", skills=["4-02-04-06"])
    import_id = desk.brings([person(0), person(1)])
    assert states(import_id) == {"duplicate": 1, "imported": 1}
    assert (row(import_id, 2).same_as, faults(import_id)) == (worker.id, {("C2", "registered")})
    with transaction(read_only=True) as session:
        kept = session.get_one(Worker, worker.id)
        assert (kept.name, kept.phone, [skill.occupation for skill in kept.skills]) == (
            "王老三", worker.phone, ["4-02-04-06"],
        )  # fmt: skip


def test_two_rows_of_one_person_are_both_named_and_one_may_be_chosen(desk):
    rows = [person(0), person(1, 身份证号码=number(0)), person(2)]
    import_id = desk.upload(xlsx(rows))
    with transaction(read_only=True) as session:
        twins = {one.cell: one.told["other"] for one in session.scalars(select(ImportFault))}
    assert (twins, states(import_id)) == ({"C2": 3, "C3": 2}, {"good": 1, "duplicate": 2})
    with pytest.raises(TwinsChosen) as told:
        desk.does(service.choose, import_id, shown=[2, 3, 4], ticked=[2, 3, 4])
    assert told.value.details["numbers"] == [2, 3]
    desk.does(service.choose, import_id, shown=[2, 3, 4], ticked=[3, 4])
    desk.does(service.run, import_id)
    assert [one.name for one in people()] == [rows[1][1], rows[2][1]]


def test_a_twin_far_down_the_sheet_is_found_across_chunks(desk):
    rows = [person(serial) for serial in range(150)]
    rows[140] = person(140, 身份证号码=number(3))
    assert faults(desk.upload(xlsx(rows))) == {("C5", "twin"), ("C142", "twin")}


def test_only_ticked_rows_come_and_the_others_may_come_later(desk):
    import_id = desk.upload(xlsx([person(serial) for serial in range(5)]))
    desk.does(service.choose_all, import_id, chosen=False)
    with pytest.raises(NothingChosen):
        desk.does(service.run, import_id)
    desk.does(service.choose, import_id, shown=[2, 3], ticked=[3])
    desk.does(service.run, import_id)
    assert ([one.id_number for one in people()], states(import_id)) == ([number(1)], {"good": 4, "imported": 1})
    desk.does(service.choose_all, import_id, chosen=True)
    desk.does(service.run, import_id)
    assert (count(Worker), states(import_id)) == (5, {"imported": 5})


def test_who_registers_between_reading_and_importing_is_left_as_they_are(desk):
    import_id = desk.upload(xlsx([person(0), person(1)]))
    with transaction() as session:
        worker = make_worker(session, number=number(0), name="王老三")
    desk.does(service.run, import_id)
    assert (states(import_id), row(import_id, 2).same_as) == ({"duplicate": 1, "imported": 1}, worker.id)
    assert count(Worker) == 2


def test_someone_who_had_erased_the_profile_comes_back_as_the_same_row(desk):
    with transaction() as session:
        worker = make_worker(session, number=number(0))
        kept_until = clock.local_date(clock.now()) + timedelta(days=300)
        workers.erase(session, worker_id=worker.id, kept_until=kept_until, by=SYSTEM, at=clock.now())
    import_id = desk.brings([person(0)])
    (back,) = people()
    assert (back.id, back.erased_at, states(import_id)) == (worker.id, None, {"imported": 1})
    desk.does(service.undo, import_id)
    assert (states(import_id), row(import_id, 2).why) == ({"kept": 1}, "changed")


def test_forty_on_one_phone_are_flagged_as_at_the_desk(desk):
    desk.brings([person(serial, 联系电话="13812345678") for serial in range(42)])
    with transaction(read_only=True) as session:
        flagged = session.scalars(select(AuditRow).where(AuditRow.verb == "worker.phone_flagged").order_by(AuditRow.id))
        assert [one.details["workers"] for one in flagged] == [40, 41, 42]


# ── who may ──


def test_only_staff_of_the_region_import_there(database):
    with transaction() as session:
        agent = make_staff(session, Role.VILLAGE_AGENT, f"{TOWN}201")
        elsewhere = make_staff(session, Role.COUNTY, "370828")
        desk = Desk(make_staff(session, Role.COUNTY, COUNTY))
    with pytest.raises(NotAllowed):
        Desk(agent).upload(xlsx([person(0)]))
    import_id = desk.upload(xlsx([person(0)]))
    for verb in (service.run, service.undo, service.drop):
        with pytest.raises(OutOfScope):
            Desk(elsewhere).does(verb, import_id)
    assert states(import_id) == {"good": 1}


def test_rows_of_staff_who_lost_their_role_meanwhile_arent_imported(desk):
    import_id = desk.upload(xlsx([person(0)]))
    with transaction() as session:
        service.run(session, import_id=import_id, by=desk.by, at=clock.now())
        account = session.get_one(Account, desk.by.account_id)
        account.grants.clear()
    work_off()
    assert (states(import_id), people()) == ({"faulty": 1}, [])
    assert faults(import_id) == {("C2", "not_allowed")}


def test_a_file_sent_twice_with_one_key_is_taken_once(desk):
    body = xlsx([person(0)])
    assert desk.upload(body, key="once") == desk.upload(body, key="once")
    assert count(Import) == 1


def test_told_twice_to_run_it_runs_once(desk):
    import_id = desk.upload(xlsx([person(serial) for serial in range(3)]))
    with transaction() as session:
        service.run(session, import_id=import_id, by=desk.by, at=clock.now())
        service.run(session, import_id=import_id, by=desk.by, at=clock.now())
    work_off()
    assert (count(Worker), found(import_id).done, found(import_id).total) == (3, 3, 3)
    with pytest.raises(NothingChosen):
        desk.does(service.run, import_id)


# ── personal data ──


def test_what_a_file_and_its_rows_hold_is_sealed_and_goes_once_imported(desk):
    import_id = desk.upload(xlsx([person(0), person(1, 联系电话="没有")]))
    with transaction(read_only=True) as session:
        body, cells, shown = session.execute(
            select(Import.body_sealed, ImportRow.cells_sealed, ImportRow.shown).join(
                ImportRow, ImportRow.import_id == Import.id
            )
        ).first()
    assert number(0).encode() not in bytes(cells)
    assert b"xl/workbook" not in bytes(body)
    assert shown == f"{person(0)[1][0]}** {number(0)[:4]}************{number(0)[-2:]}"
    desk.does(service.run, import_id)
    assert not has_file(import_id)
    assert (row(import_id, 2).cells, queries.held_in(row(import_id, 3))["cells"]["phone"]) == (None, "没有")


def test_what_nobody_came_back_to_is_let_go_after_thirty_days(desk):
    waiting, done = desk.upload(xlsx([person(0)])), desk.brings([person(1), person(2, 联系电话="0")])
    with transaction() as session:
        session.execute(update(Import).values(created_at=clock.now() - timedelta(days=31)))
        service.forget_old(session, at=clock.now())
    assert (found(waiting).state, has_file(waiting), states(waiting)) == (State.DROPPED, False, {})
    assert (found(done).state, row(done, 3).cells) == (State.DONE, None)


def test_taking_rows_out_asks_for_a_reason_and_is_logged(desk):
    import_id = desk.upload(xlsx([person(0, 联系电话="0")]))
    desk.does(service.take_out, import_id, reason="发回村里改")
    with transaction(read_only=True) as session:
        seen = session.scalars(select(AuditRow).where(AuditRow.verb == "import.rows_seen")).one()
        assert (seen.reason, seen.account_id, seen.subject) == ("发回村里改", desk.by.account_id, f"import:{import_id}")


# ── undo ──


def test_undo_really_removes_whom_nobody_has_had_to_do_with_and_leaves_the_log(desk):
    with transaction() as session:
        other = make_worker(session)
    import_id = desk.brings([person(serial) for serial in range(70)])
    ids = [one.id for one in people() if one.id != other.id]
    desk.does(service.undo, import_id)
    assert (found(import_id).state, states(import_id)) == (State.UNDONE, {"undone": 70})
    assert [one.id for one in people()] == [other.id]
    assert (count(Skill), count(Consent)) == (0, 1)
    with transaction(read_only=True) as session:
        log = session.scalars(select(AuditRow.verb).where(AuditRow.subject == f"worker:{ids[0]}")).all()
    assert log == ["worker.registered", "worker.unregistered"]


def test_undo_keeps_whoever_someone_works_with_and_says_why(desk):
    import_id = desk.brings([person(serial) for serial in range(6)])
    hired, bound, moved, looked_at, past, _ = people()
    with transaction() as session:
        at = clock.now()
        posting = make_posting(session, at=at, shifts=(shift(now=at),))
        accept(session, posting_id=posting.id, worker_id=hired.id, by=SYSTEM, at=at)
        session.get_one(Worker, bound.id).account_id = make_account(session).id
        workers.set_floor(session, worker_id=moved.id, min_hourly_fen=1800, by=SYSTEM, at=at)
        told = {"what": Secret.PHONE, "reason": "打电话问", "by": desk.by, "at": at}
        workers.reveal(session, worker_id=looked_at.id, **told)
    desk.brings([["", number(4), "永昌蒜业", "嘉祥街道", "", "2023-02-07"]], heads=PAST[:6], kind=Kind.PLACEMENTS)
    desk.does(service.undo, import_id)
    assert states(import_id) == {"kept": 5, "undone": 1}
    assert [row(import_id, at).why for at in range(2, 8)] == [
        "placements", "account", "changed", "changed", "past_placements", "",
    ]  # fmt: skip
    assert [one.id for one in people()] == [one.id for one in (hired, bound, moved, looked_at, past)]


def test_what_isnt_done_cant_be_undone_nor_dropped_once_it_is(desk):
    import_id = desk.upload(xlsx([person(0)]))
    with pytest.raises(IllegalMove):
        desk.does(service.undo, import_id)
    desk.does(service.run, import_id)
    with pytest.raises(IllegalMove):
        desk.does(service.drop, import_id)


def test_what_is_dropped_leaves_nothing_of_the_people_in_it(desk):
    import_id = desk.upload(xlsx([person(0), person(1, 联系电话="0")]))
    desk.does(service.drop, import_id)
    assert (found(import_id).state, has_file(import_id), states(import_id)) == (State.DROPPED, False, {})
    assert count(ImportFault) == 0


# ── employers ──


def firm(**said: Any) -> list[Any]:
    held = {
        "单位名称": "永昌蒜业有限公司", "统一社会信用代码": uscc(), "乡镇": "嘉祥街道", "地址": "永昌 2 号库",
        "联系人": "王海燕", "联系人身份证号": id_number(), "联系电话": phone(),
    }  # fmt: skip
    return [(held | said)[head] for head in EMPLOYERS]


def test_employers_come_with_their_operators_account_and_wait_to_be_verified(desk):
    told = firm(联系电话="13912340001")
    import_id = desk.brings([told], heads=EMPLOYERS, kind=Kind.EMPLOYERS)
    assert states(import_id) == {"imported": 1}
    with transaction(read_only=True) as session:
        employer = session.scalars(select(Employer)).one()
        assert (employer.name, employer.uscc, employer.town, employer.operator) == (told[0], told[1], TOWN, "王海燕")
        assert (employer.state, session.get_one(Account, employer.account_id).phone) == (
            Verification.WAITING, "13912340001",
        )  # fmt: skip


def test_employers_that_are_known_or_whose_phone_acts_for_another_dont_come(desk):
    with transaction() as session:
        account = make_account(session, phone_number="13912340009")
        known = make_employer(session, account=account)
    rows = [
        firm(统一社会信用代码=known.uscc), firm(联系电话="13912340009"), firm(统一社会信用代码="91370829MA3T2HYY8T"),
        firm(联系电话=""), firm(联系电话="13912340002"), firm(联系电话="13912340002"),
    ]  # fmt: skip
    import_id = desk.upload(xlsx(rows, heads=EMPLOYERS), kind=Kind.EMPLOYERS)
    expected = {("B2", "registered"), ("G3", "phone_taken"), ("B4", "check"), ("G5", "required")}
    assert faults(import_id) == expected
    desk.does(service.run, import_id)
    assert faults(import_id) == expected | {("G7", "phone_taken")}
    assert states(import_id) == {"duplicate": 1, "faulty": 4, "imported": 1}
    with transaction(read_only=True) as session:
        assert session.scalar(select(func.count(Account.id)).where(Account.phone_hash.is_not(None))) == 2


def test_undone_employers_go_with_their_accounts_unless_they_have_shown_papers(desk):
    with transaction() as session:
        worker = make_account(session, phone_number="13912340003")
    rows = [firm(联系电话="13912340001"), firm(联系电话="13912340002"), firm(联系电话="13912340003")]
    import_id = desk.brings(rows, heads=EMPLOYERS, kind=Kind.EMPLOYERS)
    with transaction() as session:
        second = session.scalars(select(Employer).where(Employer.uscc == rows[1][1])).one()
        told = {"employer_id": second.id, "by": SYSTEM, "at": clock.now()}
        add_paper(session, paper=Paper.LICENCE, body=b"%PDF-1.7", **told)
    desk.does(service.undo, import_id)
    assert (states(import_id), row(import_id, 3).why) == ({"kept": 1, "undone": 2}, "documents")
    with transaction(read_only=True) as session:
        assert session.scalars(select(Employer.uscc)).all() == [rows[1][1]]
        phones = {one.phone for one in session.scalars(select(Account)) if one.phone}
        assert phones == {"13912340002", "13912340003"}
        assert session.get_one(Account, worker.id).closed_at is None


# ── past placements ──


def test_past_placements_are_kept_for_registered_people_and_shown_as_what_they_are(desk):
    with transaction() as session:
        worker = make_worker(session, number=number(0), name="王建建")
    rows = [
        ["王建建", number(0), "永昌蒜业", "嘉祥街道", "装蒜", "2023年2月", "2023.5.7", "4,200"],
        ["王建建", number(0), "永昌蒜业", "嘉祥街道", "装蒜", date(2023, 2, 1), None, None],
        ["李四", number(1), "永昌蒜业", "嘉祥街道", "", "2023-02-07", "", ""],
        ["王老三", number(0), "圣润食品", "嘉祥街道", "", "2023-02-07", "", ""],
        ["王建建", number(0), "圣润食品", "嘉祥街道", "", "2023-05-07", "2023-02-07", "很多"],
        ["王建建", number(0), "圣润食品", "嘉祥街道", "", "2099-01-01", "", ""],
    ]
    import_id = desk.upload(xlsx(rows, heads=PAST), kind=Kind.PLACEMENTS)
    assert faults(import_id) == {
        ("F2", "month_only"), ("B2", "twin"), ("B3", "twin"), ("B4", "not_registered"), ("A5", "name_differs"),
        ("G6", "before_since"), ("H6", "not_a_number"), ("F7", "to_come"),
    }  # fmt: skip
    desk.does(service.choose, import_id, shown=[2, 3], ticked=[2])
    desk.does(service.run, import_id)
    with transaction(read_only=True) as session:
        (past,) = queries.past_of(session, worker.id)
        assert (past.employer_name, past.since, past.until, past.pay_fen, past.town) == (
            "永昌蒜业", date(2023, 2, 1), date(2023, 5, 7), 420_000, TOWN,
        )  # fmt: skip
        assert queries.past_in(session, [COUNTY]).total == 1
        assert queries.past_in(session, ["370828"]).total == 0
    again = desk.upload(xlsx(rows[:1], heads=PAST), kind=Kind.PLACEMENTS)
    assert (states(again), row(again, 2).same_as) == ({"duplicate": 1}, past.id)
    desk.does(service.undo, import_id)
    assert count(PastPlacement) == 0


def test_work_that_goes_on_has_no_last_day_and_the_first_must_be_one(desk):
    with transaction() as session:
        make_worker(session, number=number(0), name="王建建")
    days = (("2023-02-07", "至今"), ("2023-05-07", "长期"), ("至今", ""))
    rows = [["王建建", number(0), "永昌", "嘉祥街道", "", since, until, ""] for since, until in days]
    import_id = desk.upload(xlsx(rows, heads=PAST), kind=Kind.PLACEMENTS)
    assert faults(import_id) == {("F4", "date")}
    desk.does(service.run, import_id)
    with transaction(read_only=True) as session:
        assert session.scalars(select(PastPlacement.until)).all() == [None, None]


# ── files that break ──


def test_a_file_that_is_no_sheet_is_refused_at_once_and_nothing_is_kept(desk):
    with pytest.raises(SheetRefused):
        desk.upload(b"\xd0\xcf\x11\xe0" + bytes(600))
    assert count(Import) == 0


def test_a_sheet_longer_than_may_be_is_refused_whole(desk, monkeypatch):
    monkeypatch.setattr(queries, "MOST_ROWS", 120)
    import_id = desk.upload(xlsx([person(serial) for serial in range(130)]))
    assert (found(import_id).state, found(import_id).failure) == (State.REFUSED, "too_many_rows")
    assert (states(import_id), has_file(import_id)) == ({}, False)


def test_reading_that_broke_off_goes_on_where_it_was_and_keeps_no_row_twice(desk, monkeypatch):
    rows = [person(serial) for serial in range(170)]
    keep, calls = service.keep_rows, []

    def die_after_one(*args: Any, **told: Any) -> bool:
        if calls:
            raise ConnectionError("the machine went off")
        calls.append(1)
        return keep(*args, **told)

    monkeypatch.setattr(service, "keep_rows", die_after_one)
    with pytest.raises(ConnectionError):
        desk.upload(xlsx(rows))
    monkeypatch.undo()
    work_off(at_once=True)
    with transaction(read_only=True) as session:
        (import_id,) = session.scalars(select(Import.id))
    assert (found(import_id).state, states(import_id)) == (State.READY, {"good": 170})


def test_a_chunk_that_broke_off_is_done_again_whole(desk, monkeypatch):
    import_id = desk.upload(xlsx([person(serial) for serial in range(70)]))
    register, calls = workers.register_many, []

    def die_in_the_second(*args: Any, **told: Any) -> Any:
        made = register(*args, **told)
        calls.append(len(made))
        if len(calls) == 2:
            raise ConnectionError("the machine went off")
        return made

    monkeypatch.setattr(workers, "register_many", die_in_the_second)
    with pytest.raises(ConnectionError):
        desk.does(service.run, import_id)
    assert (count(Worker), states(import_id), found(import_id).done) == (30, {"imported": 30, "good": 40}, 30)
    monkeypatch.undo()
    work_off(at_once=True)
    assert (count(Worker), states(import_id), found(import_id).done) == (70, {"imported": 70}, 70)
