"""Agreements: offered as a seat is taken, signed by both, proven (人社厅发〔2021〕54号; plan 11)."""

import json
import re
from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from tests.support.agreements import LATER, STROKES, employer_signs, offered, seated, worker_signs
from tests.support.makers import COUNTY, NOW, TOWN, make_employer, make_worker, oneself
from tests.support.market import PACKER, a_draft, make_posting, shift
from zero_work_market.ground import evidence, messages
from zero_work_market.ground.audit import SYSTEM
from zero_work_market.ground.errors import InvalidValue, LeyeError, NotFound
from zero_work_market.ground.evidence import Evidence
from zero_work_market.market.placements import service as placements
from zero_work_market.market.placements.models import Placement
from zero_work_market.market.postings import service as postings
from zero_work_market.market.postings.models import Posting
from zero_work_market.people.accounts import service as accounts
from zero_work_market.people.accounts.rules import CodeExpired, WrongCode
from zero_work_market.people.workers import service as workers
from zero_work_market.people.workers.models import Worker
from zero_work_market.rights.contracts import queries, rules, service
from zero_work_market.rights.contracts.rules import AgreementChanged, AgreementVoid, Coverage, Side, State

DAY = date(2026, 11, 24)
NURSE = "4-10-01-06"


def signed(session: Session, posting: Posting, placement: Placement) -> None:
    assert not isinstance(worker_signs(session, placement), LeyeError)
    assert not isinstance(employer_signs(session, posting, at=NOW + LATER), LeyeError)


def said(session: Session, placement: Placement) -> list[str]:
    """Kinds of what the chain says of the placement's agreement."""
    evidence.write_queued(session)
    return [link.kind for link in evidence.of_placement(session, placement.id) if link.kind.startswith("agreement")]


def failed(session: Session, placement: Placement) -> set[str]:
    """What verifying the placement's agreement finds at fault."""
    agreement = queries.of_placement(session, placement.id)
    assert agreement is not None
    return {check.what for check in queries.verify(session, agreement.id).checks if not check.ok}


def test_the_text_says_who_what_when_where_how_much_and_when_it_is_paid(session: Session) -> None:
    worker = make_worker(session, name="张建国")
    placement = seated(session, make_posting(session), worker)
    agreement = offered(session, placement)
    text = agreement.text.decode()
    for words in (
        "永昌蒜业有限公司", "经办人 王海燕", f"张建国，身份证号 {worker.id_number}，手机 {worker.phone}", "装蒜包装",
        "2026 年 11 月 24 日（周二）08:00–12:00", "一共 4 小时", "18 元/小时，照上面的时间干完，一共 72 元",
        "干完 7 天内给清", "不拿东西、饭票抵", "买了意外险", "12333", f"编号 {COUNTY}-20261124-{placement.id}",
    ):  # fmt: skip
        assert words in text
    assert agreement.text_hash == queries.sha256(text.encode())


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"insurance": False}, "这一单没有买意外险"),
        ({"pay_days": 1}, "干完当天给清"),
        ({"pay_kind": "piece", "pay_fen": 50, "pieces_per_hour": 40.0}, "0.50 元/件，按干成的件数算"),
        ({"transport": False}, "吃饭、住宿、路费自己管"),
        ({"meals": True}, "单位管饭、管接送"),
        ({"words": ""}, "装蒜包装（包装工），按零工用工。\n\n三、"),
        ({"shifts": (shift(1, 22, 8),)}, "22:00–次日 06:00"),
        ({"shifts": (shift(1), shift(2, 8, 6))}, "一共 10 小时"),
        ({"shifts": (shift(1, 8, 9),), "break_minutes": 60}, "08:00–17:00，中间休息 1 小时，不算工时\n一共 8 小时"),
        ({"shifts": (shift(1, 8, 9),), "break_minutes": 60}, "一天最长 8 小时"),
    ],
)
def test_the_text_follows_the_posting(session: Session, changes: dict[str, object], words: str) -> None:
    agreement = offered(session, seated(session, make_posting(session, **changes)))
    assert words in agreement.text.decode()


def test_every_wording_can_be_composed_from_every_posting_and_names_its_basis(session: Session) -> None:
    posting = make_posting(session)
    placement = seated(session, posting)
    for wording in queries.wordings():
        text = queries.text_of(session, posting, placement, wording)
        assert [heading.partition("、")[2] for heading, _ in rules.parts_of(text)] == [
            part.heading for part in wording.parts
        ]
        assert all(part.basis for part in wording.parts)
    assert "{" not in text


def test_a_screen_hides_the_id_number_and_the_phone_in_part(session: Session) -> None:
    worker = make_worker(session)
    text = offered(session, seated(session, make_posting(session), worker)).text.decode()
    shown = rules.masked(text)
    assert worker.id_number in text
    assert worker.id_number not in shown
    assert worker.phone not in shown
    assert f"{worker.id_number[:4]}************{worker.id_number[-2:]}" in shown
    assert len(shown) == len(text)


def test_an_agreement_is_offered_once_however_often_the_seat_is_looked_at(session: Session) -> None:
    placement = seated(session, make_posting(session))
    first = offered(session, placement)
    assert offered(session, placement, at=NOW + LATER) is first
    assert first.made_at == NOW
    assert said(session, placement) == ["agreement_made"]


def test_an_unsigned_text_follows_a_raise_and_a_signed_one_stays(session: Session) -> None:
    posting = make_posting(session)
    loose, bound = seated(session, posting), seated(session, posting)
    for placement in (loose, bound):
        offered(session, placement)
    worker_signs(session, bound)
    draft = a_draft(pay_fen=2000)
    postings.revise(
        session, posting_id=posting.id, headcount=5, pay_fen=2000, words="", draft=draft, by=SYSTEM, at=NOW + LATER
    )
    assert "20 元/小时" in offered(session, loose, at=NOW + LATER).text.decode()
    assert "18 元/小时" in offered(session, bound, at=NOW + LATER).text.decode()


def test_both_sign_and_the_agreement_is_proven(session: Session) -> None:
    posting = make_posting(session)
    placement = seated(session, posting)
    agreement = offered(session, placement)
    worker_signs(session, placement)
    assert agreement.state == State.OFFERED
    employer_signs(session, posting, at=NOW + LATER)
    assert agreement.state == State.SIGNED
    assert agreement.signed_at == NOW + LATER
    kinds = ["agreement_made", "agreement_signed", "agreement_signed", "agreement_complete"]
    assert said(session, placement) == kinds
    proof = queries.verify(session, agreement.id)
    assert {(check.side, check.what) for check in proof.checks} == {
        (None, "text"), *((side, what) for side in Side for what in ("bound", "chain", "said", "time")),
    }  # fmt: skip


def test_the_employer_signs_every_open_agreement_with_one_code_and_each_has_its_own_hash(session: Session) -> None:
    posting = make_posting(session)
    placements_ = [seated(session, posting) for _ in range(3)]
    agreements = [offered(session, placement) for placement in placements_]
    done = employer_signs(session, posting)
    assert done == agreements
    assert len({agreement.signatures[0].text_hash for agreement in agreements}) == 3
    assert employer_signs(session, posting, code="000000") == []


def test_what_the_employer_was_not_shown_is_not_signed(session: Session) -> None:
    posting = make_posting(session)
    shown, unseen = (offered(session, seated(session, posting)) for _ in range(2))
    employer_signs(session, posting, seen=[shown.text_hash])
    assert shown.signatures
    assert not unseen.signatures
    with pytest.raises(AgreementChanged):
        employer_signs(session, posting, at=NOW + LATER, seen=["0" * 64])


def test_who_was_shown_another_text_does_not_sign(session: Session) -> None:
    placement = seated(session, make_posting(session))
    offered(session, placement)
    with pytest.raises(AgreementChanged):
        worker_signs(session, placement, seen="0" * 64)


def test_a_wrong_code_signs_nothing_and_counts(session: Session) -> None:
    placement = seated(session, make_posting(session))
    agreement = offered(session, placement)
    right = worker_signs(session, placement, code="999999")
    assert isinstance(right, CodeExpired)
    service.request_code(session, by=oneself(session.get_one(Worker, placement.worker_id)), at=NOW)
    refused = worker_signs(session, placement, code="x")
    assert isinstance(refused, WrongCode)
    assert refused.details == {"left": 4}
    assert not agreement.signatures


def test_a_login_code_does_not_sign(session: Session) -> None:
    worker = make_worker(session)
    placement = seated(session, make_posting(session), worker)
    offered(session, placement)
    accounts.request_code(session, phone=worker.phone, at=NOW)
    [sent] = messages.newest(session, phone=worker.phone, purpose="login_code", limit=1)
    assert isinstance(worker_signs(session, placement, code=re.findall(r"\d{6}", sent.body)[0]), WrongCode)


def test_signing_twice_is_one_signature(session: Session) -> None:
    placement = seated(session, make_posting(session))
    offered(session, placement)
    first = worker_signs(session, placement)
    assert worker_signs(session, placement, code="000000") is first
    assert first.signatures[0].signed_at == NOW
    assert said(session, placement).count("agreement_signed") == 1


def test_only_the_own_account_signs(session: Session) -> None:
    posting = make_posting(session)
    placement = seated(session, posting)
    agreement = offered(session, placement)
    told = {"code": "000000", "drawn": STROKES, "typed_name": "", "at": NOW}
    with pytest.raises(NotFound):
        service.sign_as_worker(
            session, placement_id=placement.id, seen=agreement.text_hash, by=oneself(make_worker(session)), **told
        )
    with pytest.raises(NotFound):
        service.sign_as_employer(
            session, posting_id=posting.id, seen=[agreement.text_hash], by=oneself(make_employer(session)), **told
        )


def test_a_name_typed_in_full_signs_without_a_finger(session: Session) -> None:
    worker = make_worker(session, name="欧阳建国")
    placement = seated(session, make_posting(session), worker)
    agreement = offered(session, placement)
    with pytest.raises(InvalidValue, match="not_the_signer"):
        worker_signs(session, placement, drawn="", typed_name="欧阳")
    worker_signs(session, placement, drawn="", typed_name=" 欧阳 建国 ", at=NOW + LATER)
    assert agreement.signatures[0].strokes is None
    evidence.write_queued(session)
    assert failed(session, placement) == set()


@pytest.mark.parametrize(
    ("drawn", "reason"),
    [
        ("[[[1, 2, 0]]]", "too_short"),
        ("[[[100, 100, 0], [110, 100, 5]]]", "too_short"),
        ("[[[0, 0, 0], [1001, 0, 1]]]", "format"),
        ("[[[0, 0, 0], [0, 401, 1]]]", "format"),
        ("[[[0, 0]]]", "format"),
        ("[[[NaN, 0, 0]]]", "format"),
        ("{}x", "format"),
        ("7", "format"),
        (json.dumps([[[number % 1000, 0, number] for number in range(4001)]]), "too_long"),
    ],
)
def test_what_is_no_signature_is_refused(drawn: str, reason: str) -> None:
    with pytest.raises(InvalidValue) as refusal:
        rules.hand(drawn, typed_name="", name="张建国")
    assert refusal.value.details == {"field": "strokes", "reason": reason}


def test_a_seat_given_up_voids_the_agreement_and_taken_again_offers_it_anew(session: Session) -> None:
    posting, worker = make_posting(session), make_worker(session)
    placement = seated(session, posting, worker)
    agreement = offered(session, placement)
    signed(session, posting, placement)
    own = {"posting_id": posting.id, "worker_id": worker.id, "by": oneself(worker)}
    placements.withdraw(session, at=NOW + LATER, **own)
    service.follow_seat(session, placement_id=placement.id, at=NOW + LATER)
    assert agreement.state == State.VOID
    placements.accept(session, at=NOW + 2 * LATER, **own)
    anew = offered(session, placement, at=NOW + 2 * LATER)
    assert (anew.state, anew.signatures, anew.number) == (State.OFFERED, [], f"{agreement.number}-2")
    assert offered(session, placement, at=NOW + 2 * LATER).id == anew.id
    assert said(session, placement)[-2:] == ["agreement_void", "agreement_made"]


def test_what_was_signed_before_is_kept_beside_the_new_agreement(session: Session) -> None:
    posting, worker = make_posting(session), make_worker(session)
    placement = seated(session, posting, worker)
    old = offered(session, placement)
    signed(session, posting, placement)
    text, own = old.text, {"posting_id": posting.id, "worker_id": worker.id, "by": oneself(worker)}
    placements.withdraw(session, at=NOW + LATER, **own)
    placements.accept(session, at=NOW + 2 * LATER, **own)
    offered(session, placement, at=NOW + 3 * LATER)
    evidence.write_queued(session)
    session.expire_all()
    assert (old.state, old.text, len(old.signatures)) == (State.VOID, text, 2)
    assert queries.verify(session, old.id).whole
    assert len(queries.of_posting(session, posting.id)) == 1


def test_a_void_agreement_is_not_signed(session: Session) -> None:
    posting, worker = make_posting(session), make_worker(session)
    placement = seated(session, posting, worker)
    offered(session, placement)
    placements.withdraw(session, posting_id=posting.id, worker_id=worker.id, by=oneself(worker), at=NOW)
    service.follow_seat(session, placement_id=placement.id, at=NOW)
    with pytest.raises(AgreementVoid):
        worker_signs(session, placement)
    assert employer_signs(session, posting) == []


def test_a_seat_lost_and_taken_again_before_anyone_looked_has_no_old_signature(session: Session) -> None:
    """The event of the loss may be handled after the seat is held again."""
    posting, worker = make_posting(session), make_worker(session)
    placement = seated(session, posting, worker)
    offered(session, placement)
    signed(session, posting, placement)
    own = {"posting_id": posting.id, "worker_id": worker.id, "by": oneself(worker)}
    placements.withdraw(session, at=NOW + LATER, **own)
    placements.accept(session, at=NOW + 2 * LATER, **own)
    agreement = offered(session, placement, at=NOW + 3 * LATER)
    assert (agreement.state, agreement.signatures) == (State.OFFERED, [])
    assert "agreement_void" in said(session, placement)


def test_called_off_work_voids_its_agreements(session: Session) -> None:
    posting = make_posting(session)
    agreement = offered(session, seated(session, posting))
    placements.cancel_posting(session, posting_id=posting.id, by=SYSTEM, at=NOW)
    service.follow_seat(session, placement_id=agreement.placement_id, at=NOW)
    assert agreement.state == State.VOID


def test_work_that_is_over_gets_no_agreement(session: Session) -> None:
    placement = seated(session, make_posting(session))
    assert service.follow_seat(session, placement_id=placement.id, at=NOW + timedelta(days=3)) is None


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ("text", {"text"}),
        ("text and hash", {"bound"}),
        ("text and all hashes", {"said", "time"}),
        ("strokes", {"bound"}),
        ("signed_at", {"time"}),
        ("chain_hash", {"chain", "time"}),
        ("stamp", {"time"}),
        ("account", {"time"}),
    ],
)
def test_a_change_is_found_and_named(session: Session, change: str, found: set[str]) -> None:
    posting = make_posting(session)
    placement = seated(session, posting)
    agreement = offered(session, placement)
    signed(session, posting, placement)
    evidence.write_queued(session)
    assert failed(session, placement) == set()
    signature = agreement.signatures[0]
    if change.startswith("text"):
        agreement.text = agreement.text.replace("72 元".encode(), "27 元".encode())
        if "hash" in change:
            agreement.text_hash = queries.sha256(agreement.text)
        if "all" in change:
            for one in agreement.signatures:
                one.text_hash = agreement.text_hash
    elif change == "strokes":
        signature.strokes = b"[[[0,0,0],[900,0,9]]]"
    elif change == "signed_at":
        signature.signed_at -= timedelta(days=1)
    elif change == "chain_hash":
        signature.chain_hash = "f" * 64
    elif change == "stamp":
        agreement.signatures[0].stamp = agreement.signatures[1].stamp
    else:
        signature.account_id = agreement.signatures[1].account_id
    session.flush()
    assert failed(session, placement) == found


def test_a_signature_binds_what_the_county_had_seen_before(session: Session) -> None:
    posting = make_posting(session)
    placement = seated(session, posting)
    agreement = offered(session, placement)
    evidence.write_queued(session)
    end = evidence.end_of(session, COUNTY)
    worker_signs(session, placement)
    assert agreement.signatures[0].chain_hash == end != evidence.START
    link = session.get_one(Evidence, (COUNTY, agreement.signatures[0].chain_number))
    link.hash = "0" * 64
    session.flush()
    assert "chain" in failed(session, placement)


def test_an_erased_workers_text_goes_when_the_ledgers_need_it_no_more_and_the_hash_stays(session: Session) -> None:
    posting, worker = make_posting(session), make_worker(session)
    placement = seated(session, posting, worker)
    agreement = offered(session, placement)
    signed(session, posting, placement)
    text_hash = agreement.text_hash
    workers.erase(session, worker_id=worker.id, kept_until=date(2029, 11, 24), by=oneself(worker), at=NOW)
    assert service.forget_kept(session, at=NOW) == 0
    after = NOW + timedelta(days=4 * 366)
    workers.forget_kept(session, at=after)
    assert service.forget_kept(session, at=after) == 1
    assert agreement.text is None
    assert agreement.signatures[0].strokes is None
    assert agreement.text_hash == text_hash
    assert service.forget_kept(session, at=after) == 0


def test_a_start_without_both_signatures_is_told_once(session: Session) -> None:
    posting = make_posting(session)
    started, both, absent = (seated(session, posting) for _ in range(3))
    for placement in (started, both, absent):
        offered(session, placement)
    signed(session, posting, both)
    for placement in (started, both):
        placement.arrived_at = NOW
    session.flush()
    assert service.to_warn(session, at=NOW + LATER) == [started]
    assert service.to_warn(session, at=NOW + LATER) == []


@pytest.mark.parametrize(
    ("started", "signed", "share"),
    [(100, 97, 97.0), (3, 2, 66.7), (1000, 1000, 100.0), (9999, 9998, 99.9), (8, 1, 12.5), (0, 0, None), (5, 0, 0.0)],
)
def test_coverage_is_signed_of_started_to_one_decimal(started: int, signed: int, share: float | None) -> None:
    assert Coverage("建筑", started, signed).share == share


def test_coverage_counts_the_started_by_industry_place_and_day_and_opens_into_its_rows(session: Session) -> None:
    """Plan 11 watches 建筑, 制造 and 家政."""
    employer = make_employer(session)

    def begun(town: str = TOWN, day: int = 1, **more: object) -> Placement:
        posting = make_posting(session, employer=employer, town=town, shifts=(shift(day),), **more)
        placement = seated(session, posting, make_worker(session, town=town))
        offered(session, placement)
        placement.arrived_at = NOW
        return placement

    caring = begun(occupations=((NURSE, 1),))
    packing = begun(occupations=((PACKER, 1),))
    begun(town="370828001")
    begun(day=2)
    seated(session, make_posting(session, employer=employer))
    session.flush()
    scope = {"scopes": [COUNTY], "first": DAY, "last": DAY}
    found = {one.industry: (one.started, one.signed) for one in queries.coverage(session, **scope)}
    assert found == {"建筑": (0, 0), "制造": (0, 0), "家政": (1, 0), "": (1, 0)}
    rows = {
        name: [row.placement.id for row in queries.started_in(session, industry=name, number=1, **scope).rows]
        for name in ("家政", "", None)
    }
    assert rows == {"家政": [caring.id], "": [packing.id], None: [caring.id, packing.id]}
    assert queries.unsigned(session, **scope) == 2


def test_the_started_without_both_signatures_come_first(session: Session) -> None:
    posting = make_posting(session)
    both, one = seated(session, posting), seated(session, posting)
    for placement in (both, one):
        offered(session, placement)
        placement.arrived_at = NOW
    worker_signs(session, both)
    employer_signs(session, posting, at=NOW + LATER)
    session.flush()
    rows = queries.started_in(session, scopes=[COUNTY], first=DAY, last=DAY, industry=None, number=1).rows
    assert [row.placement.id for row in rows] == [one.id, both.id]
    [other] = [found for found in queries.coverage(session, scopes=[COUNTY], first=DAY, last=DAY) if not found.industry]
    assert (other.started, other.signed, other.share) == (2, 1, 50.0)
