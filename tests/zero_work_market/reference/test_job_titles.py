from collections import defaultdict
from itertools import compress
from random import Random
from string import ascii_lowercase

import pytest

from tests.support.slips import Homophones, typos
from zero_work_market.reference.job_titles import queries as titles
from zero_work_market.reference.occupations import queries
from zero_work_market.reference.spelling import spell

WRITTEN = [name for name in titles.names() if name.kind in ("official", "work_type", "alias") and len(name.text) >= 3]

TEXTS = {name.text for name in titles.names()}

CHARACTERS = sorted({one for name in WRITTEN for one in name.text if "一" <= one <= "鿿"})


def test_no_written_name_leads_to_two_occupations():
    codes = defaultdict(set)
    for name in titles.names():
        codes[name.text].add(name.code)
    for trade in queries.trades():
        for text in (trade.title, *trade.aliases):
            codes[text].add(trade.code)
    assert {text: found for text, found in codes.items() if len(found) > 1} == {}


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("打药无人机", "4-02-04-06"),
        ("农业飞手", "4-02-04-06"),
        ("农村电商", "4-01-06-01"),
        ("农业自媒体", "4-13-01-05"),
        ("农村快递服务员", "4-02-07-08"),
        ("农业职业经理人", "5-05-01-02"),
        ("农产品营销员", "4-01-06-02"),
    ],
)
def test_the_plans_six_new_trades_resolve(words, code):
    assert titles.search(words)[0].code == code
    assert titles.reader().read(words)[0][::2] == (code, 1.0)


@pytest.mark.parametrize(
    ("words", "title"),
    [
        ("装蒜包装", "包装工"),
        ("蒜薹分拣", "蒜薹分拣"),
        ("蒜苔分拣", "蒜薹分拣"),
        ("冷库装卸", "装卸搬运"),
        ("叉车", "叉车吊车"),
        ("饭店帮厨", "厨师帮厨"),
        ("洗碗", "端盘洗碗"),
        ("月嫂", "家政月嫂"),
        ("护工", "医院护工"),
        ("工地小工", "工地小工"),
        ("电焊", "电焊"),
        ("果树修剪", "种菜摘果"),
        ("收割机", "开农机"),
        ("电商客服", "电商客服"),
        ("直播", "直播带货"),
        ("搬家", "装卸搬运"),
        ("煤矿辅助", "煤矿辅助"),
        ("zhuangsuan", "包装工"),
        ("dianhan", "电焊"),
        ("DianHan", "电焊"),
        ("jzys", "家政月嫂"),
        ("急招洗碗工 2 名", "端盘洗碗"),
        ("会开叉车的师傅", "叉车吊车"),
    ],
)
def test_gig_trades_are_found_by_words_pinyin_and_initials(words, title):
    assert titles.search(words)[0].title == title


def test_a_longer_name_within_the_words_says_more_than_a_shorter_one():
    assert [trade.title for trade in titles.search("急招打药无人机")] == ["打药飞手", "人工打药"]


def test_a_search_gives_each_trade_once_and_no_more_than_asked():
    found = titles.search("分拣", 3)
    assert len(found) == len(set(found)) == 3
    assert titles.search("") == titles.search("，。") == ()


@pytest.mark.parametrize(
    ("typed", "title"),
    [("扎刚筋", "扎钢筋"), ("快递分检", "快递分拣"), ("饭店服物员", "端盘洗碗"), ("xiwamgong", "端盘洗碗")],
)
def test_the_reader_forgives_a_typo(typed, title):
    assert queries.label(titles.reader().read(typed)[0].code) == title


@pytest.mark.parametrize(
    ("typed", "title"),
    [
        ("电旱工", "电焊"),
        ("挖觉机", "挖机铲车"),
        ("嘉祥电旱工急招", "电焊"),
        ("diannhan", "电焊"),
        ("保木", "家政月嫂"),
        ("数控车", "车床"),
        ("招聘：门窗五金配件制作工（夜班）", "建筑五金制品制作工"),
        ("济宁 叉车师付 日结300", "叉车吊车"),
    ],
)
def test_the_reader_hears_what_was_meant(typed, title):
    assert queries.label(titles.reader().read(typed)[0].code) == title


def read_right(texts: list[tuple[str, str]]) -> list[bool]:
    read = titles.reader().read_many([text for text, _ in texts])
    return [found != [] and found[0].code == code for found, (_, code) in zip(read, texts, strict=True)]


def share(right: list[bool], of_these: list[bool]) -> float:
    return sum(compress(right, of_these)) / sum(of_these)


def test_of_all_names_with_one_typo_ninety_eight_in_a_hundred_are_read_right():
    random = Random(20261123)
    slips = [
        (kind, len(name.text), typo, name.code)
        for name in WRITTEN
        for kind, typo in typos(name.text, CHARACTERS, random).items()
    ]
    right = read_right([(typo, code) for _, _, typo, code in slips])
    assert len(slips) == 25_824
    assert sum(right) / len(right) >= 0.98
    assert share(right, [length > 3 for _, length, _, _ in slips]) >= 0.99
    by_kind = {kind: share(right, [one == kind for one, *_ in slips]) for kind in ("left out", "replaced")}
    assert min(by_kind.values()) >= 0.955
    assert share(right, [kind in ("added", "swapped") for kind, *_ in slips]) >= 0.999


def test_of_all_names_with_a_homophone_nearly_all_are_read_right():
    random, homophones = Random(20261123), Homophones({one: spell(one).pinyin for one in CHARACTERS})
    slips = [
        (slip, name.code) for name in WRITTEN if (slip := homophones.slip(name.text, random)) not in (None, *TEXTS)
    ]
    assert len(slips) > 6000
    assert sum(read_right(slips)) / len(slips) >= 0.998


def test_of_all_pinyin_with_a_wrong_letter_ninety_nine_in_a_hundred_are_read_right():
    random = Random(20261123)
    slips = [
        (typo, name.code)
        for name in titles.names()
        if name.kind == "pinyin" and len(name.text) > 3
        for typo in typos(name.text, ascii_lowercase, random).values()
        if typo not in TEXTS
    ]
    assert sum(read_right(slips)) / len(slips) >= 0.99


def test_names_among_recruiters_words_are_read():
    around = [
        "急招{}",
        "{}5名",
        "诚聘{}，包吃住，月薪6000元",
        "嘉祥县 {} 日结200",
        "{}（夜班）",
        "招聘：{}若干名 男女不限",
    ]
    texts = [(around[place % len(around)].format(name.text), name.code) for place, name in enumerate(WRITTEN)]
    assert sum(read_right(texts)) / len(texts) >= 0.995


def test_names_without_their_last_character_are_read():
    cut = [(name.text[:-1], name.code) for name in WRITTEN if name.text[-1] in "工员师" and name.text[:-1] not in TEXTS]
    assert len(cut) > 3000
    assert sum(read_right(cut)) / len(cut) >= 0.98


def test_one_reader_serves_all_callers():
    assert titles.reader() is titles.reader()


@pytest.mark.parametrize(
    ("pinyin", "code"),
    [("baosuan", "6-01-06-00"), ("hangchegong", "6-30-05-01"), ("tiaojiu", "4-03-02-09"), ("zhimu", "6-06-03-01")],
)
def test_trades_answer_to_the_reading_that_people_use(pinyin, code):
    assert (pinyin, code, "pinyin") in titles.names()


def test_letters_that_stand_for_two_trades_are_no_name():
    meanings = defaultdict(set)
    for trade in queries.trades():
        for text in (trade.title, *trade.aliases):
            meanings[spell(text).pinyin].add(trade.code)
            meanings[spell(text).initials].add(trade.code)
    letters = {name.text for name in titles.names() if name.kind in ("pinyin", "initials")}
    assert len(meanings["zs"]) > 1
    assert {text for text in letters if len(meanings[text]) > 1} == set()


def test_official_names_and_work_types_of_all_occupations_are_among_the_names():
    names = {(name.text, name.kind): name.code for name in titles.names()}
    assert sum(kind == "official" for _, kind in names) == 1636
    assert names["植保无人机驾驶员", "work_type"] == "4-02-04-06"
    assert names["吊顶工", "work_type"] == "6-29-04-01"


def test_the_names_are_whole():
    assert titles.check() == []
