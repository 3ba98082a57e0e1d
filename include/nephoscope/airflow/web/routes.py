"""The routes of the pages; all are for readers of the DAGs only, and none changes anything."""

from __future__ import annotations

from contextlib import closing

from airflow.api_fastapi.common.db.common import SessionDep
from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from nephoscope.airflow import run
from nephoscope.airflow.connections import ELASTICSEARCH, connection, elasticsearch_client
from nephoscope.airflow.elastic import KIBANA
from nephoscope.airflow.web import documents, reports
from nephoscope.airflow.web.access import DAGS, READERS_ONLY
from nephoscope.airflow.web.recent import last_runs, returned
from nephoscope.airflow.web.render import render
from nephoscope.airflow.web.stored import Stored, stored
from nephoscope.archive.runs import read_shard
from nephoscope.errors import NephoscopeError
from nephoscope.store.read.newest import some

_DOCUMENTS = 100  # on a page
_SHOWN = {"text/html; charset=utf-8", "image/png", "application/json"}
_SAFE = {
    # The session's cookie can be read by scripts of this origin: no page of ours may run one.
    "Content-Security-Policy": "default-src 'none'; img-src 'self' data:; "
    "style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "private, no-cache",
}

# Documentation of the API would be open to anyone.
routed = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, dependencies=READERS_ONLY)


@routed.exception_handler(NephoscopeError)
def trouble(request: Request, error: Exception) -> HTMLResponse:
    """Say in a sentence why there is no page."""
    page = render("trouble", said=str(error), home=f"{request.scope['root_path']}/")
    return HTMLResponse(page, 503, _SAFE)


@routed.get("/")
def overview(session: SessionDep) -> HTMLResponse:
    """Show what is collected; what can't be told now is a sentence in its place, with 503."""
    asked_at, troubles = run.now(), []
    told: Stored | None = None
    latest: reports.Latest | None = None
    try:
        with closing(elasticsearch_client()) as client:
            told = stored(client, run.collections(), asked_at)
    except NephoscopeError as error:
        troubles.append(str(error))
    try:
        with reports.reachable("reports"):
            latest = reports.latest(run.reports())
    except NephoscopeError as error:
        troubles.append(str(error))
    page = render(
        "overview",
        asked_at=asked_at,
        troubles=troubles,
        stored=told,
        latest=latest,
        runs=list(last_runs(session, DAGS)),
    )
    return HTMLResponse(page, 503 if troubles else 200, _SAFE)


@routed.get("/reports/{path:path}")
def report(path: str) -> Response:
    """Serve a file of the reports."""
    with reports.reachable("reports"):
        content = reports.read(run.reports(), path)
    if content is None:
        raise HTTPException(404, "there is no such report")
    kind = reports.content_type(path)
    kept = {} if kind in _SHOWN else {"Content-Disposition": "attachment"}
    return Response(content, media_type=kind, headers={**_SAFE, **kept})


@routed.get("/documents")
def shard_documents(session: SessionDep, dag_id: str, run_id: str, map_index: int) -> Response:
    """Show what a shard's load wrote, in Kibana where the connection names it."""
    if dag_id not in DAGS:
        raise HTTPException(404, "this is no DAG of Nephoscope")
    words = returned(
        session, dag_id=dag_id, run_id=run_id, task_id="collect.extract", map_index=map_index
    )
    if not words:
        raise HTTPException(404, "nothing was read of this shard, or Airflow has forgotten it")
    with reports.reachable("archive"):
        shard = read_shard(run.archive(), words["run"], words["number"])
    kibana_url = connection(ELASTICSEARCH, "elasticsearch").extra_dejson.get(KIBANA)
    if kibana_url:
        return RedirectResponse(documents.in_kibana(str(kibana_url), shard), headers=_SAFE)
    query = documents.query(shard)
    with closing(elasticsearch_client()) as client:
        found = some(client, query, _DOCUMENTS)
    of_run = {"dag_id": dag_id, "run_id": run_id, "shard": shard}
    return HTMLResponse(render("documents", **of_run, query=query, found=found), 200, _SAFE)
