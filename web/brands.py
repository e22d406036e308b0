"""The brands that pages name: read once a request, however many rows name them."""

from flask import g

from labor_brands.brands.queries import BrandName, brand_names
from labor_brands.brands.rules import Kind, State
from zero_work_market.ground.db import transaction

KINDS = {
    Kind.SKILL: "技能", Kind.SERVICE: "服务", Kind.TOURISM: "文旅", Kind.LIVELIHOOD: "民生", Kind.HERITAGE: "非遗",
}  # fmt: skip
STATES = {State.PREPARING: "还没认定", State.RECOGNISED: "认定了", State.WITHDRAWN: "认定撤了"}


def known_brands() -> dict[str, BrandName]:
    """All brands by code, withdrawn ones too: someone may hold them."""
    if "brands" not in g:
        with transaction(read_only=True) as session:
            g.brands = {one.code: one for one in brand_names(session)}
    found: dict[str, BrandName] = g.brands
    return found


def brand_name(code: str) -> str:
    """The brand's name; the code itself for one that isn't known."""
    known = known_brands().get(code)
    return known.name if known else code


def recognised_brands() -> list[BrandName]:
    """Those that a posting may ask for."""
    return [one for one in known_brands().values() if one.state == State.RECOGNISED]
