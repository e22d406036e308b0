"""Changes of every kind in any order, beside compactions: after each, the lists are those of the rows as they are."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from random import Random

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from matching import Engine, Postings, Weights, Workers
from matching.base import Base
from matching.frames import Array, Columns
from matching.kinds import Kind
from matching.reference import Definition
from tests.matching.crowds import WIDE_TREE, Market, any_posting, any_worker, tuned
from tests.matching.worlds import ORIGIN, WEIGHTS, check, definition, frame

SEEDS = st.integers(0, 1 << 32)
FEW_SEEDS = st.lists(SEEDS, max_size=3)
WORKER_IDS, POSTING_IDS = 20, 8


@contextmanager
def each_build(*, built: Callable[[], None], brought_up: Callable[[], None]) -> Iterator[None]:
    """Call in on every base: when it is built, then when it is first asked for the rows that changed meanwhile."""
    usual = Base.build

    def build(_: type[Base], kind: Kind, columns: Columns) -> Base:
        base = usual(kind, columns)
        asked = iter([brought_up])

        def rows(ids: Array) -> tuple[Array, Array]:
            next(asked, lambda: None)()
            return Base.rows(base, ids)

        base.rows = rows
        built()
        return base

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Base, "build", classmethod(build))
        yield


def lists_are_right(market: Market, exact: Definition, k: int) -> None:
    workers, postings = frame(Workers, market.workers.values()), frame(Postings, market.postings.values())
    for id, row in market.postings.items():
        check(market.engine.workers_for(id, k), exact.workers_for(row, workers, k))
    for id, row in market.workers.items():
        check(market.engine.postings_for(id, k), exact.postings_for(row, postings, k))


class ChangingMarket(RuleBasedStateMachine):
    least_to_compact = 1 << 30

    def __init__(self) -> None:
        super().__init__()
        self.tuning = ExitStack()
        self.tuning.enter_context(tuned(LEAST_TO_COMPACT=self.least_to_compact))

    @initialize(weights=WEIGHTS, seed=SEEDS)
    def open(self, weights: Weights, seed: int) -> None:
        rnd = Random(seed)
        self.market, self.exact = Market(Engine(WIDE_TREE, weights, ORIGIN)), definition(weights, WIDE_TREE)
        self.market.change(("upsert_workers", [any_worker(rnd, id) for id in range(WORKER_IDS - 6)]))
        self.market.change(("upsert_postings", [any_posting(rnd, id) for id in range(POSTING_IDS - 2)]))
        self.market.engine.compact()

    @rule(seed=SEEDS)
    def change(self, seed: int) -> None:
        self.market.change(self.market.any_change(Random(seed), 4, WORKER_IDS, POSTING_IDS))

    @rule(ids=st.lists(st.integers(0, WORKER_IDS + 1), min_size=1, max_size=4, unique=True))
    def refuse_an_id_that_is_not_there(self, ids: list[int]) -> None:
        market = self.market
        for known, name in ((market.workers, "remove_workers"), (market.postings, "remove_postings")):
            if not known.keys() >= set(ids):
                with pytest.raises(KeyError):
                    market.tell((name, ids))
        if not market.workers.keys() >= set(ids):
            with pytest.raises(KeyError):
                market.tell(("set_slots", dict.fromkeys(ids, 0)))

    @invariant()
    def lists_are_those_of_the_definition(self) -> None:
        lists_are_right(self.market, self.exact, 3)

    @invariant()
    def who_is_gone_is_unknown(self) -> None:
        for id in set(range(POSTING_IDS)) - self.market.postings.keys():
            with pytest.raises(KeyError):
                self.market.engine.workers_for(id)
        for id in set(range(WORKER_IDS)) - self.market.workers.keys():
            with pytest.raises(KeyError):
                self.market.engine.postings_for(id)

    def teardown(self) -> None:
        if hasattr(self, "market"):
            self.market.engine.compact()
        self.tuning.close()


class CompactedMarket(ChangingMarket):
    """Compacted now and then, with changes while the new bases are built and while they are brought up to date."""

    @rule(meanwhile=FEW_SEEDS, late=FEW_SEEDS)
    def compact(self, meanwhile: list[int], late: list[int]) -> None:
        with each_build(
            built=lambda: [self.change(seed) for seed in meanwhile],
            brought_up=lambda: [self.change(seed + 1) for seed in late],
        ):
            self.market.engine.compact()


class SelfCompactingMarket(ChangingMarket):
    """Compacts by itself, beside, after every third fresh row."""

    least_to_compact = 2


for machine in (CompactedMarket, SelfCompactingMarket):
    machine.TestCase.settings = settings(max_examples=25, stateful_step_count=15, deadline=None)
TestCompactedMarket = CompactedMarket.TestCase
TestSelfCompactingMarket = SelfCompactingMarket.TestCase


@pytest.mark.parametrize("moment", ["built", "brought_up"])
@pytest.mark.parametrize("seed", range(20))
def test_nothing_is_lost_that_changes_while_a_new_base_is_made(moment, seed):
    """Rows at rest, fresh rows and new ones: each comes, goes, comes back or gets other slots meanwhile."""
    market, rnd = Market(Engine(WIDE_TREE, origin=ORIGIN)), Random(seed)
    market.change(("upsert_workers", [any_worker(rnd, id) for id in range(20)]))
    market.change(("upsert_postings", [any_posting(rnd, id) for id in range(8)]))
    market.engine.compact()
    market.change(("upsert_workers", [any_worker(rnd, id) for id in range(15, 25)]))
    market.change(("upsert_postings", [any_posting(rnd, id) for id in range(6, 10)]))

    def change() -> None:
        for _ in range(12):
            market.change(market.any_change(rnd, 2, 28, 12))

    with each_build(**{"built": lambda: None, "brought_up": lambda: None} | {moment: change}):
        market.engine.compact()
    lists_are_right(market, definition(tree=WIDE_TREE), 30)
    market.engine.compact()
    lists_are_right(market, definition(tree=WIDE_TREE), 30)
