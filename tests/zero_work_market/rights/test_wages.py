"""Wages: what is owed to the fen, how it is paid, and how payers look."""

from datetime import date, timedelta
from fractions import Fraction
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from tests.support.hires import agree, make_hire, say
from tests.support.makers import COUNTY, NOW, PNG, make_employer, make_staff
from tests.support.market import shift
from zero_work_market.ground import evidence
from zero_work_market.ground.clock import at_local, local_date
from zero_work_market.ground.errors import InvalidValue, NotFound
from zero_work_market.ground.once import KeyReused
from zero_work_market.ground.outbox import OutboxRow
from zero_work_market.market.gate.rules import PayKind
from zero_work_market.people.accounts.rules import OutOfScope, ReasonMissing, Role
from zero_work_market.reference.law import queries as law
from zero_work_market.reference.law.rules import LawUnknown
from zero_work_market.rights.wages.models import Payment, Wage
from zero_work_market.rights.wages.queries import paid_record, risk_sums, risks, shown_risks, wage, wages_of
from zero_work_market.rights.wages.rules import (
    Lamp,
    PayInKind,
    PaymentKnown,
    PaymentUpheld,
    Proof,
    Terms,
    UnlawfulDeduction,
    Work,
    net_of,
    unit_minutes,
    work_items,
)
from zero_work_market.rights.wages.service import (
    answer_payment,
    ask_again,
    pay,
    set_items,
    uphold_payment,
    void_payment,
    warn_of_wages,
)

DAY = timedelta(days=1)


def said(session, kind):
    return [link["body"] for link in session.info.get(evidence.QUEUED, ()) if link["kind"] == kind]


def a_wage(session, hire=None, **draft):
    hire = hire or make_hire(session, **draft)
    agree(session, hire)
    return hire, wages_of(session, worker_id=hire.worker.id)[-1]


def pay_it(session, hire, row, fen=None, **more):
    told = {
        "fen": row.left_fen if fen is None else fen, "how": "bank", "number": f"TX{row.id:06d}", "at": hire.over,
        "paid_on": local_date(hire.over), "by": hire.by_employer,
    }  # fmt: skip
    return pay(session, wage_id=row.id, **told | more)


def test_a_wage_is_made_as_soon_as_hours_are_agreed(session):
    _, row = a_wage(session)
    assert (row.minutes, row.net_fen, row.paid_fen) == (240, 7200, 0)
    assert (row.first_day, row.last_day, row.due_on) == (date(2026, 11, 24), date(2026, 11, 24), date(2026, 12, 1))
    assert [(item.kind, item.fen) for item in row.gross] == [("work", 7200)]
    assert said(session, "wage_made") == [
        evidence.canonical(
            {
                "wage": row.id, "first": "2026-11-24", "last": "2026-11-24", "minutes": 240, "net_fen": 7200,
                "due_on": "2026-12-01",
            }
        )
    ]  # fmt: skip


def test_days_of_one_job_are_one_line_that_grows(session):
    hire = make_hire(session, shifts=(shift(1), shift(2), shift(3)))
    for number in (2, 0, 1):
        agree(session, hire, shift=number)
    (row,) = wages_of(session, posting_id=hire.posting.id)
    assert (row.minutes, row.net_fen, row.last_day) == (720, 21600, date(2026, 11, 26))
    assert row.due_on == date(2026, 12, 3)
    assert len(said(session, "wage_made")) == 3


def test_work_paid_the_same_day_is_a_line_a_day(session):
    hire = make_hire(session, shifts=(shift(1), shift(2)), pay_days=1)
    agree(session, hire, shift=0)
    agree(session, hire, shift=1)
    rows = wages_of(session, posting_id=hire.posting.id)
    assert [(row.first_day, row.net_fen) for row in rows] == [(date(2026, 11, 24), 7200), (date(2026, 11, 25), 7200)]


EIGHT_HOURS = {"shifts": (shift(hours=8),)}
A_BREAK = {"shifts": (shift(hours=9),), "break_minutes": 60}
BY_PIECE = {"pay_kind": "piece", "pay_fen": 75, "pieces_per_hour": 30.0}
BY_MONTH = {"pay_kind": "month", "pay_fen": 350000, "employment": "全日制"}
PAID: list[tuple[dict[str, Any], int, int | None, int]] = [
    ({"pay_fen": 1800}, 245, None, 7350),
    ({"pay_fen": 1999}, 50, None, 1666),  # 1665.83
    ({"pay_kind": "day", "pay_fen": 16000, **EIGHT_HOURS}, 480, None, 16000),
    ({"pay_kind": "day", "pay_fen": 16000, **EIGHT_HOURS}, 420, None, 14000),
    ({"pay_kind": "day", "pay_fen": 16000, **A_BREAK}, 480, None, 16000),
    ({"pay_kind": "day", "pay_fen": 16000, **A_BREAK}, 240, None, 8000),
    (BY_PIECE, 240, 128, 9600),
    (BY_PIECE, 240, 40, 7200),  # lifted to the floor
    ({**BY_MONTH, **EIGHT_HOURS}, 480, None, 16092),
]
"""What a posting pays, minutes and pieces agreed, and fen owed."""


def test_pay_is_exact_to_the_fen_and_never_below_the_floor(session):
    employer = make_employer(session)
    for draft, minutes, pieces, net in PAID:
        hire = make_hire(session, employer=employer, **draft)
        agree(session, hire, minutes, pieces=pieces)
        assert wages_of(session, posting_id=hire.posting.id)[0].net_fen == net


def test_a_slow_day_by_the_piece_shows_what_lifts_it_to_the_floor(session):
    hire = make_hire(session, pay_kind="piece", pay_fen=75, pieces_per_hour=30.0)
    agree(session, hire, pieces=40)
    (row,) = wages_of(session, posting_id=hire.posting.id)
    assert [(item.name, item.fen) for item in row.gross] == [("工钱", 3000), ("补到最低工钱", 4200)]


WORKS = st.lists(
    st.builds(Work, st.just(date(2026, 11, 24)), st.integers(1, 1440), st.integers(0, 999), st.integers(15, 12000)),
    min_size=1, max_size=20,
)  # fmt: skip


@given(works=WORKS, pay_fen=st.integers(1, 500_000), floor=st.integers(0, 3000), by_piece=st.booleans())
def test_the_sum_is_the_exact_one_rounded_once(works, pay_fen, floor, by_piece):
    """Against a twin that adds fractions one by one, and looks for the nearest fen by trying."""
    kind = PayKind.PIECE if by_piece else PayKind.HOUR
    items = work_items(works, Terms(kind, pay_fen, 7, "零工", floor, 60, 30))
    exact, minutes = Fraction(0), 0
    for work in works:
        exact += pay_fen * (Fraction(work.pieces) if by_piece else Fraction(work.minutes) / work.unit_minutes)
        minutes += work.minutes
    nearest = int(exact)
    while exact - nearest >= Fraction(1, 2):
        nearest += 1
    assert items[0].fen == nearest
    total = net_of(items, [])
    assert total >= Fraction(floor * minutes, 60)
    assert total == nearest or total - 1 < Fraction(floor * minutes, 60)


def test_a_month_that_the_posting_fills_is_paid_whole():
    assert unit_minutes(PayKind.MONTH, day_minutes=480, month_minutes=20 * 480) == 9600
    assert unit_minutes(PayKind.MONTH, day_minutes=480, month_minutes=None) == 174 * 60
    assert unit_minutes(PayKind.DAY, day_minutes=450, month_minutes=None) == 450


def test_a_payment_in_full_settles_the_wage(session):
    hire, row = a_wage(session)
    payment = pay_it(session, hire, row)
    after = wage(session, row.id)
    assert (after.paid_fen, after.left_fen, after.settled_on) == (7200, 0, date(2026, 11, 24))
    assert after.payments[0].number == f"TX{row.id:06d}"
    assert said(session, "paid") == [
        evidence.canonical(
            {"wage": row.id, "payment": payment.id, "fen": 7200, "on": "2026-11-24", "proof": "bank"}
        )
    ]  # fmt: skip
    assert said(session, "wage_settled") == [evidence.canonical({"wage": row.id, "at_day": "2026-11-24"})]


def test_payments_in_part_add_up_and_none_is_more_than_is_left(session):
    hire, row = a_wage(session)
    pay_it(session, hire, row, 5000)
    assert wage(session, row.id).settled_on is None
    with pytest.raises(InvalidValue) as refusal:
        pay_it(session, hire, row, 2201, number="TX-OTHER1")
    assert refusal.value.details["field"] in ("fen", "transfer")
    pay_it(session, hire, row, 2200, number="TXOTHER1", at=hire.over + DAY, paid_on=local_date(hire.over) + DAY)
    assert wage(session, row.id).settled_on == date(2026, 11, 25)
    assert len(said(session, "wage_settled")) == 1


def test_nobody_pays_on_behalf_where_there_is_no_building_site(session):
    hire, row = a_wage(session)
    assert not pay_it(session, hire, row, on_behalf=True).on_behalf


def test_one_transfer_is_recorded_once_for_a_wage(session):
    hire, row = a_wage(session)
    first = pay_it(session, hire, row, 3000, number="6222 0212-A9".replace("-", ""), key="k1")
    assert pay_it(session, hire, row, 3000, number="62220212A9", key="k1").id == first.id
    with pytest.raises(PaymentKnown):
        pay_it(session, hire, row, 3000, number="62220212a9", key="k2")
    assert session.scalar(select(func.count()).select_from(Payment)) == 1
    void_payment(session, payment_id=first.id, reason="金额记错了", by=hire.by_employer, at=hire.over)
    assert pay_it(session, hire, row, 3500, number="62220212A9").fen == 3500


def test_one_transfer_may_pay_several_workers(session):
    hire = make_hire(session)
    other = make_hire(session, posting=hire.posting)
    for one in (hire, other):
        _, row = a_wage(session, one)
        pay_it(session, one, row, number="BATCH20261124")
    assert session.scalar(select(func.count()).select_from(Payment)) == 2


def test_a_key_of_another_wage_is_refused(session):
    hire, row = a_wage(session)
    other, second = a_wage(session, make_hire(session, employer=hire.employer))
    pay_it(session, hire, row, key="same")
    with pytest.raises(KeyReused):
        pay_it(session, other, second, key="same")


def test_a_payment_without_its_proof_is_refused(session):
    hire, row = a_wage(session)
    unproved: list[tuple[dict[str, Any], str]] = [
        ({"number": "12345"}, "transfer"),
        ({"number": "转账了"}, "transfer"),
        ({"fen": 0}, "fen"),
        ({"fen": 7201}, "fen"),
        ({"paid_on": date(2026, 11, 23)}, "paid_on"),
        ({"paid_on": date(2026, 11, 25)}, "paid_on"),
        ({"how": "signature"}, "strokes"),
        ({"how": "signature", "drawn": "[[[1,2,3]]]"}, "strokes"),
        ({"photo": b"GIF89a"}, "body"),
    ]
    for more, field in unproved:
        with pytest.raises(InvalidValue) as refusal:
            pay_it(session, hire, row, **more)
        assert refusal.value.details["field"] == field
    assert wage(session, row.id).payments == ()


def test_cash_is_proved_by_the_workers_signature(session):
    hire, row = a_wage(session)
    strokes = "[[[100,200,0],[300,210,16],[500,220,32]]]"
    payment = pay_it(session, hire, row, how="signature", number="", drawn=strokes, photo=PNG)
    assert (payment.proof, payment.strokes.decode(), payment.media_type) == (Proof.SIGNATURE, strokes, "image/png")
    assert wage(session, row.id).settled_on is not None


def test_cash_by_the_employers_word_alone_settles_nothing_until_the_worker_says_it_came(session):
    hire, row = a_wage(session)
    payment = pay_it(session, hire, row, how="cash", number="")
    waiting = wage(session, row.id)
    assert (waiting.paid_fen, waiting.settled_on, waiting.left_fen, waiting.unrecorded_fen) == (0, None, 7200, 0)
    assert said(session, "wage_settled") == []
    with pytest.raises(InvalidValue):
        pay_it(session, hire, row, 7200)
    answer_payment(session, payment_id=payment.id, received=True, by=hire.by_worker, at=hire.over)
    assert wage(session, row.id).settled_on is not None


def test_cash_that_the_worker_denies_may_be_paid_again(session):
    hire, row = a_wage(session)
    payment = pay_it(session, hire, row, how="cash", number="")
    answer_payment(session, payment_id=payment.id, received=False, by=hire.by_worker, at=hire.over)
    assert wage(session, row.id).lamp(local_date(hire.over)) == Lamp.RED
    pay_it(session, hire, row, 7200)
    assert wage(session, row.id).settled_on is not None


def test_staff_may_find_that_cash_came_to_a_worker_who_keeps_silent(session):
    hire, row = a_wage(session)
    payment = pay_it(session, hire, row, how="cash", number="")
    staff = make_staff(session, Role.COUNTY, COUNTY)
    uphold_payment(session, payment_id=payment.id, reason="打电话问了本人，给了", by=staff, at=hire.over)
    assert wage(session, row.id).settled_on is not None


def test_a_worker_is_asked_about_cash_again_each_day_three_times(session):
    hire, row = a_wage(session)
    silent = pay_it(session, hire, row, 3000, how="cash", number="")
    answered = pay_it(session, hire, row, 3000, how="cash", number="")
    pay_it(session, hire, row, 1200)
    answer_payment(session, payment_id=answered.id, received=True, by=hire.by_worker, at=hire.over)
    hours = [n for n in range(0, 120, 6) for _ in range(ask_again(session, at=hire.over + timedelta(hours=n)))]
    assert hours == [24, 48, 72]
    assert silent.reminders == 3


def test_pay_in_kind_is_refused_with_its_clause(session):
    hire, row = a_wage(session)
    for more in ({"how": "goods"}, {"note": "用大蒜抵工资"}):
        with pytest.raises(PayInKind) as refusal:
            pay_it(session, hire, row, **more)
        assert refusal.value.details["clause_id"] == "migrant-wages-11"
    with pytest.raises(PayInKind):
        set_items(
            session, wage_id=row.id, extras=[("bonus", 5000, "购物卡抵工资")], deductions=[], by=hire.by_employer,
            at=hire.over,
        )  # fmt: skip
    assert wage(session, row.id).net_fen == 7200


def test_extras_raise_the_net_and_lawful_deductions_lower_it(session):
    hire, row = a_wage(session, pay_fen=2500)
    deed = {"wage_id": row.id, "by": hire.by_employer, "at": hire.over}
    set_items(session, extras=[("bonus", 2000, "装得快")], deductions=[("tax", 500, "按月预扣")], **deed)
    after = wage(session, row.id)
    assert (after.gross_fen, after.net_fen) == (12000, 11500)
    set_items(session, extras=[("bonus", 2000, "装得快")], deductions=[("tax", 500, "按月预扣")], **deed)
    assert len(said(session, "wage_made")) == 2


def test_nothing_is_taken_off_but_what_the_law_lets(session):
    hire, row = a_wage(session)
    deed = {"wage_id": row.id, "extras": [], "by": hire.by_employer, "at": hire.over}
    for kind in ("fine", "deposit", "damage", "meals", ""):
        with pytest.raises(UnlawfulDeduction) as refusal:
            set_items(session, deductions=[(kind, 100, "迟到罚款")], **deed)
        assert refusal.value.details["clause_id"] == "wages-15"


def test_deductions_leave_the_floor_for_the_hours(session):
    hire, row = a_wage(session, pay_fen=2000)
    deed = {"wage_id": row.id, "extras": [], "by": hire.by_employer, "at": hire.over}
    set_items(session, deductions=[("insurance", 800, "本人部分")], **deed)
    with pytest.raises(UnlawfulDeduction) as refusal:
        set_items(session, deductions=[("insurance", 801, "本人部分")], **deed)
    assert refusal.value.details["least_fen"] == 7200


def test_nothing_is_taken_off_what_was_paid_already(session):
    hire, row = a_wage(session, pay_fen=2500)
    pay_it(session, hire, row)
    with pytest.raises(InvalidValue):
        set_items(
            session, wage_id=row.id, extras=[], deductions=[("tax", 100, "补扣")], by=hire.by_employer, at=hire.over
        )


def test_an_extra_after_the_pay_leaves_the_wage_open_again(session):
    hire, row = a_wage(session)
    pay_it(session, hire, row)
    set_items(
        session, wage_id=row.id, extras=[("overtime", 1000, "多干半小时")], deductions=[], by=hire.by_employer,
        at=hire.over,
    )  # fmt: skip
    assert wage(session, row.id).left_fen == 1000
    assert said(session, "wage_unsettled") == [evidence.canonical({"wage": row.id})]


def test_more_hours_in_the_same_cycle_leave_a_settled_wage_open_again(session):
    hire = make_hire(session, shifts=(shift(1), shift(2)))
    agree(session, hire, shift=0)
    (row,) = wages_of(session, posting_id=hire.posting.id)
    pay_it(session, hire, row)
    agree(session, hire, shift=1)
    (row,) = wages_of(session, posting_id=hire.posting.id)
    assert (row.paid_fen, row.left_fen, row.settled_on) == (7200, 7200, None)
    assert len(said(session, "wage_unsettled")) == 1


def test_money_that_the_worker_says_never_came_does_not_count(session):
    hire, row = a_wage(session)
    payment = pay_it(session, hire, row)
    answer = {"payment_id": payment.id, "by": hire.by_worker, "at": hire.over}
    answer_payment(session, received=False, **answer)
    answer_payment(session, received=False, **answer)
    denied = wage(session, row.id)
    assert (denied.paid_fen, denied.settled_on) == (0, None)
    assert denied.lamp(date(2026, 11, 24)) == Lamp.RED
    assert session.scalar(select(func.count()).where(OutboxRow.kind == "payment_denied")) == 1
    answer_payment(session, received=True, **answer)
    assert wage(session, row.id).lamp(date(2027, 1, 1)) == Lamp.GREEN
    assert len(said(session, "wage_settled")) == 2
    assert len(said(session, "wage_unsettled")) == 1


def test_staff_of_the_county_find_that_denied_money_did_come(session):
    hire, row = a_wage(session)
    payment = pay_it(session, hire, row)
    answer_payment(session, payment_id=payment.id, received=False, by=hire.by_worker, at=hire.over)
    deed = {"payment_id": payment.id, "reason": "银行流水上有这一笔", "at": hire.over}
    with pytest.raises(OutOfScope):
        uphold_payment(session, by=make_staff(session, Role.COUNTY, "370828"), **deed)
    uphold_payment(session, by=make_staff(session, Role.COUNTY, COUNTY), **deed)
    assert wage(session, row.id).settled_on is not None


def test_what_staff_found_to_have_come_cannot_be_denied_again(session):
    hire, row = a_wage(session)
    payment = pay_it(session, hire, row)
    answer = {"payment_id": payment.id, "by": hire.by_worker, "at": hire.over}
    answer_payment(session, received=False, **answer)
    staff = make_staff(session, Role.COUNTY, COUNTY)
    uphold_payment(session, payment_id=payment.id, reason="银行流水上有这一笔", by=staff, at=hire.over)
    with pytest.raises(PaymentUpheld):
        answer_payment(session, received=False, **answer)
    assert wage(session, row.id).settled_on is not None
    answer_payment(session, received=True, **answer)
    assert payment.received_at is not None


def test_a_wage_that_another_payment_settled_is_green_though_one_was_denied(session):
    hire, row = a_wage(session)
    lost = pay_it(session, hire, row)
    answer_payment(session, payment_id=lost.id, received=False, by=hire.by_worker, at=hire.over)
    again = pay_it(session, hire, row, 7200, number="TXAGAIN01")
    settled = wage(session, row.id)
    assert (settled.denied_at, settled.lamp(date(2027, 1, 1))) == (None, Lamp.GREEN)
    void_payment(session, payment_id=again.id, reason="退回来了", by=hire.by_employer, at=hire.over)
    assert wage(session, row.id).lamp(date(2026, 11, 24)) == Lamp.RED


def test_a_wage_of_nothing_is_neither_settled_nor_owed(session, monkeypatch):
    """Where no minimum is known, no pieces earn no pay: no money came, and none is late."""

    def unknown(*_):
        raise LawUnknown(what="minimum_wage")

    monkeypatch.setattr(law, "minimum_wage", unknown)
    hire = make_hire(session, pay_kind="piece", pay_fen=75, pieces_per_hour=30.0)
    agree(session, hire, pieces=0)
    (row,) = wages_of(session, posting_id=hire.posting.id)
    long_after = row.due_on + 60 * DAY
    assert (row.net_fen, row.settled_on, row.lamp(long_after)) == (0, None, Lamp.GREEN)
    assert said(session, "wage_settled") == []
    assert session.scalars(risks(scopes=[COUNTY], today=long_after)).all() == []
    assert warn_of_wages(session, at=at_local(long_after, NOW.time())) == 0
    assert paid_record(session, [hire.employer.id], long_after) == {}


def test_a_voided_payment_stays_to_be_seen_and_counts_no_more(session):
    hire, row = a_wage(session)
    payment = pay_it(session, hire, row)
    deed = {"payment_id": payment.id, "by": hire.by_employer, "at": hire.over}
    with pytest.raises(ReasonMissing):
        void_payment(session, reason="错", **deed)
    for _ in range(2):
        void_payment(session, reason="转错了人", **deed)
    after = wage(session, row.id)
    assert (after.paid_fen, len(after.payments), after.payments[0].void_reason) == (0, 1, "转错了人")
    assert len(said(session, "payment_voided")) == 1
    with pytest.raises(NotFound):
        answer_payment(session, payment_id=payment.id, received=True, by=hire.by_worker, at=hire.over)


@pytest.mark.parametrize("seed", range(2))
def test_what_is_paid_is_the_sum_of_what_stands_whatever_happens(session, seed):
    hire, row = a_wage(session)
    random, deeds = Random(seed), 0
    for _ in range(24):
        draw = random.randrange(10_000)
        payments = session.scalars(select(Payment).order_by(Payment.id)).all()
        chosen = payments[draw % len(payments)] if payments else None
        common = {"by": hire.by_employer, "at": hire.over}
        try:
            match draw % 5:
                case 0 | 1:
                    pay_it(session, hire, row, 1 + draw // 5 % 4000, number=f"TX{draw % 9:06d}")
                case 2 if chosen:
                    void_payment(session, payment_id=chosen.id, reason="记错了数", **common)
                case 3 if chosen:
                    answer_payment(session, payment_id=chosen.id, received=False, **common)
                case 4 if chosen:
                    answer_payment(session, payment_id=chosen.id, received=True, **common)
            deeds += 1
        except (InvalidValue, PaymentKnown, NotFound):
            pass
        now = wage(session, row.id)
        standing = [one.fen for one in now.payments if one.voided_at is None and one.denied_at is None]
        assert now.paid_fen == sum(standing)
        assert (now.settled_on is not None) == (sum(standing) >= now.net_fen)
        settled, undone = len(said(session, "wage_settled")), len(said(session, "wage_unsettled"))
        assert settled - undone == (now.settled_on is not None)
    assert deeds > 5


def test_the_employer_is_told_once_when_a_lamp_turns(session):
    _, row = a_wage(session)
    told = []
    for ahead in range(12):
        told += [ahead] * warn_of_wages(session, at=at_local(date(2026, 11, 25) + ahead * DAY, NOW.time()))
    assert told == [3, 7]
    assert row.due_on == date(2026, 12, 1)


def test_an_employers_record_shows_the_last_twelve_and_its_share(session):
    employer, fresh = make_employer(session), make_employer(session, name="新来的公司")
    hire, _ = a_wage(session, make_hire(session, employer=employer))
    (stored,) = session.scalars(select(Wage))
    today = date(2026, 12, 20)
    assert paid_record(session, [employer.id, fresh.id], today)[employer.id].lamps == (Lamp.RED,)
    for place in range(20):
        due = date(2026, 11, 1) + place * DAY
        settled = due + 2 * DAY if place == 15 else None if place == 18 else due
        session.add(
            Wage(
                placement_id=hire.placement.id, worker_id=hire.worker.id, employer_id=employer.id, county=COUNTY,
                first_day=date(2025, 1, 1) + place * DAY, last_day=due, minutes=60, gross=[], deductions=[],
                net_fen=100, due_on=due, made_at=NOW, settled_on=settled,
            )
        )  # fmt: skip
    stored.settled_on = stored.due_on
    session.flush()
    record = paid_record(session, [employer.id, fresh.id], today)
    assert list(record) == [employer.id]
    paid = record[employer.id]
    assert (paid.on_time, paid.due, paid.owing, paid.latest_days) == (19, 21, 1, 2)
    assert [lamp.value for lamp in paid.lamps] == ["green"] * 6 + ["amber"] + ["green"] * 2 + ["red"] + ["green"] * 2


def test_a_wage_not_due_yet_is_no_mark_against_its_employer(session):
    hire, row = a_wage(session)
    assert paid_record(session, [hire.employer.id], row.due_on) == {}
    assert paid_record(session, [hire.employer.id], row.due_on + DAY)[hire.employer.id].owing == 1


def test_the_risk_list_holds_what_is_near_overdue_or_denied_in_ones_own_counties(session):
    _, row = a_wage(session)
    _, far = a_wage(session, pay_days=15)
    here = {"scopes": [COUNTY], "today": row.due_on - 3 * DAY}
    found = session.scalars(risks(**here)).all()
    assert [one.id for one in found] == [row.id]
    (shown,) = shown_risks(session, found, here["today"])
    assert (shown.masked_name, shown.left_fen, shown.lamp) == ("张**", 7200, Lamp.AMBER)
    assert risk_sums(session, **here) == {COUNTY: {Lamp.AMBER: (1, 7200)}}
    later = {"scopes": ["370800"], "today": far.due_on + DAY}
    assert risk_sums(session, **later) == {COUNTY: {Lamp.RED: (2, 14400)}}
    assert session.scalars(risks(scopes=["370828"], today=far.due_on)).all() == []
    assert session.scalars(risks(scopes=[], today=far.due_on)).all() == []


def test_speaking_of_hours_again_makes_no_second_wage(session):
    hire, _ = a_wage(session)
    say(session, hire, "worker")
    assert session.scalar(select(func.count()).select_from(Wage)) == 1
    assert len(said(session, "wage_made")) == 1
