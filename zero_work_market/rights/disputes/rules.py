"""A wage case's four stages (快立、快调、快审、快结), and its legal clock."""

from enum import StrEnum


class Stage(StrEnum):
    FILED = "filed"
    """The worker complained; the employer was told."""
    ACCEPTED = "accepted"
    """快立: taken on."""
    MEDIATING = "mediating"
    """快调"""
    HEARING = "hearing"
    """快审: at the arbitration office."""
    CLOSED = "closed"
    """快结"""


class Outcome(StrEnum):
    PAID = "paid"
    SETTLED = "settled"
    AWARDED = "awarded"
    WITHDRAWN = "withdrawn"
    REFUSED = "refused"
