"""What is told of a worker's home, and what proves it."""

from enum import StrEnum

from zero_work_market.ground.errors import InvalidValue, LeyeError

LONGEST_NUMBER = 60


class Status(StrEnum):
    NONE = "none"
    LIFTED = "lifted"
    """脱贫人口，含防止返贫监测帮扶对象"""


class Proof(StrEnum):
    """What staff saw."""

    HANDBOOK = "handbook"
    """扶贫手册、脱贫证明"""
    SYSTEM = "system"
    """乡村振兴部门的系统里查到"""
    PARTNER = "partner"
    """结对地区给的名单"""
    HOUSEHOLD = "household"
    """户口本：证明家在哪，不证明脱贫"""


PROVES = {
    Status.NONE: frozenset(Proof),
    Status.LIFTED: frozenset({Proof.HANDBOOK, Proof.SYSTEM, Proof.PARTNER}),
}


class NotTold(LeyeError):
    """Nobody has said yet where the worker is at home."""

    code = "origin_not_told"


class ProofTooWeak(LeyeError):
    """The paper doesn't prove that. details: proof, status."""

    code = "proof_too_weak"


def check_number(number: str) -> str:
    """The paper's number, trimmed. Raises InvalidValue on "number"."""
    number = number.strip()
    if not number:
        raise InvalidValue(field="number", reason="required")
    if len(number) > LONGEST_NUMBER:
        raise InvalidValue(field="number", reason="too_long")
    return number


def check_proof(proof: Proof, status: Status) -> None:
    """Raises ProofTooWeak: a household register says where somebody is at home, not how they fared there."""
    if proof not in PROVES[status]:
        raise ProofTooWeak(proof=proof.value, status=status.value)
