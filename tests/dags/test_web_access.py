"""Who sees the pages: nobody without a login, and nobody who may not read the DAGs."""

import pytest

from nephoscope.airflow.web.access import DAGS
from web_access import HIDDEN, token

ROUTES = [
    "/nephoscope/",
    "/nephoscope/reports/day=2026-11-20/index.html",
    "/nephoscope/reports/day=2026-11-20/heatmap.png",
    "/nephoscope/documents?dag_id=collect_metrics&run_id=x&map_index=0",
]
LET_IN = {200, 404, 503}
"""What there is depends on the tests before; that it was looked for does not."""


def status(airflow_app, path, token=None):
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return airflow_app.get(path, headers=headers).status_code


def test_every_route_is_tried_here(airflow_app):
    from nephoscope.airflow.web.routes import routed

    tried = {path.partition("?")[0].removeprefix("/nephoscope").split("day=")[0] for path in ROUTES}
    assert {route.path.partition("{")[0] for route in routed.routes} == tried
    assert all(route.methods == {"GET"} for route in routed.routes)


@pytest.mark.parametrize("path", ROUTES)
def test_without_a_login_there_is_nothing(airflow_app, path):
    assert status(airflow_app, path) == 401


@pytest.mark.parametrize("path", ROUTES)
def test_a_forged_token_is_refused(airflow_app, path):
    assert status(airflow_app, path, "eyJhbGciOiJub25lIn0.e30.") == 403


@pytest.mark.parametrize("path", ROUTES)
def test_who_has_no_role_is_refused(airflow_app, path):
    assert status(airflow_app, path, token(airflow_app, "nobody", None)) == 403


@pytest.mark.parametrize("path", ROUTES)
def test_who_may_not_read_one_of_the_dags_is_refused(airflow_app, path):
    assert HIDDEN in DAGS
    assert status(airflow_app, path, token(airflow_app, "halfway", "viewer")) == 403


@pytest.mark.parametrize("path", ROUTES)
def test_a_viewer_is_let_in_by_token_and_by_cookie(airflow_app, path):
    of_viewer = token(airflow_app, "vic", "viewer")
    assert status(airflow_app, path, of_viewer) in LET_IN
    airflow_app.cookies.set("_token", of_viewer)
    assert status(airflow_app, path) in LET_IN
    airflow_app.cookies.clear()


@pytest.mark.parametrize("path", ["docs", "redoc", "openapi.json"])
def test_nothing_describes_the_routes_to_anyone(airflow_app, path):
    assert status(airflow_app, f"/nephoscope/{path}") == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_nothing_can_be_changed(airflow_app, method):
    """So a foreign page that makes a browser send something can do nothing with its cookie."""
    headers = {"Authorization": f"Bearer {token(airflow_app, 'ada', 'admin')}"}
    assert airflow_app.request(method, "/nephoscope/", headers=headers).status_code == 405
