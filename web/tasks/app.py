"""Celery: only the wake-up. The outbox is the queue of record, so a task that is lost, or comes twice, does no harm."""

from typing import Any

from celery import Celery, signals

from zero_work_market.ground.settings import Settings, settings

EVENTS = "events"
BEAT = "beat"
QUEUES = (EVENTS, BEAT)

LONGEST_TASK_S = 600


def configuration() -> dict[str, Any]:
    """Celery's settings, from ours; read when the first task is sent or the worker starts, not on import."""
    chosen = settings()
    return {
        **(_over_files(chosen) if chosen.redis_url is None else _over_redis(chosen.redis_url)),
        "include": ["web.tasks.events", "web.tasks.beat"],
        "task_queues": {name: {"exchange": name, "routing_key": name} for name in QUEUES},
        "task_routes": {f"{name}.*": {"queue": name} for name in QUEUES},
        "task_default_queue": EVENTS,
        "task_create_missing_queues": False,
        "task_acks_late": True,
        "task_reject_on_worker_lost": True,
        "task_ignore_result": True,
        "task_publish_retry": False,
        "worker_prefetch_multiplier": 1,
        "worker_enable_remote_control": False,
        "worker_hijack_root_logger": False,
        "broker_connection_retry_on_startup": True,
        "broker_connection_max_retries": None,
        "beat_scheduler": "celery.beat:Scheduler",
        "beat_schedule": schedule(chosen),
    }


def schedule(chosen: Settings) -> dict[str, Any]:
    """What beat asks for and how often, in seconds. What no worker began in that time is dropped: it is asked again."""
    seconds = {
        "sweep": 2.0 if chosen.embedded else 5.0,
        "heartbeat": 10.0,
        "expire": 30.0,
        "crews": 30.0,
        "warn_unsigned": 60.0,
    }
    seconds |= {"no_shows": 20.0, "add_up": 2.0 if chosen.embedded else 5.0, "save_engine": 1200.0, "prune": 3600.0}
    seconds |= {"ask_hours": 60.0, "warn_wages": 600.0, "exchange": 5.0 if chosen.demo else 30.0}
    return {
        name: {"task": f"{BEAT}.{name}", "schedule": every, "options": {"expires": every}}
        for name, every in seconds.items()
    }


def _over_files(chosen: Settings) -> dict[str, Any]:
    folder = chosen.home / "queue"
    folder.mkdir(exist_ok=True)
    return {
        "broker_url": "filesystem://localhost",
        "broker_transport": "web.tasks.folder:Transport",
        "broker_transport_options": {"data_folder_in": str(folder), "data_folder_out": str(folder)},
    }


def _over_redis(url: str) -> dict[str, Any]:
    return {
        "broker_url": url,
        "broker_transport_options": {
            "visibility_timeout": 2 * LONGEST_TASK_S,
            "unacked_restore_interval": 10,
            "socket_timeout": 2,
            "socket_connect_timeout": 1,
            "max_retries": 1,
        },
    }


app = Celery("leye", set_as_current=True)
app.add_defaults(configuration)


def _keep_our_logging(**_: Any) -> None:
    """Celery sets up logging of its own unless someone listens here."""


signals.setup_logging.connect(_keep_our_logging)
