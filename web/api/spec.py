"""The OpenAPI document: what APIFlask leaves out of it, and the one shape of every refusal."""

import json
import re
from typing import Any

from apiflask import APIFlask
from pydantic import BaseModel, ConfigDict, Field

REF = "#/components/schemas/"
BY_APIFLASK = {"HTTPError", "ValidationError"}
"""Shapes of its own refusals, which ours takes the place of."""
BEARER = "bearer"
OPTIONAL_BEARER: list[str | dict[str, list[Any]]] = [{BEARER: []}, {}]
"""For what is open to everyone and says more to someone known."""


class Shape(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Finding(Shape):
    """One thing that the law has against a draft. `words` stand in the field's text from `start` to before `end`."""

    field: str
    code: str
    severity: str
    message: str
    words: str
    start: int
    end: int
    clause: str
    suggestion: str | None


class Details(Shape):
    """What else is known of a refusal; each is there only where it means something."""

    field: str = Field("", description="The field at fault.")
    fields: dict[str, list[str]] = Field({}, description="What doesn't fit the schema, by place and path.")
    findings: list[Finding] = Field([], description="What the law has against the draft.")
    wait_seconds: int = Field(0, description="How long until the next code may be asked for.")
    left: int = Field(0, description="How many more times the code may be tried.")
    other_id: int = Field(0, description="The posting that this one overlaps with.")


class Problem(Shape):
    """A refusal: `code` never changes, `message` is for people."""

    code: str
    message: str
    details: Details


def init_app(app: APIFlask) -> None:
    app.config["AUTO_SERVERS"] = False
    app.config["SECURITY_SCHEMES"] = {BEARER: {"type": "http", "scheme": "bearer"}}
    app.config["VALIDATION_ERROR_DESCRIPTION"] = "Something doesn't fit."
    app.servers = [{"url": app.config["LEYE"].public_url}]
    app.spec_processor(complete)


def complete(spec: Any) -> Any:
    """The document with bodies required, ids integers, and every refusal named, each in the one shape.

    Nested schemas lose the name of the one that they were found in.
    """
    spec = json.loads(re.sub(rf"{REF}\w+\.", REF, json.dumps(spec)))
    problem = Problem.model_json_schema(ref_template=f"{REF}{{model}}")
    nested = spec["components"]["schemas"] | problem.pop("$defs") | {"Problem": problem}
    schemas = {name.rpartition(".")[2]: schema for name, schema in nested.items()}
    spec["components"]["schemas"] = {name: schemas[name] for name in sorted(schemas.keys() - BY_APIFLASK)}
    for path in spec["paths"].values():
        for operation in path.values():
            _complete(operation)
    return spec


def _complete(operation: dict[str, Any]) -> None:
    responses = operation["responses"]
    responses["400"] = {"description": "The body isn't JSON, or something holds a character that can't be kept."}
    responses["429"] = {"description": "Too many requests."}
    if "requestBody" in operation:
        operation["requestBody"]["required"] = True
        responses["413"] = {"description": "The body is too large."}
    if operation.get("security") == OPTIONAL_BEARER:
        del responses["401"]
    elif "security" in operation:
        responses["403"] = {"description": "Known, but not allowed here."}
    for parameter in operation["parameters"]:
        if parameter["in"] == "path":
            parameter["schema"] = {"type": "integer", "format": "int64", "minimum": 1}
    for status in responses:
        if status.startswith("4"):
            responses[status]["content"] = {"application/json": {"schema": {"$ref": f"{REF}Problem"}}}
