"""What is said once the site is up."""

import json
from collections.abc import Iterator

import pyotp

from zero_work_market.ground.settings import Settings


def welcome(chosen: Settings, url: str) -> str:
    """Where to look and, in a demo, how to log in as each of its users."""
    lines = [f"Leye is at {url} (Ctrl-C ends it)."]
    kept = chosen.home / "demo.json"
    if chosen.demo and kept.exists():
        lines += ["Everybody in it is made up. Log in:", *_logins(json.loads(kept.read_text()), url)]
    return "\n".join(lines)


def _logins(logins: dict[str, str], url: str) -> Iterator[str]:
    secret = logins["staff_totp"]
    yield f"  worker    {logins['worker_phone']}, with the code that then appears at {url}/demo/messages"
    yield f"  employer  {logins['employer_phone']}, the same way"
    yield f"  staff     {logins['staff_name']}, password {logins['staff_password']}, code {pyotp.TOTP(secret).now()}"
    yield f"            (for later codes put {secret} into an authenticator app)"
    over_all = logins["over_all_totp"]
    yield f"  over all  {logins['over_all_name']}, the same password, code {pyotp.TOTP(over_all).now()} ({over_all})"
