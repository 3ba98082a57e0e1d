"""Only the jars that the lock names are used, and they are downloaded once."""

import pytest

from nephoscope.demo.elastic.jars import ROOTS, Jar, fetch, read_lock
from nephoscope.errors import ConfigError

EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
"""SHA-256 of no bytes."""


pytestmark = pytest.mark.usefixtures("no_network")


@pytest.fixture
def no_network(monkeypatch):
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)


def test_the_lock_holds_what_it_is_resolved_from():
    assert set(ROOTS) <= {jar.coordinate for jar in read_lock()}


def test_each_jar_of_the_lock_has_a_name_of_its_own():
    names = [jar.filename for jar in read_lock()]
    assert len(names) == len(set(names))


def test_jars_that_are_there_need_no_network(tmp_path):
    (tmp_path / "netty-1.jar").touch()
    assert fetch(tmp_path, [Jar("io.netty:netty:1", EMPTY)]) == [tmp_path / "netty-1.jar"]


def test_a_jar_with_another_checksum_is_refused(tmp_path):
    (tmp_path / "netty-1.jar").write_bytes(b"planted")
    with pytest.raises(ConfigError, match=r"netty-1\.jar is not the io\.netty:netty:1 .* delete"):
        fetch(tmp_path, [Jar("io.netty:netty:1", EMPTY)])


def test_a_missing_jar_without_network_says_what_to_do(tmp_path):
    with pytest.raises(ConfigError, match=r"io\.netty:netty:1 is not in .* connect this machine"):
        fetch(tmp_path, [Jar("io.netty:netty:1", EMPTY)])


def test_a_failed_download_leaves_nothing(tmp_path):
    with pytest.raises(ConfigError):
        fetch(tmp_path, [Jar("io.netty:netty:1", EMPTY)])
    assert [path.name for path in tmp_path.iterdir()] == [".lock"]
