"""Timing a call beside its baseline: in blocks that take turns, so that whatever slows the machine slows both."""

from collections.abc import Callable, Sequence
from time import perf_counter
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

BLOCK = 20


class Times(NamedTuple):
    """Seconds of each call, and of the baseline's, float64 (n,)."""

    own: NDArray[np.float64]
    baseline: NDArray[np.float64]

    @property
    def faster(self) -> float:
        """The baseline's median through ours."""
        return float(np.median(self.baseline) / np.median(self.own))

    @property
    def longer(self) -> float:
        return 1 / self.faster


class _Turns:
    """The setup of each round: gives its arguments; before each block the baseline has its turn with the same."""

    def __init__(self, baseline: Callable[..., object], calls: Sequence[tuple[Any, ...]], block: int) -> None:
        self._baseline, self._calls, self._block = baseline, calls, block
        self._round = 0
        self.seconds: list[float] = []

    def __call__(self) -> tuple[tuple[Any, ...], dict[str, Any]]:
        if self._round % self._block == 0:
            for args in self._calls[self._round : self._round + self._block]:
                begin = perf_counter()
                self._baseline(*args)
                self.seconds.append(perf_counter() - begin)
        self._round += 1
        return self._calls[self._round - 1], {}


def beside(
    benchmark: Any,
    own: Callable[..., object],
    baseline: Callable[..., object],
    calls: Sequence[tuple[Any, ...]],
    block: int = BLOCK,
) -> Times:
    """Both called with each arguments of `calls`, block by block; the first block warms up and does not count."""
    turns = _Turns(baseline, calls, block)
    benchmark.pedantic(own, setup=turns, warmup_rounds=block, rounds=len(calls) - block)
    return Times(np.array(benchmark.stats.stats.data), np.array(turns.seconds[block:]))


def median(seconds: NDArray[np.float64]) -> float:
    return float(np.median(seconds))


def p99(seconds: NDArray[np.float64]) -> float:
    return float(np.quantile(seconds, 0.99))
