import json
import subprocess
import sys

import pytest

from tests.web.api.test_parse import MESSAGE


def parse(raw: bytes):
    return subprocess.run([sys.executable, "-m", "web.cli", "parse-posting"], input=raw, capture_output=True)


def test_a_message_on_standard_input_is_json_on_standard_output():
    told = parse(MESSAGE.encode())
    assert told.returncode == 0, told.stderr
    answer = json.loads(told.stdout)
    assert answer["violations"] == ["gender"]
    assert [(one["title"], one["headcount"]) for one in answer["jobs"]] == [("包装工", 5), ("叉车工", 2)]


@pytest.mark.parametrize("raw", [b"", b"\x00" * 1000, b"\xff\xfe\xe5" * 500, "🔥".encode() * 2000])
def test_noise_is_no_job(raw):
    told = parse(raw)
    assert (told.returncode, json.loads(told.stdout)) == (0, {"jobs": [], "violations": []})


@pytest.mark.parametrize("raw", [b"a" * 1_000_000, "18元/小时".encode() * 10_000])
def test_too_much_is_refused_in_a_line_at_once(raw):
    told = parse(raw)
    assert told.returncode == 1
    assert told.stderr == b"Error: The message has more than 10,000 characters.\n"


def test_too_much_is_refused_before_anything_large_is_loaded():
    command = [sys.executable, "-X", "importtime", "-m", "web.cli", "parse-posting"]
    told = subprocess.run(command, input=b"a" * 1_000_000, capture_output=True).stderr.decode()
    loaded = {line.rpartition("|")[2].strip() for line in told.splitlines()}
    assert "click" in loaded
    assert not loaded & {"numpy", "sqlalchemy", "pypinyin", "pydantic"}
