"""Celery's queue as files, for a machine without Redis: kombu's own transport, made safe for several processes.

kombu writes a message under its final name, so that a reader can take half of it; here it is written aside first. And
it keeps files of which queue listens to which exchange, which two processes can spoil for each other as they start;
here each queue listens to the exchange of its own name. And Celery tells the queue what is done, and sees that it is to
end, only between two waits of two seconds for a message; here they are shorter.
"""

import json
import time
import uuid
from pathlib import Path
from typing import Any

from kombu.transport import filesystem

WAIT_S = 0.02


class Channel(filesystem.Channel):
    def _put(self, queue: str, payload: Any, **kwargs: Any) -> None:  # type: ignore[override]
        path = Path(self.data_folder_out) / f"{time.time_ns()}_{uuid.uuid4().hex}.{queue}.msg"
        draft = path.with_name(f".{path.name}")
        draft.write_text(json.dumps(payload))
        draft.rename(path)

    def get_table(self, exchange: str) -> list[filesystem.exchange_queue_t]:
        return [filesystem.exchange_queue_t(exchange, "", exchange)]

    def _queue_bind(self, exchange: str, routing_key: str, pattern: str, queue: str) -> None:
        """Nothing to keep: see `get_table`."""


class Transport(filesystem.Transport):
    Channel = Channel
    polling_interval = WAIT_S

    def drain_events(self, connection: Any, timeout: float | None = None) -> None:  # type: ignore[override]
        super().drain_events(connection, WAIT_S)  # type: ignore[no-untyped-call]
