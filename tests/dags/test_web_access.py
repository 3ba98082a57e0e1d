"""Who sees the pages: nobody without a login, and nobody who may not read the DAGs."""

import pytest

from nephoscope.airflow.web.access import DAGS
from web_access import HIDDEN, OneDagHidden, login, serving

ROUTES = [
    "/nephoscope/",
    "/nephoscope/reports/day=2026-11-20/index.html",
    "/nephoscope/reports/day=2026-11-20/heatmap.png",
    "/nephoscope/documents?dag_id=collect_metrics&run_id=x&map_index=0",
]


@pytest.fixture(scope="module")
def web(airflow_database):
    with pytest.MonkeyPatch.context() as patched:
        manager = f"{OneDagHidden.__module__}.{OneDagHidden.__qualname__}"
        patched.setenv("AIRFLOW__CORE__AUTH_MANAGER", manager)
        with serving() as client:
            yield client


def asked(web, path, token=None, **more):
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return web.get(path, headers=headers, follow_redirects=False, **more)


def test_every_route_is_tried_here(web):
    from nephoscope.airflow.web.routes import routed

    tried = {path.partition("?")[0].removeprefix("/nephoscope").split("day=")[0] for path in ROUTES}
    assert {route.path.partition("{")[0] for route in routed.routes} == tried
    assert all(route.methods == {"GET"} for route in routed.routes)


@pytest.mark.parametrize("path", ROUTES)
def test_without_a_login_there_is_nothing(web, path):
    assert asked(web, path).status_code == 401


@pytest.mark.parametrize("path", ROUTES)
def test_a_forged_token_is_refused(web, path):
    assert asked(web, path, "eyJhbGciOiJub25lIn0.e30.").status_code == 403


@pytest.mark.parametrize("path", ROUTES)
def test_who_has_no_role_is_refused(web, path):
    assert asked(web, path, login(web, "nobody", None)).status_code == 403


@pytest.mark.parametrize("path", ROUTES)
def test_who_may_not_read_one_of_the_dags_is_refused(web, path):
    assert HIDDEN in DAGS
    assert asked(web, path, login(web, "halfway", "viewer")).status_code == 403


@pytest.mark.parametrize("path", ROUTES)
def test_a_viewer_is_let_in_by_token_and_by_cookie(web, path):
    token = login(web, "vic", "viewer")
    assert asked(web, path, token).status_code in {200, 404, 503}
    web.cookies.set("_token", token)
    assert asked(web, path).status_code in {200, 404, 503}
    web.cookies.clear()


@pytest.mark.parametrize("path", ["docs", "redoc", "openapi.json"])
def test_nothing_describes_the_routes_to_anyone(web, path):
    assert asked(web, f"/nephoscope/{path}").status_code == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_nothing_can_be_changed(web, method):
    """So a foreign page that makes a browser send something can do nothing with its cookie."""
    token = login(web, "ada", "admin")
    answer = web.request(method, "/nephoscope/", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 405
