from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from web.migrations import current, heads, upgrade
from web.wiring import import_models
from zero_work_market.ground.db import Base, build_engine


def test_history_has_one_head():
    assert len(heads()) == 1


def test_upgrade_reaches_the_head_and_a_second_one_changes_nothing(blank_database_url):
    assert current(blank_database_url) is None
    upgrade(blank_database_url)
    upgrade(blank_database_url)
    assert (current(blank_database_url),) == heads()


def test_migrated_tables_are_those_of_the_models(database_url):
    import_models()
    engine = build_engine(database_url)
    with engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), Base.metadata)
    engine.dispose()
    assert differences == []
