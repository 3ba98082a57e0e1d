"""What Elasticsearch must allow, where its security is on; `nephoscope doctor` asks for it.

`include/elasticsearch-roles.json` holds the same as bodies of ``PUT _security/role/<name>``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

INDICES = "cloudwatch*"
"""All indices and aliases of ours."""


@dataclass(frozen=True, slots=True)
class Privileges:
    """Privileges by the names that Elasticsearch gives them; those of indices are on `INDICES`."""

    of_cluster: tuple[str, ...]
    of_indices: tuple[str, ...]

    @property
    def role(self) -> dict[str, Any]:
        """The body that makes a role of them."""
        indices = {"names": [INDICES], "privileges": [*self.of_indices]}
        return {"cluster": [*self.of_cluster], "indices": [indices]}


WRITER = Privileges(
    of_cluster=("monitor", "manage_index_templates"),
    of_indices=("create_index", "manage", "read", "write", "view_index_metadata"),
)
"""Of the connection ``elasticsearch_default``, which collects, reports and makes indices."""

READER = Privileges(of_cluster=(), of_indices=("read", "view_index_metadata"))
"""Of a person or a dashboard that queries what is stored."""

ROLES = {"nephoscope": WRITER.role, "nephoscope_reader": READER.role}
