"""Job titles as people write them."""

from random import Random

import pytest

from matching.text import OccupationReader

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
    named = [(name, code) for name, code in ENTRIES if len(name) > 3 and not name.isascii() for _ in range(40)]
    read = reader.read_many([typo(name, random) for name, _ in named])
    right = [found[:1] != [] and found[0].code == code for found, (_, code) in zip(read, named, strict=True)]
    assert sum(right) / len(right) >= 0.98


def typo(name: str, random: Random) -> str:
    at, other = random.randrange(len(name)), random.choice(CHARACTERS)
    swapped = name[:at] + name[at + 1 : at + 2] + name[at] + name[at + 2 :]
    return random.choice(
        [name[:at] + name[at + 1 :], name[:at] + other + name[at:], name[:at] + other + name[at + 1 :], swapped]
    )


def test_two_jobs_in_one_text_are_both_read(reader):
    assert [found.code for found in reader.read("瓦工、电工")] == ["6-29-01-01", "6-31-01-03"]


def test_a_name_of_several_occupations_gives_them_in_the_order_of_the_entries():
    reader = OccupationReader([("打包", "6-31-05-00"), ("包装工", "6-31-05-00"), ("打包", "4-02-06-01")])
    assert reader.read("打包") == [("6-31-05-00", "打包", 1.0), ("4-02-06-01", "打包", 1.0)]


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
