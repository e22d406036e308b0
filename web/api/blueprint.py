"""The blueprint of the API's first version."""

from apiflask import APIBlueprint

v1 = APIBlueprint("api", __name__, url_prefix="/api/v1")
