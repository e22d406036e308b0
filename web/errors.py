"""What a refusal is called in plain words, and which HTTP status it gets: decided here, once."""

from collections.abc import Callable, Mapping
from typing import Any

from apiflask import APIFlask, HTTPError
from flask import Response, current_app, jsonify, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from web.findings import said
from zero_work_market.ground.errors import LeyeError
from zero_work_market.market.gate.rules import Finding

Words = str | Callable[[Mapping[str, Any]], str]

FIELDS = {
    "idempotency_key": "请求号",
    "phone": "手机号", "code": "验证码", "name": "姓名", "id_number": "身份证号", "uscc": "统一社会信用代码",
    "pay": "工钱", "headcount": "人数", "reason": "事由", "town": "在哪里", "address": "地址", "shifts": "时间",
    "title": "干什么", "occupations": "干什么", "words": "还要说", "password": "密码", "login_name": "登录名",
    "radius_km": "走多远", "week": "什么时候有空", "skills": "会干什么", "paper": "证照", "short": "简称",
    "min_hourly_fen": "最低工钱", "consent": "同意这一条", "slip": "同意书编号", "village": "村", "region": "地方",
    "operator": "经办人", "operator_id_number": "经办人身份证号", "pieces_per_hour": "一小时几件", "role": "身份",
    "display_name": "称呼", "certificate": "证书", "day": "日期", "lon": "位置", "lat": "位置",
    "home": "住在哪里", "brands": "劳务品牌", "village_code": "村代码", "village_name": "村名", "sure": "真的销掉",
    "employer": "单位名称", "licence": "营业执照", "operator_id": "经办人身份证", "letter": "委托书",
}  # fmt: skip
REASONS: dict[str, Words] = {
    "unticked": "还没勾", "too_dear": "一小时 200 元以上的活这里没有，改低一点",
    "required": "还没填", "length": "位数不对", "digits": "只能是数字，最后一位可以是 X",
    "check": "最后一位对不上，看看有没有抄错",
    "birth": "里面的生日不对", "not_a_number": "不是个数", "too_fine": "只能到分", "not_positive": "要大于 0",
    "too_large": "太大了", "too_small": "太小了", "too_long": "太长了", "too_short": "写得太短",
    "below_present": "不能比现在少：已经按现在的发出去了", "unknown": "没有这个", "format": "样子不对",
    "characters": "有用不了的字", "region": "开头的地区不对", "level": "选到乡镇、街道",
    "short": lambda told: f"至少 {told['least']} 位", "long": "太长了", "login_name": "里面别带登录名",
    "simple": "太好猜了，换一个", "taken": "已经有了，不用再加", "not_of_town": "要 12 位数，开头是这个乡镇的 9 位",
    "range": lambda told: f"要在 {told['least']:g} 到 {told['most']:g} 之间", "twice": "有重样的",
    "too_many": lambda told: f"最多 {told['most']} 个", "certificate": "证书名太长了", "missing": "还没填",
    "file_type": "只收照片（jpg、png）或 pdf", "file_size": "文件太大，4 兆以内",
}  # fmt: skip


def _invalid(details: Mapping[str, Any]) -> str:
    reason = REASONS.get(details["reason"], "不对")
    return f"{FIELDS.get(details['field'], details['field'])}：{reason(details) if callable(reason) else reason}"


def _overlap(details: Mapping[str, Any]) -> str:
    if details["reason"] == "overlap":
        return f"跟你接了的“{details['other']}”时间撞了。"
    return f"从“{details['other']}”赶过来来不及。"


EXPIRED = "这个验证码不能用了，重新要一个。"
WORDINGS: dict[str, tuple[int, Words]] = {
    "refused": (400, "这样不行。"),
    "not_found": (404, "没找到。可能已经撤了，或者链接不对。"),
    "not_allowed": (403, "这里你进不来。要办这件事，找有权限的人。"),
    "login_needed": (401, "先登录。"),
    "invalid_value": (422, _invalid),
    "illegal_move": (409, "已经变了，这一步现在不能做。刷新看看。"),
    "unreadable": (500, "这条资料打不开，已经记下，请找管理员。"),
    "idempotency_key_reused": (409, "这个请求号用过了，换一个再发。"),
    "code_too_soon": (429, lambda told: f"刚发过一个，{told['wait_seconds']} 秒后再要。"),
    "too_many_codes": (429, "今天要的验证码太多了，明天再来。"),
    "wrong_code": (422, lambda told: f"验证码不对，还能试 {told['left']} 次。" if told["left"] else EXPIRED),
    "code_expired": (422, EXPIRED),
    "wrong_login": (422, "登录名、密码或动态码不对。"),
    "out_of_scope": (403, "这个地方不归你管。"),
    "posting_refused": (422, "这个活还不能发，有几处不合规定。"),
    "employer_suspended": (403, "你们单位停用了，暂时不能发活。"),
    "posting_closed": (409, "这个活不招人了。"),
    "shifts_overlap": (409, _overlap),
    "too_young": (409, lambda told: f"这个活要满 {told['min_age']} 周岁。"),
    "employer_already_registered": (
        409,
        lambda told: "你已经登记过单位了。" if told["same"] == "account" else "这个代码登记过了，找原来的经办人。",
    ),
    "login_name_taken": (409, "这个登录名有人用了，换一个。"),
    "reason_missing": (422, lambda told: f"写清事由，至少 {told['least']} 个字。"),
    "already_registered": (
        409,
        lambda told: "你已经登记过了。" if told["same"] == "account" else "这个身份证登记过了。换手机号找驿站绑。",
    ),
    "under_age": (422, lambda told: f"不满 {told['least']} 周岁，还不能干活。"),
    "consent_slip_missing": (422, "要先让本人签同意书，把编号填上。"),
    "papers_missing": (409, "证照还没交齐，三样都要。"),
    "unknown_region": (422, "没有这个地方，重新选一下。"),
    "unknown_occupation": (422, "没有这个工种，换个说法。"),
    "profile_paused": (409, "你现在停了找活，先打开再接。"),
}
"""Code → status and words."""


def wording(error: LeyeError) -> tuple[int, str]:
    """HTTP status and words of a refusal."""
    status, words = WORDINGS[error.code]
    return status, words(error.details) if callable(words) else words


def said_by_field(error: LeyeError) -> tuple[int, dict[str, str]]:
    """HTTP status, and the words by the field they belong to; "form" where they belong to none."""
    status, words = wording(error)
    return status, {str(error.details.get("field", "form")): words}


TOLD = ("field", "findings", "wait_seconds", "left", "other_id")
"""Details of a refusal that the API's answer carries; others may quote what was sent."""


def init_app(app: APIFlask) -> None:
    app.error_processor(_misfit)
    app.register_error_handler(LeyeError, _refused)
    app.register_error_handler(CSRFError, _csrf)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _broken)


HTTP_WORDS = {
    400: "收到的内容不完整，回去再试一次。", 403: "这里你进不来。", 404: "没有这一页。可能已经撤了，或者链接不对。",
    405: "这一步不能这样做，回去再点一次。", 413: "文件太大了，换个小一点的。", 429: "点得太快了，歇一分钟再来。",
    500: "出了点毛病，已经记下。过一会儿再试。", 503: "正在忙，过一会儿再试。",
}  # fmt: skip


def _refused(error: LeyeError) -> Response:
    status, words = wording(error)
    told = {name: error.details[name] for name in TOLD if name in error.details}
    if "findings" in told:
        told["findings"] = [_finding(found) for found in told["findings"]]
    return _answer(status, error.code, words, told)


def _finding(found: Finding) -> dict[str, Any]:
    told = said(found)
    return {
        "field": found.field,
        "code": found.code,
        "severity": found.severity,
        "message": told.why,
        "words": found.words,
        "start": found.start,
        "end": found.end,
        "clause": f"{told.law}{told.article}",
        "suggestion": found.suggestion,
    }


def _misfit(error: HTTPError) -> Response:
    """What doesn't fit its schema: details say what's wrong by place ("json", "query", "headers") and path."""
    fields = {f"{place}.{path}": wrong for place, found in error.detail.items() for path, wrong in found.items()}
    return _answer(error.status_code, "misfit", "有几处填得不对，看 details。", {"fields": fields})


def _csrf(error: CSRFError) -> Response:
    return _answer(400, "csrf", "这一页开得太久了，回去刷新一下再点。", {})


def _http(error: HTTPException) -> Response:
    status = error.code or 500
    response = _answer(status, "http_error", HTTP_WORDS.get(status, HTTP_WORDS[400 if status < 500 else 500]), {})
    response.headers.update({name: value for name, value in error.get_headers() if name != "Content-Type"})
    return response


def _broken(error: Exception) -> Response:
    current_app.logger.exception("unhandled")
    return _answer(500, "broken", HTTP_WORDS[500], {})


def _answer(status: int, code: str, words: str, details: Any) -> Response:
    if request.path.startswith("/api/"):
        response = jsonify({"code": code, "message": words, "details": details or {}})
        if status == 401:
            response.headers["WWW-Authenticate"] = "Bearer"
    else:
        response = Response(render_template("error.html", status=status, words=words))
    response.status_code = status
    return response
