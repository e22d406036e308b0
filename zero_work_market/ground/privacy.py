"""Personal data: encrypted at rest, found by keyed hash, masked on screen (个人信息保护法 51).

A stored value is `name of key || nonce || AES-GCM ciphertext`, bound to its table, column and row by associated data,
so that a value copied to another row can't be read there.
"""

import hashlib
import hmac
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from zero_work_market.ground.errors import LeyeError
from zero_work_market.ground.settings import settings


class Unreadable(LeyeError):
    """A sealed value can't be opened: its key is missing, or it was moved or changed."""

    code = "unreadable"


def seal(text: str, *, place: str) -> bytes:
    """Encrypt `text` under the key in use. `place` names table, column and row, e.g. "workers.id_number:<uuid>"."""
    return seal_bytes(text.encode(), place=place)


def open_sealed(sealed: bytes, *, place: str) -> str:
    """The text sealed for `place`. Raises Unreadable."""
    return open_sealed_bytes(sealed, place=place).decode()


def seal_bytes(body: bytes, *, place: str) -> bytes:
    name, key = settings().data_keys[0]
    nonce = secrets.token_bytes(12)
    label = name.encode()
    return bytes([len(label)]) + label + nonce + AESGCM(key).encrypt(nonce, body, place.encode())


def open_sealed_bytes(sealed: bytes, *, place: str) -> bytes:
    try:
        key, rest = _key(key_name(sealed)), sealed[1 + sealed[0] :]
        return AESGCM(key).decrypt(rest[:12], rest[12:], place.encode())
    except KeyError as missing:
        raise Unreadable(place=place, key=missing.args[0]) from None
    except (IndexError, ValueError, InvalidTag):
        raise Unreadable(place=place) from None


def key_name(sealed: bytes) -> str:
    """Name of the key that a value was sealed with."""
    return sealed[1 : 1 + sealed[0]].decode()


def _key(name: str) -> bytes:
    """The key of that name, also when another process has put it into the home since this one read its settings."""
    if name not in dict(settings().data_keys):
        settings.cache_clear()
    return dict(settings().data_keys)[name]


def lookup(value: str, *, kind: str) -> str:
    """Keyed hash by which a sealed value is found and kept unique; `kind` keeps a phone from matching an ID number."""
    return hmac.new(settings().lookup_key, f"{kind}:{value}".encode(), hashlib.sha256).hexdigest()
