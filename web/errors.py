"""What a refusal is called in plain words, and which HTTP status it gets: decided here, once."""

from collections.abc import Callable, Mapping
from typing import Any

from apiflask import APIFlask
from flask import Response, current_app, jsonify, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from zero_work_market.ground.errors import LeyeError

Words = str | Callable[[Mapping[str, Any]], str]

FIELDS = {
    "phone": "手机号", "code": "验证码", "name": "姓名", "id_number": "身份证号", "uscc": "统一社会信用代码",
    "pay": "工钱", "headcount": "人数", "reason": "事由", "town": "在哪里", "address": "地址", "shifts": "时间",
    "title": "干什么", "occupations": "干什么", "words": "还要说", "password": "密码", "login_name": "登录名",
    "radius_km": "走多远", "week": "什么时候有空", "skills": "会干什么", "paper": "证照", "short": "简称",
    "min_hourly_fen": "最低工钱", "consent": "同意书", "slip": "同意书编号", "village": "村", "region": "地方",
    "operator": "经办人", "operator_id_number": "经办人身份证号", "pieces_per_hour": "一小时几件", "role": "身份",
    "display_name": "称呼", "certificate": "证书", "day": "日期", "lon": "位置", "lat": "位置",
}  # fmt: skip
REASONS: dict[str, Words] = {
    "required": "还没填", "length": "位数不对", "digits": "有不认识的字", "check": "最后一位对不上，看看有没有抄错",
    "birth": "里面的生日不对", "not_a_number": "不是个数", "too_fine": "只能到分", "not_positive": "要大于 0",
    "too_large": "太大了", "too_small": "太小了", "too_long": "太长了", "too_short": "写得太短",
    "below_present": "不能比现在少：已经有人按现在的接了单", "unknown": "没有这个", "format": "样子不对",
    "file_type": "只收照片（jpg、png）或 pdf", "file_size": "文件太大，4 兆以内",
}  # fmt: skip


def _invalid(details: Mapping[str, Any]) -> str:
    reason = REASONS.get(details["reason"], "不对")
    return f"{FIELDS.get(details['field'], details['field'])}：{reason(details) if callable(reason) else reason}"


WORDINGS: dict[str, tuple[int, Words]] = {
    "refused": (400, "这样不行。"),
    "not_found": (404, "没找到。可能已经撤了，或者链接不对。"),
    "not_allowed": (403, "这里你进不来。要办这件事，找有权限的人。"),
    "login_needed": (401, "先登录。"),
    "invalid_value": (422, _invalid),
    "illegal_move": (409, "已经变了，这一步现在不能做。刷新看看。"),
    "unreadable": (500, "这条资料打不开，已经记下，请找管理员。"),
    "idempotency_key_reused": (409, "这个请求号用过了，换一个再发。"),
}
"""Code → status and words. Each room's own refusals are added below."""


def wording(error: LeyeError) -> tuple[int, str]:
    """HTTP status and words of a refusal."""
    status, words = WORDINGS[error.code]
    return status, words(error.details) if callable(words) else words


def said_by_field(error: LeyeError) -> tuple[int, dict[str, str]]:
    """HTTP status, and the words by the field they belong to; "form" where they belong to none."""
    status, words = wording(error)
    return status, {str(error.details.get("field", "form")): words}


def init_app(app: APIFlask) -> None:
    app.register_error_handler(LeyeError, _refused)
    app.register_error_handler(CSRFError, _csrf)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _broken)
    app.error_processor(lambda error: _answer(error.status_code, "http_error", str(error.message), error.detail))


HTTP_WORDS = {
    400: "收到的内容不完整，回去再试一次。", 403: "这里你进不来。", 404: "没有这一页。可能已经撤了，或者链接不对。",
    405: "这一步不能这样做，回去再点一次。", 413: "文件太大了，换个小一点的。", 429: "点得太快了，歇一分钟再来。",
    500: "出了点毛病，已经记下。过一会儿再试。", 503: "正在忙，过一会儿再试。",
}  # fmt: skip


def _refused(error: LeyeError) -> Response:
    status, words = wording(error)
    details = {"field": error.details["field"]} if "field" in error.details else {}
    return _answer(status, error.code, words, details)


def _csrf(error: CSRFError) -> Response:
    return _answer(400, "csrf", "这一页开得太久了，回去刷新一下再点。", {})


def _http(error: HTTPException) -> Response:
    status = error.code or 500
    return _answer(status, "http_error", HTTP_WORDS.get(status, HTTP_WORDS[400 if status < 500 else 500]), {})


def _broken(error: Exception) -> Response:
    current_app.logger.exception("unhandled")
    return _answer(500, "broken", HTTP_WORDS[500], {})


def _answer(status: int, code: str, words: str, details: Any) -> Response:
    if request.path.startswith("/api/"):
        response = jsonify({"code": code, "message": words, "details": details or {}})
    else:
        response = Response(render_template("error.html", status=status, words=words))
    response.status_code = status
    return response
