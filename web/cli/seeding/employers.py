"""Employers with papers, most of them verified."""

import hashlib
import random
from collections.abc import Callable, Iterator
from datetime import date, time, timedelta
from io import BytesIO

import segno

from web.cli.seeding.people import id_number, phone, pick_birthday, pick_county, pick_name, pick_town
from web.cli.seeding.workers import account_of, shown_town
from zero_work_market.ground import clock
from zero_work_market.ground.db import transaction
from zero_work_market.people.employers.models import Document, Employer
from zero_work_market.people.employers.rules import Paper, Verification, months_later, uscc_check_character
from zero_work_market.reference.regions.queries import region

FIRST_PHONE = 50_000_001
WORDS = (
    "永昌", "鑫合", "祥城", "宏达", "金穗", "瑞丰", "恒信", "泰和", "众诚", "德馨", "圣源", "运河", "麟州", "洸河",
    "鲁源", "惠民", "三阳", "天宝", "嘉禾", "万顺", "广益", "福林", "庆丰", "同心", "明德", "新航", "诚义", "东岳",
    "双龙", "聚力",
)  # fmt: skip
LINES = {
    "蒜业": ("包装分拣", "装卸搬运"), "食品": ("食品厂", "包装分拣"), "纺织": ("缝纫纺织",),
    "建筑劳务": ("建筑工地",),
    "物流": ("装卸搬运", "快递跑腿", "开车"),
    "家政服务": ("家政照护", "保洁环卫"), "餐饮": ("餐饮",), "农业": ("农活",),
    "冷链": ("装卸搬运", "包装分拣"), "机械": ("焊接机加",), "电子": ("进厂",), "市政养护": ("保洁环卫", "建筑工地"),
    "服饰": ("缝纫纺织",), "装饰": ("装修水电",), "苗木": ("农活", "林木苗圃"),
}  # fmt: skip
"""Line of business → headings of the trades it hires."""
STATES = (
    (Verification.VERIFIED, 88),
    (Verification.WAITING, 8),
    (Verification.REFUSED, 2),
    (Verification.SUSPENDED, 2),
)
PAPERS = {Paper.LICENCE: "营业执照", Paper.OPERATOR_ID: "经办人身份证", Paper.LETTER: "授权书"}
REASONS = {Verification.REFUSED: "执照照片看不清，重拍一张", Verification.SUSPENDED: "有人反映克扣工钱，正在查"}


def make_employers(chance: random.Random, *, count: int, on: date, progress: Callable[[str, int, int], None]) -> str:
    """Make `count` employers. Returns the phone of the first, a verified garlic packer in 嘉祥县."""
    with transaction() as session:
        at = clock.at_local(on - timedelta(days=180), time(9))
        accounts = [account_of(phone(FIRST_PHONE + serial), at) for serial in range(count)]
        session.add_all(accounts)
        session.flush()
        employers = [_employer(chance, serial, account.id, on) for serial, account in enumerate(accounts)]
        session.add_all(employers)
        session.flush()
        session.add_all(paper for employer in employers for paper in _papers(employer))
    progress("用工单位", count, count)
    return phone(FIRST_PHONE)


def _employer(chance: random.Random, serial: int, account_id: int, on: date) -> Employer:
    county = region(shown_town()[:6]) if serial == 0 else pick_county(chance)
    town = region(shown_town()) if serial == 0 else pick_town(chance, county.code)
    word, line = WORDS[serial % len(WORDS)], tuple(LINES)[serial // len(WORDS) % len(LINES)]
    state = Verification.VERIFIED if serial == 0 else chance.choices([s for s, _ in STATES], [w for _, w in STATES])[0]
    verified = on - timedelta(days=chance.randrange(2, 178))
    born = pick_birthday(chance, on)
    sent = verified - timedelta(days=2)
    if state in (Verification.WAITING, Verification.REFUSED):
        sent = on - timedelta(days=chance.randrange(1, 5))
    at = clock.at_local(sent, time(10))
    employer = Employer(
        account_id=account_id, state_since=at,
        name=f"{word}{line}（{county.short}）有限公司", short=f"{word}{line}", uscc=_uscc(county.code, serial),
        county=county.code, town=town.code, address=f"工业路 {1 + serial % 80} 号", state=state,
        registered_at=at,
        state_reason=REASONS.get(state, ""),
    )  # fmt: skip
    employer.operator = "".join(pick_name(chance, born))
    employer.operator_id_number = id_number(county.code, born, set())
    if state in (Verification.VERIFIED, Verification.SUSPENDED):
        employer.verified_at = clock.at_local(verified, time(15))
        employer.valid_until = months_later(employer.verified_at, 6)
    return employer


def _papers(employer: Employer) -> Iterator[Document]:
    """Stand-ins for the three papers: a code that reads what each would be."""
    for paper, name in PAPERS.items():
        picture = BytesIO()
        segno.make(f"演示：{employer.name} {name}", micro=False).save(picture, kind="png", scale=6)
        body = picture.getvalue()
        at = employer.registered_at
        document = Document(employer_id=employer.id, paper=paper, media_type="image/png", added_at=at)
        document.body, document.sha256 = body, hashlib.sha256(body).hexdigest()
        yield document


def _uscc(county: str, serial: int) -> str:
    body = f"91{county}MA{serial:06d}X"
    return body + uscc_check_character(body)
