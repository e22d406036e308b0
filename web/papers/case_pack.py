"""What the arbitration office asks for: the application, the list of evidence, the sum, and who claims.

The figures are those of the claim as it was filed, the same as on the screen.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from web.case_words import Names, basis_said, facts_said, line_said, missing_said
from web.filters import day_long, minutes, yuan
from web.papers.sheet import Sheet, Signed
from web.words import UNITS, place_said
from zero_work_market.ground.audit import Actor
from zero_work_market.ground.clock import local, local_date
from zero_work_market.ground.errors import NotFound
from zero_work_market.market.gate.rules import PayKind
from zero_work_market.people.accounts import queries as accounts
from zero_work_market.people.employers import service as employers
from zero_work_market.people.employers.models import Employer
from zero_work_market.people.workers import service as workers
from zero_work_market.people.workers.models import Worker
from zero_work_market.people.workers.rules import Secret
from zero_work_market.reference.law.queries import clause
from zero_work_market.reference.regions.queries import path, region
from zero_work_market.rights.arrears.rules import Line, sum_lines
from zero_work_market.rights.disputes.models import Case, Claim
from zero_work_market.rights.disputes.rules import Kind

FORMAL = Names("申请人", "被申请人", dated=True)
BLANK = "（签字前填）"
CLOSING_MM = 72
"""Height of what closes an application: to whom it goes, the signature, and when it was made."""
REASONS = ("labor-50", "contract-30", "migrant-wages-11")
LINKS = {
    "posting_published": ("招工信息", "被申请人招人干什么、给多少钱", "被申请人发布，平台留存"),
    "seat_accepted": ("接单记录", "申请人接了这个活", "申请人本人操作"),
    "agreement_complete": ("电子用工约定", "双方约定的工作和报酬", "双方电子签名，有可信时间"),
    "agreement_signed": ("约定的签名", "签了约定", "本人电子签名，有可信时间"),
    "arrived": ("到岗记录", "申请人到了岗", "到岗码、点名"),
    "left": ("离岗记录", "申请人干到几点", "到岗码、点名"),
    "hours_claimed": ("工时申报", "报的工时", "申报人本人操作"),
    "hours_agreed": ("工时确认", "双方认可的工时", "双方本人操作"),
    "wage_made": ("工资单", "应发多少、哪天前该给", "平台按约定算出"),
    "paid": ("付款登记", "被申请人登记给过的钱", "被申请人登记"),
    "payment_voided": ("付款作废", "那笔登记不算", "平台留存"),
}  # fmt: skip
"""Kind of a link → what it is called, what it proves, where it comes from."""
SIDES = {"worker": "申请人", "employer": "被申请人", "staff": "工作人员"}


@dataclass(frozen=True)
class Person:
    """A claimant in full."""

    name: str
    id_number: str
    phone: str
    home: str

    @property
    def sex(self) -> str:
        """By the number's 17th digit: odd for men (GB 11643)."""
        return ("女", "男")[int(self.id_number[16]) % 2] if len(self.id_number) == 18 else ""

    @property
    def born(self) -> str:
        number = self.id_number
        return f"{number[6:10]} 年 {int(number[10:12])} 月 {int(number[12:14])} 日" if len(number) == 18 else ""


def pack(session: Session, case: Case, claims: Sequence[Claim], *, reason: str, by: Actor, at: datetime) -> bytes:
    """The PDF for one claimant, or for several with the list of them before. Each name and number read is logged.

    The caller has decided that `by` may have it: the worker's own, or staff who handle the case.
    """
    employer = session.get_one(Employer, case.employer_id)
    people = {claim.id: _person(session, claim, reason, by, at) for claim in claims}
    phone = _employer_phone(session, employer, reason, by, at)
    sheet: Sheet | None = None
    if len(claims) > 1:
        sheet = Sheet("集体劳动争议申请人名单", at=at, number=case.number)
        _list_of(sheet, case, claims, people, employer)
    for claim in claims:
        title = "劳动人事争议仲裁申请书"
        if sheet is None:
            sheet = Sheet(title, at=at, number=case.number)
        else:
            sheet.page(title)
        _application(sheet, case, claim, people[claim.id], employer, phone, at)
        sheet.page(f"证据清单（{people[claim.id].name}）")
        _evidence(sheet, claim)
        sheet.page(f"金额计算表（{people[claim.id].name}）")
        _sums(sheet, claim)
    assert sheet is not None
    return sheet.output()


def _person(session: Session, claim: Claim, reason: str, by: Actor, at: datetime) -> Person:
    worker = session.get_one(Worker, claim.worker_id)

    def read(what: Secret) -> str:
        try:
            return workers.show(session, worker_id=worker.id, what=what, reason=reason, by=by, at=at)
        except NotFound:
            return ""

    village = accounts.village(session, worker.village) if worker.village else None
    home = "".join(step.name for step in path(worker.town)) + (village.name if village else "")
    return Person(read(Secret.NAME), read(Secret.ID_NUMBER), read(Secret.PHONE), home)


def _employer_phone(session: Session, employer: Employer, reason: str, by: Actor, at: datetime) -> str:
    try:
        return employers.show_phone(session, employer_id=employer.id, reason=reason, by=by, at=at)
    except NotFound:
        return BLANK


def _list_of(sheet: Sheet, case: Case, claims: Sequence[Claim], people: dict[int, Person], employer: Employer) -> None:
    sheet.pairs(
        [
            ("被申请人", f"{employer.name}（{employer.uscc}）"),
            ("申请人", f"{len({claim.worker_id for claim in claims})} 人"),
        ]
    )
    rows = [
        (str(number), people[claim.id].name, people[claim.id].id_number, people[claim.id].phone,
         claim.built_from["posting"]["title"], yuan(claim.claim_fen))
        for number, claim in enumerate(claims, 1)
    ]  # fmt: skip
    total = ("", "合计", "", "", f"{len(claims)} 件", yuan(sum(claim.claim_fen for claim in claims)))
    heads = ("序号", "姓名", "身份证号", "电话", "干的活", "请求（元）")
    sheet.table(heads, rows, widths=(8, 16, 38, 26, 28, 20), right=(5,), total=total)
    sheet.text("十人以上、请求相同的，可以推举代表参加仲裁（劳动争议调解仲裁法第七条）。", soft=True)
    sheet.signatures([Signed("推举的代表（签名）", (), ("代表由上列申请人推举",))])


def _application(
    sheet: Sheet, case: Case, claim: Claim, person: Person, employer: Employer, phone: str, at: datetime
) -> None:
    facts = claim.built_from
    sheet.heading("申请人")
    sheet.pairs(
        [
            ("姓名", person.name), ("性别、出生", f"{person.sex}，{person.born}"), ("身份证号", person.id_number),
            ("住所", person.home), ("联系电话", person.phone or BLANK),
        ]
    )  # fmt: skip
    sheet.heading("被申请人")
    sheet.pairs(
        [
            ("单位名称", employer.name), ("统一社会信用代码", employer.uscc),
            ("住所", "".join(step.name for step in path(employer.town)) + employer.address),
            ("法定代表人", f"{BLANK}按营业执照"), ("联系电话", phone),
        ]
    )  # fmt: skip
    sheet.heading("仲裁请求")
    sheet.text(f"请求裁决被申请人支付拖欠申请人的劳动报酬人民币 {yuan(claim.claim_fen)} 元（算法见金额计算表）。")
    sheet.heading("事实和理由")
    posting = facts["posting"]
    place = place_said(posting["town"], posting["address"])
    work = f"申请人经乐业零工市场到被申请人处做“{posting['title']}”，地点在{place}。"
    for number, said in enumerate([work, *facts_said(facts, FORMAL), *_own_words(case, claim)], 1):
        sheet.text(f"{number}. {said}")
    cited = "、".join(f"《{one.law}》{one.article}" for one in map(clause, REASONS))
    sheet.text(f"被申请人到期没有付清，违反{cited}，请依法裁决。")
    if claim.missing:
        sheet.heading("平台上没有、要另外说明的")
        for name, hint in missing_said(claim.missing):
            sheet.text(f"{name}：{hint.replace('你', '申请人')}")
    sheet.keep(CLOSING_MM)
    sheet.heading("此致")
    sheet.text(f"{region(case.county).name}劳动人事争议仲裁委员会")
    sheet.signatures([Signed("申请人（签名）", (), (person.name, "日期：____ 年 __ 月 __ 日"))])
    filed = (
        f"本申请由申请人 {day_long(claim.filed_at)} 在平台一键生成，{day_long(at)} 打印。附证据清单、金额计算表各一份。"
    )
    sheet.text(filed, soft=True)


def _own_words(case: Case, claim: Claim) -> list[str]:
    said = [step for step in case.steps if step.claim_id == claim.id and step.kind in (Kind.CLAIMED, Kind.SAID)]
    return [f"申请人说：{step.words}" for step in said if step.words]


def _evidence(sheet: Sheet, claim: Claim) -> None:
    sheet.text(
        "以下每一项都记在平台的证据链上：链号是县的代码和第几号，后面是这一环的 SHA-256，改一个字就对不上。", soft=True
    )
    rows = [
        (str(number), name, proves, source, link)
        for number, (name, proves, source, link) in enumerate(_exhibits(claim.built_from), 1)
    ]
    sheet.table(("序号", "证据", "证明什么", "来源", "证据链"), rows, widths=(9, 32, 37, 29, 37), size=9)
    if not rows:
        sheet.text("这个活在证据链上没有记录，凭申请书里说的。")


def _exhibits(facts: dict[str, Any]) -> list[tuple[str, str, str, str]]:
    """(name, what it proves, source, link) of each link that the claim rests on, in the chain's order."""
    shown = {shift["id"]: shift for shift in facts["shifts"]}
    wages = {wage["id"] for wage in facts["wages"]}
    rows = []
    for link in facts["evidence"]:
        about = link["about"]
        elsewhere = about.get("shift", 0) not in {0, *shown} or about.get("wage", 0) not in {0, *wages}
        if link["kind"] not in LINKS or elsewhere:
            continue
        name, proves, source = LINKS[link["kind"]]
        when = datetime.fromisoformat(shown[about["shift"]]["start"] if "shift" in about else link["at"])
        of = f"{local_date(when):%Y-%m-%d}" + (" 的班" if "shift" in about else "")
        if link["kind"] == "agreement_complete" and facts["agreement"]:
            name = f"{name} {facts['agreement']['number']}"
        digest = f"{link['chain']}-{link['number']}\n{link['hash']}"
        rows.append((f"{name}\n{of}", SIDES.get(about.get("side", ""), "") + proves, source, digest))
    return rows


def _sums(sheet: Sheet, claim: Claim) -> None:
    facts, lines = claim.built_from, sum_lines(claim.built_from)
    posting = facts["posting"]
    rows = [(_row_name(line), _row_minutes(line), basis_said(line), yuan(line.fen)) for line in lines]
    worked = sum(shift["minutes"] for shift in facts["shifts"])
    total = ("合计", minutes(worked), "", f"{yuan(claim.claim_fen)}")
    sheet.pairs(
        [
            ("干的活", posting["title"]),
            ("报酬标准", f"{yuan(posting['pay_fen'])} {UNITS[PayKind(posting['pay_kind'])]}"),
            ("单位", "人民币元"),
        ]
    )
    sheet.table(("项目", "工时", "依据", "金额"), rows, widths=(60, 28, 36, 24), right=(1, 3), total=total)
    sheet.text("每班的钱按工时和标准算到分；同一张工资单合起来只四舍五入一次，差的几分单列一行。", soft=True)


def _row_name(line: Line) -> str:
    if line.shift is None:
        return line_said(line)
    start, end = (local(datetime.fromisoformat(line.shift[name])) for name in ("start", "end"))
    return f"{start:%Y-%m-%d} {start:%H:%M}–{end:%H:%M}"


def _row_minutes(line: Line) -> str:
    return minutes(line.shift["minutes"]) if line.shift else ""
