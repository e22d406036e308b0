"""Handing a file to whoever asked for it."""

from urllib.parse import quote

from flask import Response


def pdf(body: bytes, name: str) -> Response:
    """A PDF to be kept under a Chinese `name`, without the ending."""
    return _file(body, name, "pdf", "application/pdf")


def xlsx(body: bytes, name: str) -> Response:
    """A spreadsheet, likewise."""
    return _file(body, name, "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")


def _file(body: bytes, name: str, ending: str, media_type: str) -> Response:
    named = f"attachment; filename=leye.{ending}; filename*=UTF-8''{quote(name)}.{ending}"
    return Response(body, mimetype=media_type, headers={"Content-Disposition": named})
