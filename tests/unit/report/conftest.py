"""The planted fleet, made once."""

import pytest

from unit.report import fleets


@pytest.fixture(scope="session")
def planted():
    """Points, instances, fleet."""
    return fleets.planted()


@pytest.fixture
def fleet(planted):
    return planted[2]


@pytest.fixture
def by_name(fleet):
    return {one.title: one for one in fleet.instances}
