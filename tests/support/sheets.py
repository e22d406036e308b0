"""Spreadsheets as towns keep them, made for tests: titles above the head, odd forms of numbers, whatever is planted.

body = xlsx(heads=WORKERS, rows=people(20), title="马村镇零工台账")
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session
from xlsxwriter import Workbook

from tests.support.makers import TOWN, make_staff
from web.tasks.handlers import ERRANDS, HANDLERS
from zero_work_market.ground import clock, outbox
from zero_work_market.ground.db import transaction
from zero_work_market.ground.outbox import OutboxRow
from zero_work_market.market.imports import service
from zero_work_market.market.imports.events import ImportGoesOn, ImportUploaded
from zero_work_market.market.imports.rules import Kind
from zero_work_market.people.accounts.rules import Role, check_digit

KINDS = (ImportUploaded.kind, ImportGoesOn.kind)
WORKERS = ("序号", "姓名", "身份证号码", "联系电话", "所属乡镇", "村", "工种", "同意书编号")
SURNAMES, GIVEN = "王李张刘陈杨赵黄周吴徐孙朱马胡郭林何高梁", "建国秀英志强丽娟海涛红梅卫东春燕玉兰文斌"
TRADES = ("包装工", "电焊工", "木工", "保洁", "搬运", "厨师", "瓦工、搬砖", "摘辣椒")


def number(serial: int, *, county: str = "370829") -> str:
    """The valid ID number of a grown-up, one a serial below four million."""
    born = date(1965, 1, 1) + timedelta(days=serial % 8000)
    body = f"{county}{born:%Y%m%d}{100 + serial // 8000:03d}"
    return body + check_digit(body)


def person(serial: int, **said: Any) -> list[Any]:
    """A row under WORKERS; `said` by head."""
    row = {
        "序号": serial + 1,
        "姓名": SURNAMES[serial % 20] + GIVEN[serial // 20 % 20] + GIVEN[serial // 400 % 20],
        "身份证号码": number(serial),
        "联系电话": f"139{serial:08d}",
        "所属乡镇": "嘉祥街道",
        "村": "",
        "工种": TRADES[serial % len(TRADES)],
        "同意书编号": f"JX-{serial:06d}",
    }
    return [(row | said)[head] for head in WORKERS]


def xlsx(
    rows: Iterable[Sequence[Any]],
    *,
    heads: Sequence[Any] = WORKERS,
    title: str = "",
    merged: Mapping[str, Any] | None = None,
    foot: Iterable[Sequence[Any]] = (),
    sheet: str = "Sheet1",
    before: Mapping[str, Sequence[Sequence[Any]]] | None = None,
) -> bytes:
    """An .xlsx: the title in a merged row, the head, the rows. `merged`: cells put together ("C3:C9" → what stands
    there). `before`: sheets of other rows that come first."""
    made = BytesIO()
    book = Workbook(made, {"in_memory": True, "default_date_format": "yyyy-mm-dd"})
    for name, others in (before or {}).items():
        _fill(book.add_worksheet(name), others)
    page = book.add_worksheet(sheet)
    _fill(page, [*([[None]] if title else []), heads, *rows, *foot])
    if title:
        page.merge_range(0, 0, 0, len(heads) - 1, title)
    for cells, value in (merged or {}).items():
        page.merge_range(cells, value)
    book.close()
    return made.getvalue()


def make_import(session: Session, *, region: str = TOWN, at: datetime) -> int:
    """Id of an import that staff of a town have just uploaded."""
    by = make_staff(session, Role.TOWN, region, at=at)
    told = {"kind": Kind.WORKERS, "region": region, "file_name": "台账.xlsx", "body": xlsx([person(0)])}
    return service.upload(session, by=by, at=at, **told).id


def work_off(*, at_once: bool = False) -> None:
    """Deliver the imports' events, and what comes of them, until none waits; `at_once`: also what failed before."""
    while True:
        with transaction() as session:
            if at_once:
                session.execute(update(OutboxRow).values(due_at=clock.now()))
            waiting = select(OutboxRow.id).where(OutboxRow.done_at.is_(None), OutboxRow.kind.in_(KINDS))
            ids = session.scalars(waiting.order_by(OutboxRow.id)).all()
        if not ids:
            return
        for event_id in ids:
            outbox.deliver(event_id, HANDLERS, ERRANDS)


def _fill(page: Any, rows: Iterable[Sequence[Any]]) -> None:
    for at, row in enumerate(rows):
        for column, value in enumerate(row):
            if value is not None:
                (page.write_string if isinstance(value, str) else page.write)(at, column, value)
