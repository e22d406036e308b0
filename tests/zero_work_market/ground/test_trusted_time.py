"""Trusted time: what a stamp proves, whoever gave it, and what it doesn't."""

import base64
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.support.ports import free_port
from tests.support.time_authority import Authority, time_authority
from zero_work_market.ground.settings import WrongSetting, read, settings
from zero_work_market.ground.trusted_time import CannotStamp, SiteClock, TimeAuthority, TimeSource, Unproven, site

AT = datetime(2026, 11, 24, 2, tzinfo=UTC)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authority]:
    with time_authority(tmp_path_factory.mktemp("tsa")) as found:
        yield found


def asked(authority: Authority) -> TimeAuthority:
    return TimeAuthority(authority.url, tuple(x509.load_pem_x509_certificates(authority.roots.read_bytes())))


@pytest.fixture(params=["site", "authority"])
def source(request: pytest.FixtureRequest) -> TimeSource:
    return site() if request.param == "site" else asked(request.getfixturevalue("authority"))


def test_a_stamp_proves_its_message_at_this_moment(source):
    before = datetime.now(UTC) - timedelta(seconds=2)
    assert before < source.time_of(source.stamp(b"a text"), b"a text") < before + timedelta(minutes=1)


def test_a_stamp_proves_no_other_message(source):
    with pytest.raises(Unproven):
        source.time_of(source.stamp(b"a text"), b"a texT")


@pytest.mark.parametrize("at", [0, 20, 40, -30, -1])
def test_a_changed_stamp_proves_nothing(source, at):
    stamp = bytearray(source.stamp(b"a text"))
    stamp[at] ^= 1
    with pytest.raises(Unproven):
        source.time_of(bytes(stamp), b"a text")


@pytest.mark.parametrize("stamp", [b"", b"{}", b"null", b'{"at": 1, "signature": "zz"}', b"0" * 5000])
def test_what_is_no_stamp_proves_nothing(source, stamp):
    with pytest.raises(Unproven):
        source.time_of(stamp, b"a text")


def test_the_site_stamps_as_of_the_deed():
    stamp = site().stamp(b"a text", at=AT)
    assert site().time_of(stamp, b"a text") == AT


def test_another_sites_stamp_proves_nothing_here():
    stamp = SiteClock(Ed25519PrivateKey.generate()).stamp(b"a text")
    with pytest.raises(Unproven):
        site().time_of(stamp, b"a text")


@pytest.fixture
def new_secrets(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The site with another LEYE_SECRET_KEY and other LEYE_DATA_KEYS than before."""
    fresh = base64.b64encode(b"n" * 32).decode()
    with monkeypatch.context() as changed:
        changed.setenv("LEYE_SECRET_KEY", fresh)
        changed.setenv("LEYE_DATA_KEYS", f"k2:{fresh}")
        settings.cache_clear()
        yield
    settings.cache_clear()


def test_the_sites_stamps_outlive_its_other_keys(request):
    stamp = site().stamp(b"a text", at=AT)
    request.getfixturevalue("new_secrets")
    assert site().time_of(stamp, b"a text") == AT


def test_an_authority_that_nobody_vouches_for_is_not_believed(authority, tmp_path):
    with time_authority(tmp_path) as other:
        stranger = TimeAuthority(other.url, asked(authority).roots)
        with pytest.raises(CannotStamp):
            stranger.stamp(b"a text")


def test_an_answer_to_another_question_is_no_stamp(authority):
    """An old answer over the same message has another nonce."""
    authority.answers = asked(authority).stamp(b"a text")
    with pytest.raises(CannotStamp, match="Nonce"):
        asked(authority).stamp(b"a text")
    authority.answers = None


@pytest.mark.parametrize("answer", [b"", b"<html>busy</html>"])
def test_an_answer_that_is_no_stamp_is_refused(authority, answer):
    authority.answers = answer
    with pytest.raises(CannotStamp):
        asked(authority).stamp(b"a text")
    authority.answers = None


def test_a_dead_authority_cannot_stamp(authority):
    dead = TimeAuthority(f"http://127.0.0.1:{free_port()}/tsa", asked(authority).roots)
    with pytest.raises(CannotStamp):
        dead.stamp(b"a text")


def test_an_authority_needs_its_roots(tmp_path, authority):
    told = {"LEYE_HOME": str(tmp_path), "LEYE_TSA_URL": "https://tsa.example.cn/"}
    with pytest.raises(WrongSetting, match="LEYE_TSA_ROOTS"):
        read(told)
    assert read(told | {"LEYE_TSA_ROOTS": str(authority.roots)}).tsa_roots == authority.roots
    assert read({"LEYE_HOME": str(tmp_path)}).tsa_url is None
