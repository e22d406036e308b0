"""How much each part counts."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from math import isclose

from matching.frames import Array


@dataclass(frozen=True)
class Weights:
    """Weights of the parts, each at least 0, adding up to 1; else ValueError."""

    skill: float = 0.55
    location: float = 0.30
    brand: float = 0.10
    pay: float = 0.05

    def __post_init__(self) -> None:
        for field in fields(self):
            if not self[field.name] >= 0:
                raise ValueError(f"weight {field.name} is {self[field.name]}, must be at least 0")
        if not isclose(total := sum(self[field.name] for field in fields(self)), 1, abs_tol=1e-9):
            raise ValueError(f"weights add up to {total}, must add up to 1")

    def __getitem__(self, part: str) -> float:
        weight: float = getattr(self, part)
        return weight

    def score(self, parts: Mapping[str, Array]) -> Array:
        """Σ weight · part, float64 (n,), always added in the order skill, location, brand, pay."""
        return (
            self.skill * parts["skill"]
            + self.location * parts["location"]
            + self.brand * parts["brand"]
            + self.pay * parts["pay"]
        )
