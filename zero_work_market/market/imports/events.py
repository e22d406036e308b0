"""Facts announced by imports."""

from dataclasses import dataclass
from typing import ClassVar

from zero_work_market.ground.outbox import Event


@dataclass(frozen=True)
class ImportUploaded(Event):
    """A spreadsheet waits to be read."""

    kind: ClassVar[str] = "import_uploaded"
    import_id: int


@dataclass(frozen=True)
class ImportGoesOn(Event):
    """An import that runs, or is being undone, waits for its next chunk."""

    kind: ClassVar[str] = "import_goes_on"
    import_id: int
