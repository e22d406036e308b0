import pytest

from zero_work_market.reference.spelling import closest, plain, spell


@pytest.mark.parametrize(
    ("name", "pinyin", "initials"),
    [
        ("单县", "shanxian", "sx"),
        ("莘县", "shenxian", "sx"),
        ("东阿县", "dongexian", "dex"),
        ("郓城县", "yunchengxian", "ycx"),
        ("泗水", "sishui", "ss"),
        ("兖州", "yanzhou", "yz"),
        ("曲阜", "qufu", "qf"),
        ("丰都", "fengdu", "fd"),
        ("SMT 贴片", "smttiepian", "smttp"),
    ],
)
def test_names_are_spelled_as_people_read_them(name, pinyin, initials):
    spelled = spell(name)
    assert spelled.pinyin == pinyin
    assert spelled.initials == initials


def test_spaces_marks_and_capitals_do_not_count():
    assert plain(" 电焊， Smt ") == "电焊smt"


def test_the_nearer_kind_of_agreement_comes_first():
    texts = ["电焊工", "电焊", "修电焊机", "焊"]
    names = [(spell(text), text) for text in texts]
    assert closest("电焊", names, 9) == ("电焊", "电焊工", "修电焊机")
    assert closest("dianhan", names, 9) == ("电焊", "电焊工")
    assert closest("dh", names, 9) == ("电焊", "电焊工")
