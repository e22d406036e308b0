"""Refusals with stable codes. Wording and HTTP status are decided once, in web/errors.py."""

from typing import Any, ClassVar


class LeyeError(Exception):
    """A refusal. `code` never changes once published; `details` are plain values that the wording may use."""

    code: ClassVar[str] = "refused"

    def __init__(self, **details: Any) -> None:
        super().__init__(self.code, details)
        self.details = details


class NotFound(LeyeError):
    """The thing isn't there, or isn't the asker's to know of."""

    code = "not_found"


class NotAllowed(LeyeError):
    """The asker is known, and may not do this here."""

    code = "not_allowed"


class InvalidValue(LeyeError):
    """A value can't be taken. details: field, reason, and what the reason needs."""

    code = "invalid_value"

    def __init__(self, *, field: str, reason: str, **details: Any) -> None:
        super().__init__(field=field, reason=reason, **details)


class IllegalMove(LeyeError):
    """A state can't become that other state. details: what, from_state, to_state."""

    code = "illegal_move"
