"""Who carries a message to a phone."""

import functools
import json
import time
import urllib.request
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any, Protocol

from zero_work_market.ground.settings import Settings, settings

PATIENCE_S = 5
REST_S = 20


class CannotSend(Exception):
    """The message stays in the outbox and is tried again. Says why; never holds the message or the number."""


class Sender(Protocol):
    def send(self, phone: str, body: str, *, reference: str) -> None:
        """Hand the message over. `reference` is the same when one message is handed over again. Raises CannotSend."""


class PageSender:
    """The demo's: nothing leaves the machine, a page shows the messages."""

    def send(self, phone: str, body: str, *, reference: str) -> None:
        pass


class NoSender:
    """No gateway is set: `leye doctor` says so."""

    def send(self, phone: str, body: str, *, reference: str) -> None:
        raise CannotSend("LEYE_SMS_GATEWAY_URL is not set")


@dataclass
class GatewaySender:
    """Posts {"reference", "phone", "text"} as JSON to the operator's gateway, which answers 2xx when it has taken it.

    After a failure it rests a while, so that a dead gateway doesn't hold every worker thread for its whole patience.
    """

    url: str
    rests_until: float = 0.0

    def send(self, phone: str, body: str, *, reference: str) -> None:
        if time.monotonic() < self.rests_until:
            raise CannotSend("the gateway failed a moment ago")
        content = json.dumps({"reference": reference, "phone": phone, "text": body}).encode()
        request = urllib.request.Request(self.url, content, {"Content-Type": "application/json"})
        try:
            _opener.open(request, timeout=PATIENCE_S).close()
        except (OSError, HTTPException) as error:
            self.rests_until = time.monotonic() + REST_S
            raise CannotSend(f"the gateway: {type(error).__name__} {error}") from None


class _StayHere(urllib.request.HTTPRedirectHandler):
    """A redirected POST would go on as a GET without the message, and look as if it had been taken."""

    def redirect_request(self, *_: Any) -> None:
        return None


_opener = urllib.request.build_opener(_StayHere)


@functools.cache
def sender() -> Sender:
    """This process's sender."""
    return choose(settings())


def choose(chosen: Settings) -> Sender:
    """The demo never sends to the numbers that it made up, whatever gateway is set."""
    if chosen.demo:
        return PageSender()
    return GatewaySender(chosen.sms_gateway_url) if chosen.sms_gateway_url else NoSender()
