"""Processes that are killed or measured, and archives for them."""

import os
import sys
from multiprocessing import get_context

import pytest


@pytest.fixture(scope="session")
def processes():
    """Processes forked from a warmed one, so that work begins at once."""
    context = get_context("forkserver")
    context.set_forkserver_preload(["integration.archive.processes"])
    with pytest.MonkeyPatch.context() as patch:
        # Until Python 3.13 the server does not get the path of its parent (cpython issue 117378).
        patch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
        yield context
