"""The part of our stream that a partner hasn't got yet, as a signed bundle."""

from tempfile import TemporaryFile

from apiflask import APIBlueprint
from flask import Response, request

from labor_brands.exchange.rules import Way
from labor_brands.partners.queries import partner
from labor_brands.sending.rules import MOST
from web import exchange
from web.auth import PARTNER, may_enter, partner_asking
from web.limits import limiter
from zero_work_market.ground.db import transaction

pages = APIBlueprint("partners", __name__, url_prefix="/exchange/v1", enable_openapi=False)
LONGEST_CURSOR = 15


@pages.get("/bundles")
@limiter.limit("120 per minute")
@may_enter(PARTNER)
def bundles() -> Response:
    """At most `limit` records after the place `after` of the stream named `stream`; all of it if that isn't ours.

    Raises NoAgreement, NoOwnKey.
    """
    code = partner_asking()
    assert code is not None
    with transaction(read_only=True) as session:
        ours = request.args.get("stream") in ("", None, partner(session, code).stream)
    with TemporaryFile() as file:
        exchange.give_out(
            code, file, way=Way.HTTPS, after=_number("after", 0) if ours else 0,
            most=max(1, min(MOST, _number("limit", MOST))),
        )  # fmt: skip
        file.seek(0)
        return Response(file.read(), mimetype="application/x-ndjson")


def _number(name: str, otherwise: int) -> int:
    text = request.args.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= LONGEST_CURSOR else otherwise
