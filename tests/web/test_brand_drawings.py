"""A brand's drawn mark: its own, the same every time, and within its frame."""

import re

import pytest

from labor_brands.brands.rules import Kind
from web.brand_drawings import brand_face, range_bar

CODES = ["jinxiang-suangong", "jiaxiang-shidiao", "qufu-kongfu", "rencheng-yunhe", "weishan-yujia"]


@pytest.mark.parametrize("kind", Kind)
def test_each_brand_has_a_face_of_its_own_and_always_the_same(kind: Kind) -> None:
    faces = {code: brand_face(code, kind) for code in CODES}
    assert len(set(faces.values())) == len(CODES)
    assert faces == {code: brand_face(code, kind) for code in CODES}


def test_kinds_are_told_apart() -> None:
    assert len({brand_face("jinxiang-suangong", kind) for kind in Kind}) == len(Kind)


@pytest.mark.parametrize("kind", Kind)
def test_a_face_stays_within_its_frame(kind: Kind) -> None:
    for number in range(200):
        drawn = re.search(r'd="([^"]+)"', brand_face(f"brand-{number}", kind))
        assert drawn is not None
        assert re.fullmatch(r"[MLCQAZHV0-9. -]+", drawn[1])
        points = [(float(x), float(y)) for x, y in re.findall(r"(-?\d+\.\d) (-?\d+\.\d) (?!0 0)", drawn[1])]
        assert all(-8 <= x <= 112 and -12 <= y <= 128 for x, y in points), (number, points)


def test_the_bars_lie_in_the_order_of_their_values() -> None:
    bar = range_bar("18", "20", "24", at=(1800, 2000, 2400))
    left, right = (float(found) for found in re.findall(r'text x="([\d.]+)"', bar))
    middle = re.search(r'class="median" d="M([\d.]+)', bar)
    assert middle is not None
    assert 0 < left < float(middle[1]) < right < 358
    assert "一半的人在 18 到 24 之间" in bar


def test_all_alike_is_a_bar_too() -> None:
    assert "median" in range_bar("20", "20", "20", at=(2000, 2000, 2000))
