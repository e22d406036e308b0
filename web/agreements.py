"""An agreement as pages of every house show it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from flask import url_for
from markupsafe import Markup
from sqlalchemy.orm import Session

from web.errors import said_by_field
from web.filters import clock, day_long
from zero_work_market.ground.audit import Actor
from zero_work_market.ground.clock import now
from zero_work_market.ground.db import transaction
from zero_work_market.ground.errors import LeyeError
from zero_work_market.ground.settings import settings
from zero_work_market.market.placements.models import Placement
from zero_work_market.market.postings.models import Posting
from zero_work_market.people.workers.models import Worker
from zero_work_market.people.workers.rules import mask_name
from zero_work_market.rights.contracts import queries, service
from zero_work_market.rights.contracts.models import Agreement, Signature
from zero_work_market.rights.contracts.queries import Check, Proof
from zero_work_market.rights.contracts.rules import PAD_HEIGHT, Side, State, masked, parts_of

SIDES = {Side.EMPLOYER: "单位", Side.WORKER: "干活的人"}
SITE = "本站"
"""Name of the site's own clock where stamps are told of."""
HOLDS = {
    "text": "内容一个字没改", "bound": "签名和内容绑在一起", "chain": "跟全县的记录接得上",
    "said": "签字当时记进了全县的记录", "time": "本站记的时间没动过", "witness": "外面的授时机构也盖了时间",
}  # fmt: skip
FAILS = {
    "text": "内容跟签的时候不一样了", "bound": "签名跟内容对不上", "chain": "跟全县的记录接不上",
    "said": "全县的记录里没有这次签字", "time": "本站记的时间对不上", "witness": "外面授时机构盖的时间核不出来",
}  # fmt: skip


class Signed(NamedTuple):
    """A side of an agreement: who, the signature as a drawing (None: not signed, or typed), when, in whole words."""

    side: Side
    title: str
    name: str
    drawing: Markup | None
    when: str
    typed: bool


@dataclass(frozen=True)
class Shown:
    """An agreement on a screen: `parts` with ID number and phone hidden in part; empty when the text is gone."""

    id: int
    number: str
    state: State
    parts: Sequence[tuple[str, list[str]]]
    signed: tuple[Signed, ...]
    text_hash: str
    proof: Proof | None

    def has(self, side: Side) -> bool:
        return any(one.when for one in self.signed if one.side == side)

    @property
    def stamps(self) -> list[tuple[str, str, str]]:
        """(side, who stamped, the moment) of each time that was proven."""
        times = self.proof.times if self.proof else {}
        return [(SIDES[side], source_said(source), at_said(at)) for (side, source), at in times.items()]

    @property
    def looked_at(self) -> list[tuple[bool, str]]:
        """What was looked at in the proof, each said once: (holds, words)."""
        checks = self.proof.checks if self.proof else ()
        by_what: dict[str, list[Check]] = {}
        for check in checks:
            by_what.setdefault(check.what, []).append(check)
        return [line for what, of in by_what.items() for line in _lines(what, of)]


def shown(session: Session, agreement: Agreement, *, names: bool = True) -> Shown:
    """The agreement for a screen, looked through once anybody has signed; `names` False for who is neither side."""
    text = agreement.text.decode() if agreement.text else ""
    parts = parts_of(masked(text)) if text else []
    placement = session.get_one(Placement, agreement.placement_id)
    worker, posting = session.get_one(Worker, placement.worker_id), session.get_one(Posting, placement.posting_id)
    who = {
        Side.EMPLOYER: posting.employer.name,
        Side.WORKER: (worker.name or "") if names else mask_name(worker.surname),
    }  # fmt: skip
    return Shown(
        id=agreement.id, number=agreement.number, state=agreement.state, parts=parts if names else parts[1:],
        signed=tuple(_signed(side, who[side], queries.signature_of(agreement, side), names) for side in SIDES),
        text_hash=agreement.text_hash, proof=queries.verify(session, agreement.id) if agreement.signatures else None,
    )  # fmt: skip


def drawing(strokes: bytes) -> Markup:
    """A signature drawn from its path."""
    paths = "".join(_path(stroke) for stroke in json.loads(strokes))
    return Markup(
        '<svg class="signature" viewBox="0 0 1000 {}" role="img" aria-label="手写的签名"><path d="{}"/></svg>'
    ).format(PAD_HEIGHT, paths)


def at_said(moment: datetime) -> str:
    """ "2026 年 11 月 24 日 周二 10:03" """
    return f"{day_long(moment)} {clock(moment)}"


def check_address(agreement: Agreement) -> str:
    """Where anyone who holds the paper can have it looked through."""
    path = url_for("everyone.agreement", agreement_id=agreement.id, digest=agreement.text_hash[:32])
    return f"{settings().public_url}{path}"


def send_code(by: Actor) -> tuple[int, dict[str, str]]:
    """Send a code for signing to the phone of `by`: HTTP status, and a refusal in words by its field."""
    try:
        with transaction() as session:
            service.request_code(session, by=by, at=now())
    except LeyeError as error:
        status, errors = said_by_field(error)
        return status, {"form" if "phone" in errors else "code": next(iter(errors.values()))}
    return 200, {}


def refused(error: LeyeError) -> tuple[int, dict[str, str]]:
    """HTTP status of a signature's refusal, and the words by their field."""
    status, errors = said_by_field(error)
    return status, {"code": errors["form"]} if error.code in ("wrong_code", "code_expired") else errors


def source_said(name: str) -> str:
    return SITE if name == "site" else name


def _signed(side: Side, who: str, signature: Signature | None, names: bool) -> Signed:
    if signature is None:
        return Signed(side, SIDES[side], who, None, "", False)
    drawn = drawing(signature.strokes) if names and signature.strokes else None
    return Signed(side, SIDES[side], who, drawn, at_said(signature.signed_at), not signature.strokes_hash)


def _path(stroke: list[list[int]]) -> str:
    points = [f"{x} {y}" for x, y, _ in stroke]
    return f"M{points[0]}L{' '.join(points[1:] or points)}" if points else ""


def _lines(what: str, checks: list[Check]) -> list[tuple[bool, str]]:
    failed = [check for check in checks if not check.ok]
    if not failed:
        return [(True, HOLDS[what])]
    return [(False, f"{SIDES[check.side]}：{FAILS[what]}" if check.side else FAILS[what]) for check in failed]
