"""Rankings with their reasons, from the engine."""

from collections.abc import Sequence
from dataclasses import asdict

from matching import Explanation, Postings, Weights
from zero_work_market.market.columns.queries import draft_columns, posting_columns
from zero_work_market.market.engine.queries import LiveEngine
from zero_work_market.market.engine.service import live_engine
from zero_work_market.market.gate.rules import Draft
from zero_work_market.market.postings.models import Posting
from zero_work_market.market.shortlists.rules import Place, Shortlist

BY_DISTANCE = Weights(skill=0.0, location=1.0, brand=0.0, pay=0.0)
ALL = 1_000_000
"""More postings than there are."""


def shortlist(posting: Posting, *, k: int = 50, by_distance: bool = False) -> Shortlist:
    """The first k workers for a posting, in whichever state it is."""
    with live_engine() as live:
        row = posting_columns(posting, today=live.today, brands=live.brands)
        return _shortlist(live, row, k, _weights(by_distance))


def shortlist_of_draft(draft: Draft, *, k: int = 50, by_distance: bool = False) -> Shortlist:
    """The preview while typing: the first k workers for a draft that is not stored."""
    with live_engine() as live:
        row = draft_columns(draft, today=live.today, brands=live.brands)
        return _shortlist(live, row, k, _weights(by_distance))


def ranked_postings(worker_id: int, *, k: int = ALL, by_distance: bool = False) -> list[tuple[int, float]]:
    """Ids and scores of the postings for a worker, the best first; empty for one who is paused."""
    with live_engine() as live:
        if not live.engine.has_workers([worker_id])[0]:
            return []
        ranking = live.engine.postings_for(worker_id, k=k, weights=_weights(by_distance))
    return list(zip(ranking.ids.tolist(), ranking.scores.tolist(), strict=True))


def explained(*, worker_id: int, posting_ids: Sequence[int]) -> dict[int, Explanation]:
    """Why a worker ranks where they do, for each of the postings that is open; nothing for one who is paused."""
    with live_engine() as live:
        if not live.engine.has_workers([worker_id])[0]:
            return {}
        open_ones = zip(posting_ids, live.engine.has_postings(posting_ids), strict=True)
        return {id: live.engine.explain(worker_id, id) for id, is_open in open_ones if is_open}


def _shortlist(live: LiveEngine, row: Postings, k: int, weights: Weights) -> Shortlist:
    ranking = live.engine.workers_for_draft(row, k=k + 1, weights=weights)
    places = []
    for worker_id, score in zip(ranking.ids[:k].tolist(), ranking.scores[:k].tolist(), strict=True):
        told = live.engine.explain_draft(worker_id, row, weights)
        places.append(Place(worker_id, score, dict(told.parts), asdict(weights), told.distance_km))
    return Shortlist(places=tuple(places), more=len(ranking.ids) > k)


def _weights(by_distance: bool) -> Weights:
    return BY_DISTANCE if by_distance else Weights()
