"""Papers: drawn as they should be, equal to the byte, and nothing lost unseen."""

import hashlib
import json
from datetime import UTC, datetime

import pypdfium2
import pytest
from structlog.testing import capture_logs

from tests.support.repository import ROOT
from web.papers import sheet as sheets
from web.papers import wage_sheet
from web.papers.lines import NOT_FIRST, NOT_LAST, broken
from web.papers.sheet import Sheet, Signed

AT = datetime(2026, 11, 24, 2, tzinfo=UTC)
FONTS = ROOT / "web" / "papers" / "font"


def a_sheet(**more: object) -> Sheet:
    sheet = Sheet("用工约定", at=AT, number="370829-20261125-812", **more)
    sheet.heading("一、谁跟谁")
    sheet.pairs([("用人的单位", "永昌蒜业有限公司"), ("干活的人", "欧阳建国")])
    rows = [(f"张建国 {number}", "2026-11-24", "72.00") for number in range(60)]
    sheet.table(("姓名", "日期", "实付（元）"), rows, widths=(3, 2, 2), right={2}, total=("合计", "", "4,320.00"))
    sheet.signatures([Signed("单位", [[[100, 100], [900, 300]]], ["签了"]), Signed("干活的人", [], ["还没签"])])
    sheet.code("https://leye.example.cn/agreements/1/ab", "扫码核对")
    return sheet


def texts(body: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(body)
    return [page.get_textpage().get_text_range() for page in document]


def test_the_font_is_that_of_the_manifest_with_its_licence():
    manifest = json.loads((FONTS / "manifest.json").read_text())
    assert {path.name for path in FONTS.glob("*.otf")} == set(manifest)
    for name, made in manifest.items():
        assert hashlib.sha256((FONTS / name).read_bytes()).hexdigest() == made["sha256"]
        assert "SIL OPEN FONT LICENSE" in (FONTS / made["licence_file"]).read_text()


def test_equal_papers_are_equal_to_the_byte_and_small():
    body = a_sheet().output()
    assert body == a_sheet().output()
    assert len(body) < 200 * 1024


def test_every_page_has_its_number_and_the_tables_heads():
    pages = texts(a_sheet().output())
    assert len(pages) == 3
    for number, text in enumerate(pages, 1):
        assert f"第 {number} 页，共 3 页" in text
        assert "370829-20261125-812" in text
    assert "姓名" in pages[1]
    assert "张建国 59" in "".join(pages)
    assert "4,320.00" in "".join(pages)


def test_rare_characters_of_names_are_drawn():
    sheet = Sheet("名", at=AT)
    sheet.text("𠮷䶮㛃喆堃镕·欧阳")
    assert "𠮷䶮㛃喆堃镕·欧阳" in texts(sheet.output())[0]


def test_a_character_that_the_font_lacks_is_shown_as_missing_and_logged():
    with capture_logs() as logged:
        sheet = Sheet("名", at=AT)
        sheet.text("张\U000e0100😀三")
        [text] = texts(sheet.output())
    assert "张〓〓三" in text
    assert logged[0]["characters"] == ["U+1F600", "U+E0100"]


def test_a_landscape_page_lies():
    page = pypdfium2.PdfDocument(a_sheet(landscape=True).output())[0]
    assert page.get_width() > page.get_height()


def test_nothing_is_drawn_beyond_the_margins():
    sheet = Sheet("很长的标题" * 12, at=AT, number="370829-20261125-812")
    sheet.text("没有空格的一长段话，" * 60)
    sheet.text("https://leye.example.cn/" + "a" * 300)
    sheet.pairs([("很长很长很长很长的名目", "91370829MA0000001X" * 20)])
    margin = sheets.MARGIN_MM / sheets.MM_IN_POINT
    page = pypdfium2.PdfDocument(sheet.output())[0]
    text = page.get_textpage()
    boxes = [text.get_charbox(at) for at in range(text.count_chars()) if text.get_text_range(at, 1).strip()]
    assert min(left for left, _, _, _ in boxes) >= margin - 1
    assert max(right for _, _, right, _ in boxes) <= page.get_width() - margin + 1


def test_a_long_name_over_a_signature_stays_on_its_own_side():
    sheet = Sheet("用工约定", at=AT)
    names = ("单位：济宁市嘉祥县卧龙山街道永昌农产品冷链仓储物流加工有限责任公司", "干活的人：阿不都热合曼·买买提依明")
    sheet.signatures([Signed(name, [], ["还没签"]) for name in names])
    text = pypdfium2.PdfDocument(sheet.output())[0].get_textpage()
    drawn = [(text.get_text_range(at, 1), text.get_charbox(at)) for at in range(text.count_chars())]
    middle = (sheets.MARGIN_MM + sheet.width / 2) / sheets.MM_IN_POINT
    left = "".join(one for one, box in drawn if box[0] < middle)
    assert names[0] in left.replace("\r\n", "")
    assert "阿不都" not in left


def test_signatures_across_a_landscape_page_stand_three_in_a_line():
    sheet = Sheet("工资支付表", at=AT, landscape=True)
    sheet.signatures([Signed(f"张建国 {number}", [], ["2026-11-24 收到现金"]) for number in range(12)])
    pages = texts(sheet.output())
    assert len(pages) == 2
    assert "张建国 8" in pages[0]


def test_what_must_not_be_broken_fits_its_column_of_the_wage_sheet():
    sheet = Sheet("工资支付表", at=AT, landscape=True)
    sums = {wage_sheet.HEADS[column]: "888,888.88" for column in wage_sheet.FIGURES} | {"扣（元）": "8,888.88"}
    dates = dict.fromkeys(("干活起止", "发钱的日子", "该哪天前发"), "2026-11-24")
    least = {"身份证号": "37082919700106005X", "手机号": "13900000004", "工时": "1920 小时"} | sums | dates
    row = [least.get(name, "") for name in wage_sheet.HEADS]
    sheet.table(("",) * len(row), [row], widths=wage_sheet.WIDTHS, size=wage_sheet.SIZE)
    lines = [line.replace(" ", "") for line in texts(sheet.output())[0].splitlines()]
    [line] = [line for line in lines if "37082919700106005X" in line]
    assert [one for one in least.values() if one.replace(" ", "") not in line] == []
    assert line.count("888,888.88") == 3


def test_a_total_that_goes_to_the_next_page_has_its_heads_there():
    for count in range(30, 60):
        sheet = Sheet("表", at=AT)
        rows = [(str(number), "1") for number in range(count)]
        sheet.table(("第几", "多少"), rows, widths=(1, 1), total=("合计", str(count)))
        pages = texts(sheet.output())
        assert len(pages) == 1 or "第几" in pages[1], count


def width_of(text: str) -> float:
    return sum(1 if character.isascii() else 2 for character in text)


@pytest.mark.parametrize("width", [8, 11, 20, 33])
def test_no_line_begins_or_ends_with_the_wrong_punctuation_and_nothing_is_lost(width):
    text = "工钱按小时算，“一小时”18.50 元；干满 4 小时（上午）共 74 元。11 月 30 日以前付清，只用银行转账或现钱！"
    lines = broken(text, width=width, measured=width_of)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(width_of(line) <= width for line in lines)
    if width > 8:
        assert not any(line[0] in NOT_FIRST or line[-1] in NOT_LAST for line in lines)
        assert any("18.50" in line for line in lines)


def test_a_last_line_is_not_one_lone_character():
    lines = broken("一二三四五六七八九", width=16, measured=width_of)
    assert lines == ["一二三四五六七", "八九"]


def test_a_number_may_stand_alone_on_a_last_line_without_a_space_before_it():
    assert broken("银行转账 20261124000017", width=16, measured=width_of) == ["银行转账", "20261124000017"]


def test_line_feeds_stay():
    assert broken("一\n\n二", width=10, measured=width_of) == ["一", "", "二"]
