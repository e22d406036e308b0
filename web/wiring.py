"""What every process does first: read the settings, know all tables, set up logging, connect, wake tasks on commit."""

import importlib
import logging
import pkgutil
import sys
from types import ModuleType
from typing import Any

import structlog
from sqlalchemy import event
from sqlalchemy.orm import Session

import labor_brands
import zero_work_market
from web.tasks.events import wake
from zero_work_market.ground import db
from zero_work_market.ground.settings import Settings, settings

TALKATIVE = ("alembic", "fontTools", "celery.app.trace", "celery.worker.request", "celery.worker.strategy")


def start() -> Settings:
    """Make this process ready to open transactions, with tasks woken after commits. Raises WrongSetting."""
    chosen = connect()
    if not event.contains(Session, "after_commit", _wake_announced):
        event.listen(Session, "after_commit", _wake_announced)
    return chosen


def connect() -> Settings:
    """Make this process ready to open transactions; what it announces waits for beat. Raises WrongSetting."""
    chosen = settings()
    import_models()
    set_up_logging()
    db.connect(chosen.database_url)
    return chosen


def import_models() -> None:
    """Import every module that holds tables: each room's models.py and the ground."""
    for house in (zero_work_market, labor_brands):
        for name in _modules(house):
            if name.endswith(".models") or name.startswith("zero_work_market.ground."):
                importlib.import_module(name)


def set_up_logging() -> None:
    """Everything to stderr: lines to read on a terminal, JSON elsewhere; tracebacks without the values of variables."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso"),
    ]
    lines: list[structlog.typing.Processor] = [
        structlog.processors.format_exc_info,
        structlog.processors.JSONRenderer(),
    ]
    if sys.stderr.isatty():
        lines = [structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
    )
    handler = logging.StreamHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *lines], foreign_pre_chain=shared
        )
    )
    logging.basicConfig(handlers=[handler], level=logging.INFO, force=True)
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)


def _modules(package: ModuleType) -> list[str]:
    return [found.name for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")]


def _wake_announced(session: Session) -> None:
    if not session.in_nested_transaction():
        announced: Any = session.info.pop("announced", ())
        wake(announced)
