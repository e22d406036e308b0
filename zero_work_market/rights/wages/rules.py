"""Hours, wages and payments: what is due when, and what lamp that lights."""

from enum import StrEnum


class Proof(StrEnum):
    BANK = "bank"
    """The bank's number of the transfer."""
    SIGNATURE = "signature"
    """Paid in cash, and signed for by the worker."""


class Lamp(StrEnum):
    GREEN = "green"
    AMBER = "amber"
    RED = "red"
