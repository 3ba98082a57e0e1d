"""Processes that are killed or measured, and archives for them."""

import pytest

from killing import forked_from


@pytest.fixture(scope="session")
def processes():
    """Processes forked from a warmed one, so that work begins at once."""
    with forked_from("integration.archive.processes") as context:
        yield context
