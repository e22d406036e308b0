"""Pasted messages, read."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.support.reading import JUNE, labelled, score
from web.parsed import parsed
from zero_work_market.market.reader import queries
from zero_work_market.market.reader.rules import MOST_CHARACTERS, MessageTooLong


def jobs(text: str):
    return parsed(queries.read(text, on=JUNE)).jobs


def job(text: str):
    (only,) = jobs(text)
    return only


def test_a_short_name_within_the_employers_is_no_place_while_another_is_said():
    said = job("永昌蒜业招装蒜包装 5 名，18 元/小时，地址：嘉祥经济开发区工业路 1 号")
    assert (said.place.city, said.place.district_or_town) == ("济宁市", "嘉祥县")
    assert job("永昌蒜业招装蒜包装 5 名，18 元/小时").place.district_or_town == "永昌县"


@pytest.mark.parametrize(
    ("days", "number"),
    [
        ("6月12号-6月14号", 3),
        ("6月12日到14日", 3),
        ("6月12号", None),
        ("6月14号-6月12号", None),
        ("6月30号至7月2号", 3),
        ("12月31号-1月2号", 3),
    ],
)
def test_a_last_day_says_how_many_days_the_work_takes(days, number):
    (one,) = queries.read(f"嘉祥冷库招装卸 3 名，180元/天，{days}，上午8点到12点", on=JUNE).jobs
    assert (one.days and one.days.value) == number


@pytest.mark.parametrize(
    ("said", "minutes"),
    [
        ("中午休息1小时", 60),
        ("午休1.5小时", 90),
        ("中间休息半小时", 30),
        ("吃饭1小时", 60),
        ("除去吃饭时间（1小时）", 60),
        ("中午休1.5小时", 90),
        ("每天中午休息一个半小时", 90),
        ("午休1小时半", 90),
        ("用餐４０分钟", 40),
        ("午饭三十分钟", 30),
        ("午休12:00～13:30", 90),
        ("休息12点到1点半", 90),
        ("扣1小时吃饭时间", 60),
        ("上班8小时休息1小时（不算工时）", 60),
    ],
)
def test_a_break_within_the_hours_is_read(said, minutes):
    (one,) = queries.read(f"永昌蒜业招装蒜包装5名，130元一天，8:00-17:00，{said}", on=JUNE).jobs
    assert (one.break_minutes.value, [each.value for each in one.shifts]) == (minutes, ["08:00-17:00"])


@pytest.mark.parametrize(
    "said",
    [
        "中午不休息",
        "休息10分钟",
        "每2小时休息15分钟",
        "带薪午休1小时",
        "吃饭1小时，算工时",
        "每周休息1天",
        "两班间休息8小时",
        "休息12小时",
        "吃饭10元",
        "干满1小时",
    ],
)
def test_what_is_paid_is_short_or_lies_between_shifts_is_no_break(said):
    (one,) = queries.read(f"永昌蒜业招装蒜包装5名，130元一天，8:00-17:00，{said}", on=JUNE).jobs
    assert one.break_minutes is None


def paid(text: str):
    return [(one.amount_min, one.amount_max, one.unit) for one in job(text).pay]


@pytest.mark.parametrize("name", ["own", "held", "fresh", "chats", "trades", "habits"])
def test_labelled_messages_are_read(name):
    total = score(labelled(name))
    assert total.mean >= 0.9, total.table()
    assert min(total.violations.precision, total.violations.recall) >= 0.9, total.table()


@pytest.mark.parametrize(
    ("said", "pay"),
    [
        ("18/小时", (18, 18, "hour")),
        ("工价20", (20, 20, "hour")),
        ("时薪19.5-21", (19.5, 21, "hour")),
        ("一小时16块5", (16.5, 16.5, "hour")),
        ("130一天", (130, 130, "day")),
        ("每天工资200220元", (200, 220, "day")),
        ("月综合工资58006500元左右", (5800, 6500, "month")),
        ("月薪5-8k", (5000, 8000, "month")),
        ("月薪6千", (6000, 6000, "month")),
        ("底薪3500+提成", (3500, 3500, "month")),
        ("4500+", (4500, 4500, "month")),
        ("260元/班", (260, 260, "shift")),
        ("3毛一斤", (0.3, 0.3, "piece")),
        ("5.5-8元一单", (5.5, 8, "piece")),
        ("年薪10万-12万", (100000, 120000, "year")),
        ("一天一百五十元", (150, 150, "day")),
        ("一天两三百", (200, 300, "day")),
        ("160/8h", (160, 160, "day")),
        ("1毛8一个", (0.18, 0.18, "piece")),
        ("八毛一斤", (0.8, 0.8, "piece")),
        ("包月5500一个人", (5500, 5500, "month")),
        ("底薪3500 月休4天", (3500, 3500, "month")),
        ("一天200 中午管饭", (200, 200, "day")),
        ("60/垧", (60, 60, "piece")),
        ("17一个钟", (17, 17, "hour")),
        ("3分钱一个", (0.03, 0.03, "piece")),
        ("一趟180+每天饭补30", (180, 180, "piece")),
        ("月底能拿7500左右", (7500, 7500, "month")),
        ("3500 3名", (3500, 3500, "month")),
        ("2600（半天 10:00-14:00）", (2600, 2600, "month")),
        ("一块6.5元 一天能装120-150块", (6.5, 6.5, "piece")),
        ("26/h 8-8两班", (26, 26, "hour")),
        ("计件5000-9000元", (5000, 9000, "month")),
        ("老手8000往上", (8000, 8000, "month")),
        ("每票1.1元", (1.1, 1.1, "piece")),
        ("一个袋一毛钱", (0.1, 0.1, "piece")),
        ("一个袋八分钱", (0.08, 0.08, "piece")),
        ("155一宿", (155, 155, "day")),
        ("满勤一个月4600左右", (4600, 4600, "month")),
        ("8500包月", (8500, 8500, "month")),
        ("260包夜", (260, 260, "shift")),
        ("×6：4500底+提成", (4500, 4500, "month")),
    ],
)
def test_pay_is_read_with_its_unit(said, pay):
    assert paid(f"招普工，{said}，包吃") == [pay]


@pytest.mark.parametrize(
    "said",
    [
        "返费：打卡7天1500", "利润：1.5元/小时", "推荐一人奖励300元", "政策：1.2元/小时+V", "全勤奖300元",
        "夜班补贴10元/天", "商业保险80元/月", "租车399元/月",
        "餐补15元/天", "给报100块车票", "月工时260-300", "满35天2000",
        "急辞扣款360元", "工期30天", "每月20号发工资", "18-48", "身高165以上", "日均150票", "保证金200",
    ],
)  # fmt: skip
def test_what_agents_get_and_what_is_no_wage_is_left_out(said):
    assert paid(f"招普工，18-50岁\n{said}\n工资：18元/小时") == [(18, 18, "hour")]


def test_hours_are_read_and_interviews_are_not():
    one = job("招保安\n上班时间：19：00-08：00左右\n面试时间：9:00-16:00\n集合：18:30")
    assert one.shift_times == ["19:00-08:00"]


def test_jobs_of_one_line_share_what_is_said_of_all():
    first, second = jobs("兖州超市招收银员两名，导购三名，月薪2800，早8点到晚6点")
    assert (first.title, first.headcount, second.title, second.headcount) == ("收银员", 2, "导购", 3)
    for one in (first, second):
        assert (one.place.city, one.place.district_or_town) == ("济宁市", "兖州区")
        assert [(pay.amount_min, pay.unit) for pay in one.pay] == [(2800, "month")]
        assert one.shift_times == ["08:00-18:00"]


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("灌装 码垛 男 20-45 5500-6500 4个\n化验员 女 大专 面议\n管吃", ["灌装 码垛", "化验员"]),
        ("①宁波北仑 海腾 注塑工 20/h\n②嘉兴平湖 佰盛 车包工 5000-9000", ["注塑工", "车包工"]),
        ("【昆山世硕】普工 24/h 18-45\n【上海昌硕】普工 23/h 18-40", ["普工", "普工"]),
        ("#昆山 仁宝 小时工24 18-45\n#太仓 同维 正式工 6000+ 包住", ["小时工", "正式工"]),
        ("帮厨4000，传菜3500，洗碗3200，包吃住", ["帮厨", "传菜", "洗碗"]),
        ("岗位一：装配工 22元/小时\n岗位二：仓库 会用电脑 5500", ["装配工", "仓库"]),
        ("找画线的 一天200现结", ["画线"]),
        ("（一）门岗 6名 3600\n（二）监控室值班 2名 4000\n班次 7:00-19:00", ["门岗", "监控室值班"]),
        ("岗位：普工 20元/小时\n——合作商政策——\n单1：打卡30天2800\n单2：1.8/h", ["普工"]),
        ("招店员3个\n兼职15元/小时\n全职3800-4500", ["店员"]),
        ("摘纸袋 0.06一个\n下果子装筐 男劳力 260/天", ["摘纸袋", "下果子装筐"]),
        ("招普工 20元/小时 住集装箱 有厨师做饭", ["普工"]),
        ("剪葡萄 150一天", ["剪葡萄"]),
        ("1、岗位：普工\n2、年龄：18-45岁\n3、工资：20元/小时", ["普工"]),
        ("招普工 20元/小时\n夜班补贴 10元/天\n四人间 150一个月", ["普工"]),
        ("工种  人数  工资\n车工  3  7000\n磨床  2  6500\n\n上班 8:00-17:30", ["车工", "磨床"]),
        ("岗位 | 人数 | 价\n木工 | 4 | 350一天\n瓦工 | 2 | 330一天", ["木工", "瓦工"]),
        ("【1】贴片操机 白22/夜24\n【2】外观检 20一小时\n【3】物料搬运 21一小时", ["贴片操机", "外观检", "物料搬运"]),
        ("K01｜芜湖｜端子压接｜18-48｜21/h\nK02｜铜陵｜分切包装｜男 18-46｜20/h", ["端子压接", "包装"]),
        ("摘果的——要40个，200一天\n选果的——要女工15个，160一天", ["摘果", "选果"]),
        ("招啥：① 切配工 8个 ② 面点师傅 2个\n多少钱：切配 4300一个月；面点 6500", ["切配工", "面点师傅"]),
        ("问：做什么\n答：组装工\n问：多少钱\n答：20元/小时\n问：吃住呢\n答：包吃", ["组装工"]),
        ("CNC操机，学徒18元/时，熟手23元/时", ["CNC操机"]),
        ("工价20元/小时\n●络纱、整经、打卷\n●女工为主", ["络纱、整经、打卷"]),
        ("看轧花机6人 260/天，电焊工1人 400/天，做饭的1个 200/天", ["轧花", "电焊工", "做饭"]),
        ("普工 24元/h 男\n质检 22元/h 女\n政策 普工60天2500 质检30天1000", ["普工", "质检"]),
        ("全国招代理，电子厂食品厂都有，工价20-26", []),
    ],
)
def test_jobs_are_parted_by_what_names_them(text, titles):
    assert [one.title for one in jobs(text)] == titles


def test_hours_board_and_lodging_behind_the_last_job_are_those_of_all():
    for text in (
        "木工 350一天\n要会支模\n小工 200一天\n早6点到晚6点 包吃住",
        "木工350一天 小工200一天 早6点到晚6点 包吃住",
    ):
        first, second = jobs(text)
        assert first.shift_times == second.shift_times == ["06:00-18:00"]
        assert (first.meals, first.lodging) == (second.meals, second.lodging) == (True, True)


def test_jobs_stand_under_the_headings_above_them():
    found = jobs(
        "昆山千灯 宏立达\n冲压工 21元/时\n太仓沙溪 康尼\n焊工 7000-9000\n包装工 18元/时\n\n满18，男女都收\n包吃"
    )
    assert [one.place.district_or_town for one in found] == ["昆山市", "太仓市", "太仓市"]
    assert {(one.age_min, one.gender, one.meals) for one in found} == {(18, "any", True)}


@pytest.mark.parametrize(
    ("said", "lodging"),
    [
        ("岗位一、二不管住；岗位三有床位", [False, False, True]),
        ("保洁保安不管住，电工有宿舍", [False, False, True]),
        ("③有宿舍，其他不管住", [False, False, True]),
        ("①②不管住 ③有宿舍", [False, False, True]),
        ("保洁有宿舍，其余不管住", [True, False, False]),
    ],
)
def test_what_is_said_of_some_jobs_by_name_or_number_is_theirs(said, lodging):
    found = jobs(f"岗位一：保洁 3000\n岗位二：保安 3500\n岗位三：电工 6000\n\n{said}")
    assert [one.lodging for one in found] == lodging


def test_a_place_as_above():
    first, second = jobs("A. 雨花转运场 卸货\n220/天 男\nB. 同上转运场 分拣\n170/天\n长沙")
    assert first.place == second.place
    assert first.place.district_or_town == "雨花区"


def test_a_table_says_each_cell_under_its_columns_head():
    first, second = jobs(
        "鞋厂招工\n岗位  人数  工资(元/月)  年龄  备注\n针车  20  6500-9000  不限  熟手\n刷胶  8  5500  48以下  女"
    )
    assert (first.headcount, first.age_max, first.gender) == (20, None, None)
    assert (second.headcount, second.age_max, second.gender) == (8, 48, "female")
    assert [(one.amount_min, one.unit) for one in second.pay] == [(5500, "month")]


@pytest.mark.parametrize(
    ("said", "gender"),
    [
        ("男18-43，女18-40", "any"), ("男的女的都要", "any"), ("男女：都行", "any"), ("性别年龄不作要求", "any"),
        ("不卡性别", "any"), ("夫妻工", "any"), ("女生6个 男生2个", "any"), ("女工优先，男的也收", "any"),
        ("男生名额昨晚满了，今天只收女生", "female"), ("女生名额前天就满了", "male"), ("适合宝妈", None),
        ("女工为主，男工少量", None), ("身高女150男160", None), ("夫妻有单间", None),
    ],
)  # fmt: skip
def test_sex_is_read(said, gender):
    assert job(f"招普工，18元/小时\n{said}").gender == gender


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("刮腻子师傅4个", 4), ("搬运工 ×6：4500底", 6), ("招普工\n人：30个", 30), ("招普工若干，每房八人", None),
        ("招普工\n手机存柜子\n5、集合", None),
    ],
)  # fmt: skip
def test_numbers_of_people_are_read(said, number):
    assert job(f"{said}\n18元/小时").headcount == number


def test_a_job_that_is_paid_as_the_one_above_is():
    first, second = jobs("平车工 20人 计件 5000-8000\n锁边 5人 同上")
    assert [(one.amount_min, one.amount_max) for one in second.pay] == [(5000, 8000)]
    assert second.pay == first.pay


@pytest.mark.parametrize(
    ("said", "limits"),
    [
        ("18-45", (18, 45)), ("女45内", (None, 45)), ("满18就行", (18, None)), ("50岁以上不要", (None, 50)),
        ("男55女50", (None, 55)), ("四十岁以下", (None, 40)), ("照顾85岁以上老人", (None, None)),
        ("16岁以上 不收任何费用", (16, None)), ("不够18的别来", (18, None)), ("25岁往上60岁往下", (25, 60)),
        ("19.5一小时  16-42", (16, 42)),
    ],
)  # fmt: skip
def test_ages_are_read(said, limits):
    one = job(f"招护工，月薪5000\n{said}")
    assert (one.age_min, one.age_max) == limits


@pytest.mark.parametrize(
    ("said", "shifts"),
    [
        ("7点上山 5点下山", ["07:00-17:00"]),
        ("早8晚8 夜8早8", ["08:00-20:00", "20:00-08:00"]),
        ("6点半到11点半 1点半到6点", ["06:30-11:30", "13:30-18:00"]),
        ("三班倒（8-16、16-24、0-8）", ["08:00-16:00", "16:00-00:00", "00:00-08:00"]),
        ("早上五点半到晌午十二点 后晌三点到七点", ["05:30-12:00", "15:00-19:00"]),
        ("晚班4-12", ["16:00-00:00"]),
        ("10:00-14:00 16:30-22:00 月休3天", ["10:00-14:00", "16:30-22:00"]),
        ("上午八時至十二時，下午一時半至五時半，晚間六時半至九時半", ["08:00-12:00", "13:30-17:30", "18:30-21:30"]),
        ("早7点-11点半 12点半-5点半", ["07:00-11:30", "12:30-17:30"]),
    ],
)
def test_hours_are_read_as_people_say_them(said, shifts):
    assert job(f"招普工，18元/小时\n{said}").shift_times == shifts


@pytest.mark.parametrize(
    ("said", "meals"),
    [
        ("食堂自己买饭", False), ("自带干粮", False), ("吃饭刷卡", False), ("伙食费每月300", False),
        ("食堂每天8元，餐补300", True), ("管午饭 自己带手套", True), ("中午盒饭", True),
        ("早饭自己解决 中午晚上管", True), ("手把肉管够", True), ("食堂补贴一半", True), ("管吃 不管住", True),
        ("吃住：不管", False), ("自家带馍", False), ("住宿免费 吃饭一天20", False), ("吃住在家里", True),
        ("食堂一天三顿工地出", True), ("吃饭厂里烧，不要钱", True), ("饭：夜里12点一顿热的，不花钱", True),
        ("吃住免", True), ("管中午", True), ("包一顿工作餐 车费自理", True),
    ],
)  # fmt: skip
def test_board_is_read(said, meals):
    assert job(f"招普工，18元/小时\n{said}").meals is meals


@pytest.mark.parametrize(
    ("said", "lodging"),
    [
        ("想住的有大通铺，不收钱", True), ("仓里有两张床", True), ("住：没有，有班车", False),
        ("吃住：吃免费；宿舍没有", False),
        ("住免", True), ("住：不收钱", True),
    ],
)  # fmt: skip
def test_lodging_is_read(said, lodging):
    assert job(f"招普工，18元/小时\n{said}").lodging is lodging


def test_what_one_of_several_jobs_says_is_not_said_of_the_others():
    first, second = jobs("【岗位一】质检员 5人 4500元/月 限男\n【岗位二】仓管员 2人 4200元/月")
    assert (first.gender, second.gender) == ("male", None)
    assert (first.headcount, second.headcount) == (5, 2)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("昆山花桥招普工，18元/小时", ("苏州市", "昆山市")),
        ("嘉祥卧龙山招普工，18元/小时", ("济宁市", "嘉祥县")),
        ("新津顺丰招普工，18元/小时", ("成都市", "新津区")),
        ("济宁高新区招普工，18元/小时", ("济宁市", "高新区")),
        ("合作共赢，招普工，18元/小时，大方的老板", (None, None)),
        ("武汉光谷招普工，18元/小时", ("武汉市", "东湖高新区")),
        ("東莞塘廈招普工，18元/小時", ("东莞市", "塘厦镇")),
        ("宜宾招普工，18元/小时\n户籍：屏山、高县本地优先", ("宜宾市", None)),
        ("林芝招普工，18元/小时\n成都、西宁两边上车", ("林芝市", None)),
        ("大石村招普工，18元/小时，斗门口集合", (None, None)),
    ],
)
def test_places_all_over_the_country_are_known(text, place):
    where = job(text).place
    assert (where.city, where.district_or_town) == place


def test_each_field_stands_where_it_was_read_from():
    text = "🔥🔥急招叉车工　２名，月薪５０００元\n嘉祥县🚚"
    (one,) = queries.read(text, on=JUNE).jobs
    assert text[one.title.start : one.title.end] == "叉车工"
    assert text[one.headcount.start : one.headcount.end] == "２名"
    assert text[one.pay[0].start : one.pay[0].end] == "５０００元"
    assert text[one.place.start : one.place.end] == "嘉祥县"


def test_what_is_missing_is_named():
    (one,) = queries.read("招叉车工2名，月薪5000元", on=JUNE).jobs
    assert set(one.missing) == {"employer", "shifts", "town", "min_age"}


@pytest.mark.parametrize(
    ("text", "unlawful"),
    [
        ("招普工16-50岁，每天12小时", True),
        ("招普工16-50岁，18元/小时，夜班", True),
        ("招装卸工16-50岁，18元/小时", True),
        ("招普工16-50岁，18元/小时，每天8小时", False),
        ("招普工18-50岁，18元/小时，夜班", False),
        ("招店员，15元/小时，满16可以（16-17只排白天 不排晚班）", False),
    ],
)
def test_minors_are_kept_from_long_days_nights_and_hazards(text, unlawful):
    assert ("under_18_hazard" in parsed(queries.read(text, on=JUNE)).violations) == unlawful


@pytest.mark.parametrize(
    ("said", "violations"),
    [
        ("必须兰州户口", ["hukou_region"]), ("贵州的队伍去年打架，今年不用", ["hukou_region"]),
        ("工服400从工资里扣", ["deposit_or_fee"]), ("信息费中介费统统没有", []), ("彝族停招", ["ethnicity"]),
        ("维藏彝只能送1-2个", ["ethnicity"]), ("布病、皮肤病都不收", ["health_or_disability"]),
        ("身份证交会计那里保管", ["id_document_held"]), ("社保：入职当月缴", []), ("刷单的不要加", []),
        ("培训每月2800元", []), ("男女都行，女司机一样的线路", []), ("7天内走的不结工资", ["no_pay_clause"]),
        ("同行：打卡不足5天我这边没钱", []), ("供应商：发现水军扣保证金", []),
    ],
)  # fmt: skip
def test_unlawful_wording_and_what_only_looks_like_it(said, violations):
    assert parsed(queries.read(f"招普工，18元/小时\n{said}", on=JUNE)).violations == violations


def test_a_message_that_is_too_long_is_refused():
    queries.read("a" * MOST_CHARACTERS, on=JUNE)
    with pytest.raises(MessageTooLong):
        queries.read("a" * (MOST_CHARACTERS + 1), on=JUNE)


def test_no_pattern_repeats_without_bound():
    assert queries.check() == []


PIECES = (
    "18元/小时", "200220元", "早8晚8", "8-8两班倒", "18-45岁", "单1：", "1、", "【", "】", "招", "普工", "限男", "济宁",
    "嘉祥县", "月薪5-8k", "返费", "打卡7天", "500+V", "包吃住", "5名", "6月7号", "2026/6/7", "男女不限", "一百五",
    ",", "。", "：", " ", "\n",
    "\x00", "🔥", "️⃣", "①", "~", "－", "㎏", "十十", "点", "半", "[红包]", "<PHONE>",
)  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(st.one_of(st.lists(st.sampled_from(PIECES), max_size=60).map("".join), st.text(max_size=400)))
@example("招普工5名，18元/小时，苏州电子厂")
@example("\x00" * 100)
@example("🔥" * 500)
@example("18元/小时" * 1600)
@example("1" * MOST_CHARACTERS)
@example("招普工" * 3000)
@example("单1：\n" * 2000)
def test_anything_is_read_without_an_exception_and_every_span_lies_in_it(text):
    reading = queries.read(text[:MOST_CHARACTERS], on=JUNE)
    parsed(reading)
    for one in reading.jobs:
        said = [one.title, one.employer, one.place, one.headcount, one.age_min, one.gender, one.contact]
        said += [*one.pay, *one.shifts, *one.occupations, *one.lines]
        assert all(0 <= each.start < each.end <= len(text) for each in said if each)
