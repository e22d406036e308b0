"""The exchange in plain words, for the staff's pages."""

from datetime import datetime

from labor_brands.bundles.rules import Kind
from labor_brands.exchange.models import Transfer
from labor_brands.exchange.rules import Direction, Stage, Way
from labor_brands.partners.models import Partner
from labor_brands.partners.rules import State
from web.errors import BUNDLE_REFUSED
from web.filters import moment

KINDS = {Kind.VACANCY: "外来的活", Kind.SEEKER: "外来找活的", Kind.APPLICATION: "外来的申请", Kind.HIRE: "用工回报"}
WAYS = {Way.FILE: "文件", Way.HTTPS: "自动取"}
STAGES = {
    Stage.CHECKED: ("soon", "看过了，没收"), Stage.RUNNING: ("soon", "正在收"), Stage.DONE: ("ok", "收完了"),
    Stage.FAILED: ("late", "没收"),
}  # fmt: skip
SOURCES = (("bureau", "人社部门"), ("association", "协会"), ("chamber", "商会"))
REASONS = {
    "damaged": "路上坏了，跟签过名的不一样", "not_json": "读不懂", "misfit": "内容不合格式",
    "missing": "文件不全，还缺",
}  # fmt: skip


def refused_said(reason: str) -> str:
    """ "内容不合格式：body.pay.fen", "文件不全，还缺 60 行" """
    code, _, rest = reason.partition(":")
    said = REASONS.get(code, code)
    if code == "missing":
        return f"{said} {rest} 行"
    return f"{said}：{rest}" if rest else said


def stage_said(row: Transfer) -> tuple[str, str]:
    """Lamp and words of how a bundle fares."""
    if row.direction == Direction.OUT:
        return "ok", "给出去了"
    if row.stage == Stage.FAILED:
        return "late", BUNDLE_REFUSED.get(row.error, "没收")
    return STAGES[row.stage]


def link_said(row: Partner, now: datetime) -> tuple[str, str]:
    """Lamp and words of how a partner is reached."""
    if row.state == State.PAUSED:
        return "soon", "停着"
    if row.error:
        return "late", f"{row.error}，连着 {row.failures} 次"
    if not row.url:
        return "ok", "只用文件"
    return ("ok", f"{moment(row.pulled_at, now)}取过") if row.pulled_at else ("soon", "还没取过")
