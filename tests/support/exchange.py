"""A partner region that speaks the wire format by itself, so that what we take in isn't what we wrote.

far = make_far(session)              # 万州, known to us, with a key and an agreement
body = far.bundle([vacancy(1), tombstone("v-2", 7)])
"""

import base64
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select
from sqlalchemy.orm import Session

from labor_brands.bundles.rules import Reader, record_line, write_bundle
from labor_brands.exchange import service
from labor_brands.exchange.models import ImportedVacancy, RemoteApplication
from labor_brands.exchange.rules import Counts, Stage, Way
from labor_brands.partners import service as partners
from labor_brands.partners.queries import believed, partner
from tests.support.makers import NOW, make_worker, oneself
from tests.support.market import PACKER
from zero_work_market.ground.audit import SYSTEM
from zero_work_market.ground.clock import local_date
from zero_work_market.people.workers import service as workers
from zero_work_market.people.workers.models import Worker
from zero_work_market.people.workers.rules import Purpose

WANZHOU, JINING = "500101", "370800"
SECRET = b"both sides keep the same secret!"
STREAM = "0123456789abcdef" * 2


@dataclass
class Far:
    """The partner: what it signs with, and how it numbers what it sends."""

    code: str = WANZHOU
    key_id: str = "wz-1"
    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)

    @property
    def public(self) -> str:
        return base64.b64encode(self.key.public_key().public_bytes_raw()).decode()

    def bundle(self, lines: Iterable[bytes], *, at: datetime = NOW, **about: Any) -> bytes:
        lines = list(lines)
        told = {
            "from": self.code, "to": JINING, "stream": STREAM, "after": 0, "upto": len(lines), "made_at": at,
            "key": self.key_id,
        }  # fmt: skip
        made = BytesIO()
        write_bundle(told | about, lines, self.key, made)
        return made.getvalue()


def make_far(session: Session, code: str = WANZHOU, *, at: datetime = NOW, url: str = "", days: int = 365) -> Far:
    far = Far(code=code)
    by: dict[str, Any] = {"code": code, "by": SYSTEM, "at": at}
    partners.add_partner(session, url=url, shared=base64.b64encode(SECRET).decode(), **by)
    partners.add_partner_key(session, key_id=far.key_id, public=far.public, **by)
    today = local_date(at)
    partners.agree(session, first=today, last=today + timedelta(days=days), source="济宁市人社局", **by)
    return far


def vacancy(number: int = 1, version: int = 1, *, at: datetime = NOW, **said: Any) -> bytes:
    """The line of a packers' vacancy in 万州, a week ahead."""
    start = at + timedelta(days=7)
    body = {
        "title": f"包装工 {number}", "employer": "万州三峡柑橘有限公司", "region": WANZHOU, "place": "万州区高笋塘",
        "lon": 108.4, "lat": 30.8, "headcount": 3,
        "pay": {"kind": "hour", "fen": 2300, "hourly_fen": 2300, "total_fen": 18400, "days": 7},
        "shifts": [{"start": start.isoformat(), "end": (start + timedelta(hours=8)).isoformat()}],
        "employment": "零工", "trades": [{"occupation": PACKER, "level": 1}], "lodging": True,
        "closes_at": start.isoformat(), "source": {"kind": "bureau", "name": "万州区人社局"},
    }  # fmt: skip
    return record_line("vacancy", said.pop("id", f"v-{number}"), version, body | said)


def seeker(person: str, version: int = 1, **said: Any) -> bytes:
    body = {"person": person, "name": "冉**", "origin": WANZHOU, "trades": [{"occupation": PACKER, "level": 3}]}
    return record_line("seeker", person, version, body | said)


def application(person: str, vacancy_id: str, version: int = 1, *, at: datetime = NOW, **said: Any) -> bytes:
    body = {
        "person": person, "name": "冉**", "origin": WANZHOU,
        "trades": [{"occupation": PACKER, "level": 3, "seen": True}],
        "brands": [{"code": "WZ-1", "name": "万州烤鱼师傅"}], "vacancy": vacancy_id, "applied_at": at.isoformat(),
    }  # fmt: skip
    return record_line("application", said.pop("id", f"a-{vacancy_id}-{person[:8]}"), version, body | said)


def hire(person: str, vacancy_id: str, level: int, version: int = 1) -> bytes:
    body = {"person": person, "vacancy": vacancy_id, "title": "包装工", "employer": "万州柑橘", "level": level}
    return record_line("hire", f"h-{vacancy_id}-{person[:8]}", version, body)


def tombstone(id: str, version: int, *, of: str = "vacancy", reason: str = "withdrawn") -> bytes:
    return record_line("tombstone", id, version, {"of": of, "reason": reason})


def lines_of(bundle: bytes) -> list[dict[str, Any]]:
    """The records of a bundle, as anybody reads them."""
    told = [json.loads(line) for line in bundle.splitlines()]
    return [line for line in told if "kind" in line]


def take(
    session: Session, body: bytes, *, at: datetime = NOW, parts: int | None = None
) -> tuple[int, int, int, list[tuple[int, str]]]:
    """As an entrance does it, in the test's one transaction; `parts` many chunks before it is interrupted."""
    reader = Reader(BytesIO(body))
    source, counts = believed(session, reader, at=at), Counts()
    for number, part in enumerate(reader.parts()):
        if number == parts:
            break
        here = service.take(session, partner=source, records=part.records, at=at)
        here.refused += part.refused
        counts.add(here)
    return counts.new, counts.updated, counts.unchanged, [(one.line, one.reason) for one in counts.refused]


def agreed_worker(session: Session, **said: Any) -> Worker:
    """A worker who agreed that partner regions are told of them."""
    worker = make_worker(session, **said)
    workers.consent(session, worker_id=worker.id, purpose=Purpose.EXCHANGE, by=oneself(worker), at=NOW)
    return worker


def put_far_rows(session: Session, *, posting_id: int, at: datetime) -> dict[str, int]:
    """万州 as a partner, with a vacancy, an applicant for a posting, and an upload that waits to be taken."""
    partners.make_key(session, by=SYSTEM, at=at)
    far = make_far(session, at=at)
    lines = [vacancy(1, at=at), application("a" * 64, f"v-{posting_id}", at=at)]
    body = far.bundle(lines, at=at)
    take(session, body, at=at)
    reader = Reader(BytesIO(body))
    row = service.begin(
        session, partner=partner(session, WANZHOU), manifest=reader.manifest, lines=reader.lines, way=Way.FILE,
        stage=Stage.CHECKED, name="万州.jsonl", file=body, by=SYSTEM, at=at,
    )  # fmt: skip
    told = {"vacancy_id": ImportedVacancy, "application_id": RemoteApplication}
    ids = {name: session.scalars(select(table.id)).one() for name, table in told.items()}
    return ids | {"transfer_id": row.id}
