"""What a refusal is called in plain words, and which HTTP status it gets: decided here, once."""

from collections.abc import Callable, Mapping
from typing import Any

from apiflask import APIFlask, HTTPError
from flask import Response, current_app, jsonify, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from web.filters import clock, minutes, month_day, yuan
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
    "sums": "谈成的数", "held_on": "哪天调的", "place": "在哪里", "present": "谁在场", "pay_by": "哪天前给",
    "worker_said": "工人说的", "employer_said": "单位说的", "days": "延几天", "meet_at": "什么时候",
    "contest": "为什么不对", "stars": "几颗星", "chips": "怎么样",
    "employer": "单位名称", "licence": "营业执照", "operator_id": "经办人身份证", "letter": "委托书",
    "origin": "从哪里", "channel_kind": "怎么送", "partner_kind": "谁组织", "channel_partner": "叫什么",
    "from_on": "从哪天", "until_on": "到哪天", "channel": "哪条通道", "departs_at": "哪天几点走", "transport": "坐什么",
    "meeting_place": "在哪里上车", "bring": "带什么", "contact": "找谁", "notes": "备注", "workers": "谁去",
    "strokes": "签名", "typed_name": "全名",
    "columns": "哪一列是什么", "proof": "看的什么",
    "partner": "结对的地方", "url": "网址", "shared": "约定的密钥", "public": "公钥", "key_id": "钥匙编号",
    "source": "来源单位", "people": "人数", "last": "到哪天",
    "minutes": "多久", "pieces": "几件", "fen": "多少钱", "paid_on": "哪天给的", "number": "编号",
    "transfer": "转账单号", "wage": "谁的",
    "course": "课叫什么", "provider": "谁来教", "course_hours": "课时", "course_level": "学到几级", "places": "名额",
    "starts_on": "哪天开课", "ends_on": "哪天结束", "score": "分数", "certificate_number": "证书号", "county": "县市区",
    "issued_on": "发证日期", "brand": "劳务品牌", "year": "哪一年",
    "roles": "要哪几样人", "crew": "一班几个人",
    "project": "哪个工地", "project_name": "叫什么", "contractor": "总包单位", "insurance_number": "工伤保险",
    "brand_code": "代码", "brand_name": "品牌名", "brand_place": "哪里的", "brand_builder": "谁建的",
    "brand_kind": "哪一类", "brand_head_person": "带头人", "brand_training_base": "实训基地", "brand_trademark": "商标",
    "brand_join_at": "去哪里报名", "brand_words": "一句话", "brand_trades": "干哪几样", "brand_grades": "等级",
    "brand_firms": "龙头企业", "recognised_on": "哪天认定的", "reviewed_on": "哪天复评的", "marked_on": "哪天的事",
    "grade": "等级", "kind": "哪一种",
    "bank": "开户行", "wage_account": "专户账号", "sheet": "工资表", "why": "凭什么", "body": "照片",
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
    "below_paid": lambda told: f"已经发了 {yuan(told['paid_fen'])} 元，不能比这少",
    "more_than_left": lambda told: f"只差 {yuan(told['left_fen'])} 元了。多给的先加在“加钱”里",
    "day": lambda told: f"要在 {month_day(told['first'])}到 {month_day(told['last'])}之间",
    "changed": "刚刚变了，再看一遍", "empty": "没选上，再选一次", "media_type": "只收照片（jpg、png）或 pdf",
    "past": "已经过了", "future": "还没到", "days_apart": "要在开课那天以后，一年以内",
    "has_batches": "开过班了：工种、等级、县、品牌、有没有补贴都不能再改，别的能改。要改就另开一门",
    "several": "好几个人用这个号，填身份证号", "unregistered": "没有这个人，先去登记",
    "not_of_county": "不在这门课的县市区", "not_of_order": "要跟下单的单位一个县市区",
    "brand_code": "3 到 20 个小写字母、数字、短横，字母开头", "uscc_unknown": "有个信用代码没在这里登记过，先只写名称",
    "not_registered": "这个人还没登记过，先给他登记",
    "before_start": "比开头还早", "several_firms": "有好几家对得上，写全名或者统一社会信用代码",
    "not_boarded": "没上车的人，不能记到了",
    "own": "不能是自己",
    "file_type": "只收照片（jpg、png）或 pdf", "file_size": "文件太大，4 兆以内",
    "not_the_signer": "跟登记的全名不一样", "unsigned": "还没签，手写或者打上全名都行",
}  # fmt: skip


def _invalid(details: Mapping[str, Any]) -> str:
    reason = REASONS.get(details["reason"], "不对")
    return f"{FIELDS.get(details['field'], details['field'])}：{reason(details) if callable(reason) else reason}"


def _overlap(details: Mapping[str, Any]) -> str:
    if details["reason"] == "overlap":
        return f"跟你接了的“{details['other']}”时间撞了。"
    return f"从“{details['other']}”赶过来来不及。"


def _unfit(details: Mapping[str, Any]) -> str:
    why = "骂人的话不能写。" if details["category"] == "abuse" else "只说活、说钱、说干得怎么样。"
    return f"“{details['words']}”不能写进评价。{why}"


RATING_CLOSED = {
    "unpaid": "工钱结清了，两边才能评。", "late": "过了能评的时候。",
    "shown": "对方评的已经能看到，就不能再评了，免得评来评去。",
}  # fmt: skip


SHEETS_REFUSED = {
    "empty": "这个文件是空的。", "too_large": "文件太大了。拆成几份，每份 10 兆、5 万行以内；没用的空行、图片删掉。",
    "old_format": "这是老格式（.xls），或者加了密码。在表格软件里另存为 .xlsx，去掉密码，再传。",
    "macros": "这份表带宏，不收。另存为普通的 .xlsx 再传。", "not_a_sheet": "这不是表格。只收 .xlsx 和 .csv。",
    "broken": "文件坏了，打不开。用表格软件打开，另存一份再传。",
    "markup": "这是网页存成的表，看着像，其实不是。在表格软件里打开，另存为 .xlsx 再传。",
    "no_sheet": "里面没有能看的表。在表格软件里另存为普通的 .xlsx 再传。",
    "too_many_rows": "一份最多 5 万行。拆成几份再传。",
}  # fmt: skip
"""Why a spreadsheet isn't taken."""


def _outside_hours(details: Mapping[str, Any]) -> str:
    if details["opens_at"] is None:
        return "这一班已经过了，现在不能报到。"
    return f"还早：{month_day(details['opens_at'])} {clock(details['opens_at'])} 起才能报到。"


def _deduction(details: Mapping[str, Any]) -> str:
    if details["least_fen"]:
        return f"扣完不能少于 {yuan(details['least_fen'])} 元，那是这些工时的最低工钱。"
    return "这一样不能扣。能代扣的只有个人所得税、本人交的社保、法院判的抚养费赡养费。"


SUBSIDY_LACKS = {
    "not_counted": "不算补贴性培训的人次，报不了：看看是不是结班了、课上够了没有。",
    "no_certificate": "还没有证书，报不了。", "level": "这个等级不在补贴里。方案第 9 条给的是高级工。",
}  # fmt: skip
"""Why there is no claim to a training subsidy."""
BUNDLE_REFUSED = {
    "not_a_bundle": "这不是交换包，或者头两行坏了。", "format": "交换包的版本不对，两边先把软件升到一样。",
    "not_for_us": "这一包不是给这里的。", "unknown_partner": "发来的地方没有结对，不收。",
    "no_agreement": "跟这个地方没有在期的协议，或者停了，不收。",
    "unknown_key": "签名用的公钥没登记，不收。先问对方要公钥。",
    "key_expired": "签名用的钥匙过期或者作废了，整包不收。让对方换新钥匙再发。", "signature": "签名不对，整包不收。",
}  # fmt: skip
"""Why nothing of a bundle is taken."""


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
    "message_too_long": (422, lambda told: f"太长了，最多 {told['most']} 个字。挑要紧的贴。"),
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
    "unknown_indicator": (404, "没有这个指标。"),
    "origin_not_told": (409, "老家还没记，先记下。"),
    "proof_too_weak": (422, "户口本只证明家在哪。脱贫身份要看扶贫手册、系统或者名单。"),
    "no_target_here": (422, "指标只定到县市区。"),
    "unknown_region": (422, "没有这个地方，重新选一下。"),
    "unknown_occupation": (422, "没有这个工种，换个说法。"),
    "agreement_void": (409, "位子退掉了，这份约定也作废了。"),
    "agreement_changed": (409, "内容刚刚变了，重新看一遍再签。"),
    "hours_too_early": (409, "这一班还没完，干完了再说工时。"),
    "arrival_in_doubt": (409, "单位说没来，县里还没定。定了再说工时。"),
    "arrival_granted": (409, "这一班的工时你们说过了，就是认了他来过，不能再说没来。工时不对，去工时那里改。"),
    "no_arrival": (409, "没有到岗记录，说不了工时。"),
    "hours_agreed": (409, lambda told: f"已经定了，{minutes(told['minutes'])}，改不了。"),
    "hours_undisputed": (409, "两边还没说拧，先让他们自己说。"),
    "pay_in_kind": (422, "工钱要给钱，不能拿东西、购物卡抵。"),
    "unlawful_deduction": (422, lambda told: _deduction(told)),
    "payment_upheld": (409, "工作人员查过，这笔到账了，定了就不改。有新凭据，找县里的工作人员说。"),
    "payment_known": (409, "这笔转账记过了，不用再记。"),
    "project_known": (409, "这个编号的项目已经加过了。"),
    "profile_paused": (409, "你现在停了找活，先打开再接。"),
    "sheet_refused": (422, lambda told: SHEETS_REFUSED[told["why"]]),
    "nothing_chosen": (409, "一行也没选。"),
    "twins_chosen": (
        409,
        lambda told: f"第 {'、'.join(map(str, told['numbers']))} 行是同一个，只能留一行。",
    ),
    "nothing_owed": (409, "这个活没有欠你的钱。"),
    "pay_not_due": (409, lambda told: f"还没到日子，{month_day(told['due_on'])}前该给。过了还没给，再来告。"),
    "case_not_agreed": (409, "还没有谈成的调解记录，先把调解记上。"),
    "case_still_owed": (409, lambda told: f"还有 {told['claims']} 个人的钱没到，或者没撤回，不能这样结。"),
    "case_outcome_not_here": (409, "到这一步，案子不能这样结。"),
    "case_cannot_extend": (
        409,
        lambda told: "简易程序不能延期。" if told["reason"] == "simple" else "延过一次了，不能再延。",
    ),
    "rating_closed": (409, lambda told: RATING_CLOSED[told["why"]]),
    "rating_fixed": (409, "评过了，过了能改的时候。"),
    "words_unfit": (422, _unfit),
    "contest_closed": (409, lambda told: "申诉过了。" if told["why"] == "contested" else "过了能申诉的时候。"),
    "already_there": (409, lambda told: f"已经有 {told['count']} 个人到了，这一步不能做了。"),
    "too_few_seats": (409, lambda told: f"位子只剩 {told['free']} 个，不够 {told['need']} 个人坐。"),
    "already_seated": (409, "你已经接了这单。"),
    "seats_for_crew": (409, "位子先留给班组。要一个一个邀，先在“班组”里放开单招。"),
    "crew_underway": (409, "有一班人正在等回话。先等等，或者撤回来再说。"),
    "crew_over": (409, "这一班已经定下来，或者散了，不用再回话。"),
    "crew_changed": (409, "名单刚变了，有人接了别的活。再看一遍。"),
    "seat_gone": (409, "这个位子已经让给排着的人了。其实早到了的，可以申诉。"),
    "wrong_gate_code": (422, lambda told: f"码不对。看一眼工头手机上现在的 6 位数，还能试 {told['left']} 次。"),
    "ask_foreman": (429, lambda told: f"错了好几次。找工头点你的名字就行，不然等 {told['minutes']} 分钟再填。"),
    "outside_hours": (409, _outside_hours),
    "token_too_old": (409, lambda told: f"这个码过了 {told['hours']} 小时，不能补报了。找工头点名，或者找驿站。"),
    "not_missing_yet": (409, lambda told: f"还早：{clock(told['from_at'])} 起才能说谁没来。"),
    "not_arrived": (409, "还没到的人，不能说走了。"),
    "mark_decided": (409, "这一条工作人员定过了，不再改。"),
    "contest_over": (409, lambda told: f"过了 {told['hours']} 小时，不能申诉了。有话找县里的零工市场说。"),
    "not_contestable": (409, "这一条没有要申诉的，或者对方已经在申诉。"),
    "brand_code_taken": (409, "这个代码别的品牌用了，换一个。"),
    "brand_not_recognised": (409, "这个品牌没有认定，或者认定撤了，不能发证。"),
    "already_certified": (409, lambda told: f"他手里已经是{told['grade']}，同一等、低一等的不用再发。"),
    "grade_in_use": (409, lambda told: f"还有人持{told['grade']}的证，这一等不能去掉。"),
    "channel_closed": (409, "这条通道停了。"),
    "periods_overlap": (
        422,
        lambda told: f"跟已经约好的撞了：{month_day(told['first'])}到 {month_day(told['last'])}。",
    ),
    "not_departing_yet": (409, lambda told: f"还没到日子，{month_day(told['departs_at'])}才走。"),
    "nobody_boarded": (409, "一个人也没勾。没人上车，就取消这一趟。"),
    "bundle_refused": (422, lambda told: BUNDLE_REFUSED[told["why"]]),
    "no_own_key": (409, "这边还没有能用的签名钥匙，先生成一把。"),
    "no_agreement": (409, "跟这个地方没有在期的协议，或者停了。"),
    "unknown_partner": (404, "没有这个结对的地方。"),
    "vacancy_gone": (409, "这个活那边撤了，或者招满了。"),
    "exchange_consent_missing": (409, "先同意把资料转给那边，再申请。"),
    "undo_over": (409, "撤不回来了。记得不对就申诉，工作人员来定。"),
    "flagship_taken": (409, lambda told: f"{told['year']} 年已经定了“{told['course']}”。一县一个，先把那个换下来。"),
    "batch_full": (409, lambda told: f"这一期 {told['places']} 个名额满了，等下一期。"),
    "batch_closed": (409, "这一期结束了，报不了名。等下一期。"),
    "nothing_held": (409, "一天课还没点过名，不能结班。先把点名补上。"),
    "certificate_held": (409, "这个工种、这个等级，他已经有证书了，不用再发。"),
    "subsidy_not_eligible": (409, lambda told: SUBSIDY_LACKS[told["lacks"]]),
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
    if request.path.startswith(("/api/", "/exchange/v1/")):
        response = jsonify({"code": code, "message": words, "details": details or {}})
        if status == 401:
            response.headers["WWW-Authenticate"] = "Bearer"
    else:
        response = Response(render_template("error.html", status=status, words=words))
    response.status_code = status
    return response
