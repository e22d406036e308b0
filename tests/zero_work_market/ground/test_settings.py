import base64
import json
import stat
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest

from zero_work_market.ground.settings import WrongSetting, add_data_key, read

KEY = base64.b64encode(bytes(32)).decode()


def test_without_variables_everything_is_embedded_in_the_home(tmp_path):
    settings = read({"LEYE_HOME": str(tmp_path / "new" / "home")})
    assert settings.home == tmp_path / "new" / "home"
    assert settings.database_url == f"sqlite:///{settings.home}/leye.sqlite3"
    assert settings.embedded
    assert not settings.demo
    assert not settings.secure_cookies


def test_keys_are_made_once_and_only_their_owner_reads_them(tmp_path):
    first, second = read({"LEYE_HOME": str(tmp_path)}), read({"LEYE_HOME": str(tmp_path)})
    assert (first.secret_key, first.data_keys, first.lookup_key) == (
        second.secret_key,
        second.data_keys,
        second.lookup_key,
    )
    assert stat.S_IMODE((tmp_path / "keys.json").stat().st_mode) == 0o600


def test_processes_that_start_together_in_a_new_home_agree_on_its_keys(tmp_path):
    with ProcessPoolExecutor(4, mp_context=get_context("spawn")) as pool:
        keys = set(pool.map(_secret_key, [str(tmp_path)] * 4))
    assert len(keys) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["keys.json"]


def _secret_key(home: str) -> str:
    return read({"LEYE_HOME": home}).secret_key


def test_a_key_of_the_environment_is_used_before_the_kept_one(tmp_path):
    settings = read({"LEYE_HOME": str(tmp_path), "LEYE_DATA_KEYS": f"new:{KEY},old:{KEY}"})
    assert [name for name, _ in settings.data_keys] == ["new", "old"]


def test_a_new_key_comes_first_under_a_name_that_no_other_has(tmp_path):
    read({"LEYE_HOME": str(tmp_path)})
    kept = json.loads((tmp_path / "keys.json").read_text())
    kept["LEYE_DATA_KEYS"] = f"k2:{KEY},mine:{KEY}"
    (tmp_path / "keys.json").write_text(json.dumps(kept))
    assert add_data_key(tmp_path) == "k1"
    assert add_data_key(tmp_path) == "k3"
    assert [name for name, _ in read({"LEYE_HOME": str(tmp_path)}).data_keys] == ["k3", "k1", "k2", "mine"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LEYE_DEMO", "maybe"),
        ("LEYE_LOOKUP_KEY", "not base64!"),
        ("LEYE_LOOKUP_KEY", base64.b64encode(b"short").decode()),
        ("LEYE_DATA_KEYS", KEY),
        ("LEYE_DATA_KEYS", f"k1:{KEY},k1:{KEY}"),
        ("LEYE_SMS_GATEWAY_URL", "file:///etc/passwd"),
    ],
)
def test_a_value_that_cannot_be_used_is_refused_by_its_variable_name(tmp_path, name, value):
    with pytest.raises(WrongSetting, match=name):
        read({"LEYE_HOME": str(tmp_path), name: value})


def test_cookies_are_for_https_alone_when_the_site_is(tmp_path):
    settings = read({"LEYE_HOME": str(tmp_path), "LEYE_PUBLIC_URL": "https://leye.example.cn/"})
    assert settings.secure_cookies
    assert settings.public_url == "https://leye.example.cn"


def test_the_home_may_be_relative(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert read({"LEYE_HOME": "here"}).home == Path(tmp_path / "here")
