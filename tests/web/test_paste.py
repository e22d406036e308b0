"""The page on which a message is pasted, as a browser without script meets it."""

import re

import pytest
from flask import Flask
from sqlalchemy import Engine, select
from werkzeug.test import TestResponse

from tests.support.makers import make_employer
from tests.support.market import PACKER
from tests.support.pages import Pages, logged_in, unspaced
from web.for_employers.pasted import marks
from zero_work_market.ground import clock
from zero_work_market.ground.db import transaction
from zero_work_market.market.postings.models import Posting
from zero_work_market.market.reader.queries import read

MESSAGE = """永昌蒜业招工，嘉祥县
①装蒜包装5名，18.5元/小时，早8点到12点，管午饭
②冷库装卸3名，180元/天，早8点到下午4点，限男
自离无工资
返费：打卡7天300+V"""


class Pasting(Pages):
    """The pasting page as one employer sees it."""

    def paste(self, message: str = MESSAGE) -> str:
        return self.post("", {"message": message}).text

    def publish(self, page: str, **changes: str) -> TestResponse:
        """What the page holds, sent with its main button, fields `j0__pay` changed."""
        changed = {name.replace("__", "."): value for name, value in changes.items()}
        return self.post("", form_of(page) | {"publish": "1"} | changed)


@pytest.fixture
def hire(app: Flask, unlimited: None, sqlite: Engine) -> Pasting:
    """The page of a verified employer in 嘉祥县."""
    with transaction() as session:
        account_id = make_employer(session, at=clock.now()).account_id
    return Pasting(logged_in(app, account_id), "/hire/paste")


def postings() -> list[Posting]:
    with transaction(read_only=True) as session:
        return list(session.scalars(select(Posting).order_by(Posting.id)))


def form_of(page: str) -> dict[str, str]:
    """The fields of the page as they are, ticks not ticked left out."""
    ticked = re.findall(r'<input type="checkbox" name="([^"]+)" value="([^"]*)" checked', page)
    others = re.sub(r'<input type="checkbox"[^>]*>', "", page)
    chosen = {
        name: (re.search(r'value="([^"]*)" selected', options) or re.search(r'value="([^"]*)"', options))
        for name, options in re.findall(r'<select[^>]* name="([^"]+)"[^>]*>(.*?)</select>', page, re.S)
    }
    return {
        **dict(re.findall(r'<input[^>]* name="([^"]+)"[^>]* value="([^"]*)"', others)),
        **{name: option[1] for name, option in chosen.items() if option},
        **dict(re.findall(r'<textarea[^>]* name="([^"]+)"[^>]*>(.*?)</textarea>', page, re.S)),
        **dict(ticked),
    }


def test_what_is_lawful_goes_out_with_one_tap_and_the_rest_names_its_clause(hire):
    page = hire.paste()
    assert "2个活，1个能发，1个还不能" in unspaced(page)
    assert '<s class="no">限男</s>' in page
    assert "人力资源市场暂行条例" in page
    answer = hire.publish(page)
    assert answer.status_code == 200
    (made,) = postings()
    assert (made.title, made.headcount, made.pay_fen, made.meals) == ("装蒜包装", 5, 1850, True)
    assert [need.occupation for need in made.occupations] == [PACKER]
    after = unspaced(answer.text)
    assert "发出去1单" in after
    assert "2个活，发出去1个，0个能发，1个还不能" in after


def test_what_no_field_holds_goes_out_in_the_postings_own_words(hire):
    page = hire.paste("永昌蒜业招装蒜包装5名，18.5元/小时，早8点到12点，要手脚麻利，自带围裙")
    assert hire.publish(page).status_code == 303
    assert postings()[0].words == "要手脚麻利，自带围裙"


def test_a_break_that_is_said_makes_a_days_pay_lawful(hire):
    page = hire.paste("永昌蒜业招装蒜包装5名，150元/天，早8点到下午5点，中午休息1小时")
    assert "原话：中午休息1小时" in page
    hire.publish(page)
    (posting,) = postings()
    assert (posting.break_minutes, posting.hourly_fen, posting.words) == (60, 1875, "")


def test_without_its_break_the_same_days_pay_is_refused(hire):
    page = hire.paste("永昌蒜业招装蒜包装5名，150元/天，早8点到下午5点，中午休息1小时")
    hire.publish(page, j0__break_minutes="0")
    assert postings() == []


def test_published_twice_with_one_key_it_is_one_posting(hire):
    page = hire.paste()
    hire.publish(page)
    hire.publish(page)
    assert len(postings()) == 1


def test_the_lawful_wording_lets_the_rest_out(hire):
    page = hire.paste()
    answer = hire.publish(page, j1__mend="1")
    assert (answer.status_code, answer.location) == (303, "/hire")
    made = postings()[1]
    assert (made.headcount, made.pay_kind, made.pay_fen) == (3, "day", 18000)
    assert "男" not in made.words
    assert "能搬 20 公斤" in made.words


def test_what_agents_get_and_shared_unlawful_words_are_in_no_posting(hire):
    hire.publish(hire.paste(), j1__mend="1")
    for made in postings():
        assert not re.search("返费|打卡|自离|无工资", made.words + made.title)


def test_a_field_that_was_changed_is_what_is_published(hire):
    page = hire.paste()
    hire.publish(page, j0__headcount="7", j0__pay="19")
    (made,) = postings()
    assert (made.headcount, made.pay_fen) == (7, 1900)


def test_unlawful_words_typed_into_a_field_keep_it_back(hire):
    page = hire.paste()
    answer = hire.publish(page, j0__words="押金200")
    assert answer.status_code == 422
    assert postings() == []


def test_nearly_the_same_as_an_open_posting_it_leads_there_and_waits(hire):
    hire.publish(hire.paste())
    (made,) = postings()
    again = hire.paste()
    assert f"/hire/{made.id}/edit" in again
    assert "跟正在招的“装蒜包装”差不多" in unspaced(again)
    hire.publish(again)
    assert len(postings()) == 1
    hire.publish(again, j0__anew="1")
    assert len(postings()) == 2


def test_a_place_outside_jining_is_asked_for(hire):
    page = hire.paste("昆山花桥招包装工5名，18元/小时，早8点到12点")
    assert "改好就能发" in page
    assert "选一个乡镇、街道" in page


@pytest.mark.parametrize(("message", "told"), [("", "先把招工的话贴进来"), ("a" * 10_001, "太长了，最多10000个字")])
def test_nothing_and_too_much_are_told_in_words(hire, message, told):
    answer = hire.post("", {"message": message})
    assert answer.status_code == 422
    assert told in unspaced(answer.text)


def test_noise_is_told_to_be_no_job(hire):
    assert "没认出活来" in hire.paste("🔥🔥🔥")


def test_the_pieces_of_a_message_are_the_message():
    reading = read(MESSAGE, on=clock.local_date(clock.now()))
    pieces = marks(reading)
    assert "".join(piece.text for piece in pieces) == MESSAGE
    kinds = {piece.text: piece.kind for piece in pieces}
    assert (kinds["限男"], kinds["自离无工资"], kinds["嘉祥县"]) == ("no", "no", "place")
