"""Employers: codes, papers, verification and its six months."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, text

from tests.support.makers import (
    COUNTY,
    NOW,
    PNG,
    TOWN,
    id_number,
    make_account,
    make_employer,
    make_staff,
    make_worker,
    oneself,
    uscc,
)
from zero_work_market.ground import messages
from zero_work_market.ground.audit import SYSTEM, AuditRow
from zero_work_market.ground.errors import IllegalMove, InvalidValue, NotAllowed, NotFound
from zero_work_market.people.accounts.rules import OutOfScope, ReasonMissing, Role
from zero_work_market.people.employers import service
from zero_work_market.people.employers.queries import due, employer, employer_of_account, employers_in, waiting
from zero_work_market.people.employers.rules import (
    AlreadyRegistered,
    NewEmployer,
    Paper,
    PapersMissing,
    Verification,
    may_publish_at_once,
    months_later,
    parse_uscc,
    state_after,
)
from zero_work_market.people.employers.service import (
    add_paper,
    read_paper,
    refuse,
    register,
    restore,
    resubmit,
    reveal_operator,
    reverify,
    suspend,
    verify,
)
from zero_work_market.reference.regions.rules import UnknownRegion

WAITING, VERIFIED, REFUSED, SUSPENDED = Verification
REASON = "营业执照看不清"
JPEG, PDF = b"\xff\xd8\xff\xe0" + bytes(20), b"%PDF-1.7\n" + bytes(20)


def new_employer(**given):
    values = {
        "name": "永昌蒜业有限公司",
        "uscc": uscc(),
        "town": TOWN,
        "operator": "王海燕",
        "operator_id_number": id_number(),
    }
    return NewEmployer(**(values | given))


@pytest.mark.parametrize("code", ["91330100799655058B", "9144030071526726XG", "914403001922038216"])
def test_real_credit_codes_pass_however_they_are_written(code):
    assert parse_uscc(code) == code
    assert parse_uscc(f" {code[:9].lower()} {code[9:].lower()} ") == code


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("91330100799655058", "length"),
        ("91330100799655058BB", "length"),
        ("91330100799655058A", "check"),
        ("91330100799655085B", "check"),
        ("9133010079965505IB", "characters"),
        ("9133010079965505OB", "characters"),
        ("9133010079965505ZB", "characters"),
        ("9133010079965505SB", "characters"),
        ("9133010079965505VB", "characters"),
        ("9133A100799655058B", "characters"),
    ],
)
def test_a_wrong_credit_code_is_refused_by_what_is_wrong(code, reason):
    with pytest.raises(InvalidValue) as refusal:
        parse_uscc(code)
    assert refusal.value.details == {"field": "uscc", "reason": reason}


def test_one_changed_character_anywhere_never_passes():
    right = "91330100799655058B"
    for place in range(18):
        for character in "0123456789ABCDEFGHJKLMNPQRTUWXY":
            if character != right[place]:
                with pytest.raises(InvalidValue):
                    parse_uscc(right[:place] + character + right[place + 1 :])


def test_an_employer_registers_and_waits(session):
    account = make_account(session)
    new = new_employer(name=" 永昌 蒜业 有限公司 ", uscc="91330100799655058b")
    made = register(session, new=new, account_id=account.id, by=oneself(account), at=NOW)
    row = employer(session, made.id)
    assert (row.name, row.short, row.uscc) == ("永昌蒜业有限公司", "永昌蒜业有限公司", "91330100799655058B")
    assert (row.county, row.town, row.state, row.valid_until) == (COUNTY, TOWN, WAITING, None)
    assert (row.masked_operator, row.masked_operator_id_number[4:16]) == ("王**", "*" * 12)
    assert row == employer_of_account(session, account.id)


def test_nobody_registers_an_employer_for_anothers_account(session):
    with pytest.raises(NotAllowed):
        register(
            session, new=new_employer(), account_id=make_account(session).id, by=oneself(make_account(session)), at=NOW
        )  # fmt: skip


def test_a_credit_code_and_an_account_are_one_employer(session):
    made = make_employer(session, code="91330100799655058B")
    account = make_account(session)
    with pytest.raises(AlreadyRegistered) as refusal:
        make_employer(session, code="9133 0100 7996 5505 8b", account=account)
    assert refusal.value.details == {"same": "uscc"}
    with pytest.raises(AlreadyRegistered) as refusal:
        register(session, new=new_employer(), account_id=made.account_id, by=oneself(made), at=NOW)
    assert refusal.value.details == {"same": "account"}


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name": "永"}, "name"),
        ({"name": "永" * 81}, "name"),
        ({"short": "永" * 21}, "short"),
        ({"address": "永" * 121}, "address"),
        ({"town": COUNTY}, "town"),
        ({"operator": "Wang"}, "operator"),
        ({"operator_id_number": "110105194912310021"}, "operator_id_number"),
        ({"uscc": "1"}, "uscc"),
    ],
)
def test_what_is_wrong_in_a_registration_is_named(session, given, field):
    with pytest.raises(InvalidValue) as refusal:
        register(session, new=new_employer(**given), account_id=make_account(session).id, by=SYSTEM, at=NOW)
    assert refusal.value.details["field"] == field


def test_an_employer_is_in_a_town_that_exists(session):
    new = new_employer(town="370829999")
    with pytest.raises(UnknownRegion):
        register(session, new=new, account_id=make_account(session).id, by=SYSTEM, at=NOW)


def test_the_operator_is_sealed_in_the_row_and_hidden_from_logs(session):
    made = make_employer(session)
    row = session.execute(text("SELECT * FROM employers")).mappings().one()
    assert made.operator_id_number not in str(row)
    assert made.operator not in str(row)
    new = new_employer()
    assert new.operator not in repr(new)
    assert new.operator_id_number not in repr(new)


@pytest.mark.parametrize(("body", "media_type"), [(PNG, "image/png"), (JPEG, "image/jpeg"), (PDF, "application/pdf")])
def test_a_paper_is_known_by_its_first_bytes_and_kept_sealed(session, body, media_type):
    made = make_employer(session, state=WAITING, papers=[])
    add_paper(session, employer_id=made.id, paper=Paper.LICENCE, body=body, by=oneself(made), at=NOW)
    stored = session.execute(text("SELECT body_sealed FROM documents")).scalar_one()
    assert body not in bytes(stored)
    read = read_paper(session, employer_id=made.id, paper=Paper.LICENCE, by=oneself(made), at=NOW)
    assert (read.media_type, read.body) == (media_type, body)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "empty"),
        (b"GIF89a" + bytes(20), "media_type"),
        (b"<svg onload='alert(1)'>", "media_type"),
        (b" " + PNG, "media_type"),
        (PNG + bytes(4 * 1024 * 1024 - len(PNG) + 1), "too_large"),
    ],
)
def test_a_paper_is_a_picture_or_pdf_of_at_most_4_mb(session, body, reason):
    made = make_employer(session, state=WAITING, papers=[])
    with pytest.raises(InvalidValue) as refusal:
        add_paper(session, employer_id=made.id, paper=Paper.LICENCE, body=body, by=oneself(made), at=NOW)
    assert refusal.value.details["reason"] == reason


def test_a_paper_of_just_4_mb_is_kept_and_a_newer_one_takes_its_place(session):
    made = make_employer(session, state=WAITING, papers=[])
    deed = {"session": session, "employer_id": made.id, "paper": Paper.LETTER, "by": oneself(made), "at": NOW}
    first = add_paper(body=PNG + bytes(4 * 1024 * 1024 - len(PNG)), **deed)
    assert add_paper(body=PDF, **deed).id == first.id
    assert read_paper(**deed).body == PDF
    assert employer(session, made.id).papers == (Paper.LETTER,)


def test_only_the_operator_adds_papers(session):
    made = make_employer(session, state=WAITING)
    for nobody in (oneself(make_account(session)), make_staff(session)):
        with pytest.raises(NotAllowed):
            add_paper(session, employer_id=made.id, paper=Paper.LICENCE, body=PNG, by=nobody, at=NOW)


def test_each_look_at_a_paper_and_at_the_operator_is_logged(session):
    made, staff = make_employer(session, state=WAITING), make_staff(session)
    read_paper(session, employer_id=made.id, paper=Paper.LICENCE, by=staff, at=NOW)
    shown = reveal_operator(session, employer_id=made.id, reason="核对身份证", by=staff, at=NOW)
    assert (shown.name, shown.id_number) == ("王海燕", made.operator_id_number)
    assert shown.id_number not in repr(shown)
    looks = session.scalars(select(AuditRow).where(AuditRow.account_id == staff.account_id).order_by(AuditRow.id)).all()
    assert [(row.verb, row.reason) for row in looks] == [
        ("employer.read_paper", ""),
        ("employer.reveal_operator", "核对身份证"),
    ]
    assert looks[0].details == {"paper": "licence"}


def test_papers_are_closed_to_everyone_else(session):
    made = make_employer(session, state=WAITING)
    others = [oneself(make_worker(session)), make_staff(session, Role.TOWN, TOWN), make_staff(session, region="370828")]
    for nobody in others:
        with pytest.raises(NotAllowed):
            read_paper(session, employer_id=made.id, paper=Paper.LICENCE, by=nobody, at=NOW)
        with pytest.raises(NotAllowed):
            reveal_operator(session, employer_id=made.id, reason="核对身份证", by=nobody, at=NOW)


def test_a_paper_that_was_not_added_is_not_found(session):
    made = make_employer(session, state=WAITING, papers=[])
    with pytest.raises(NotFound):
        read_paper(session, employer_id=made.id, paper=Paper.LICENCE, by=oneself(made), at=NOW)


def test_the_county_verifies_for_six_months_and_the_operator_is_told(session):
    made, staff = make_employer(session, state=WAITING), make_staff(session)
    verify(session, employer_id=made.id, by=staff, at=NOW)
    assert (made.state, made.verified_at) == (VERIFIED, NOW)
    assert made.valid_until == datetime(2027, 5, 23, 2, 0, tzinfo=UTC)
    message = messages.newest(session, limit=1)[0]
    assert "核验通过" in message.body
    assert made.short in message.body


@pytest.mark.parametrize(
    ("moment", "months", "later"),
    [
        (datetime(2026, 8, 31, 2, tzinfo=UTC), 6, datetime(2027, 2, 28, 2, tzinfo=UTC)),
        (datetime(2027, 8, 31, 2, tzinfo=UTC), 6, datetime(2028, 2, 29, 2, tzinfo=UTC)),
        (datetime(2026, 6, 30, 2, tzinfo=UTC), 6, datetime(2026, 12, 30, 2, tzinfo=UTC)),
        (datetime(2026, 12, 1, 2, tzinfo=UTC), 12, datetime(2027, 12, 1, 2, tzinfo=UTC)),
        (datetime(2026, 8, 31, 17, tzinfo=UTC), 6, datetime(2027, 2, 28, 17, tzinfo=UTC)),
    ],
)
def test_months_are_those_of_jinings_calendar(moment, months, later):
    assert months_later(moment, months) == later


@pytest.mark.parametrize("missing", list(Paper))
def test_nobody_is_verified_without_all_three_papers(session, missing):
    made = make_employer(session, state=WAITING, papers=set(Paper) - {missing})
    with pytest.raises(PapersMissing) as refusal:
        verify(session, employer_id=made.id, by=SYSTEM, at=NOW)
    assert refusal.value.details == {"missing": [missing.value]}
    assert made.state == WAITING


@pytest.mark.parametrize("verb", ["verify", "refuse", "reverify", "suspend", "restore", "reveal_operator"])
def test_only_city_and_county_staff_decide_and_only_in_their_region(session, verb):
    made = make_employer(session, state=WAITING)
    reason = {"reason": REASON} if verb in ("refuse", "suspend", "reveal_operator") else {}
    for nobody in (oneself(made), make_staff(session, Role.TOWN, TOWN)):
        with pytest.raises(NotAllowed):
            getattr(service, verb)(session, employer_id=made.id, by=nobody, at=NOW, **reason)
    elsewhere = make_staff(session, Role.COUNTY, "370828")
    with pytest.raises(OutOfScope):
        getattr(service, verb)(session, employer_id=made.id, by=elsewhere, at=NOW, **reason)


@pytest.mark.parametrize(
    ("verb", "moves"),
    [
        ("verify", {WAITING: VERIFIED}),
        ("refuse", {WAITING: REFUSED}),
        ("resubmit", {REFUSED: WAITING}),
        ("reverify", {VERIFIED: VERIFIED}),
        ("suspend", {VERIFIED: SUSPENDED}),
        ("restore", {SUSPENDED: VERIFIED}),
    ],
)
def test_each_verb_moves_from_its_own_states_only(verb, moves):
    for state in moves:
        assert state_after(verb, state) == moves[state]
    for state in set(Verification) - moves.keys():
        with pytest.raises(IllegalMove) as refusal:
            state_after(verb, state)
        assert refusal.value.details["from_state"] == state


def test_a_refused_employer_is_told_why_and_comes_back_at_the_queues_end(session):
    staff = make_staff(session)
    first, second = make_employer(session, state=WAITING), make_employer(session, state=WAITING)
    refuse(session, employer_id=first.id, reason=REASON, by=staff, at=NOW + timedelta(hours=1))
    assert REASON in messages.newest(session, limit=1)[0].body
    assert employer(session, first.id).state_reason == REASON
    resubmit(session, employer_id=first.id, by=oneself(first), at=NOW + timedelta(hours=2))
    at = NOW + timedelta(hours=3)
    queue = waiting(session, [COUNTY], at=at)
    assert [(row.employer.id, row.waited) for row in queue] == [
        (second.id, timedelta(hours=3)),
        (first.id, timedelta(hours=1)),
    ]
    assert queue[1].employer.state_reason == ""


def test_a_suspended_employer_does_not_resubmit_its_way_out(session):
    made = make_employer(session, state=SUSPENDED)
    for deed in (lambda: resubmit(session, employer_id=made.id, by=oneself(made), at=NOW),
                 lambda: verify(session, employer_id=made.id, by=SYSTEM, at=NOW),
                 lambda: reverify(session, employer_id=made.id, by=SYSTEM, at=NOW)):  # fmt: skip
        with pytest.raises(IllegalMove):
            deed()
    assert made.state == SUSPENDED


@pytest.mark.parametrize("verb", [refuse, suspend])
def test_refusing_and_suspending_need_a_reason(session, verb):
    made = make_employer(session, state=WAITING if verb is refuse else VERIFIED)
    with pytest.raises(ReasonMissing):
        verb(session, employer_id=made.id, reason=" 不行 ", by=SYSTEM, at=NOW)


def test_a_suspension_ends_with_the_term_running_on(session):
    made = make_employer(session)
    valid_until = made.valid_until
    suspend(session, employer_id=made.id, reason=REASON, by=SYSTEM, at=NOW)
    assert not may_publish_at_once(made.state, made.valid_until, NOW)
    restore(session, employer_id=made.id, by=SYSTEM, at=NOW + timedelta(days=9))
    assert (made.state, made.state_reason, made.valid_until) == (VERIFIED, "", valid_until)


@pytest.mark.parametrize(
    ("state", "ends_in", "may"),
    [
        (VERIFIED, timedelta(seconds=1), True),
        (VERIFIED, timedelta(0), False),
        (VERIFIED, timedelta(days=-1), False),
        (VERIFIED, None, False),
        (WAITING, timedelta(days=1), False),
        (REFUSED, timedelta(days=1), False),
        (SUSPENDED, timedelta(days=1), False),
    ],
)
def test_only_who_is_verified_now_publishes_at_once(state, ends_in, may):
    assert may_publish_at_once(state, ends_in if ends_in is None else NOW + ends_in, NOW) is may


def test_a_new_term_runs_from_the_new_check(session):
    made = make_employer(session, at=NOW - timedelta(days=200))
    assert not may_publish_at_once(made.state, made.valid_until, NOW)
    reverify(session, employer_id=made.id, by=make_staff(session), at=NOW)
    assert made.valid_until == datetime(2027, 5, 23, 2, 0, tzinfo=UTC)
    assert may_publish_at_once(made.state, made.valid_until, NOW)


def test_the_queue_shows_the_longest_waiting_of_the_own_scopes_first(session):
    later = make_employer(session, state=WAITING, at=NOW)
    earlier = make_employer(session, state=WAITING, at=NOW - timedelta(days=1))
    make_employer(session, state=WAITING, town="370828001")
    make_employer(session)
    queue = waiting(session, [COUNTY], at=NOW)
    assert [(row.employer.id, row.waited.days) for row in queue] == [(earlier.id, 1), (later.id, 0)]
    assert len(waiting(session, ["370800"], at=NOW)) == 3
    assert waiting(session, [], at=NOW) == ()


def test_who_must_be_verified_again_within_thirty_days_or_is_over_is_listed_by_urgency(session):
    six_months_before = datetime(2026, 6, 23, 2, 0, tzinfo=UTC)
    in_thirty_days = make_employer(session, at=six_months_before)
    make_employer(session, at=six_months_before + timedelta(seconds=1))
    over = make_employer(session, at=NOW - timedelta(days=190))
    make_employer(session, state=SUSPENDED, at=NOW - timedelta(days=190))
    make_employer(session, state=WAITING, at=NOW - timedelta(days=190))
    assert [row.id for row in due(session, [COUNTY], at=NOW, days=30)] == [over.id, in_thirty_days.id]
    assert due(session, ["370828"], at=NOW) == ()


def test_employers_are_listed_within_scopes_page_by_page(session):
    names = ["丙公司", "甲公司", "乙公司"]
    for name in names:
        make_employer(session, name=name)
    make_employer(session, town="370828001")
    page = employers_in(session, [COUNTY], number=1, size=2)
    assert ([row.name for row in page.rows], page.total) == (sorted(names)[:2], 3)
    assert page.rows[0].papers == tuple(Paper)


def test_there_is_no_employer_of_nobody(session):
    assert employer(session, 1) is None
    assert employer_of_account(session, 1) is None
    with pytest.raises(NotFound):
        verify(session, employer_id=1, by=SYSTEM, at=NOW)
