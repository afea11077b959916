"""The register in memory that the planning tests import into."""

import pytest

from tests.register.importing.world import World


@pytest.fixture
def world() -> World:
    return World()
