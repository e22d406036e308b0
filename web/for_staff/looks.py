"""The log of looks at full names, numbers, phones and papers: who, when, why (个人信息保护法 51, 54)."""

from flask import request
from sqlalchemy import select
from sqlalchemy.orm import Session

from web.auth import may_enter, staff, viewer
from web.for_employers.register import PAPERS
from web.for_staff import reads
from web.for_staff.blueprint import page, pages
from zero_work_market.ground.audit import AuditRow
from zero_work_market.ground.db import transaction
from zero_work_market.people.accounts.models import Account
from zero_work_market.people.accounts.rules import Permission
from zero_work_market.people.employers.models import Employer
from zero_work_market.people.employers.rules import Paper
from zero_work_market.people.workers.queries import ShownWorker, shown_workers

WHAT = {
    "worker.name_seen": "全名", "worker.id_number_seen": "身份证号", "worker.phone_seen": "手机号",
    "worker.agreement_seen": "用工约定全文",
    "employer.reveal_operator": "经办人全名、证号",
}  # fmt: skip


@pages.get("/looks")
@may_enter(staff(Permission.MANAGE_ACCOUNTS))
def looks() -> str:
    scopes = viewer().scopes(Permission.MANAGE_ACCOUNTS)
    with transaction(read_only=True) as session:
        found = reads.looks(session, scopes, number=request.args.get("page", 1, type=int))
        lookers, looked = _lookers(session, found.rows), _ids(found.rows, "worker")
        people: dict[int, ShownWorker] = shown_workers(session, looked)
        firms = _names(session, _ids(found.rows, "employer"))
    return page(
        "looks", "looks", found=found, lookers=lookers, people=people, firms=firms,
        what={row.id: _what(row) for row in found.rows},
    )  # fmt: skip


def _what(row: AuditRow) -> str:
    return PAPERS[Paper(row.details["paper"])][0] if "paper" in row.details else WHAT[row.verb]


def _lookers(session: Session, rows: tuple[AuditRow, ...]) -> dict[int, str]:
    """Names of staff, and of the employers that looked at whom they hired, by account."""
    accounts = {row.account_id for row in rows if row.account_id is not None}
    staffed = session.execute(select(Account.id, Account.display_name).where(Account.id.in_(accounts)))
    hiring = session.execute(select(Employer.account_id, Employer.short).where(Employer.account_id.in_(accounts)))
    return {account: name for account, name in (*hiring, *staffed) if name}


def _names(session: Session, ids: set[int]) -> dict[int, str]:
    return dict(session.execute(select(Employer.id, Employer.short).where(Employer.id.in_(ids))).all())


def _ids(rows: tuple[AuditRow, ...], kind: str) -> set[int]:
    parts = (row.subject.partition(":") for row in rows)
    return {int(number) for what, _, number in parts if what == kind}
