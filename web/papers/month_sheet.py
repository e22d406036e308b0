"""A construction project's wages of a month on paper (条例 31), with the signature of the employer's operator."""

import json
from datetime import date, datetime
from itertools import groupby

from sqlalchemy.orm import Session

from web.agreements import at_said
from web.papers.sheet import Signed
from web.papers.wage_sheet import Line, lines_of, month_paper
from zero_work_market.ground.audit import Actor
from zero_work_market.ground.errors import NotFound
from zero_work_market.market.postings.models import Posting
from zero_work_market.people.employers.models import Employer, Project
from zero_work_market.rights.wages.models import ProjectMonth
from zero_work_market.rights.wages.queries import WageRow, hash_of, signed_month, wages_of


def month_sheet(session: Session, *, project_id: int, month: date, by: Actor, at: datetime) -> bytes:
    """The PDF; each look at a name, number and phone is logged. Raises NotFound for a month without wages."""
    project = session.get_one(Project, project_id)
    employer = session.get_one(Employer, project.employer_id)
    rows = wages_of(session, project_id=project_id, month=month)
    if not rows:
        raise NotFound(what="sheet")
    reason = f"编制工地 {project.number} {month.year} 年 {month.month} 月工资表（条例第三十一条）"
    lines = _lines(session, rows, reason, by, at)
    signed = _signed(employer, signed_month(session, project_id=project_id, month=month))
    return month_paper(project, employer, month, lines, signed, hash_of(rows), at=at)


def _lines(session: Session, rows: list[WageRow], reason: str, by: Actor, at: datetime) -> list[Line]:
    lines = []
    for posting_id, of_posting in groupby(sorted(rows, key=_posting_id), key=_posting_id):
        posting = session.get_one(Posting, posting_id)
        lines += lines_of(session, posting, list(of_posting), reason=reason, by=by, at=at)
    return lines


def _posting_id(row: WageRow) -> int:
    return row.posting_id


def _signed(employer: Employer, kept: ProjectMonth | None) -> Signed:
    if kept is None:
        return Signed(employer.name, [], ["这张表还没签"])
    strokes = json.loads(kept.strokes) if kept.strokes else []
    how = "手写签名" if strokes else f"打上全名“{employer.operator}”签的"
    return Signed(f"{employer.name}：{employer.operator}", strokes, [f"{at_said(kept.signed_at)} 签", how])
