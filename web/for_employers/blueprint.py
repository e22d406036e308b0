"""The blueprint of the employers' pages."""

from apiflask import APIBlueprint

from web.auth import viewer

pages = APIBlueprint("employers", __name__, url_prefix="/hire", enable_openapi=False)


def own_id() -> int:
    """Id of the employer that the viewer acts for, on a page that only employers enter."""
    employer_id = viewer().employer_id
    assert employer_id is not None
    return employer_id
