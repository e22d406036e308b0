"""Applicants from partner regions, on their posting's page: who they are, and 请他来."""

from dataclasses import dataclass

from flask import flash, redirect, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from labor_brands.bundles.rules import Application
from labor_brands.exchange import service
from labor_brands.exchange.models import RemoteApplication
from labor_brands.exchange.queries import remote_applications
from labor_brands.partners.queries import place_said
from web.auth import EMPLOYER, may_enter, viewer
from web.errors import wording
from web.for_employers.blueprint import own_posting, pages
from zero_work_market.ground import clock
from zero_work_market.ground.db import transaction
from zero_work_market.ground.errors import LeyeError, NotFound
from zero_work_market.reference.occupations.queries import label
from zero_work_market.reference.occupations.rules import LEVELS, UnknownOccupation


@dataclass(frozen=True)
class FarApplicant:
    """`here`: registered on this site too. `asked`: the employer has asked them to come."""

    id: int
    name: str
    origin: str
    skills: str
    brands: tuple[str, ...]
    here: bool
    asked: bool


def far_applicants(session: Session, posting_id: int) -> list[FarApplicant]:
    found = []
    for row, worker_id, asked in remote_applications(session, posting_id=posting_id):
        told = Application.model_validate(row.body)
        found.append(
            FarApplicant(
                id=row.id,
                name=row.masked_name,
                origin=place_said(row.origin),
                here=worker_id is not None,
                skills="、".join(_skill(one.occupation, one.level, one.seen) for one in told.trades),
                brands=tuple(brand.name for brand in told.brands),
                asked=asked,
            )
        )
    return found


@pages.post("/<int:posting_id>/far/<int:application_id>/ask")
@may_enter(EMPLOYER)
def ask_far(posting_id: int, application_id: int) -> Response:
    """Ask one of them to come. Raises NotFound for another's posting, or one who applied for another posting."""
    try:
        with transaction() as session:
            own_posting(session, posting_id)
            row = session.get(RemoteApplication, application_id)
            if row is None or row.vacancy != f"v-{posting_id}":
                raise NotFound(what="application")
            asked = service.ask_to_come(session, application_id=row.id, by=viewer().as_employer(), at=clock.now())
            name = row.masked_name
        flash(f"请了{name}，{'等他回话。' if asked.invited_at else '那边会告诉他。他来这里登记，就算邀过了。'}", "ok")
    except LeyeError as error:
        if isinstance(error, NotFound):
            raise
        flash(wording(error)[1], "bad")
    return redirect(url_for("employers.shortlist", posting_id=posting_id, _anchor="far"), 303)


def _skill(code: str, level: int, seen: bool) -> str:
    """ "包装工 高级工（证看过）" """
    try:
        name = label(code)
    except UnknownOccupation:
        name = code
    return f"{name} {LEVELS[level]}{'（证看过）' if seen else ''}"
