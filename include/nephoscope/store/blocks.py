"""What blocks an index or a cluster, and what lifts it.

Elasticsearch names a block by a number (`ClusterBlocks` in its source), in a sentence such as
``index [x] blocked by: [FORBIDDEN/8/index write (api)];``. A person or a policy sets all but one:
the flood stage, which Elasticsearch sets and lifts itself.
"""

from __future__ import annotations

import re

_FLOOD_STAGE = "12"
_SETTINGS = {
    "5": "index.blocks.read_only",
    "6": "cluster.blocks.read_only",
    "7": "index.blocks.read",
    "8": "index.blocks.write",
    "9": "index.blocks.metadata",
    "13": "cluster.blocks.read_only_allow_delete",
}
_NUMBER = re.compile(r"\[[A-Z_]+/(\d+)/")


def blocked(status: int, why: str) -> bool:
    """Tell whether a refusal is for a block that stays, such as that of a full disk.

    One that answers 5xx passes by itself: a cluster without a master has it.
    """
    stays = why.startswith(("cluster_block_exception", "index_closed_exception"))
    return stays and status < 500


def lifting(why: str) -> str:
    """Say what lifts the block that a refusal names."""
    if why.startswith("index_closed_exception"):
        return "Open the index (POST its _open)"
    numbers = set(_NUMBER.findall(why))
    if _FLOOD_STAGE in numbers:
        return (
            "Free its disk, or add one: Elasticsearch lifts this block itself when the disk is "
            "below its high watermark"
        )
    if settings := [name for number, name in _SETTINGS.items() if number in numbers]:
        return f"A person or a policy has set {' and '.join(settings)}: set it to null"
    return "Lift the block"
