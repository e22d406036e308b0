import pytest
from sqlalchemy import select

from zero_work_market.ground.audit import SYSTEM, AuditRow, record
from zero_work_market.ground.clock import now
from zero_work_market.ground.paging import page_of


def _rows(session, count):
    for number in range(count):
        record(session, verb="v", subject=f"{number}", by=SYSTEM, at=now())
    session.flush()


@pytest.mark.parametrize(("number", "subjects"), [(1, "012"), (2, "345"), (3, "6"), (0, "012"), (-5, "012"), (99, "6")])
def test_a_page_is_the_one_asked_for_or_the_nearest_there_is(session, number, subjects):
    _rows(session, 7)
    page = page_of(session, select(AuditRow).order_by(AuditRow.id), number=number, size=3)
    assert "".join(row.subject for row in page.rows) == subjects
    assert (page.total, page.last) == (7, 3)


def test_an_empty_list_has_one_empty_page(session):
    page = page_of(session, select(AuditRow).order_by(AuditRow.id), number=1)
    assert (page.rows, page.number, page.total, page.last) == ((), 1, 0, 1)


def test_a_full_last_page_is_not_followed_by_an_empty_one(session):
    _rows(session, 6)
    page = page_of(session, select(AuditRow).order_by(AuditRow.id), number=3, size=3)
    assert (page.number, page.last, len(page.rows)) == (2, 2, 3)
