"""What beat asks for at its times; see `schedule` in app.py."""

from datetime import timedelta

from sqlalchemy import delete

from web.tasks import agreements, counting
from web.tasks.app import BEAT, app
from web.tasks.events import handle
from web.tasks.exchange import exchange_with_all
from zero_work_market.ground import changes, clock, db, messages, once, outbox
from zero_work_market.ground import heartbeat as heartbeats
from zero_work_market.market.crews import queries as crews
from zero_work_market.market.crews.service import look_after
from zero_work_market.market.engine.service import save_ahead
from zero_work_market.market.imports import service as imports
from zero_work_market.market.placements.service import close_due
from zero_work_market.people.accounts.models import LoginCode
from zero_work_market.people.workers import service as workers
from zero_work_market.rights.attendance import queries as attendance
from zero_work_market.rights.attendance.service import mark_missing
from zero_work_market.rights.contracts import service as contracts
from zero_work_market.rights.hours.service import ask_for_hours
from zero_work_market.rights.ratings import service as ratings
from zero_work_market.rights.wages.service import ask_again, warn_of_wages


@app.task(name=f"{BEAT}.sweep")  # type: ignore[untyped-decorator]
def sweep() -> None:
    """Deliver the events that wait: whose wake-up was lost, whose worker died, whose pause after a failure is over."""
    with db.transaction(read_only=True) as session:
        due = outbox.due(session, at=clock.now())
    for event_id in due:
        handle(event_id)


@app.task(name=f"{BEAT}.heartbeat")  # type: ignore[untyped-decorator]
def heartbeat() -> None:
    with db.transaction() as session:
        heartbeats.beat(session, at=clock.now())


@app.task(name=f"{BEAT}.expire")  # type: ignore[untyped-decorator]
def expire() -> None:
    """Close what its time has closed."""
    with db.transaction() as session:
        close_due(session, at=clock.now())


@app.task(name=f"{BEAT}.crews")  # type: ignore[untyped-decorator]
def look_after_crews() -> None:
    """Replace who didn't answer, end what is past its time: a transaction a posting, as for those who are missing."""
    with db.transaction(read_only=True) as session:
        due = crews.due(session, at=clock.now())
    for posting_id in due:
        with db.transaction() as session:
            look_after(session, posting_id=posting_id, at=clock.now())


@app.task(name=f"{BEAT}.no_shows")  # type: ignore[untyped-decorator]
def no_shows() -> None:
    """Mark who is missing, and call the next: a transaction a posting, so that nobody waits for all of them."""
    with db.transaction(read_only=True) as session:
        due = attendance.due(session, at=clock.now())
    for posting_id in due:
        with db.transaction() as session:
            mark_missing(session, posting_id=posting_id, at=clock.now())


@app.task(name=f"{BEAT}.add_up")  # type: ignore[untyped-decorator]
def add_up() -> None:
    """Count wages whose day has passed, and add up what is counted anew."""
    counting.add_up()


@app.task(name=f"{BEAT}.warn_unsigned")  # type: ignore[untyped-decorator]
def warn_unsigned() -> None:
    """Tell workers whose work began without a signed agreement."""
    with db.transaction() as session:
        agreements.warn_unsigned(session)


@app.task(name=f"{BEAT}.ask_hours")  # type: ignore[untyped-decorator]
def ask_hours() -> None:
    """Ask how long the shifts were that are over."""
    with db.transaction() as session:
        ask_for_hours(session, at=clock.now())


@app.task(name=f"{BEAT}.warn_wages")  # type: ignore[untyped-decorator]
def warn_wages() -> None:
    """Tell of wages that are soon due, or overdue; ask again whether cash came."""
    with db.transaction() as session:
        warn_of_wages(session, at=clock.now())
        ask_again(session, at=clock.now())


@app.task(name=f"{BEAT}.exchange")  # type: ignore[untyped-decorator]
def exchange() -> None:
    """Tell partner regions what is new, and pull what they have."""
    exchange_with_all()


@app.task(name=f"{BEAT}.prune")  # type: ignore[untyped-decorator]
def prune() -> None:
    """Forget what nobody needs any more."""
    at = clock.now()
    with db.transaction() as session:
        for room in (changes, outbox, messages, once):
            room.prune(session, at=at)
        workers.forget_kept(session, at=at)
        contracts.forget_kept(session, at=at)
        imports.forget_old(session, at=at)
        ratings.forget_erased(session, at=at)
        session.execute(delete(LoginCode).where(LoginCode.expires_at < at - timedelta(days=1)))


@app.task(name=f"{BEAT}.save_engine")  # type: ignore[untyped-decorator]
def save_engine() -> None:
    """Save the matching engine, so that a process that starts is soon ready."""
    save_ahead()
