"""What the tests of the demo may ask for."""

import pytest

from asker import Asker


@pytest.fixture
def ask() -> Asker:
    """A CloudWatch of the demo's fleet at noon of its anchor."""
    return Asker()
