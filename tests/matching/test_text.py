"""Job titles as people write them."""

from random import Random

import pytest

from matching.text import OccupationReader
from tests.support.slips import typos

# from the 2022 classification (人力资源和社会保障部, 《中华人民共和国职业分类大典》), with aliases as people say them
NAMES = {
    "6-18-02-04": ["焊工", "电焊工", "气焊工", "焊接设备操作工", "电焊", "dianhan", "dh"],
    "4-02-04-06": ["无人机驾驶员", "植保无人机驾驶员", "航拍无人机驾驶员", "打药无人机"],
    "4-08-03-07": ["无人机测绘操控员"],
    "6-23-03-15": ["无人机装调检修工"],
    "4-03-02-05": ["餐厅服务员"],
    "4-03-02-09": ["餐具清洗保管员", "洗碗工", "xiwangong", "xwg"],
    "4-03-02-01": ["中式烹调师", "厨师", "chushi"],
    "4-14-01-03": ["健康照护师", "长期照护师"],
    "6-30-05-01": ["起重装卸机械操作工", "叉车司机", "叉车", "CNC装卸工", "chache"],
    "6-30-05-05": ["挖掘铲运和桩工机械司机", "土石方挖掘机司机", "挖机", "wajuejisiji"],
    "6-29-01-01": ["砌筑工", "建筑瓦工", "瓦工"],
    "6-31-01-03": ["电工", "维修电工", "diangong"],
    "4-02-07-08": ["快递员", "kuaidiyuan"],
    "4-09-08-01": ["保洁员"],
    "4-10-01-01": ["婴幼儿发展引导员"],
    "5-05-01-01": ["农业技术员", "植物保护员"],
    "6-20-05-02": ["电梯安装维修工"],
    "4-12-01-01": ["汽车维修工"],
}
ENTRIES = [(name, code) for code, names in NAMES.items() for name in names]
CHARACTERS = sorted({character for name, _ in ENTRIES for character in name if not character.isascii()})


@pytest.fixture(scope="module")
def reader():
    return OccupationReader(ENTRIES)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("焊工", "6-18-02-04"),
        ("电焊", "6-18-02-04"),
        ("dianhan", "6-18-02-04"),
        ("Dian Han", "6-18-02-04"),
        ("ＤＨ", "6-18-02-04"),
        ("打药无人机", "4-02-04-06"),
        ("洗碗工 急招", "4-03-02-09"),
        ("急招洗碗工2名，日结200元", "4-03-02-09"),
        ("长期招聘熟练电焊师傅两名包吃住", "6-18-02-04"),
        ("嘉祥 叉车", "6-30-05-01"),
        ("cnc装卸工", "6-30-05-01"),
        ("长期照护师", "4-14-01-03"),
    ],
)
def test_a_name_is_read_for_certain_whatever_recruiters_write_around_it(reader, text, code):
    (first, *_) = reader.read(text)
    assert (first.code, first.confidence) == (code, 1.0)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("气旱工", "6-18-02-04"),
        ("无人机打农药", "4-02-04-06"),
        ("餐厅服务圆急招", "4-03-02-05"),
        ("长期照护帅", "4-14-01-03"),
        ("diannhan", "6-18-02-04"),
        ("kuaidiyan", "4-02-07-08"),
        ("起重装卸机械操做工", "6-30-05-01"),
        ("县城新开饭店找会炒菜的中式烹调师傅一起干", "4-03-02-01"),
    ],
)
def test_a_slip_or_words_around_it_are_read_with_less_than_certainty(reader, text, code):
    (first, *_) = reader.read(text)
    assert first.code == code
    assert 0.35 <= first.confidence < 1


def test_ninety_eight_of_a_hundred_names_with_one_typo_are_read_right(reader):
    random = Random(20261123)
    named = [
        (typo, code)
        for name, code in ENTRIES
        if len(name) > 3 and not name.isascii()
        for _ in range(10)
        for typo in typos(name, CHARACTERS, random).values()
    ]
    read = reader.read_many([typo for typo, _ in named])
    right = [found[:1] != [] and found[0].code == code for found, (_, code) in zip(read, named, strict=True)]
    assert sum(right) / len(right) >= 0.98


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("工焊电", "电焊工"),
        ("建筑工", "建筑瓦工"),
        ("建瓦筑工", "建筑瓦工"),
        ("植保护员", "植物保护员"),
        ("航保无人机驾驶员", "植保无人机驾驶员"),
    ],
)
def test_a_typo_is_read_as_the_slip_that_needs_no_strange_character(reader, text, name):
    assert reader.read(text)[0].name == name


def test_a_typo_at_the_end_of_a_block_of_other_texts_is_read_as_alone(reader):
    others = [f"县城新开饭店找会炒菜的中式烹调师傅{place}" for place in range(600)]
    assert reader.read_many([*others, "餐厅服务圆"])[-1] == reader.read("餐厅服务圆")


HEARD = [("电焊工", "6-18-02-04"), ("电工", "6-31-01-03"), ("挖掘机司机", "6-30-05-05"), ("挖机", "6-30-05-05")]
HEARD += [("绝缘工", "6-24-01-04"), ("保姆", "4-10-01-06"), ("苗木", "5-02-01-01"), ("起重工", "6-30-05-01")]
SOUNDS = {
    character: syllable
    for syllable, characters in {
        "dian": "电店", "han": "焊旱汗", "gong": "工公", "jue": "掘觉绝", "wa": "挖娃", "ji": "机基", "mu": "姆木",
    }.items()
    for character in characters
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("电旱工", "电焊工"),
        ("店汗公", "电焊工"),
        ("挖觉机司机", "挖掘机司机"),
        ("觉缘公", "绝缘工"),
        ("保木", "保姆"),
        ("急招店焊工两名", "电焊工"),
        ("嘉祥挖觉机司机", "挖掘机司机"),
        ("店汗工工", "电焊工"),
    ],
)
def test_a_character_that_sounds_the_same_is_heard_as_the_right_one(text, name):
    assert OccupationReader(HEARD, sounds=SOUNDS).read(text)[0].name == name


def test_what_is_written_right_is_surer_than_what_only_sounds_right():
    entries = [("电汗工", "b"), ("电旱工", "a")]
    assert OccupationReader(entries, sounds=SOUNDS).read("电旱工") == [("a", "电旱工", 1.0)]
    (one, other, *_) = OccupationReader(entries, sounds=SOUNDS).read("电旱公")
    assert (one.code, other.code) == ("a", "b")
    assert one.confidence > other.confidence


def test_sounds_change_nothing_of_texts_written_right_or_in_letters(reader):
    hearing = OccupationReader(ENTRIES, sounds=SOUNDS)
    texts = ["电焊", "洗碗工 急招", "diannhan", "dh", "嘉祥 叉车", "我是谁"]
    assert hearing.read_many(texts) == reader.read_many(texts)


def test_recruiters_words_between_marks_name_no_job_beside_one_that_is_named():
    reader = OccupationReader([("招聘", "4-07-03-07"), ("装配工", "6-20-01-01")])
    assert [found.code for found in reader.read("招聘：装配工，夜班，工资6000元")] == ["6-20-01-01"]
    assert reader.read("招聘：装佩工")[0].code == "6-20-01-01"
    assert [found.code for found in reader.read("招聘")] == ["4-07-03-07"]


def test_of_two_jobs_in_one_text_the_longer_name_comes_first():
    reader = OccupationReader([("工地", "6-29-01-03"), ("模板工", "6-29-01-02")])
    assert [found.name for found in reader.read("工地 模板工")] == ["模板工", "工地"]


def test_two_jobs_in_one_text_are_both_read(reader):
    assert [found.code for found in reader.read("瓦工、电工")] == ["6-29-01-01", "6-31-01-03"]


def test_a_name_of_several_occupations_gives_them_in_the_order_of_the_entries():
    reader = OccupationReader([("打包", "6-31-05-00"), ("包装工", "6-31-05-00"), ("打包", "4-02-06-01")])
    assert reader.read("打包") == [("6-31-05-00", "打包", 1.0), ("4-02-06-01", "打包", 1.0)]


def test_of_occupations_equally_like_that_with_more_such_names_comes_first():
    reader = OccupationReader([("压延工", "6-13-01-01"), ("锻压工", "6-18-02-02"), ("锻造工", "6-18-02-02")])
    assert [found.code for found in reader.read("锻延工")] == ["6-18-02-02", "6-13-01-01"]


def test_a_short_text_that_begins_a_long_name_is_not_taken_for_a_name_one_slip_away():
    reader = OccupationReader([("化妆师", "4-10-03-02"), ("化妆品制造工", "6-11-10-04")])
    assert [found.code for found in reader.read("化妆品")] == ["6-11-10-04", "4-10-03-02"]


def test_one_character_left_of_recruiters_words_says_nothing(reader):
    assert reader.read("工") == []
    assert max(found.confidence for found in reader.read("临时工")) < 0.5


def test_alternatives_come_once_each_best_first_and_no_more_than_asked(reader):
    found = reader.read("无人机", k=3)
    assert [one.confidence for one in found] == sorted((one.confidence for one in found), reverse=True)
    assert len({one.code for one in found}) == len(found) == 3
    assert reader.read("无人机", k=1) == found[:1]


@pytest.mark.parametrize("text", ["", "  ", "急招！！", "10名", "？", "我是谁", "zzzzqqq"])
def test_a_text_that_names_no_job_is_read_as_none(reader, text):
    assert reader.read(text) == []


def test_many_texts_are_read_as_each_alone(reader):
    texts = ["电焊", "气旱工", "", "diannhan", "餐厅服务圆急招", "起重装卸机械操做工"] * 100
    assert reader.read_many(texts) == [reader.read(text) for text in texts]


def test_an_endless_text_is_read_in_reasonable_time(reader):
    assert reader.read("招聘启事" * 2000 + "电梯安装维修工")[0].code == "6-20-05-02"


def test_a_reader_of_nothing_reads_nothing():
    assert OccupationReader([]).read("焊工") == []
