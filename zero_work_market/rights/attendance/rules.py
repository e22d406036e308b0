"""How a worker's arrival is known, and what becomes of a mark."""

from enum import StrEnum


class How(StrEnum):
    QR = "qr"
    """The worker scanned the code that changes on the employer's phone."""
    SPOKEN = "spoken"
    """The worker typed the six digits."""
    ROLL_CALL = "roll_call"
    """The foreman called the name."""
    OFFLINE = "offline"
    """A signed code taken without network, and sent later."""
    STAFF = "staff"
    """Staff decided so after the mark was contested."""


class State(StrEnum):
    ARRIVED = "arrived"
    ABSENT = "absent"
    EXCUSED = "excused"
    """Staff decided that the absence isn't to be held against the worker."""
