"""What an employer is registered with, and how it becomes and stays verified."""

import calendar
import enum
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from zero_work_market.ground import clock
from zero_work_market.ground.errors import IllegalMove, InvalidValue, LeyeError
from zero_work_market.people.accounts.rules import parse_id_number, parse_person_name, plain
from zero_work_market.reference.regions.rules import level_of


class Verification(enum.StrEnum):
    WAITING = "waiting"
    VERIFIED = "verified"
    REFUSED = "refused"
    SUSPENDED = "suspended"


MOVES: Mapping[Verification, Mapping[str, Verification]] = {
    Verification.WAITING: {"verify": Verification.VERIFIED, "refuse": Verification.REFUSED},
    Verification.REFUSED: {"resubmit": Verification.WAITING},
    Verification.VERIFIED: {"reverify": Verification.VERIFIED, "suspend": Verification.SUSPENDED},
    Verification.SUSPENDED: {"restore": Verification.VERIFIED},
}
"""What each verb makes of each state; a verb that a state hasn't is refused."""


class Paper(enum.StrEnum):
    """What an employer shows (人力资源市场暂行条例 26): licence, the operator's ID, and the letter of authority."""

    LICENCE = "licence"
    OPERATOR_ID = "operator_id"
    LETTER = "letter"


class AlreadyRegistered(LeyeError):
    """The account acts for an employer already, or the code is another's. details: same, "account" or "uscc"."""

    code = "employer_already_registered"


class EmployerSuspended(LeyeError):
    """A suspended employer can't do this."""

    code = "employer_suspended"


class PapersMissing(LeyeError):
    """Nobody is verified without all three papers. details: missing."""

    code = "papers_missing"


@dataclass(frozen=True)
class NewEmployer:
    """`short` is how workers see it, the name's beginning if empty; `operator` is the person who acts for it."""

    name: str
    uscc: str
    town: str
    operator: str = field(repr=False)
    operator_id_number: str = field(repr=False)
    short: str = ""
    address: str = ""


class ProjectKnown(LeyeError):
    """The employer has a project of that number. details: project_id."""

    code = "project_known"


@dataclass(frozen=True)
class NewProject:
    """A construction project as its employer enters it. `contractor` pays the wages on its behalf (总包代发)."""

    name: str
    number: str
    contractor: str
    insurance_number: str = ""
    bank: str = ""
    wage_account: str = field(default="", repr=False)


@dataclass(frozen=True)
class Operator:
    """Who acts for an employer, in the clear."""

    name: str = field(repr=False)
    id_number: str = field(repr=False)
    phone: str | None = field(repr=False)


@dataclass(frozen=True)
class PaperBody:
    media_type: str
    body: bytes = field(repr=False)


def check_new(new: NewEmployer, *, today: date) -> NewEmployer:
    """`new` in its stored form. Raises InvalidValue naming the field, UnknownRegion."""
    name, short, address = plain(new.name), plain(new.short), " ".join(new.address.split())
    for what, text, most in (("name", name, 80), ("short", short, 20), ("address", address, 120)):
        if len(text) > most or (what == "name" and len(text) < 2):
            raise InvalidValue(field=what, reason="length", most=most)
    if level_of(new.town) != "town":
        raise InvalidValue(field="town", reason="level", given=new.town)
    return replace(
        new,
        name=name,
        short=short or name[:8],
        address=address,
        uscc=parse_uscc(new.uscc),
        operator=parse_person_name(new.operator, field="operator"),
        operator_id_number=parse_id_number(new.operator_id_number, today=today, field="operator_id_number"),
    )


def check_project(new: NewProject) -> NewProject:
    """`new` in its stored form. Raises InvalidValue naming the field: reason "required", "length", "characters"."""
    name, contractor, bank = (" ".join(text.split()) for text in (new.name, new.contractor, new.bank))
    for what, text, most in (("project_name", name, 60), ("contractor", contractor, 80)):
        if len(text) < 2:
            raise InvalidValue(field=what, reason="required")
        if len(text) > most:
            raise InvalidValue(field=what, reason="length", most=most)
    if len(bank) > 40:
        raise InvalidValue(field="bank", reason="length", most=40)
    number, insurance = plain(new.number).upper(), plain(new.insurance_number).upper()
    account = plain(new.wage_account)
    if not number:
        raise InvalidValue(field="number", reason="required")
    for what, code in (("number", number), ("insurance_number", insurance)):
        if code and not re.fullmatch(r"[0-9A-Z-]{6,40}", code):
            raise InvalidValue(field=what, reason="format")
    if account and not re.fullmatch(r"[0-9]{8,30}", account):
        raise InvalidValue(field="wage_account", reason="digits")
    return NewProject(name, number, contractor, insurance, bank, account)


_USCC = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def parse_uscc(text: str) -> str:
    """The 18 characters of a unified social credit code (GB 32100-2015).

    Raises InvalidValue on field "uscc": reason "length", "characters" (I, O, S, V, Z are never used), "check".
    """
    code = plain(text).upper()
    if len(code) != 18:
        raise InvalidValue(field="uscc", reason="length")
    if not re.fullmatch(f"[{_USCC}]{{2}}[0-9]{{6}}[{_USCC}]{{10}}", code):
        raise InvalidValue(field="uscc", reason="characters")
    if uscc_check_character(code) != code[17]:
        raise InvalidValue(field="uscc", reason="check")
    return code


def uscc_check_character(code: str) -> str:
    """The 18th character that goes with the first 17: weights 3^i, modulus 31."""
    return _USCC[-sum(_USCC.index(character) * pow(3, place, 31) for place, character in enumerate(code[:17])) % 31]


def state_after(verb: str, state: Verification) -> Verification:
    """Raises IllegalMove unless `MOVES` has it."""
    if verb in MOVES[state]:
        return MOVES[state][verb]
    meant = next(moves[verb] for moves in MOVES.values() if verb in moves)
    raise IllegalMove(what="employer", from_state=state.value, to_state=meant.value)


def may_publish_at_once(state: Verification, valid_until: datetime | None, at: datetime) -> bool:
    """Verified now: by state, and within the verification's term."""
    return state == Verification.VERIFIED and valid_until is not None and at < valid_until


def months_later(moment: datetime, months: int) -> datetime:
    """The same clock so many months on, in Jining; on the month's last day where it has no such day."""
    local = clock.local(moment)
    year, month = divmod(local.year * 12 + local.month - 1 + months, 12)
    day = min(local.day, calendar.monthrange(year, month + 1)[1])
    return clock.at_local(date(year, month + 1, day), local.time())


MOST_BYTES = 4 * 1024 * 1024
_MAGIC = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png", b"%PDF-": "application/pdf"}


def media_type_of(body: bytes) -> str:
    """What a paper is by its first bytes: JPEG, PNG or PDF of at most 4 MB.

    Raises InvalidValue on field "body": reason "empty", "too_large", "media_type".
    """
    if not body:
        raise InvalidValue(field="body", reason="empty")
    if len(body) > MOST_BYTES:
        raise InvalidValue(field="body", reason="too_large", most=MOST_BYTES)
    for magic, media_type in _MAGIC.items():
        if body.startswith(magic):
            return media_type
    raise InvalidValue(field="body", reason="media_type")
