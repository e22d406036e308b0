"""The wage sheet by article 15 of 保障农民工工资支付条例: every field of it, on paper and as a spreadsheet."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO

from sqlalchemy.orm import Session
from xlsxwriter import Workbook

from web.filters import minutes, yuan
from web.papers.sheet import Sheet, Signed
from web.wage_words import PROOFS, formula
from zero_work_market.ground.audit import Actor
from zero_work_market.ground.errors import NotFound
from zero_work_market.market.postings.models import Posting
from zero_work_market.people.employers.models import Employer, Project
from zero_work_market.people.workers import service as workers
from zero_work_market.people.workers.rules import Secret
from zero_work_market.rights.hours.queries import works_of
from zero_work_market.rights.wages.models import Payment
from zero_work_market.rights.wages.queries import PaymentRow, WageRow
from zero_work_market.rights.wages.rules import Proof

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
HEADS = (
    "序号", "姓名", "身份证号", "手机号", "干活起止", "工时", "应发项目和数额", "应发（元）", "扣的项目和数额",
    "扣（元）", "实发（元）", "发了（元）", "发钱的日子", "银行凭证号或签字", "该哪天前发",
)  # fmt: skip
WIDTHS = (7.5, 13, 28.5, 18.8, 16.2, 14.5, 25, 15.5, 16, 13, 15.5, 15.5, 16.2, 25, 16.2)
"""Of the columns on A4 across, in mm: no date, sum or ID number is broken in two."""
FIGURES = (7, 9, 10, 11)
"""Columns that are money."""
SIZE = 7.0
KEPT = "保障农民工工资支付条例第十五条：工资台账至少存 3 年。"


@dataclass(frozen=True)
class Line:
    """A line of the sheet, in the clear."""

    name: str
    id_number: str
    phone: str
    first: date
    last: date
    minutes: int
    gross: str
    gross_fen: int
    deductions: str
    deducted_fen: int
    net_fen: int
    paid_fen: int
    paid_on: str
    proof: str
    due_on: date
    hands: tuple[Signed, ...]
    """The worker's signatures for what was paid in cash."""


def lines_of(
    session: Session, posting: Posting, rows: Sequence[WageRow], *, reason: str, by: Actor, at: datetime
) -> list[Line]:
    """The wages with whose they are, each look at a full name, number and phone logged with its reason."""
    works = works_of(session, [row.id for row in rows])
    known: dict[int, list[str]] = {}
    for worker_id in dict.fromkeys(row.worker_id for row in rows):
        known[worker_id] = [
            _secret(session, worker_id, what, reason, by, at) for what in (Secret.NAME, Secret.ID_NUMBER, Secret.PHONE)
        ]
    lines = []
    for row in rows:
        done, standing = works.get(row.id, ()), [one for one in row.payments if one.stands]
        worked = formula(row, done, pay_kind=posting.pay_kind, pay_fen=posting.pay_fen)
        name, id_number, phone = known[row.worker_id]
        lines.append(
            Line(
                name, id_number, phone, min((day for day, _, _ in done), default=row.first_day), row.last_day,
                row.minutes,
                "；".join(f"{item.name} {yuan(item.fen)}（{item.why or worked}）" for item in row.gross), row.gross_fen,
                "；".join(f"{item.name} {yuan(item.fen)}（{item.why}）" for item in row.deductions) or "无",
                sum(item.fen for item in row.deductions), row.net_fen, row.paid_fen,
                "；".join(one.paid_on.isoformat() for one in standing),
                "；".join(map(_proof_said, standing)), row.due_on,
                tuple(_hand(session, name, one) for one in standing if one.proof == Proof.SIGNATURE),
            )
        )  # fmt: skip
    return lines


def sheet_paper(posting: Posting, lines: Sequence[Line], project: Project | None, *, at: datetime) -> bytes:
    """The PDF, A4 across, with the workers' signatures and room for the employer's."""
    sheet = _drawn(_head(posting, lines, project), lines, _number(posting, lines), at)
    sheet.text("编制人：　　　　　　　　审核人：　　　　　　　　单位（章）：")
    sheet.text(KEPT, soft=True)
    return sheet.output()


def month_paper(
    project: Project, employer: Employer, month: date, lines: Sequence[Line], signed: Signed, sheet_hash: str, *,
    at: datetime,
) -> bytes:  # fmt: skip
    """The PDF of a construction project's month (条例 31), with its operator's signature."""
    head = [
        ("用人单位", f"{employer.name}（{employer.uscc}）"), *_site(project),
        ("哪个月", f"{month.year} 年 {month.month} 月"),
    ]  # fmt: skip
    sheet = _drawn(head, lines, f"GD{project.number}-{month:%Y%m}", at)
    sheet.heading("单位签字")
    sheet.signatures([signed])
    sheet.text(f"这张表的校验码（SHA-256）{sheet_hash}", soft=True)
    sheet.text(KEPT, soft=True)
    return sheet.output()


def sheet_book(posting: Posting, lines: Sequence[Line], project: Project | None) -> bytes:
    """The .xlsx: money as numbers in yuan, no text of it taken for a formula."""
    made = BytesIO()
    book = Workbook(made, {"in_memory": True})
    sheet = book.add_worksheet("工资支付表")
    bold, money = book.add_format({"bold": True, "text_wrap": True}), book.add_format({"num_format": "#,##0.00"})
    quoted = book.add_format({"num_format": "@", "quote_prefix": True})
    head = _head(posting, lines, project)
    for number, (name, said) in enumerate(head):
        sheet.write_string(number, 0, name, bold)
        sheet.write_string(number, 2, said, quoted)
    top = len(head) + 1
    for column, name in enumerate(HEADS):
        sheet.write_string(top, column, name, bold)
        sheet.set_column(column, column, 0.8 * WIDTHS[column])
    for number, line in enumerate(lines, top + 1):
        sheet.write_number(number, 0, number - top)
        for column, text in enumerate(_cells(line), 1):
            sheet.write_string(number, column, text, quoted if text.startswith(FORMULA_STARTS) else None)
        for column, fen in zip(FIGURES, _fens(line), strict=True):
            sheet.write_number(number, column, fen / 100, money)
    sheet.write_string(top + len(lines) + 1, 1, "合计", bold)
    for column, fens in zip(FIGURES, _sums(lines), strict=True):
        sheet.write_number(top + len(lines) + 1, column, fens / 100, money)
    sheet.freeze_panes(top + 1, 2)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    book.close()
    return made.getvalue()


def _drawn(head: Sequence[tuple[str, str]], lines: Sequence[Line], number: str, at: datetime) -> Sheet:
    sheet = Sheet("工资支付表", at=at, number=number, landscape=True)
    sheet.pairs(head)
    cells = [[str(place), *_apart(_cells(line))] for place, line in enumerate(lines, 1)]
    total = [""] * len(HEADS)
    total[1], total[5] = "合计", minutes(sum(line.minutes for line in lines))
    for column, fens in zip(FIGURES, _sums(lines), strict=True):
        total[column] = yuan(fens)
    sheet.table(HEADS, cells, widths=WIDTHS, right=FIGURES, total=total, size=SIZE)
    if hands := [hand for line in lines for hand in line.hands]:
        sheet.heading("现金签收")
        sheet.signatures(hands)
    return sheet


def _secret(session: Session, worker_id: int, what: Secret, reason: str, by: Actor, at: datetime) -> str:
    """Empty for what isn't there: a worker without a phone, or whose time of being kept is over."""
    try:
        return workers.show(session, worker_id=worker_id, what=what, reason=reason, by=by, at=at)
    except NotFound:
        return ""


def _hand(session: Session, name: str, payment: PaymentRow) -> Signed:
    strokes = session.get_one(Payment, payment.id).strokes
    return Signed(name, json.loads(strokes or b"[]"), [f"{payment.paid_on} 收到现金 {yuan(payment.fen)} 元"])


def _proof_said(payment: PaymentRow) -> str:
    if payment.proof == Proof.CASH:
        return "现金，本人说收到了" if payment.received_at else "现金，工作人员查过"
    return payment.number or PROOFS[payment.proof]


def _head(posting: Posting, lines: Sequence[Line], project: Project | None) -> list[tuple[str, str]]:
    period = f"{min(line.first for line in lines)} 至 {max(line.last for line in lines)}"
    head = [
        ("用人单位", f"{posting.employer.name}（{posting.employer.uscc}）"), ("活", posting.title),
        ("支付周期", f"{period}，干完 {posting.pay_days} 天内发"),
    ]  # fmt: skip
    return head + (_site(project) if project else [])


def _site(project: Project) -> list[tuple[str, str]]:
    return [
        ("工程项目", f"{project.name}（{project.number}）"),
        ("总包代发", f"{project.contractor}，农民工工资专用账户 {project.bank or '没填开户行'}"),
        ("工伤保险", project.insurance_number or "没填"),
    ]


def _number(posting: Posting, lines: Sequence[Line]) -> str:
    return f"GZ{posting.county}-{posting.id}-{max(line.last for line in lines):%Y%m%d}"


def _cells(line: Line) -> list[str]:
    return [
        line.name, line.id_number, line.phone, _period(line), minutes(line.minutes), line.gross,
        yuan(line.gross_fen), line.deductions, yuan(line.deducted_fen), yuan(line.net_fen), yuan(line.paid_fen),
        line.paid_on or "没发", line.proof or "没发", line.due_on.isoformat(),
    ]  # fmt: skip


def _apart(cells: Sequence[str]) -> list[str]:
    """Each thing that a cell lists on a line of its own."""
    return [cell.replace("；", "\n") for cell in cells]


def _period(line: Line) -> str:
    return f"{line.first}" if line.first == line.last else f"{line.first} 至 {line.last}"


def _fens(line: Line) -> tuple[int, int, int, int]:
    return line.gross_fen, line.deducted_fen, line.net_fen, line.paid_fen


def _sums(lines: Sequence[Line]) -> list[int]:
    return [sum(column) for column in zip(*map(_fens, lines), strict=True)]
