"""The wire format: JSON lines, each proven by the one signature of the bundle. docs/exchange tells it to others.

Line 1 is the manifest, line 2 its Ed25519 signature. The manifest holds the SHA-256 of each chunk's head, a head holds
that of each of its records' lines: so one damaged line is lost by its number and the others are kept, whatever is read
first. A line counts by its bytes without the line feed.
"""

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from tempfile import TemporaryFile
from typing import IO, Annotated, Any, Literal

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError
from pydantic.json_schema import models_json_schema

from zero_work_market.ground.errors import LeyeError

FORMAT = "leye-exchange/1"
CHUNK = 500
LONGEST_LINE = 1 << 20
LONG_NUMBER = re.compile(r"[+(]?(?:[\d〇零一二三四五六七八九][\s()\-–—.·]{0,2}){6,}[\d〇零一二三四五六七八九Xx]")
"""Seven digits or more, however spaced: a phone, an ID number, an account."""


class BundleRefused(LeyeError):
    """Nothing of the bundle is taken. details: why ("not_a_bundle", "format", "not_for_us", "unknown_partner",
    "no_agreement", "unknown_key", "key_expired", "signature")."""

    code = "bundle_refused"


class LineRefused(Exception):
    """One line isn't taken. Says why, as a stable code."""


class Kind(StrEnum):
    VACANCY = "vacancy"
    SEEKER = "seeker"
    APPLICATION = "application"
    HIRE = "hire"
    TOMBSTONE = "tombstone"


class Told(BaseModel):
    """What a line says; fields that a newer partner adds are passed over."""

    model_config = ConfigDict(frozen=True)


Id = Annotated[str, Field(min_length=1, max_length=80)]
Region = Annotated[str, Field(pattern=r"^[1-9]\d{5}$")]
Person = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", description="keyed hash of the ID number")]
Masked = Annotated[str, Field(pattern=r"^.{1,2}\*\*$", description="family name and two asterisks")]
Fen = Annotated[int, Field(gt=0, le=100_000_000)]
Occupation = Annotated[str, Field(pattern=r"^\d-\d\d-\d\d-\d\d$", description="code of the 2022 classification")]
Level = Annotated[int, Field(ge=1, le=5)]
Moment = AwareDatetime


class Trade(Told):
    occupation: Occupation
    level: Level = 1
    seen: bool = Field(False, description="staff saw the certificate")


class Brand(Told):
    code: Annotated[str, Field(min_length=1, max_length=20)]
    name: Annotated[str, Field(min_length=1, max_length=60)]


class Pay(Told):
    kind: Literal["hour", "day", "month", "piece"]
    fen: Fen
    hourly_fen: Fen
    total_fen: Fen
    days: Annotated[int, Field(ge=0, le=366, description="paid within so many days after the work")]


class Source(Told):
    kind: Literal["bureau", "association", "chamber"]
    name: Annotated[str, Field(min_length=1, max_length=60)]


class Shift(Told):
    start: Moment
    end: Moment


class Vacancy(Told):
    title: Annotated[str, Field(min_length=1, max_length=40)]
    employer: Annotated[str, Field(min_length=1, max_length=80)]
    region: Region
    place: Annotated[str, Field(max_length=160)]
    lon: Annotated[float, Field(ge=-180, le=180)]
    lat: Annotated[float, Field(ge=-90, le=90)]
    headcount: Annotated[int, Field(ge=1, le=5000)]
    pay: Pay
    shifts: Annotated[list[Shift], Field(min_length=1, max_length=400)]
    break_minutes: Annotated[int, Field(ge=0, le=720, description="of each shift, unpaid, no working time")] = 0
    employment: Annotated[str, Field(max_length=10)]
    trades: Annotated[list[Trade], Field(max_length=4)] = Field(default_factory=list)
    brands: Annotated[list[Brand], Field(max_length=4)] = Field(default_factory=list)
    meals: bool = False
    lodging: bool = False
    transport: bool = False
    insurance: bool = False
    min_age: Annotated[int, Field(ge=16, le=70)] = 16
    words: Annotated[str, Field(max_length=2000)] = ""
    closes_at: Moment
    url: Annotated[str, Field(pattern=r"^(https?://[^\s\"<>]+)?$", max_length=300)] = ""
    source: Source


class Seeker(Told):
    person: Person
    name: Masked
    origin: Region
    trades: Annotated[list[Trade], Field(max_length=8)] = Field(default_factory=list)
    brands: Annotated[list[Brand], Field(max_length=4)] = Field(default_factory=list)
    min_hourly_fen: Annotated[int, Field(ge=0, le=100_000_000)] = 0


class Application(Seeker):
    vacancy: Id
    applied_at: Moment


class Hire(Told):
    person: Person
    vacancy: Id
    title: Annotated[str, Field(max_length=40)] = ""
    employer: Annotated[str, Field(max_length=80)] = ""
    level: Annotated[int, Field(ge=0, le=5, description="0 asked to come, 1 accepted … 5 stable")]
    since: date | None = Field(None, description="first day of the work")


class Tombstone(Told):
    of: Literal["vacancy", "seeker", "application", "hire"]
    reason: Literal["filled", "withdrawn", "expired", "erased"]


BODIES: dict[Kind, type[Told]] = {
    Kind.VACANCY: Vacancy,
    Kind.SEEKER: Seeker,
    Kind.APPLICATION: Application,
    Kind.HIRE: Hire,
    Kind.TOMBSTONE: Tombstone,
}


class ChunkSum(Told):
    records: Annotated[int, Field(ge=1, le=10_000)]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Manifest(Told):
    """`after` and `upto`: which part of the sender's stream this is; `more`: there is still some."""

    model_config = ConfigDict(frozen=True, populate_by_name=True, serialize_by_alias=True)
    format: Literal["leye-exchange/1"]
    sender: Region = Field(alias="from")
    receiver: Region = Field(alias="to")
    stream: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
    after: Annotated[int, Field(ge=0)]
    upto: Annotated[int, Field(ge=0)]
    more: bool = False
    made_at: Moment
    key: Annotated[str, Field(min_length=1, max_length=40)]
    records: Annotated[int, Field(ge=0)]
    chunks: list[ChunkSum]


@dataclass(frozen=True)
class Record:
    """One line. Of one kind and id the highest `rank` holds, whatever came first and however often."""

    kind: Kind
    id: str
    version: int
    gone: str
    """Why it is no more, of a tombstone; empty else."""
    body: Told | None
    digest: str

    @property
    def rank(self) -> tuple[int, bool, str]:
        return self.version, bool(self.gone), self.digest


@dataclass(frozen=True)
class Refused:
    line: int
    reason: str


@dataclass(frozen=True)
class Part:
    """What a chunk brought, and how many lines were read until its end."""

    records: tuple[Record, ...]
    refused: tuple[Refused, ...]
    lines: int


def schema() -> dict[str, Any]:
    """JSON Schema of every line of a bundle, for whoever writes or reads one."""
    told: dict[str, type[Told]] = {kind.value: body for kind, body in BODIES.items()}
    models: list[tuple[type[BaseModel], Literal["validation"]]] = [(Manifest, "validation")]
    models += [(body, "validation") for body in told.values()]
    _, defs = models_json_schema(models, ref_template="#/$defs/{model}")
    known = defs["$defs"]
    digest = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
    known["Signature"] = _line(signature={"type": "string", "contentEncoding": "base64"})
    known["ChunkHead"] = _line(chunk={"type": "integer", "minimum": 1}, sha256={"type": "array", "items": digest})
    for kind, body in told.items():
        known[f"{body.__name__}Record"] = _line(
            kind={"const": kind},
            id={"type": "string", "minLength": 1, "maxLength": 80},
            version={"type": "integer", "minimum": 1, "exclusiveMaximum": 1 << 53},
            body={"$ref": f"#/$defs/{body.__name__}"},
        )
    lines = ["Manifest", "Signature", "ChunkHead", *(f"{body.__name__}Record" for body in told.values())]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"One line of a {FORMAT} bundle",
        "anyOf": [{"$ref": f"#/$defs/{name}"} for name in lines],
        "$defs": dict(sorted(known.items())),
    }


def _line(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties)}


def person_hash(id_number: str, key: bytes) -> str:
    """By which both sides know one person and nobody else can."""
    return hmac.new(key, f"id_number:{id_number}".encode(), hashlib.sha256).hexdigest()


def without_numbers(text: str) -> str:
    """Free text with phones and other long numbers taken out."""
    return LONG_NUMBER.sub("……", text)


def as_line(value: dict[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def record_line(kind: str, id: str, version: int, body: dict[str, Any]) -> bytes:
    return as_line({"kind": kind, "id": id, "version": version, "body": body})


def parse_record(line: bytes) -> Record:
    """Raises LineRefused: "not_json", "misfit:<path>"."""
    try:
        told = json.loads(line)
        kind, id, version = Kind(told["kind"]), told["id"], told["version"]
    except (ValueError, RecursionError):
        raise LineRefused("not_json") from None
    except (KeyError, TypeError):
        raise LineRefused("misfit") from None
    if not (isinstance(id, str) and 1 <= len(id) <= 80 and "\0" not in id):
        raise LineRefused("misfit:id")
    if type(version) is not int or not 0 < version < 1 << 53:
        raise LineRefused("misfit:version")
    try:
        body = BODIES[kind].model_validate(told.get("body"))
    except ValidationError as error:
        raise LineRefused(f"misfit:{'.'.join(map(str, ('body', *error.errors()[0]['loc'])))}") from None
    if "\\u0000" in line.decode():
        raise LineRefused("misfit")
    digest = hashlib.sha256(line).hexdigest()
    if isinstance(body, Tombstone):
        return Record(Kind(body.of), id, version, body.reason, None, digest)
    return Record(kind, id, version, "", body, digest)


def write_bundle(about: dict[str, Any], lines: Iterable[bytes], key: Ed25519PrivateKey, into: IO[bytes]) -> Manifest:
    """A bundle of records' lines into an open file, a chunk in memory at a time. `about` is the manifest's rest."""
    sums: list[ChunkSum] = []
    with TemporaryFile() as spool:
        for chunk in _chunked(lines):
            head = as_line({"chunk": len(sums) + 1, "sha256": [hashlib.sha256(line).hexdigest() for line in chunk]})
            sums.append(ChunkSum(records=len(chunk), sha256=hashlib.sha256(head).hexdigest()))
            spool.write(b"".join(line + b"\n" for line in (head, *chunk)))
        told = about | {"format": FORMAT, "records": sum(one.records for one in sums), "chunks": sums}
        manifest = Manifest.model_validate(told)
        first = as_line(manifest.model_dump(mode="json"))
        into.write(first + b"\n" + as_line({"signature": base64.b64encode(key.sign(first)).decode()}) + b"\n")
        spool.seek(0)
        while block := spool.read(1 << 20):
            into.write(block)
    return manifest


class Reader:
    """A bundle as it is read: the manifest at once, the rest by `parts`. Raises BundleRefused("not_a_bundle")."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._lines, self.proven = file, 0, 0
        try:
            self._first, second = self._line(), self._line()
            self.manifest = Manifest.model_validate_json(self._first or b"")
            self._signature = base64.b64decode(json.loads(second or b"")["signature"], validate=True)
        except ValidationError as error:
            why = "format" if error.errors()[0]["loc"] == ("format",) else "not_a_bundle"
            raise BundleRefused(why=why) from None
        except (ValueError, KeyError, TypeError):
            raise BundleRefused(why="not_a_bundle") from None
        if sum(one.records for one in self.manifest.chunks) != self.manifest.records:
            raise BundleRefused(why="not_a_bundle")

    @property
    def lines(self) -> int:
        """How many lines a whole one has."""
        return 2 + self.manifest.records + len(self.manifest.chunks)

    @property
    def whole(self) -> bool:
        """Once it is read: every record came as it was signed."""
        return self.proven == self.manifest.records

    def verify(self, public: bytes) -> None:
        """Raises BundleRefused("signature") unless the manifest was signed with the private half of `public`."""
        if not verified(public, self._signature, self._first or b""):
            raise BundleRefused(why="signature")

    def parts(self) -> Iterator[Part]:
        """Chunk by chunk, as far as the file goes; what is missing at the end is refused as one line."""
        heads = {one.sha256 for one in self.manifest.chunks}
        awaited, known = set[str](), set[str]()
        damaged = 0
        records: list[Record] = []
        refused: list[Refused] = []
        while (line := self._line()) is not None:
            digest = hashlib.sha256(line).hexdigest()
            if digest in heads:
                if records or refused:
                    yield Part(tuple(records), tuple(refused), self._lines - 1)
                records, refused = [], []
                heads.remove(digest)
                awaited, known = _digests(line), {digest}
            elif digest in awaited:
                awaited.remove(digest)
                known.add(digest)
                self.proven += 1
                try:
                    records.append(parse_record(line))
                except LineRefused as why:
                    refused.append(Refused(self._lines, str(why)))
            elif digest not in known:
                damaged += 1
                refused.append(Refused(self._lines, "damaged"))
        if (missing := self.manifest.records - self.proven - damaged) > 0:
            refused.append(Refused(self._lines + 1, f"missing:{missing}"))
        yield Part(tuple(records), tuple(refused), self._lines)

    def _line(self) -> bytes | None:
        """The next line without its end; None after the last. What is too long comes cut, and so is damaged."""
        line = self._file.readline(LONGEST_LINE)
        if not line:
            return None
        rest = line
        while rest and not rest.endswith(b"\n"):
            rest = self._file.readline(LONGEST_LINE)
        self._lines += 1
        return line.rstrip(b"\r\n")


def _digests(head: bytes) -> set[str]:
    """Of a chunk's records. It is signed for, so one that can't be read is the sender's mistake: all lines are lost."""
    try:
        return {str(one) for one in json.loads(head)["sha256"]}
    except (ValueError, KeyError, TypeError):
        return set()


def verified(public: bytes, signature: bytes, message: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def _chunked(lines: Iterable[bytes]) -> Iterator[list[bytes]]:
    chunk: list[bytes] = []
    for line in lines:
        chunk.append(line)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
