"""What a spreadsheet can hold, and how an import of it goes."""

from enum import StrEnum


class Kind(StrEnum):
    WORKERS = "workers"
    EMPLOYERS = "employers"
    PLACEMENTS = "placements"
    """Work of past years, as towns wrote it down: kept and shown, never counted as proven."""


class State(StrEnum):
    READING = "reading"
    READY = "ready"
    """Read and judged; nothing is imported until told."""
    RUNNING = "running"
    DONE = "done"
    UNDOING = "undoing"
    UNDONE = "undone"
    DROPPED = "dropped"


class RowState(StrEnum):
    GOOD = "good"
    FAULTY = "faulty"
    DUPLICATE = "duplicate"
    IMPORTED = "imported"
    UNDONE = "undone"
    KEPT = "kept"
    """Could not be undone: someone works with it since."""
