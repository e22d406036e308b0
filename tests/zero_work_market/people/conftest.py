import pytest
from zero_work_market.ground.db import Base


@pytest.fixture
def database(database):
    Base.metadata.create_all(database)
    return database
