from sqlalchemy import select

from tests.zero_work_market.ground.failing import failing_transaction
from zero_work_market.ground.audit import SYSTEM, Actor, AuditRow, record
from zero_work_market.ground.clock import now
from zero_work_market.ground.db import transaction


def test_a_deed_is_kept_with_who_did_it_as_what_from_where_and_why(database):
    agent, at = Actor(account_id=3, role="village_agent", region="370829001201"), now()
    with transaction() as session:
        record(session, verb="worker.id_seen", subject="worker:12", by=agent, at=at, reason="核对", field="id_number")
    with transaction(read_only=True) as session:
        row = session.scalars(select(AuditRow)).one()
    assert (row.account_id, row.role, row.region) == (3, "village_agent", "370829001201")
    assert (row.verb, row.subject, row.reason, row.details) == (
        "worker.id_seen",
        "worker:12",
        "核对",
        {"field": "id_number"},
    )
    assert row.at == at


def test_a_deed_that_is_taken_back_leaves_no_trace_of_having_been_done(database):
    with failing_transaction() as session:
        record(session, verb="v", subject="s", by=SYSTEM, at=now())
    with transaction(read_only=True) as session:
        assert session.scalars(select(AuditRow)).all() == []
