import threading
from pathlib import Path
from queue import Empty

from kombu import Connection
from kombu.simple import SimpleQueue


def _queue(folder: Path, name: str) -> SimpleQueue:
    options = {"data_folder_in": str(folder), "data_folder_out": str(folder), "polling_interval": 0.01}
    connection = Connection("filesystem://localhost", transport="web.tasks.folder:Transport", transport_options=options)
    return connection.SimpleQueue(name)


def _taken(queue: SimpleQueue) -> list[object]:
    found = []
    try:
        while True:
            message = queue.get(timeout=0.2)
            message.ack()
            found.append(message.payload)
    except Empty:
        return found


def test_a_message_comes_out_of_the_queue_that_it_was_put_in_and_of_no_other(tmp_path):
    events, beat = _queue(tmp_path, "events"), _queue(tmp_path, "beat")
    events.put({"id": 1})
    assert _taken(beat) == []
    assert _taken(events) == [{"id": 1}]
    assert _taken(events) == []
    assert list(tmp_path.iterdir()) == []


def test_a_reader_never_meets_half_a_message_while_others_write(tmp_path):
    def write(first: int) -> None:
        queue = _queue(tmp_path, "events")
        for number in range(first, first + 100):
            queue.put({"id": number, "much": "x" * 20_000})

    writers = [threading.Thread(target=write, args=(first,)) for first in (0, 100, 200)]
    for writer in writers:
        writer.start()
    reader, ids = _queue(tmp_path, "events"), []
    while len(ids) < 300:
        ids += [payload["id"] for payload in _taken(reader)]
    for writer in writers:
        writer.join()
    assert sorted(ids) == list(range(300))
