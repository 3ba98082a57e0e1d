"""The official Elasticsearch client of an Airflow connection, refused before a byte is sent.

The connection's host and port name a node, and ``hosts`` in its extra further ones of the same
cluster: URLs, as the provider's `ElasticsearchPythonHook` takes them. ``kibana_url`` is where
people look at it. All else in the extra is an option of the client.
"""

from __future__ import annotations

import base64
import binascii
import ipaddress
import ssl
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import SplitResult, quote, urlsplit

from airflow.providers.elasticsearch.hooks.elasticsearch import ElasticsearchPythonHook
from airflow.sdk import Connection
from airflow.sdk.log import mask_secret
from elastic_transport import NodeConfig, Urllib3HttpNode
from urllib3 import HTTPSConnectionPool

from nephoscope.errors import ConfigError
from nephoscope.store.decoding import decode_fast

SECRETS = ("api_key", "basic_auth", "bearer_auth", "http_auth")
"""Options of the client that hold one; ``headers`` may."""

KIBANA = "kibana_url"
"""The key of the extra that says where people look at the same cluster."""

_OF_SQL_CURSORS = {"fetch_size", "field_multi_value_leniency"}
_NOT_OF_THE_CLIENT = {"hosts", KIBANA, *_OF_SQL_CURSORS}


class NamedAuthority(Urllib3HttpNode):
    """A node that is trusted by what the connection names, and by nothing besides.

    Beside the authority in ``ca_certs`` the client's own class trusts the system's. And of
    ``ssl_assert_fingerprint`` it takes whoever shows the certificate of that fingerprint in an
    unverified chain, so that an authority's trusts anyone: here it must be the node's own.
    """

    def __init__(self, config: NodeConfig) -> None:
        """Make the pool of connections; none is opened yet."""
        super().__init__(config)
        if config.ssl_assert_fingerprint and isinstance(self.pool, HTTPSConnectionPool):
            self.pool.assert_fingerprint = config.ssl_assert_fingerprint
        elif config.ca_certs and config.verify_certs:
            self.pool.conn_kw["ssl_context"] = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def client(stated: Connection) -> Any:
    """Return the client of a connection of type ``elasticsearch``; its secrets are masked in logs.

    Raises:
        ConfigError: it lacks a host or port, would send a password or key over plain HTTP to
            another machine, leaves open whether certificates are verified, or has an option that
            is none.
    """
    where = f"the Airflow connection {stated.conn_id!r}"
    nodes, options = _nodes(stated, where), _options(stated)
    for secret in _secrets(options):
        for form in _forms(secret):
            mask_secret(form)
    _refuse_clear(nodes, options, where)
    _refuse_vague(options, where)
    urls = [node.geturl() for node in nodes]
    try:
        made = ElasticsearchPythonHook(urls, {"node_class": NamedAuthority, **options}).get_conn
    except (TypeError, ValueError) as error:
        raise ConfigError(f"{where} is none of Elasticsearch: {error}") from None
    decode_fast(made)
    return made


def _nodes(stated: Connection, where: str) -> list[SplitResult]:
    """Return the URLs of the nodes, each once."""
    if not stated.host or not stated.port:
        raise ConfigError(f"{where} needs a host and a port")
    host = f"[{stated.host}]" if ":" in stated.host else stated.host
    further = stated.extra_dejson.get("hosts", [])
    if not isinstance(further, list):
        raise ConfigError(f"{where} has hosts that are no list of URLs")
    urls = [f"{stated.schema or 'http'}://{host}:{stated.port}", *map(str, further)]
    nodes = [urlsplit(url.rstrip("/")) for url in urls]
    for number, node in enumerate(nodes):
        if node.scheme not in {"http", "https"} or not node.hostname or "@" in node.netloc:
            raise ConfigError(
                f"{where} names a node (number {number}) that is no URL such as "
                "https://es2.example.com:9200, without user and password"
            )
    return list(dict.fromkeys(nodes))


def _options(stated: Connection) -> dict[str, Any]:
    """Return what the client takes besides its nodes."""
    extra = stated.extra_dejson
    options = {name: value for name, value in extra.items() if name not in _NOT_OF_THE_CLIENT}
    if stated.password:
        options.setdefault("basic_auth", (stated.login or "", stated.password))
    return options


def _refuse_clear(nodes: list[SplitResult], options: Mapping[str, Any], where: str) -> None:
    secret = any(_secrets(options))
    for node in nodes:
        if secret and node.scheme != "https" and not _loopback(node.hostname or ""):
            raise ConfigError(
                f"{where} would send its password or key to {node.hostname} in the clear: set its "
                "schema to https"
            )


def _refuse_vague(options: Mapping[str, Any], where: str) -> None:
    """Insist that who trusts any certificate says so, and only so."""
    verify, authority = options.get("verify_certs", True), options.get("ca_certs")
    if not isinstance(verify, bool):
        raise ConfigError(f"{where} has verify_certs {verify!r}: write true or false")
    if authority is None:
        return
    if not verify:
        raise ConfigError(
            f"{where} names ca_certs, and verify_certs false, which trusts anyone: leave one out"
        )
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(authority)
    except (OSError, TypeError) as error:
        raise ConfigError(
            f"{where} names ca_certs that are no readable file of certificates (PEM): {error}"
        ) from None


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _secrets(options: Mapping[str, Any]) -> Iterator[str]:
    """Yield each secret as one text: a pair has a colon between its halves."""
    given = [options[name] for name in SECRETS if options.get(name)]
    given += (options.get("headers") or {}).values()
    for secret in given:
        yield ":".join(map(str, secret)) if isinstance(secret, list | tuple) else str(secret)


def _forms(secret: str) -> Iterator[str]:
    """Yield what a secret may be written as: whole, its last part, encoded, decoded, quoted."""
    for text in {secret, secret.split(maxsplit=1)[-1], _decoded(secret)} - {""}:
        part = text.partition(":")[2]
        for form in {text, part} - {""}:
            yield from (form, quote(form, safe=""), base64.b64encode(form.encode()).decode())


def _decoded(secret: str) -> str:
    """Return the pair that a secret encodes, or nothing."""
    try:
        pair = base64.b64decode(secret.rsplit(maxsplit=1)[-1], validate=True).decode()
    except (binascii.Error, UnicodeDecodeError, IndexError):
        return ""
    return pair if ":" in pair else ""
