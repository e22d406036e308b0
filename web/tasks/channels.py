"""What follows from a channel's buses: everybody on the roster is told when and where they leave."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from labor_brands.export_channels.models import Dispatch
from labor_brands.export_channels.rules import DispatchState
from web.filters import moment
from zero_work_market.ground import clock, messages
from zero_work_market.ground.settings import settings
from zero_work_market.people.workers.models import Worker


def tell_put_on(session: Session, payload: Mapping[str, Any]) -> None:
    """Nobody who was taken off the roster since is told."""
    bus = session.get_one(Dispatch, payload["dispatch_id"])
    if bus.state == DispatchState.PLANNED and payload["worker_id"] in {seat.worker_id for seat in bus.seats}:
        _tell(session, payload["worker_id"], f"去{bus.channel.place}的名单上有你：{_ride(bus)}", "put_on_roster")


def tell_changed(session: Session, payload: Mapping[str, Any]) -> None:
    bus = session.get_one(Dispatch, payload["dispatch_id"])
    if bus.state == DispatchState.CANCELLED:
        said = f"{moment(bus.departs_at, clock.now())} 去{bus.channel.place}的车取消了，别去等。再定了告诉你。"
    elif bus.state == DispatchState.PLANNED:
        said = f"去{bus.channel.place}的车改了：{_ride(bus)}"
    else:
        return
    for seat in bus.seats:
        _tell(session, seat.worker_id, said, "dispatch_changed")


def _ride(bus: Dispatch) -> str:
    said = f"{moment(bus.departs_at, clock.now())} 走，在{bus.meeting_place}上车，坐{bus.transport}。"
    said += f"带上{bus.bring}。" if bus.bring else ""
    return f"{said}找{bus.contact}。{settings().public_url}/work/mine"


def _tell(session: Session, worker_id: int, said: str, purpose: str) -> None:
    phone = session.get_one(Worker, worker_id).phone
    if phone:
        messages.queue(session, phone=phone, body=f"【乐业】{said}", purpose=purpose, at=clock.now())
