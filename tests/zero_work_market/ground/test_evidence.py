import multiprocessing
import random
from contextlib import suppress
from typing import Any

import pytest
from sqlalchemy import Engine, delete, select, text, update
from sqlalchemy.orm import Session

from tests.support.makers import NOW
from zero_work_market.ground import evidence
from zero_work_market.ground.audit import SYSTEM, Actor
from zero_work_market.ground.db import build_engine, connect, transaction
from zero_work_market.ground.evidence import START, Break, ChainEnd, Evidence
from zero_work_market.ground.outbox import OutboxRow

JIAXIANG, JINXIANG = "370829", "370828"
FORK = multiprocessing.get_context("fork")


def say(session: Session, kind: str = "arrived", *, chain: str = JIAXIANG, **body: Any) -> None:
    evidence.add(session, kind, chain=chain, posting_id=7, placement_id=5, by=Actor(3, "worker"), at=NOW, **body)


def say_committed(times: int, *, chain: str = JIAXIANG) -> None:
    for number in range(times):
        with transaction() as session:
            say(session, chain=chain, shift=number)


def broken(chain: str = JIAXIANG) -> Break | None:
    with transaction(read_only=True) as session:
        return evidence.first_break(session, chain)


def kinds(session: Session, chain: str = JIAXIANG) -> list[str]:
    return [link.kind for link in evidence.links(session, chain)]


def test_links_are_numbered_without_a_gap_within_a_county_and_bound_to_those_before(database: Engine) -> None:
    say_committed(3)
    say_committed(2, chain=JINXIANG)
    with transaction() as session:
        first, second, third = evidence.links(session, JIAXIANG)
        assert [first.number, second.number, third.number] == [1, 2, 3]
        said = {name: getattr(second, name) for name in evidence._HASHED}
        assert second.hash == evidence.link_hash(first.hash, **said) != evidence.link_hash(START, **said)
        assert evidence.end_of(session, JIAXIANG) == third.hash
        assert evidence.chains(session) == [JINXIANG, JIAXIANG]
    assert broken() is broken(JINXIANG) is None


def test_a_chain_that_never_began_is_whole_once_it_is_asked_for_its_end(session: Session) -> None:
    assert evidence.end_of(session, "370881") == START
    assert evidence.chains(session) == []


def test_a_deed_that_is_rolled_back_leaves_no_link(database: Engine) -> None:
    with suppress(ZeroDivisionError), transaction() as session:
        say(session)
        raise ZeroDivisionError
    with transaction() as session:
        say(session, "rated")
        session.scalar(select(1))
        session.rollback()
        say(session, "left")
    with transaction() as session:
        assert kinds(session) == ["left"]


def test_what_was_said_inside_a_savepoint_that_is_rolled_back_is_not_written(database: Engine) -> None:
    with transaction() as session:
        say(session, "arrived")
        with suppress(ZeroDivisionError), session.begin_nested():
            say(session, "paid")
            with session.begin_nested():
                say(session, "rated")
            raise ZeroDivisionError
        with session.begin_nested():
            say(session, "left")
        say(session, "hours_agreed")
    with transaction() as session:
        assert kinds(session) == ["arrived", "left", "hours_agreed"]
    assert broken() is None


def test_the_commit_announces_each_county_once(database: Engine) -> None:
    with transaction() as session:
        for chain in (JIAXIANG, JINXIANG, JIAXIANG):
            say(session, chain=chain)
    with transaction() as session:
        told = session.scalars(select(OutboxRow).order_by(OutboxRow.id)).all()
    assert [(row.kind, row.payload) for row in told] == [
        ("evidence_added", {"chain": JINXIANG}),
        ("evidence_added", {"chain": JIAXIANG}),
    ]


def test_a_body_is_one_text_and_takes_nothing_but_plain_values(session: Session) -> None:
    assert evidence.canonical({"b": 1, "a": "嘉祥"}) == '{"a":"嘉祥","b":1}'
    with pytest.raises(TypeError):
        say(session, day=NOW)


def test_a_placement_shows_its_links_in_order(database: Engine) -> None:
    with transaction() as session:
        say(session, "seat_accepted")
        evidence.add(session, "posting_published", chain=JIAXIANG, posting_id=7, by=SYSTEM, at=NOW)
        say(session, "arrived")
    with transaction() as session:
        assert [link.kind for link in evidence.of_placement(session, 5)] == ["seat_accepted", "arrived"]


CHANGES = {
    "kind": "UPDATE evidence SET kind = 'brrived'",
    "posting_id": "UPDATE evidence SET posting_id = posting_id + 1",
    "posting_id taken away": "UPDATE evidence SET posting_id = NULL",
    "placement_id": "UPDATE evidence SET placement_id = placement_id + 1",
    "at": "UPDATE evidence SET at = '2026-11-23 02:00:00.000001+00:00'",
    "by_account": "UPDATE evidence SET by_account = 4",
    "by_account taken away": "UPDATE evidence SET by_account = NULL",
    "by_role": "UPDATE evidence SET by_role = 'system'",
    "body": "UPDATE evidence SET body = replace(body, '{\"shift\"', '{\"shifu\"')",
    "a space in the body": "UPDATE evidence SET body = body || ' '",
    "hash": "UPDATE evidence SET hash = '0' || substr(hash, 2, 62) || 'g'",
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_link_of_which_anything_was_changed_is_named(database: Engine, change: str) -> None:
    say_committed(9)
    number = random.randrange(1, 10)
    _tamper(f"{change} WHERE number = :number", number=number)
    assert broken() == Break(JIAXIANG, number, "changed")


def test_a_link_that_can_no_longer_be_read_is_named(sqlite_url: str) -> None:
    connect(sqlite_url)
    say_committed(9)
    _tamper("UPDATE evidence SET at = '2026-11-2x 02:00:00.000000' WHERE number = 6")
    assert broken() == Break(JIAXIANG, 6, "changed")
    _tamper("UPDATE evidence SET at = '2026-11-23 02:00:00.000000', body = CAST(x'ff' AS TEXT) WHERE number = 6")
    assert broken() == Break(JIAXIANG, 6, "changed")


def test_a_link_taken_out_or_moved_to_another_chain_is_missed(database: Engine) -> None:
    say_committed(5)
    _tamper("UPDATE evidence SET chain = :other WHERE number = 3", other=JINXIANG)
    assert broken() == Break(JIAXIANG, 3, "missing")
    assert broken(JINXIANG) == Break(JINXIANG, 1, "missing")
    _tamper("DELETE FROM evidence WHERE number = 1")
    assert broken() == Break(JIAXIANG, 1, "missing")


def test_a_tail_cut_off_is_missed(database: Engine) -> None:
    say_committed(5)
    with transaction() as session:
        session.execute(delete(Evidence).where(Evidence.number > 3))
    assert broken() == Break(JIAXIANG, 4, "cut")
    with transaction() as session:
        session.execute(update(ChainEnd).values(number=3))
    assert broken() == Break(JIAXIANG, 4, "cut")


def test_links_put_on_behind_the_end_are_found(database: Engine) -> None:
    say_committed(2)
    with transaction() as session:
        session.execute(update(ChainEnd).values(number=1))
    assert broken() == Break(JIAXIANG, 3, "cut")


def _tamper(statement: str, **values: object) -> None:
    with transaction() as session:
        session.execute(text(statement), values)


def _append(url: str, start: Any, chain: str, times: int) -> None:
    connect(url)
    start.wait()
    say_committed(times, chain=chain)


def test_two_processes_that_write_to_one_county_make_one_chain_without_a_gap(postgresql_url: str) -> None:
    start = FORK.Event()
    pair = [FORK.Process(target=_append, args=(postgresql_url, start, JIAXIANG, 100)) for _ in range(2)]
    for one in pair:
        one.start()
    start.set()
    for one in pair:
        one.join(timeout=60)
    assert [one.exitcode for one in pair] == [0, 0]
    connect(postgresql_url).dispose()
    with transaction() as session:
        assert [link.number for link in evidence.links(session, JIAXIANG)] == list(range(1, 201))
    assert broken() is None


def test_a_county_does_not_wait_for_another(postgresql_url: str) -> None:
    connect(postgresql_url)
    say_committed(1)
    say_committed(1, chain=JINXIANG)
    with transaction() as held:
        evidence._locked_end(held, JIAXIANG)
        other = build_engine(postgresql_url)
        with Session(other) as session:
            session.execute(text("SET LOCAL lock_timeout = '1s'"))
            say(session, chain=JINXIANG)
            session.commit()
        other.dispose()
        held.rollback()
    assert broken(JINXIANG) is None
