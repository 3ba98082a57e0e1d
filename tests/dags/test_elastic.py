"""The Elasticsearch connection: its nodes, and whom it trusts."""

import pytest

from nephoscope.errors import ConfigError, StoreError
from nephoscope.store import answers
from tls_proxy import Authority, listening, tls_before

NOBODY = 9
"""A port of this machine that no one listens on."""


# Nodes.


def test_a_read_finds_the_node_that_lives(connect, elasticsearch_url, monkeypatch):
    monkeypatch.setattr(answers, "FIRST_PAUSE", 0)
    dead = [f"http://127.0.0.1:{port}" for port in (NOBODY, NOBODY + 1)]
    client = connect(NOBODY, extra={"hosts": [*dead, elasticsearch_url]})
    assert len(client.transport.node_pool) == 3
    for _ in range(10):
        with answers.answered(client) as asked:
            assert asked.info()["version"]


def test_a_read_moves_on_from_a_node_that_hangs_up(connect, elasticsearch_url):
    with listening(lambda connection: connection.close()) as port:
        client = connect(port, extra={"hosts": [elasticsearch_url]})
        with answers.answered(client) as asked:
            assert asked.info()["version"]


@pytest.mark.parametrize(
    "hosts",
    [
        "http://127.0.0.1:9200",
        ["es2:9200"],
        ["ftp://es2:9200"],
        ["https://user:canary@es2:9200"],
        [{"host": "es2"}],
    ],
)
def test_hosts_that_are_no_urls_are_refused(connect, hosts):
    with pytest.raises(ConfigError, match=r"no list of URLs|no URL such as https://") as caught:
        connect(9200, extra={"hosts": hosts})
    assert "canary" not in str(caught.value)


def test_an_option_that_the_client_lacks_is_refused(connect):
    with pytest.raises(ConfigError, match="unexpected keyword argument 'no_such'"):
        connect(9200, extra={"no_such": 1})


# Whom it trusts.


@pytest.fixture
def authority(tmp_path):
    return Authority(tmp_path, "authority")


@pytest.fixture
def secured(elasticsearch_url, authority):
    """The port of a node behind TLS, whose certificate the authority signed."""
    with tls_before(elasticsearch_url, authority.certify("127.0.0.1")[0]) as port:
        yield port


def asked(client):
    with answers.answered(client):
        return client.options(max_retries=0).info()["tagline"]


def test_the_named_authority_is_trusted(connect, secured, authority):
    client = connect(secured, schema="https", extra={"ca_certs": str(authority.file)})
    assert asked(client) == "You Know, for Search"


def test_an_authority_that_is_not_named_is_not_and_the_error_says_what_to_set(connect, secured):
    with pytest.raises(StoreError, match=r"can't be trusted: .*Set ca_certs in the connection"):
        asked(connect(secured, schema="https"))


def test_another_authority_is_not_trusted(connect, secured, tmp_path):
    other = Authority(tmp_path, "other")
    with pytest.raises(StoreError, match=r"can't be trusted"):
        asked(connect(secured, schema="https", extra={"ca_certs": str(other.file)}))


def test_where_an_authority_is_named_the_systems_are_not_trusted(
    connect, secured, authority, tmp_path, monkeypatch
):
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))  # OpenSSL's: it is the system's now
    assert asked(connect(secured, schema="https"))
    other = Authority(tmp_path, "other")
    with pytest.raises(StoreError, match=r"can't be trusted"):
        asked(connect(secured, schema="https", extra={"ca_certs": str(other.file)}))


def test_a_certificate_of_another_host_is_not_trusted(connect, elasticsearch_url, authority):
    with tls_before(elasticsearch_url, authority.certify("127.0.0.2")[0]) as port:
        client = connect(port, schema="https", extra={"ca_certs": str(authority.file)})
        with pytest.raises(StoreError, match=r"can't be trusted: .*and a host that it names"):
            asked(client)


@pytest.mark.parametrize("right", [True, False])
def test_a_fingerprint_is_trusted_alone(connect, elasticsearch_url, authority, right):
    certificate, fingerprint = authority.certify("127.0.0.1")
    named = fingerprint if right else "0" * 64
    with tls_before(elasticsearch_url, certificate) as port:
        client = connect(port, schema="https", extra={"ssl_assert_fingerprint": named})
        if right:
            assert asked(client)
        else:
            with pytest.raises(StoreError, match=r"can't be trusted: .*Fingerprints did not match"):
                asked(client)


def test_to_show_the_authoritys_certificate_is_not_to_be_signed_by_it(
    connect, elasticsearch_url, authority, tmp_path
):
    """The client's own check of a fingerprint takes a forged certificate beside a true one."""
    (tmp_path / "forged").mkdir()
    certificate, _ = Authority(tmp_path / "forged", "authority").certify("127.0.0.1")
    certificate.write_bytes(certificate.read_bytes() + authority.file.read_bytes())
    with tls_before(elasticsearch_url, certificate) as port:
        extra = {"ssl_assert_fingerprint": authority.fingerprint}
        with pytest.raises(StoreError, match=r"can't be trusted: .*Fingerprints did not match"):
            asked(connect(port, schema="https", extra=extra))


def test_verification_that_is_off_by_name_is_off(connect, secured):
    with pytest.warns(Warning, match="verify_certs=False is insecure"):
        client = connect(secured, schema="https", extra={"verify_certs": False})
    with pytest.warns(Warning, match="Unverified HTTPS request"):
        assert asked(client)


def test_ca_certs_that_are_no_file_are_refused(connect, tmp_path):
    for path in (tmp_path / "none.pem", tmp_path):
        with pytest.raises(ConfigError, match=r"no readable file of certificates \(PEM\)"):
            connect(9200, schema="https", extra={"ca_certs": str(path)})
