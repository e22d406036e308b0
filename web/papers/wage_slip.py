"""工资条 on paper: what the worker's screen says of one wage, to be kept (条例 15)."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from web.filters import day_long, minutes, yuan
from web.papers.sheet import Sheet
from web.wage_words import PROOFS, formula, lamp_said, word_said
from web.words import UNITS
from zero_work_market.ground.clock import local_date
from zero_work_market.market.postings.models import Posting
from zero_work_market.people.employers.models import Project
from zero_work_market.people.workers.models import Worker
from zero_work_market.rights.hours.queries import Done, works_of
from zero_work_market.rights.hours.rules import Word
from zero_work_market.rights.wages.queries import PaymentRow, WageRow


def slip_paper(session: Session, wage: WageRow, *, at: datetime) -> bytes:
    """The PDF for the worker whose wage it is."""
    posting, worker = session.get_one(Posting, wage.posting_id), session.get_one(Worker, wage.worker_id)
    works = works_of(session, [wage.id]).get(wage.id, ())
    sheet = Sheet("工资条", at=at, number=f"GT{wage.county}-{wage.id}")
    sheet.pairs(_head(session, wage, posting, worker, works, at))
    sheet.heading("怎么算的")
    worked = formula(wage, works, pay_kind=posting.pay_kind, pay_fen=posting.pay_fen)
    rows = [(item.name, worked if item.kind == "work" else item.why, yuan(item.fen)) for item in wage.gross]
    rows += [(item.name, item.why, f"−{yuan(item.fen)}") for item in wage.deductions]
    total = ("实发", "", yuan(wage.net_fen))
    sheet.table(("项目", "怎么来的", "元"), rows, widths=(40, 90, 30), right=(2,), total=total)
    sheet.heading("哪天干的")
    days = [(day_long(day), word_said(Word("", length, pieces))) for day, length, pieces in works]
    sheet.table(("哪天", "干了多少"), days, widths=(90, 70), right=(1,), total=("合计", minutes(wage.minutes)))
    sheet.heading("怎么发的")
    if wage.payments:
        paid = [(day_long(one.paid_on), _proof_said(one), yuan(one.fen), _state_said(one)) for one in wage.payments]
        came = ("到了的", "", yuan(wage.paid_fen), "")
        sheet.table(("哪天", "怎么给的", "元", "到没到"), paid, widths=(44, 50, 26, 40), right=(2,), total=came)
    else:
        sheet.text("单位还没记过发钱。")
    sheet.text("工钱要给钱，不能拿东西抵，不能罚款、扣押金。不对的，在网上点“要工资”，或者打 12333。", soft=True)
    return sheet.output()


def _head(
    session: Session, wage: WageRow, posting: Posting, worker: Worker, works: Sequence[Done], at: datetime
) -> list[tuple[str, str]]:
    first, last = min((day for day, _, _ in works), default=wage.first_day), wage.last_day
    head = [
        ("用人单位", f"{posting.employer.name}（{posting.employer.uscc}）"), ("干活的人", worker.name or ""),
        ("活", f"{posting.title}，{yuan(posting.pay_fen)} {UNITS[posting.pay_kind]}"),
        ("哪天到哪天", day_long(first) + (f" 至 {day_long(last)}" if last > first else "")),
        ("哪天前发", f"{day_long(wage.due_on)}，{lamp_said(wage, local_date(at))[1]}"),
    ]  # fmt: skip
    if wage.project_id is not None:
        project = session.get_one(Project, wage.project_id)
        head.append(("工程项目", f"{project.name}（{project.number}），{project.contractor} 代发"))
    return head


def _proof_said(payment: PaymentRow) -> str:
    on_behalf = "，总包代发" if payment.on_behalf else ""
    return PROOFS[payment.proof] + (f" {payment.number}" if payment.number else "") + on_behalf


def _state_said(payment: PaymentRow) -> str:
    if payment.voided_at is not None:
        return f"作废了：{payment.void_reason}"
    if payment.denied_at is not None:
        return "本人说没收到"
    if payment.upheld_at is not None:
        return "工作人员查了，到了"
    return "本人说收到了" if payment.received_at is not None else "等本人说收到没有" if payment.waits else "单位记的"
