import json
from io import BytesIO

import pytest

from labor_brands.bundles import rules
from labor_brands.bundles.rules import (
    BundleRefused,
    LineRefused,
    Reader,
    parse_record,
    person_hash,
    record_line,
    without_numbers,
)
from tests.support.exchange import Far, application, tombstone, vacancy

FAR = Far()


def read(body, *, public=None):
    reader = Reader(BytesIO(body))
    reader.verify(public or FAR.key.public_key().public_bytes_raw())
    parts = list(reader.parts())
    records = [record for part in parts for record in part.records]
    return reader, records, [(one.line, one.reason) for part in parts for one in part.refused]


@pytest.fixture
def body():
    return FAR.bundle([vacancy(number) for number in range(1, 121)])


def test_a_bundle_is_read_as_it_was_written(body):
    reader, records, refused = read(body)
    assert [record.id for record in records] == [f"v-{number}" for number in range(1, 121)]
    assert (refused, reader.whole, reader.lines) == ([], True, len(body.splitlines()))


def test_a_damaged_line_is_refused_by_its_number_and_the_others_are_kept(body):
    lines = body.splitlines(keepends=True)
    lines[56] = lines[56].replace(b"2300", b"9900")
    reader, records, refused = read(b"".join(lines))
    assert refused == [(57, "damaged")]
    assert (len(records), reader.whole) == (119, False)


def test_a_line_that_is_torn_in_two_loses_itself_alone(body):
    lines = body.splitlines(keepends=True)
    lines[56] = lines[56][:40] + b"\n" + lines[56][40:]
    _, records, refused = read(b"".join(lines))
    assert refused == [(57, "damaged"), (58, "damaged")]
    assert len(records) == 119


def test_a_line_that_its_sender_signed_but_that_says_nonsense_is_refused_with_the_field():
    lines = [vacancy(1), vacancy(2, headcount=0), b"{", record_line("seeker", "x", 1, {"person": "1"}), vacancy(3)]
    reader, records, refused = read(FAR.bundle(lines))
    assert refused == [(5, "misfit:body.headcount"), (6, "not_json"), (7, "misfit:body.person")]
    assert [record.id for record in records] == ["v-1", "v-3"]
    assert reader.whole


def test_what_a_half_delivered_bundle_lacks_is_said_in_one_line(body):
    reader, records, refused = read(b"".join(body.splitlines(keepends=True)[:63]))
    assert (len(records), refused, reader.whole) == (60, [(64, "missing:60")], False)


def test_a_lost_head_of_a_chunk_loses_its_chunk_alone(monkeypatch):
    monkeypatch.setattr(rules, "CHUNK", 2)
    lines = FAR.bundle([vacancy(number) for number in range(1, 6)]).splitlines(keepends=True)
    lines[5] = b"?\n"
    _, records, refused = read(b"".join(lines))
    assert [record.id for record in records] == ["v-1", "v-2", "v-5"]
    assert [line for line, _ in refused] == [6, 7, 8]


def test_lines_may_come_twice_and_in_another_order_within_their_chunk(body):
    head, records = body.splitlines(keepends=True)[:3], body.splitlines(keepends=True)[3:]
    reader, found, refused = read(b"".join([*head, *reversed(records), *records]))
    assert (len(found), refused, reader.whole) == (120, [], True)


@pytest.mark.parametrize(
    ("line", "change", "why"),
    [
        (0, lambda first: first.replace(b'"to":"370800"', b'"to":"370900"'), "signature"),
        (0, lambda first: first.replace(b"leye-exchange/1", b"leye-exchange/9"), "format"),
        (0, lambda first: b"[]\n", "not_a_bundle"),
        (0, lambda first: first.replace(b'"records":120,"sha', b'"records":121,"sha'), "not_a_bundle"),
        (1, lambda second: b'{"signature":"AAAA"}\n', "signature"),
        (1, lambda second: b"{}\n", "not_a_bundle"),
    ],
)
def test_a_changed_head_refuses_all(body, line, change, why):
    lines = body.splitlines(keepends=True)
    lines[line] = change(lines[line])
    with pytest.raises(BundleRefused) as refused:
        read(b"".join(lines))
    assert refused.value.details["why"] == why


def test_another_key_refuses_all(body):
    with pytest.raises(BundleRefused):
        read(body, public=Far().key.public_key().public_bytes_raw())


@pytest.mark.parametrize("body", [b"", b"\n", b"\xff\xfe", b'{"format":"leye-exchange/1"}\n'])
def test_what_is_no_bundle_is_refused(body):
    with pytest.raises(BundleRefused):
        Reader(BytesIO(body))


@pytest.mark.parametrize("version", [0, -1, 1.0, True, "1", 1 << 53, None])
def test_a_version_is_a_whole_number_above_nought(version):
    line = json.dumps(json.loads(vacancy(1)) | {"version": version}).encode()
    with pytest.raises(LineRefused, match="misfit:version"):
        parse_record(line)


def test_a_name_that_isnt_masked_is_refused():
    with pytest.raises(LineRefused, match=r"misfit:body\.name"):
        parse_record(application("0" * 64, "v-1", name="冉光明"))


def test_of_two_versions_the_higher_ranks_and_of_one_the_tombstone():
    first, second, gone = (parse_record(line) for line in (vacancy(1, 1), vacancy(1, 2), tombstone("v-1", 2)))
    assert first.rank < second.rank < gone.rank


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("找王姐 13900001111", "找王姐 ……"), ("打 139-0000-1111 问", "打 …… 问"), ("１３９００００１１１１", "……"),
        ("一三九零零零零一一一一", "……"), ("身份证 37082919700101123X", "身份证 ……"),
        ("永昌 2 号库，8 点到", "永昌 2 号库，8 点到"),
        ("一天 150 元，管饭", "一天 150 元，管饭"), ("微信 (0537) 2345678", "微信 ……"),
    ],
)  # fmt: skip
def test_long_numbers_are_taken_out_of_texts(text, left):
    assert without_numbers(text) == left


def test_a_person_has_one_hash_for_one_secret_and_another_for_another():
    assert person_hash("1", b"a") == person_hash("1", b"a") != person_hash("1", b"b")
