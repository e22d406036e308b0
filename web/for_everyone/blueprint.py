"""The blueprint of the pages for everyone."""

from apiflask import APIBlueprint

pages = APIBlueprint("everyone", __name__, enable_openapi=False)
