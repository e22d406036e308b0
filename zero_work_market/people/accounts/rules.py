"""Who someone is (phone, name, ID number), how they prove it, and what they may do where."""

import enum
import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Protocol, TypeVar

import pyotp

from zero_work_market.ground.errors import InvalidValue, LeyeError, NotAllowed
from zero_work_market.reference.regions.rules import covers, level_of


class Role(enum.StrEnum):
    """What a grant makes of an account, by the level of the region it is for."""

    CITY = "city"
    COUNTY = "county"
    TOWN = "town"
    VILLAGE_AGENT = "village_agent"


class Permission(enum.StrEnum):
    REGISTER_WORKER = "register_worker"
    """Register workers and keep their profiles, each act with the worker's consent."""
    SET_BRANDS = "set_brands"
    VERIFY_EMPLOYER = "verify_employer"
    MODERATE = "moderate"
    BOARD = "board"
    MANAGE_ACCOUNTS = "manage_accounts"
    ADD_VILLAGE = "add_village"
    SET_TARGETS = "set_targets"
    """Set the city's targets, and allot them to its counties."""
    SEE_FULL_ID = "see_full_id"
    """See a full ID number, phone or name, with a reason, logged each time (个人信息保护法 51, 54)."""
    PROVE_ORIGIN = "prove_origin"
    """See the papers of where a worker is at home and whether lifted out of poverty."""
    DECIDE = "decide"
    """Decide what two sides can't agree on: marks, hours, pay, ratings; and handle wage cases."""
    MANAGE_CHANNELS = "manage_channels"
    """Keep the export channels that start in a county: what is agreed, who is sent, with which bus."""
    IMPORT = "import"
    """Take in whole spreadsheets of workers, employers and past placements, and undo it."""
    RUN_COURSES = "run_courses"
    """Make courses and batches, call their rosters, grade, issue certificates, decide on training subsidies."""
    EXCHANGE = "exchange"
    """Keep the partner regions, what was agreed with them, and what is exchanged; for the whole market's region."""


_COUNTY_UP = frozenset({Role.CITY, Role.COUNTY})
_TOWN_UP = _COUNTY_UP | {Role.TOWN}
_ALL = _TOWN_UP | {Role.VILLAGE_AGENT}

PERMISSIONS: Mapping[Permission, frozenset[Role]] = {
    Permission.REGISTER_WORKER: _ALL,
    Permission.SET_BRANDS: _COUNTY_UP,
    Permission.VERIFY_EMPLOYER: _COUNTY_UP,
    Permission.MODERATE: _COUNTY_UP,
    Permission.BOARD: _ALL,
    Permission.MANAGE_ACCOUNTS: _TOWN_UP,
    Permission.ADD_VILLAGE: _TOWN_UP,
    Permission.SET_TARGETS: frozenset({Role.CITY}),
    Permission.SEE_FULL_ID: _ALL,
    Permission.PROVE_ORIGIN: _TOWN_UP,
    Permission.DECIDE: _COUNTY_UP,
    Permission.MANAGE_CHANNELS: _COUNTY_UP,
    Permission.IMPORT: _TOWN_UP,
    Permission.RUN_COURSES: _COUNTY_UP,
    Permission.EXCHANGE: _COUNTY_UP,
}

_HEIGHT = {Role.VILLAGE_AGENT: 0, Role.TOWN: 1, Role.COUNTY: 2, Role.CITY: 3}


class Granted(Protocol):
    """A role for a region, as a row or a plain value."""

    @property
    def role(self) -> Role: ...
    @property
    def region(self) -> str: ...


G = TypeVar("G", bound=Granted)


class OutOfScope(NotAllowed):
    """The asker may do this, but not in that region. details: permission, region."""

    code = "out_of_scope"


def grant_for(grants: Iterable[G], permission: Permission, region: str) -> G | None:
    """The first grant that lets its holder do this in `region`, inherited downward."""
    roles = PERMISSIONS[permission]
    return next((grant for grant in grants if grant.role in roles and covers(grant.region, region)), None)


def allowed(grants: Iterable[Granted], permission: Permission, region: str) -> bool:
    return grant_for(grants, permission, region) is not None


def require(grants: Iterable[Granted], permission: Permission, region: str) -> None:
    """Raises OutOfScope when only the region is wrong, NotAllowed when no grant has the permission at all."""
    grants = tuple(grants)
    if allowed(grants, permission, region):
        return
    refusal = OutOfScope if scope_of(grants, permission) else NotAllowed
    raise refusal(permission=permission.value, region=region)


def scope_of(grants: Iterable[Granted], permission: Permission) -> tuple[str, ...]:
    """Codes of the regions where the permission holds, sorted, none inside another."""
    regions = sorted({grant.region for grant in grants if grant.role in PERMISSIONS[permission]})
    return tuple(
        region for region in regions if not any(other != region and covers(other, region) for other in regions)
    )


def may_grant(grants: Iterable[Granted], role: Role, region: str) -> bool:
    """True when a grant of a higher role covers `region`: nobody hands out their own level."""
    return any(
        grant.role in PERMISSIONS[Permission.MANAGE_ACCOUNTS]
        and _HEIGHT[grant.role] > _HEIGHT[role]
        and covers(grant.region, region)
        for grant in grants
    )


_ROLES = {"city": Role.CITY, "county": Role.COUNTY, "town": Role.TOWN, "village": Role.VILLAGE_AGENT}


def role_at(region: str) -> Role:
    """The role that a region of this level takes. Raises UnknownRegion; InvalidValue for a province: reason "level"."""
    level = level_of(region)
    if level not in _ROLES:
        raise InvalidValue(field="region", reason="level", given=region)
    return _ROLES[level]


CODE_LIFE = timedelta(minutes=5)
CODE_GAP = timedelta(seconds=60)
CODES_A_DAY = 10
CODE_ATTEMPTS = 5
TOKEN_LIFE = timedelta(days=90)
PASSWORD_FAILURES = 5
PASSWORD_LOCK = timedelta(minutes=15)
TOTP_STEP_S = 30


class CodePurpose(enum.StrEnum):
    """What a one-time code is good for: one that a worker tells an agent must not open the worker's account."""

    LOGIN = "login"
    BIND = "bind"
    SIGN = "sign"


CODE_TEXTS: Mapping[CodePurpose, str] = {
    CodePurpose.LOGIN: "【乐业】登录验证码 {code}，5 分钟内有效。别告诉别人，办事员也不会问你要。",
    CodePurpose.BIND: "【乐业】办事员帮你登记这个手机号，验证码 {code}，5 分钟内有效。是你本人在办，再告诉他。",
    CodePurpose.SIGN: "【乐业】签约验证码 {code}，5 分钟内有效。填上就等于签字，先看清约定，别告诉别人。",
}


class CodeTooSoon(LeyeError):
    """A code was sent a moment ago. details: wait_seconds."""

    code = "code_too_soon"


class TooManyCodes(LeyeError):
    """The phone got all its codes of the day. details: a_day."""

    code = "too_many_codes"


class WrongCode(LeyeError):
    """Not the code that was sent. details: left, the attempts that remain."""

    code = "wrong_code"


class CodeExpired(LeyeError):
    """No code is open for this phone: never sent, too old, used, or tried too often."""

    code = "code_expired"


class WrongLogin(LeyeError):
    """Login name, password or TOTP is wrong, or the account is locked: never says which."""

    code = "wrong_login"


class LoginNameTaken(LeyeError):
    code = "login_name_taken"


def check_may_send(*, sent_at: datetime, used: bool, sent_today: int, at: datetime) -> None:
    """Raises CodeTooSoon within 60 s of a code that wasn't used yet, TooManyCodes after the tenth of a day."""
    gap = at - sent_at
    if gap < CODE_GAP and not used:
        raise CodeTooSoon(wait_seconds=-(-(CODE_GAP - gap) // timedelta(seconds=1)))
    if sent_today >= CODES_A_DAY:
        raise TooManyCodes(a_day=CODES_A_DAY)


def totp_step(secret: str, code: str, *, at: datetime, after: int) -> int | None:
    """The 30-second step whose code this is: the present one or a neighbour, and later than `after`; else None."""
    code = plain(code)
    now = int(at.timestamp()) // TOTP_STEP_S
    made = pyotp.TOTP(secret)
    fitting = [step for step in (now - 1, now, now + 1) if pyotp.utils.strings_equal(made.generate_otp(step), code)]
    return next((step for step in fitting if step > after), None)


class ReasonMissing(LeyeError):
    """The deed needs a reason of at least four characters. details: least."""

    code = "reason_missing"


def check_reason(reason: str) -> str:
    """The reason without the spaces around it, 4–300 characters. Raises ReasonMissing."""
    reason = reason.strip()[:300]
    if len(reason) < 4:
        raise ReasonMissing(least=4)
    return reason


def check_login_name(text: str) -> str:
    """Lower-case login name. Raises InvalidValue: 3–40 of a–z, 0–9, dot, dash, underscore."""
    name = plain(text).lower()
    if not re.fullmatch(r"[a-z0-9._-]{3,40}", name):
        raise InvalidValue(field="login_name", reason="characters")
    return name


def check_password(password: str, *, login_name: str) -> None:
    """Raises InvalidValue on field "password": reason "short" (under 10), "long" (over 128), "login_name", "simple"."""
    if len(password) < 10:
        raise InvalidValue(field="password", reason="short", least=10)
    if len(password) > 128:
        raise InvalidValue(field="password", reason="long", most=128)
    if login_name.lower() in password.lower():
        raise InvalidValue(field="password", reason="login_name")
    if password.isdigit() or len(set(password)) < 5:
        raise InvalidValue(field="password", reason="simple")


def plain(text: str) -> str:
    """`text` with full-width forms made ordinary and all white space taken out."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def parse_phone(text: str) -> str:
    """The 11 digits of a mainland mobile number. Raises InvalidValue: field "phone", reason "length" or "digits"."""
    number = re.sub(r"[-‐-―−]", "", plain(text))
    number = re.sub(r"^(\+|00)86", "", number)
    if not re.fullmatch(r"[0-9]+", number):
        raise InvalidValue(field="phone", reason="digits")
    if len(number) == 13 and number.startswith("86"):
        number = number[2:]
    if len(number) != 11:
        raise InvalidValue(field="phone", reason="length")
    if not re.match(r"1[3-9]", number):
        raise InvalidValue(field="phone", reason="digits")
    return number


def mask_phone(phone: str) -> str:
    return f"{phone[:3]}****{phone[-4:]}"


def parse_person_name(text: str, *, field: str) -> str:
    """A Chinese name of 2–25 characters, · between the parts of a longer one. Raises InvalidValue naming `field`."""
    name = re.sub(r"[·•・‧∙.]", "·", plain(text))
    if not name:
        raise InvalidValue(field=field, reason="required")
    if not re.fullmatch(r"[〇㐀-䶿一-鿿\U00020000-\U000323af]+(·[〇㐀-䶿一-鿿\U00020000-\U000323af]+)*", name):
        raise InvalidValue(field=field, reason="characters")
    if not 2 <= len(name) <= 25:
        raise InvalidValue(field=field, reason="length")
    return name


_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_REGION = re.compile(r"(1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3])(?!0000)\d{4}")


def parse_id_number(text: str, *, today: date, field: str = "id_number") -> str:
    """The 18 characters of a citizen's ID number (GB 11643-1999); one of 15 digits gets its century and check digit.

    Raises InvalidValue naming `field`, never quoting the number: reason "length", "digits", "region", "birth", "check".
    """
    number = re.sub(r"[-‐-―−]", "", plain(text)).upper()
    if len(number) not in (15, 18):
        raise InvalidValue(field=field, reason="length")
    if not re.fullmatch(r"[0-9]{15}|[0-9]{17}[0-9X]", number):
        raise InvalidValue(field=field, reason="digits")
    if len(number) == 15:
        body = f"{number[:6]}19{number[6:]}"
        number = body + check_digit(body)
    if not _REGION.match(number):
        raise InvalidValue(field=field, reason="region")
    if not date(1900, 1, 1) <= (_birth(number) or date.min) <= today:
        raise InvalidValue(field=field, reason="birth")
    if check_digit(number) != number[17]:
        raise InvalidValue(field=field, reason="check")
    return number


def check_digit(number: str) -> str:
    """The 18th character that goes with the first 17 (ISO 7064, MOD 11-2)."""
    return _CHECKS[sum(int(digit) * weight for digit, weight in zip(number, _WEIGHTS, strict=False)) % 11]


def birth_date(number: str) -> date:
    """The date of birth in a parsed ID number."""
    return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))


def mask_id_number(number: str) -> str:
    return f"{number[:4]}{'*' * 12}{number[-2:]}"


def _birth(number: str) -> date | None:
    try:
        return birth_date(number)
    except ValueError:
        return None
