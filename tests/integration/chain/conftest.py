"""The session's node, empty of ours, beside an archive."""

import pytest

from nephoscope.archive import landing
from nephoscope.store.load.loader import load
from unit.archive.landed import land, steady

WHOLE = steady(1)


@pytest.fixture
def collect(tmp_path, store):
    """Land a shard and store what was landed; ``value`` says what of it the archive then has."""

    def run(one=None, value=WHOLE, **more):
        written = land(tmp_path / "read", WHOLE, one=one, **more)
        load(store, landing.read_points(tmp_path / "read", written.name), attributes={})
        land(tmp_path, value, one=one, **more)

    return run
