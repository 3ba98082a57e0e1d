"""The folder around the embedded Elasticsearch."""

import pytest

from nephoscope.demo.elastic import home
from nephoscope.errors import ConfigError


def test_a_machine_without_libzstd_is_told_what_to_install(monkeypatch):
    monkeypatch.setattr(home.ctypes.util, "find_library", lambda _name: None)
    with pytest.raises(ConfigError, match="apt install libzstd1"):
        home.find_zstd()
