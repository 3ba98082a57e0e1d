"""An index copied into a new one, which takes its place.

One request swaps the two: it gives the copy all names and aliases of the old index and removes
that, so a reader sees each document once at any time. From then on the old name is an alias.

The old index takes no writes from before the copy begins until it is gone; writers wait, as for a
full disk. If this is killed, it stays so, and the next upgrade removes the copy and makes another.
Of two at once one fails at the swap: each swaps a copy that has a name of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from secrets import token_hex
from typing import Any

from elasticsearch import Elasticsearch
from elasticsearch.helpers import scan

from nephoscope.errors import Rejected, StoreError
from nephoscope.store import names
from nephoscope.store.answers import answered
from nephoscope.store.load.bulk import MOST_ITEMS, Patience, send
from nephoscope.store.load.items import Item, batches
from nephoscope.store.schema.mappings import VERSION


def replace_index(
    client: Elasticsearch,
    index: str,
    *,
    name: str,
    aliases: Mapping[str, Mapping[str, Any]],
    body: Mapping[str, Any],
    patience: Patience | None = None,
) -> int:
    """Copy an index and put the copy in its place; return the number of documents.

    Args:
        client: the official client.
        index: which; its own name, not an alias.
        name: what the copy is called by others; it will be an alias.
        aliases: those of the index, as Elasticsearch describes them.
        body: what the copy has beyond its template.
        patience: how to wait between retries.

    Raises:
        Rejected: Elasticsearch refuses a document in the new mapping; the index stays in use.
        StoreError: Elasticsearch does not answer. Upgrade again.
    """
    copy = names.copy_of(name, f"v{VERSION}-{token_hex(4)}")
    _block(client, index)
    with answered(client) as asked:
        asked.indices.refresh(index=index)
        asked.indices.create(index=copy, **body, aliases={names.copying_alias(copy): {}})
    try:
        _fill(client, index, copy, patience)
    except Rejected:
        # Another upgrade at the same time would be refused too, so none relies on the block.
        delete_copy(client, copy)
        _lift(client, index)
        raise
    copied = _check(client, index, copy)
    _swap(client, index, copy, {name: {}, **aliases})
    return copied


def delete_copy(client: Elasticsearch, copy: str) -> None:
    """Remove a copy that is not in use; one that is gone already is no error."""
    with answered(client) as asked:
        asked.indices.delete(index=copy, ignore_unavailable=True)


def _block(client: Elasticsearch, index: str) -> None:
    """Let an index take no more writes, and wait for those under way.

    Raises:
        StoreError: another upgrade replaced it meanwhile; its name is an alias of the copy.
    """
    with answered(client) as asked:
        asked.indices.add_block(index=index, block="write")
    blocked = _blocked(client, index)
    if index not in blocked:
        for copy in blocked:
            _lift(client, copy)
        raise StoreError(f"another upgrade has replaced {index} meanwhile; upgrade again")


def _blocked(client: Elasticsearch, name: str) -> list[str]:
    """Return the index that a name stands for, if it takes no writes."""
    with answered(client) as asked:
        return [*asked.indices.get_settings(index=name, name="index.blocks.write")]


def _lift(client: Elasticsearch, index: str) -> None:
    with answered(client) as asked:
        asked.indices.put_settings(index=index, settings={"index.blocks.write": None})


def _fill(client: Elasticsearch, index: str, copy: str, patience: Patience | None) -> None:
    items = _items(client, index, names.copying_alias(copy))
    for settled in send(client, batches(items, MOST_ITEMS), patience):
        for outcome in settled.others:
            raise Rejected(
                f"{index} can't be upgraded to version {VERSION} and stays as it is: Elasticsearch "
                f"refuses a document of it: {outcome.reason}"
            )


def _items(client: Elasticsearch, index: str, alias: str) -> Iterator[Item]:
    """Yield a write of each document under its id, which is the same in the copy."""
    with answered(client) as asked:
        for hit in scan(asked, index=index, size=MOST_ITEMS, raise_on_error=False):
            yield Item.of("index", alias, hit["_id"], hit["_source"])


def _check(client: Elasticsearch, index: str, copy: str) -> int:
    """Count the documents of a copy.

    Raises:
        StoreError: they are not as many as the index has, or that could be written meanwhile.
    """
    with answered(client) as asked:
        asked.indices.refresh(index=[index, copy])
        there, copied = (int(asked.count(index=one)["count"]) for one in (index, copy))
    if there != copied or not _blocked(client, index):
        raise StoreError(
            f"of {there} documents of {index} {copied} were copied, or someone lifted its write "
            "block meanwhile: the copy is not used; upgrade again"
        )
    return copied


def _swap(
    client: Elasticsearch, index: str, copy: str, aliases: Mapping[str, Mapping[str, Any]]
) -> None:
    """Put a copy in the place of its index, in one change of the cluster's state."""
    finished = {"index": copy, "alias": names.copying_alias(copy), "must_exist": True}
    added = [{"index": copy, "alias": alias, **how} for alias, how in aliases.items()]
    with answered(client) as asked:
        asked.indices.update_aliases(
            actions=[
                {"remove": finished},
                *({"add": one} for one in added),
                {"remove_index": {"index": index}},
            ]
        )
