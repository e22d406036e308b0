import pytest

from tests.zero_work_market.ground.keys import NEW, OLD, use_keys
from zero_work_market.ground.privacy import Unreadable, key_name, lookup, open_sealed, seal
from zero_work_market.ground.settings import settings


@pytest.fixture(autouse=True)
def _own_keys(monkeypatch):
    use_keys(monkeypatch, f"old:{OLD}")
    yield
    monkeypatch.undo()
    settings.cache_clear()


def test_what_is_sealed_is_read_back_and_looks_different_each_time():
    first, second = (seal("370829199001011234", place="workers.id_number:a") for _ in range(2))
    assert open_sealed(first, place="workers.id_number:a") == "370829199001011234"
    assert first != second
    assert b"37082919900101" not in first


def test_a_value_copied_to_another_row_cannot_be_read_there():
    with pytest.raises(Unreadable):
        open_sealed(seal("13800000000", place="accounts.phone:a"), place="accounts.phone:b")


@pytest.mark.parametrize(
    "spoil", [lambda s: s[:-1] + bytes([s[-1] ^ 1]), lambda s: s[:6], lambda s: b"\xff\xfe", lambda s: b""]
)
def test_a_spoiled_value_is_refused_and_never_half_read(spoil):
    with pytest.raises(Unreadable):
        open_sealed(spoil(seal("secret", place="p")), place="p")


def test_a_value_under_an_older_key_is_read_while_that_key_is_kept(monkeypatch):
    sealed = seal("secret", place="p")
    use_keys(monkeypatch, f"new:{NEW},old:{OLD}")
    assert open_sealed(sealed, place="p") == "secret"
    assert key_name(seal("secret", place="p")) == "new"
    use_keys(monkeypatch, f"new:{NEW}")
    with pytest.raises(Unreadable) as refusal:
        open_sealed(sealed, place="p")
    assert refusal.value.details["key"] == "old"


def test_a_key_that_another_process_has_added_is_taken_up_without_a_restart(monkeypatch):
    assert settings().data_keys[0][0] == "old"
    with pytest.MonkeyPatch.context() as elsewhere:
        use_keys(elsewhere, f"new:{NEW},old:{OLD}")
        sealed = seal("secret", place="p")
    use_keys(monkeypatch, f"old:{OLD}")
    assert settings().data_keys[0][0] == "old"
    monkeypatch.setenv("LEYE_DATA_KEYS", f"new:{NEW},old:{OLD}")
    assert open_sealed(sealed, place="p") == "secret"


def test_a_look_up_finds_the_same_value_of_the_same_kind_alone():
    assert lookup("13800000000", kind="phone") == lookup("13800000000", kind="phone")
    assert lookup("13800000000", kind="phone") != lookup("13800000000", kind="id_number")
    assert "13800000000" not in lookup("13800000000", kind="phone")
