"""The law's data, and the reader of unlawful wording."""

import dataclasses
import time
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zero_work_market.reference.law import queries
from zero_work_market.reference.law.rules import Law, LawUnknown, Term, read_words

JUNE_2023, TODAY = date(2023, 6, 15), date(2026, 11, 23)
COUNTIES = (370811, 370812, *range(370826, 370833), 370871, 370881, 370883)

# Wording as messages have it, under the category that the reader must find in it.
REFUSED = {
    "gender": [
        "男士 5名", "保安（男）", "质检（女）3名", "男25人", "男的只要5个", "女生就行", "女的干不了", "不适合女生",
        "只剩下女生位置", "妹子优先",
        "前台 3000 女 会电脑", "18-45男性", "无色盲 男 不穿无尘服", "保洁 2人（女）",
        "只招男的，手脚麻利", "限男", "限女，会踩缝纫机", "仅限女工", "男士优先", "要男的", "男工5名",
        "女工 18-45岁", "急招男普工", "招女服务员两名", "来两个男的卸车", "只要女生", "女生勿扰", "不要女的",
        "男工名额已满", "性别：男", "性别要求：女", "找3个男工搬家", "优先男性", "只收年轻男工", "需女工若干",
        "就要男劳力", "小伙子优先", "宝妈优先", "限  男", "限🔥男", "限.男", "只 招 女", "只招♂", "衹招男",
        "僅限女性", "限\u200e男", "限男。白班", "装卸工限男，18-50岁", "单招女工，长白班", "男18-45岁，能倒班",
        "男性为主", "妇女优先", "招聘：男司机一名", "前台文员，仅女", "只用男的", "最好是男的", "限男 女勿扰",
        "女工51岁以下", "缺个男的扶梯子", "【只招男】", "ＯＮＬＹ限男", "女保洁一名",
        "仓管 4800/月 1名 女生", "装卸 男 230/晚", "要4个男的 300一个", "身高170以上男性", "只剩男名额",
    ],
    "ethnicity": [
        "四大族不要", "限汉", "藏彝维不要", "彝族、凉山籍不录", "不要纹身、少数民族",
        "不要少数民族", "四大民族不要", "限汉族", "汉族优先", "仅招汉族", "少数民族勿扰", "维族藏族已满", "回族除外",
        "五大民族已满", "彝族不招", "不收维 吾 尔 族", "接受单个少数民族", "要求汉族，18-50", "不要🈲藏族",
        "民族满了", "少數民族不要", "回族的兄弟因为食堂原因暂时安排不了",
        "回族藏族食堂不方便不招", "少民勿扰",
        "除彝族都可以", "彝族藏族暂不接收",
    ],
    "religion": [
        "信教的不要", "不招信教的", "教徒勿扰", "只要无宗教信仰的", "基督徒优先", "穆斯林勿来", "谢绝有宗教信仰的",
    ],
    "hukou_region": [
        "凉山籍不录", "安徽阜阳的不收", "东三省不要", "限济宁本地",
        "本地人优先", "不要东北人", "只招本地的", "限本地户口", "外地人勿扰", "需本市户籍", "不招外地的",
        "河南人不要", "限嘉祥人", "本村优先", "外地勿投", "仅限济宁户籍", "拒绝凉山人", "新疆的不要", "要本地人两个",
        "本 地 人 优 先", "不要外省籍", "周口人勿扰", "限农村户口", "外省的暂时不收", "招本村劳力10名",
        "河南安徽的工人名额满了，其他省都可以", "河南来的全满了", "除了河南都要", "限本地",
    ],
    "marriage": [
        "已婚已育优先", "限已婚", "未婚勿扰", "两年内无生育计划", "不要孕妇", "怀孕的勿扰", "三年内不得怀孕",
        "只要单身", "入职要验孕", "哺乳期不招", "已昏已育", "2年之内不要孩子", "带孩子的不要",
    ],
    "deposit_or_fee": [
        "雇主责任险35元/月从工资里代扣", "每月扣保险50", "团险每天2块", "需自费体检", "入职交300", "交50办卡",
        "厂服自费",
        "押金200", "先交押金", "押 金 200元", "压金一百", "鸭金100", "押，金50", "ya金200", "押🔥金", "押[爱心]金",
        "交服装费80", "培训费自理", "入职要交200块", "报名费50元", "中介费300，先付", "工装费从工资扣", "垫付材料钱",
        "车费先自己垫付", "体检自费", "体检费80元", "保证金500离职退", "工牌费20", "扣50服装费",
        "商业保险80/月（从工资扣）", "保险从工资里扣60元", "每天扣3元意外险", "先交钱后上岗", "办卡费30",
        "押金100，干满一个月退", "不收押金，服装费50", "押一百块的工具钱", "会员費99", "建档费", "付费内推",
        "名额费", "岗前培训自费", "商报 100/月", "健康证自费", "交200押金发工服", "培训費300", "需交管理费",
        "厂服60元（离厂不退）", "工衣自己买80元", "押200", "工作服押100", "建卡费20",
    ],
    "no_pay_clause": [
        "三天不算工资", "干两天就走的一分没有", "没有干满7天不结工资", "出勤不满15天只发生活费",
        "打卡不满7天无工资", "干不满三天不结账", "三天内走人没工资", "中途离职不管什么原因都无工资", "自离无工资",
        "不满 7 天 不 发 工 资", "干满7天才有工资", "试工三天不给钱", "试岗期无薪", "前三天不算工资",
        "出勤不足5天，没有工资", "旷工或不满77H无工资", "做不满一个月工资不结", "七天以内离职不结工资",
        "不打招呼走人一分钱没有", "没干够10天白干", "打卡不滿3天無工資", "上不到半天没钱", "做满15天才算工资",
        "未满三天工资清零", "干够半个月才开支", "考察不合格无薪资",
        "自离不结", "中途走人一分没有", "不够7天不给结", "做不满3天按0算",
    ],
    "pay_in_kind": [
        "用大蒜抵工资", "工资用购物卡发", "面粉顶工钱",
    ],
    "id_document_held": [
        "身份证先扣着", "身份证压老板那", "收身份证原件", "交身份证原件到领队",
        "身份证原件统一保管", "押身份证", "扣身份证三天", "上交证件", "身份证放公司", "来了先押sfz", "抵押毕业证",
        "身 份 证 先 押 着", "身份证交给组长", "驾照扣下", "身份证原件收走",
    ],
    "under_16": [
        "15岁以上", "14-50岁都可以", "十五岁以上就行", "招暑假工，初中生也可以", "年龄15-45", "未满16也要",
        "16岁以下也可",
    ],
    "suspected_fraud": [
        "做任务返佣金", "银行卡租用", "帮忙收款转账",
        "手机刷单日结", "刷信誉员", "跑分日赚五百", "出租银行卡", "收购电话卡", "需两部手机", "挂名法人月结",
        "刷🌸单", "培训贷分期", "点赞员一单一结", "垫付本金返利", "招转培", "代办手机卡", "有偿捐卵",
    ],
    "privacy": [
        "报名发银行卡密码", "提供短信验证码", "手持身份证照片发来", "要征信报告",
    ],
    "contact_scheme": [
        "求购有效打工群", "拉群互推",
        "工友群互换群", "招代理，返点高", "诚招供应商合作", "发展下线有奖",
        "诚招全国劳务代理、驻厂合伙人", "有打工群的群主优先", "群资源互换", "收打工群",
    ],
}  # fmt: skip
WARNED = {
    "age": [
        "最大不超50", "年龄别太大", "岁数18-55", "18周岁-50周岁", "满18到48", "60后勿扰", "男55女50",
        "18-45岁", "50岁以下", "年龄不超过45", "22岁以上", "16一56周岁", "１８～５９岁", "最大1970年", "年轻人优先",
        "不要年纪大的", "超龄勿扰", "五十岁以下", "十八到四十五岁", "35岁以内", "年龄要求：22－45", "18至55周岁",
        "≤50岁", "1859岁", "18－45碎", "月薪4000-6000 18-50岁",
        "有陪护床睡 40-58岁 要求干净", "女 45内", "55以上不要", "5名 20-50", "满20岁",
    ],
    "health_or_disability": [
        "尘肺过不了", "不要：纹身过手掌、染发、听力障碍、癫痫病史者", "血压高的勿扰",
        "无高血压", "不要残疾人", "乙肝携带者勿扰", "不得有传染病", "无残疾", "有心脏病的不要", "色盲勿扰",
        "身体无缺陷", "不近视", "听力不好的不要", "要查乙肝两对半", "不能有癫痫、心脏病",
    ],
    "criminal_record": [
        "犯过罪的不要", "过三联",
        "无犯罪记录", "不能有案底", "有前科的不要", "开无犯罪记录证明", "刑满释放人员勿扰", "坐过牢的不要", "查三联单",
    ],
    "false_promise": [
        "高薪诚聘", "包录用", "在家躺赚", "轻松过万", "月入2万", "免面试", "零门槛", "上不封顶", "包过",
        "百分百录用",
    ],
    "wage_withheld": [
        "押一个月工资", "工资押40天", "急辞扣款360元", "自离扣三天工资",
    ],
}  # fmt: skip
INNOCENT = [
    "两个男人能抬动的重量", "不收押金", "男女不限", "无需押金", "免费培训", "女装车间", "男装店招店员",
    "妇女儿童用品店", "需要两个男人才抬得动", "男女均可", "男、女不限", "男女都要，能干就行", "不限男女",
    "人数不限，男女均可", "男 女 不 限", "工种不限 男女不限", "不收任何费用", "不收押金、服装费、培训费", "押金不收",
    "服装费公司出", "无押金无中介费", "免押金", "谨防收取押金的骗子", "中介费全免", "厂家直招无中介费",
    "培训费公司承担", "体检费入职报销", "带身份证登记", "身份证复印件一张", "不押身份证", "从不扣押证件",
    "各民族都欢迎", "少数民族也可以", "民族不限", "民族乐器厂装配", "不限户籍", "外地人也要", "户籍不限", "婚育不限",
    "已婚未婚均可", "孕妇装缝纫", "招孕妇装缝纫工", "单身宿舍", "年龄不限", "18岁以上", "满18周岁",
    "照顾70岁以上老人", "接送10-12岁孩子", "看护80岁老人一位", "残疾人优先", "聋哑人可以", "提高薪资",
    "最高薪资20元", "有案底也可以", "不刷单", "印刷单页", "来回跑分拣线", "借卡车一辆", "包过塑", "离职当天结清工资",
    "不满一天也给工资", "当天结账，不拖欠", "不压工资", "干满三天发奖金", "7天内结清工资", "冲压金属件",
    "电压金属外壳打磨", "保证金属件不划伤", "会计代账不满意可退", "不用自己垫付", "工具公司提供", "招女装导购",
    "女鞋厂缝包", "男鞋打包", "女贞树苗移栽", "照顾女病人", "打扫男厕女厕", "男女宿舍分开", "男工女工都要",
    "清真餐厅帮厨", "回民街摆摊", "穿藏青色工服", "满族村修路", "信得过的人", "本地菜市场卸菜", "在本地干活",
    "东北大米装袋", "河南路 12 号", "山东煎饼摊", "不要迟到", "不要紧张，有人带", "拒绝童工", "16岁以下勿扰",
    "不招童工", "16 周岁以上", "拎 20 公斤能走", "能搬 20 公斤", "手脚麻利，做活仔细", "干一天算一天的钱",
    "年满 16 周岁", "干得动就行", "各民族都欢迎，外地人也来", "工钱转账或者给现金", "能胜任这个活就行",
    "工钱照单上写的发", "年龄不限，干得动就行", "带身份证登记，当场还", "工钱按时结清，不压不扣",
    "明天 08:00–12:00 装蒜，18 元一小时", "管一顿午饭，有车接", "会开叉车，有证", "白班，8 小时，周结",
    "女儿红酒厂装箱", "孙女放学接一下", "美女山公园保洁", "男子监狱旁边的工地", "包吃住，押运货物",
    "押车一趟，来回 200 公里", "抵押登记窗口引导员", "保证金额准确", "定金银首饰柜台", "保证金乡大蒜新鲜",
    "只招男生和女生", "有需要的大哥大姐联系我", "男工宿舍在二楼，女工宿舍在三楼", "30-50斤的箱子",
    "税务代理记账公司招会计", "招代理记账会计", "招货运代理服务员",
    "招话务员两名", "水族馆喂鱼", "有健康证", "视力好", "不限学历", "满意再签",
    "体检费学校出", "意外险公司交", "意外险公司买不从工资扣", "体检费入职满3个月报销", "体检费自理，做满一月报销",
    "社会保险个人部分从工资代扣", "保证金融安全",
    "山东河南优先开站", "只收本地蒜", "本地外地都行", "蒙汉都行", "回收 维修 不招", "男的就行女的也行",
    "女生就行李带好", "男5人女5人",
    "手机壳厂，两部手机壳", "过三联路", "招超市代理店长", "没有案底限制", "第一天不算钱吗", "不足的工资补齐",
    "原件自己收好不押证", "收身份证复印件",
    "预支50以内", "学校食堂打饭", "形象好普通话溜", "不收一分钱培训费，骗子才收", "女生在二楼男生在三楼",
    "来了交10个人给你带",
    "每间住4名女生", "男女各5名", "男10名女5名", "男宿舍4人间", "满18就行，上不封顶", "每人返利800",
    "厂服免费发放", "饭卡每月补300元", "生产工服80元一套", "工牌丢了10元补办", "回族食堂招帮厨",
    "彝族村招工", "新疆摘棉花", "近视镜片厂装配", "时薪18-35", "满30人发车", "打包男装", "有群众演员的活",
    "女工权益宣传员", "给老人送饭，不用垫钱", "", "。。。", "🔥🔥🔥", "\x00\x00", "12345678", "aaaaaaaa",
]  # fmt: skip


def read(text: str, on: date = TODAY):
    return read_words(text, queries.gate_law().lexicon_on(on))


def cases(table: dict[str, list[str]]):
    return [pytest.param(category, text, id=text) for category, texts in table.items() for text in texts]


@pytest.mark.parametrize(("category", "text"), cases(REFUSED))
def test_unlawful_wording_is_refused(category, text):
    assert (category, "refused") in {(found.category, found.severity) for found in read(text)}


@pytest.mark.parametrize(("category", "text"), cases(WARNED))
def test_doubtful_wording_is_warned_of(category, text):
    assert (category, "warned") in {(found.category, found.severity) for found in read(text)}


@pytest.mark.parametrize("text", INNOCENT)
def test_innocent_wording_passes(text):
    assert read(text) == []


def test_every_suggested_wording_would_itself_pass():
    assert {term.suggestion for term in queries.terms().terms if term.suggestion and read(term.suggestion)} == set()


def test_finding_shows_the_words_as_written_the_clause_and_what_would_pass():
    text = "装蒜包装，只 招🔥男 的，手脚麻利"
    (found,) = read(text)
    assert (found.words, text[found.start : found.end]) == ("只 招🔥男 的",) * 2
    assert (found.clause_id, found.severity, found.suggestion) == ("hrm-24", "refused", "能搬 20 公斤")
    assert queries.clause(found.clause_id).article == "第二十四条"
    assert read(text.replace(found.words, found.suggestion)) == []


def test_whole_phrase_is_found_not_its_kernel():
    assert [found.words for found in read("包吃住。打卡不满 7 天无工资，日结")] == ["打卡不满 7 天无工资"]
    assert [found.words for found in read("保险从工资扣，入职先交押金 200 元")][-1] == "先交押金 200 元"


def test_several_jobs_in_one_message_give_each_its_findings_in_order():
    text = "单1：卸车，限男 150/天\n单2：分拣，仅限女工\n中途离职不管什么原因都无工资\n年龄：18一59周岁"
    assert [found.category for found in read(text)] == ["gender", "gender", "no_pay_clause", "age"]


def test_an_agents_settlement_with_the_factory_is_no_pay_clause_of_the_workers():
    assert read("费用：打卡15天1000，卡点3天离职无费用，水军不结费") == []


def test_different_age_limits_for_each_sex_warn_of_age_alone():
    assert {found.category for found in read("男18-55岁，女18-50岁")} == {"age"}
    assert {found.category for found in read("男工 18-55岁")} == {"age", "gender"}


def test_one_word_of_denial_does_not_cover_a_second_fee():
    assert [found.words for found in read("不收押金、中介费，服装费 50")] == ["服装费 50"]


def test_terms_apply_from_the_day_of_their_clause():
    assert read("工友群互换群", on=JUNE_2023) == []
    assert [found.clause_id for found in read("已婚已育优先", on=date(2022, 6, 1))] == ["promotion-27"]
    assert [found.clause_id for found in read("已婚已育优先", on=JUNE_2023)] == ["women-43"]


@given(
    st.text(st.sampled_from("限男女只招不要押金工资无天岁年龄0123458，。 -\n\x00🔥\ufe0f①ﷺﬁ[爱心]İ㎏"), max_size=60)
    | st.text(max_size=60)
)
def test_any_text_is_read_and_every_span_holds_its_words(text):
    for found in read(text):
        assert found.words
        assert text[found.start : found.end] == found.words


@pytest.mark.parametrize(
    "noise", ["不满1天", "男女", "照顾12岁", "押，", "招要收", "18-50", "身份证", "不 ", "\n", "🔥", "[爱心", "x7"]
)
def test_reading_takes_time_linear_in_the_text(noise):
    def seconds(characters: int) -> float:
        text = noise * (characters // len(noise))
        began = time.process_time()
        read(text)
        return time.process_time() - began

    assert seconds(80_000) < 12 * seconds(20_000) + 0.1


@pytest.mark.parametrize(
    ("county", "on", "hourly_fen", "monthly_fen", "tier"),
    [
        ("370829", date(2021, 10, 1), 1700, 170_000, 3),
        ("370829", JUNE_2023, 1700, 170_000, 3),
        ("370829", date(2023, 9, 30), 1700, 170_000, 3),
        ("370829", date(2023, 10, 1), 1800, 182_000, 3),
        ("370829", TODAY, 1800, 182_000, 3),
        ("370811", JUNE_2023, 1900, 190_000, 2),
        ("370811", TODAY, 2000, 201_000, 2),
    ],
)
def test_minimum_wage_is_that_of_the_place_and_day(county, on, hourly_fen, monthly_fen, tier):
    floor = queries.minimum_wage(county, on)
    assert (floor.hourly_fen, floor.monthly_fen, floor.tier) == (hourly_fen, monthly_fen, tier)


def test_unconfirmed_wages_and_tiers_say_so_and_when_they_began():
    floor = queries.minimum_wage("370829", TODAY)
    assert (floor.confirmed, floor.since) == (False, date(2023, 10, 1))
    assert floor.source


def test_each_county_of_jining_has_a_floor():
    assert {queries.minimum_wage(str(county), TODAY).tier for county in COUNTIES} == {2, 3}


@pytest.mark.parametrize(("county", "on"), [("370829", date(2021, 9, 30)), ("500102", TODAY)])
def test_no_floor_is_made_up_for_a_day_or_place_without_one(county, on):
    with pytest.raises(LawUnknown):
        queries.minimum_wage(county, on)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("working_age", 16),
        ("part_time_day_hours", 4),
        ("part_time_week_hours", 24),
        ("part_time_pay_days", 15),
        ("reverify_months", 6),
        ("service_ledger_years", 3),
        ("contract_years", 2),
        ("wage_ledger_years", 3),
    ],
)
def test_limits_of_the_law_are_as_in_the_rules(name, value):
    assert queries.limit(name, TODAY).value == value


def test_a_posting_must_say_what_the_regulations_ask():
    names = {required.field for required in queries.required_fields()}
    assert names == {
        "employer", "title", "headcount", "shifts", "town", "address", "pay", "min_age", "employment"
    }  # fmt: skip


def test_hazards_are_found_by_occupation_prefix_and_by_word():
    law = queries.gate_law()
    assert [hazard.item for hazard in law.hazards_in(["6-16-01-05"], TODAY)] == ["第三条第八项"]
    assert law.hazards_in(["6-31-05-00", "6-16-010"], TODAY) == []
    assert [(hazard.name, start, end) for hazard, start, end in law.hazards_said("在高空擦玻璃", TODAY)] == [
        ("高处", 1, 3)
    ]


def test_the_law_as_shipped_has_no_problems_and_names_its_sources():
    assert queries.check() == []
    tables = {source.table for source in queries.sources()}
    assert {"clauses", "minimum_wage", "limits", "required_fields", "hazards", "terms", "folding"} == tables


def test_check_tells_of_gaps_unknown_clauses_and_unbounded_patterns(monkeypatch):
    law = queries.gate_law()
    gap = [row for row in law.wages if not (row.tier == 3 and row.since == date(2023, 10, 1))]
    wild = Term("gender", "refused", "no-such-clause", None, ("男.*女",))
    lexicon = dataclasses.replace(law.lexicon, terms=(*law.lexicon.terms, wild))
    broken: Law = dataclasses.replace(law, wages=tuple(gap), lexicon=lexicon)
    monkeypatch.setattr(queries, "gate_law", lambda: broken)
    assert queries.check() == [
        "minimum wage of tier 3: nothing after 2023-09-30",
        "clause no-such-clause is cited and isn't there",
        "term gender: a repetition without bound",
    ]
