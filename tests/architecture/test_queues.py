from web.tasks.app import QUEUES, app


def test_every_task_names_a_declared_queue():
    app.loader.import_default_modules()
    ours = [name for name in app.tasks if not name.startswith("celery.")]
    assert ours
    assert [name for name in ours if name.partition(".")[0] not in QUEUES] == []
    assert {name: _queue(name) for name in ours} == {name: name.partition(".")[0] for name in ours}


def _queue(task: str) -> str:
    return app.amqp.router.route({}, task)["queue"].name
