import pytest

from tests.support.repository import ROOT, files

WINGS = ("zero_work_market/reference", "zero_work_market/people", "zero_work_market/market")
WINGS += ("zero_work_market/rights", "zero_work_market/policy", "zero_work_market/statistics", "labor_brands")
HELD = {"__init__.py", "rules.py", "models.py", "events.py", "queries.py", "service.py"}
PACKAGES = {path.parent for path in files() if path.name == "__init__.py"}
ROOMS = sorted(package for package in PACKAGES if str(package.parent.relative_to(ROOT)) in WINGS)


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: f"{room.parent.name}.{room.name}")
def test_room_holds_its_five_files_and_nothing_else(room):
    inside = [path.relative_to(room) for path in files() if path.is_relative_to(room)]
    assert [str(path) for path in inside if path.parts[0] not in HELD | {"data"}] == []


def test_rooms_are_found():
    assert ROOT / "zero_work_market/market/postings" in ROOMS
