"""Who may see the pages: who is logged in to Airflow and may read all of Nephoscope's DAGs.

Airflow leaves the routes of plugins open to anyone, so each of ours depends on these.
"""

from __future__ import annotations

from airflow.api_fastapi.auth.managers.models.resource_details import DagAccessEntity
from airflow.api_fastapi.core_api.security import requires_access_dag
from fastapi import Depends

from nephoscope.config.settings import ROOT

DAGS = tuple(sorted(path.stem for path in (ROOT / "dags").glob("*.py")))
"""Nephoscope's DAGs: each file is named by the one that it holds."""

READERS_ONLY = [Depends(requires_access_dag("GET", DagAccessEntity.RUN, dag_id)) for dag_id in DAGS]
"""The dependencies of every route: 401 without a login, 403 without the right to a DAG's runs."""
