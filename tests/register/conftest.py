import pytest

from tests.register import world as worlds


@pytest.fixture
def world(app):
    """A county without a deployment."""
    return worlds.World()


@pytest.fixture
def deployed(app):
    """A county whose run is an instance with all decision tables of the repository."""
    return worlds.World(deployed=True)
