"""The blueprint of the workers' pages."""

from apiflask import APIBlueprint

pages = APIBlueprint("workers", __name__, url_prefix="/work", enable_openapi=False)
