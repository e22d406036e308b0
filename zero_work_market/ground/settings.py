"""Settings, read once from the environment and frozen. README's table lists each variable."""

import base64
import functools
import itertools
import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


class WrongSetting(ValueError):
    """A variable's value can't be used; the words say which and what it takes."""


@dataclass(frozen=True)
class Settings:
    """Everything that may differ between two installations."""

    home: Path
    database_url: str
    redis_url: str | None
    demo: bool
    secret_key: str
    data_keys: tuple[tuple[str, bytes], ...]
    lookup_key: bytes
    sms_gateway_url: str | None
    tsa_url: str | None
    tsa_roots: Path | None
    """PEM file of the root certificates for which the time stamping authority is believed; there if `tsa_url` is."""
    public_url: str
    secure_cookies: bool
    proxies: int
    """How many reverse proxies stand before the site: whose word about the asker's address is taken."""
    region: str
    """Code of the region whose market this is: 370800, or in Chongqing 500101."""

    @property
    def embedded(self) -> bool:
        """True when tasks run over the file system instead of Redis."""
        return self.redis_url is None


def read(environ: Mapping[str, str]) -> Settings:
    """Settings from `environ`; makes the home and, if not given, its keys.

    Raises WrongSetting naming the variable whose value can't be used.
    """
    home = Path(environ.get("LEYE_HOME", ".leye")).expanduser().resolve()
    home.mkdir(parents=True, exist_ok=True)
    keys = _kept_keys(home) | {name: value for name, value in environ.items() if name in _KEY_NAMES}
    return Settings(
        home=home,
        database_url=environ.get("LEYE_DATABASE_URL") or f"sqlite:///{home / 'leye.sqlite3'}",
        redis_url=environ.get("LEYE_REDIS_URL") or None,
        demo=_flag(environ, "LEYE_DEMO"),
        secret_key=keys["LEYE_SECRET_KEY"],
        data_keys=_data_keys(keys["LEYE_DATA_KEYS"]),
        lookup_key=_key_bytes("LEYE_LOOKUP_KEY", keys["LEYE_LOOKUP_KEY"]),
        sms_gateway_url=_web_address(environ, "LEYE_SMS_GATEWAY_URL"),
        tsa_url=_web_address(environ, "LEYE_TSA_URL"),
        tsa_roots=_tsa_roots(environ),
        public_url=environ.get("LEYE_PUBLIC_URL", "http://127.0.0.1:8000").rstrip("/"),
        secure_cookies=environ.get("LEYE_PUBLIC_URL", "").startswith("https://"),
        proxies=_count(environ, "LEYE_PROXIES"),
        region=_region(environ),
    )


@functools.cache
def settings() -> Settings:
    """This process's settings."""
    return read(os.environ)


_KEY_NAMES = ("LEYE_SECRET_KEY", "LEYE_DATA_KEYS", "LEYE_LOOKUP_KEY")


def new_key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


def _kept_keys(home: Path) -> dict[str, str]:
    """The keys of this home, made on first use and readable by its owner alone."""
    path = home / "keys.json"
    fresh = {"LEYE_SECRET_KEY": new_key(), "LEYE_DATA_KEYS": f"k1:{new_key()}", "LEYE_LOOKUP_KEY": new_key()}
    draft = home / f".keys.{secrets.token_hex(8)}"
    if not path.exists():
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump(fresh, file, indent=1)
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    kept: dict[str, str] = json.loads(path.read_text())
    return kept


def add_data_key(home: Path) -> str:
    """Put a new key first in this home's `LEYE_DATA_KEYS`; the older ones stay for reading. Returns its name."""
    path = home / "keys.json"
    keys = json.loads(path.read_text())
    taken = {name for name, _ in _data_keys(keys["LEYE_DATA_KEYS"])}
    name = next(f"k{number}" for number in itertools.count(1) if f"k{number}" not in taken)
    keys["LEYE_DATA_KEYS"] = f"{name}:{new_key()},{keys['LEYE_DATA_KEYS']}"
    draft = home / f".keys.{secrets.token_hex(8)}"
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(keys, file, indent=1)
    draft.replace(path)
    return name


def _web_address(environ: Mapping[str, str], name: str) -> str | None:
    value = environ.get(name) or None
    if value and not value.startswith(("https://", "http://")):
        raise WrongSetting(f"{name} takes an address that starts with https:// or http://")
    return value


def _tsa_roots(environ: Mapping[str, str]) -> Path | None:
    if not environ.get("LEYE_TSA_URL"):
        return None
    roots = Path(environ.get("LEYE_TSA_ROOTS", "")).expanduser()
    if not roots.is_file():
        raise WrongSetting("LEYE_TSA_ROOTS takes the PEM file of the root certificates of LEYE_TSA_URL")
    return roots


def _count(environ: Mapping[str, str], name: str) -> int:
    value = environ.get(name) or "0"
    if not value.isdecimal():
        raise WrongSetting(f"{name} takes a whole number, not {value!r}")
    return int(value)


def _region(environ: Mapping[str, str]) -> str:
    value = environ.get("LEYE_REGION") or "370800"
    if value not in ("370800", "500101"):
        raise WrongSetting(f"LEYE_REGION takes 370800 (济宁市) or 500101 (万州区), not {value!r}")
    return value


def _flag(environ: Mapping[str, str], name: str) -> bool:
    value = environ.get(name, "").lower()
    if value not in ("", "0", "1", "true", "false", "yes", "no"):
        raise WrongSetting(f"{name} takes 1 or 0, not {value!r}")
    return value in ("1", "true", "yes")


def _key_bytes(name: str, text: str) -> bytes:
    try:
        key = base64.b64decode(text, validate=True)
    except ValueError:
        raise WrongSetting(f"{name} takes base64 of 32 bytes") from None
    if len(key) != 32:
        raise WrongSetting(f"{name} takes base64 of 32 bytes, not of {len(key)}")
    return key


def _data_keys(text: str) -> tuple[tuple[str, bytes], ...]:
    pairs = [part.strip().partition(":") for part in text.split(",")]
    if len({name for name, _, _ in pairs}) != len(pairs) or not all(name for name, _, _ in pairs):
        raise WrongSetting("LEYE_DATA_KEYS takes name:base64,name:base64 with each name once, the one in use first")
    return tuple((name, _key_bytes("LEYE_DATA_KEYS", value)) for name, _, value in pairs)
