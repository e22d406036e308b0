"""Trusted time: a stamp over a message, by which anyone can tell later that it was there at that moment, unchanged.

The site stamps at once with a key of its own; an outside authority (RFC 3161) stamps again where one is set, for a site
that vouches for its own clock proves little to a court.
"""

import functools
import json
import urllib.request
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import HTTPException
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from rfc3161_client import (
    HashAlgorithm,
    TimestampRequestBuilder,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from zero_work_market.ground import clock
from zero_work_market.ground.settings import settings

PATIENCE_S = 10
LARGEST_STAMP = 64 * 1024


class CannotStamp(OSError):
    """The authority can't be reached, or what it answered is no stamp of this message."""


class Unproven(ValueError):
    """The stamp isn't one of this source over this message."""


class TimeSource(Protocol):
    """Who stamps. `name` stands in the record beside the stamp."""

    @property
    def name(self) -> str: ...

    def stamp(self, message: bytes) -> bytes:
        """A stamp over `message`, at this moment. Raises CannotStamp."""
        ...

    def time_of(self, stamp: bytes, message: bytes) -> datetime:
        """The moment that the stamp proves for `message`, aware UTC. Raises Unproven."""
        ...


@dataclass(frozen=True)
class SiteClock:
    """The site's own clock: JSON of the moment and an Ed25519 signature over it and the message."""

    key: Ed25519PrivateKey
    name: str = "site"

    def stamp(self, message: bytes, *, at: datetime | None = None) -> bytes:
        """As of `at`, the moment of the deed that is stamped; of now if it isn't told."""
        said = (at or clock.now()).astimezone(UTC).isoformat()
        return json.dumps({"at": said, "signature": self.key.sign(_told(said, message)).hex()}).encode()

    def time_of(self, stamp: bytes, message: bytes) -> datetime:
        try:
            said = json.loads(stamp)
            self.key.public_key().verify(bytes.fromhex(said["signature"]), _told(said["at"], message))
            return datetime.fromisoformat(said["at"])
        except (InvalidSignature, ValueError, KeyError, TypeError) as error:
            raise Unproven(str(error)) from None


@dataclass(frozen=True)
class TimeAuthority:
    """A time stamping authority over HTTP (RFC 3161), believed for the root certificates that the site was given."""

    url: str
    roots: tuple[x509.Certificate, ...]

    @property
    def name(self) -> str:
        return urlsplit(self.url).hostname or self.url

    def stamp(self, message: bytes) -> bytes:
        asked = TimestampRequestBuilder().data(message).hash_algorithm(HashAlgorithm.SHA256).build()
        request = urllib.request.Request(self.url, asked.as_bytes(), {"Content-Type": "application/timestamp-query"})
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
                stamp: bytes = answer.read(LARGEST_STAMP)
            self._verify(stamp, message, asked.nonce)
        except (OSError, HTTPException, ValueError, VerificationError) as error:
            raise CannotStamp(f"{self.name}: {type(error).__name__} {error}") from None
        return stamp

    def time_of(self, stamp: bytes, message: bytes) -> datetime:
        try:
            return self._verify(stamp, message, None)
        except (ValueError, VerificationError) as error:
            raise Unproven(str(error)) from None

    def _verify(self, stamp: bytes, message: bytes, nonce: int | None) -> datetime:
        answer = decode_timestamp_response(stamp)
        VerifierBuilder(roots=list(self.roots), nonce=nonce).build().verify_message(answer, message)
        return answer.tst_info.gen_time.astimezone(UTC)


def site() -> SiteClock:
    """The site's own clock. Its key follows from the lookup key, the one that is never changed."""
    return _site(settings().lookup_key)


def outside() -> TimeSource | None:
    """The authority that is set, if one is."""
    chosen = settings()
    return None if chosen.tsa_url is None or chosen.tsa_roots is None else _authority(chosen.tsa_url, chosen.tsa_roots)


@functools.cache
def _site(secret: bytes) -> SiteClock:
    seed = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"leye trusted time").derive(secret)
    return SiteClock(Ed25519PrivateKey.from_private_bytes(seed))


@functools.cache
def _authority(url: str, roots: Path) -> TimeAuthority:
    return TimeAuthority(url, tuple(x509.load_pem_x509_certificates(roots.read_bytes())))


def _told(at: Any, message: bytes) -> bytes:
    return f"leye time {at} ".encode() + message
