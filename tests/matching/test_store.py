"""An engine saved into a folder and started from it."""

import json
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import Engine, Workers
from matching.store import INDEX
from tests.matching.test_ranking import unstacked
from tests.matching.worlds import WEIGHTS, frame, make_engine, many, posting, posting_rows, worker, worker_rows


def lists(engine):
    batches = engine.workers_for_all(k=99), engine.postings_for_all(k=99)
    return [
        {row_id: (ranking.ids.tolist(), ranking.scores.tolist()) for row_id, ranking in unstacked(batch).items()}
        for batch in batches
    ]


@settings(max_examples=40, deadline=None)
@given(many(worker_rows(), 9), many(posting_rows(), 5), many(worker_rows(), 4), WEIGHTS, st.data())
def test_a_loaded_engine_answers_and_changes_as_the_one_that_was_saved(
    tmp_path_factory, workers, postings, later, weights, data
):
    folder = tmp_path_factory.mktemp("engine")
    engine = make_engine(workers=workers, postings=postings, weights=weights)
    if data.draw(st.booleans()):
        engine.compact()
    engine.upsert_workers(frame(Workers, later))
    engine.save(folder)
    loaded = Engine.load(folder)
    assert lists(loaded) == lists(engine)
    for one in (engine, loaded):
        one.upsert_workers(frame(Workers, [worker(id=7, occupation=[3], level=[2])]))
        one.remove_workers([row["id"] for row in later if row["id"] != 7])
    assert lists(loaded) == lists(engine)


def test_a_change_after_loading_stays_in_the_process(tmp_path):
    make_engine(workers=[worker()], postings=[posting()]).save(tmp_path)
    loaded = Engine.load(tmp_path)
    loaded.set_slots([1], [0])
    assert loaded.workers_for(1).ids.tolist() == []
    assert Engine.load(tmp_path).workers_for(1).ids.tolist() == [1]


def test_what_is_replaced_stays_readable_for_who_has_it_and_leaves_nothing_behind(tmp_path):
    make_engine(workers=[worker()], postings=[posting()]).save(tmp_path)
    files, before = len(list(tmp_path.iterdir())), Engine.load(tmp_path)
    make_engine(workers=[worker(id=2)], postings=[posting()]).save(tmp_path)
    assert Engine.load(tmp_path).workers_for(1).ids.tolist() == [2]
    assert before.workers_for(1).ids.tolist() == [1]
    assert len(list(tmp_path.iterdir())) == files


def test_a_writer_that_dies_half_way_leaves_what_was_there(tmp_path, monkeypatch):
    make_engine(workers=[worker()], postings=[posting()]).save(tmp_path)
    saved, left = np.save, [5]

    def dying(*given):
        left[0] -= 1
        if not left[0]:
            raise OSError("no space left")
        saved(*given)

    monkeypatch.setattr(np, "save", dying)
    with pytest.raises(OSError, match="no space"):
        make_engine(workers=[worker(id=2)], postings=[posting()]).save(tmp_path)
    assert Engine.load(tmp_path).workers_for(1).ids.tolist() == [1]
    monkeypatch.undo()
    make_engine(workers=[worker(id=3)], postings=[posting()]).save(tmp_path)
    assert len({file.name.split(".")[0] for file in tmp_path.glob("*.npy")}) == 1


def test_another_process_starts_from_the_folder(tmp_path):
    make_engine(workers=[worker(id=5), worker(id=6, slots=0)], postings=[posting(id=8)]).save(tmp_path)
    code = "import sys; from matching import Engine; print(Engine.load(sys.argv[1]).workers_for(8).ids.tolist())"
    told = subprocess.run([sys.executable, "-c", code, tmp_path], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[5]"


def test_no_folder_and_another_format_are_refused(tmp_path):
    with pytest.raises(FileNotFoundError):
        Engine.load(tmp_path)
    make_engine().save(tmp_path)
    index = json.loads((tmp_path / INDEX).read_text())
    (tmp_path / INDEX).write_text(json.dumps(index | {"format": 0}))
    with pytest.raises(ValueError, match="format 0"):
        Engine.load(tmp_path)
