"""Our page in Airflow's UI, as a person sees it in Chromium, and the links of tasks to it."""

import re
from datetime import UTC, datetime
from urllib.parse import quote

import pytest
from axe_playwright_python.sync_playwright import Axe

from chromium import chromium, complaints, login
from nephoscope.demo.stack import job
from nephoscope.demo.stack.airflow_service import USER
from scheduled import NOW


def test_the_tasks_of_a_scheduled_run_lead_to_their_page_and_documents(stack):
    api = stack.airflow.api
    newest = {"order_by": "-run_after", "limit": 1, "state": "success"}
    [run] = api("GET", f"dags/{job.DAILY}/dagRuns", query=newest)["dag_runs"]
    tasks = f"dags/{job.DAILY}/dagRuns/{quote(run['dag_run_id'])}/taskInstances"
    day = run["run_after"][:10]
    [drawn] = api("GET", f"{tasks}/report/links")["extra_links"].values()
    assert re.fullmatch(r"nephoscope/reports/day=\d{4}-\d\d-\d\d/index.html", drawn)
    assert drawn < f"nephoscope/reports/day={day}"
    loaded = api("GET", f"{tasks}/collect.load/links", query={"map_index": 1})["extra_links"]
    assert loaded["Documents"].startswith(f"nephoscope/documents?dag_id={job.DAILY}&run_id=")
    assert loaded["Documents"].endswith("&map_index=1")


@pytest.fixture(scope="module")
def page(stack):
    """A page of a browser in which a person has logged in to Airflow."""
    with chromium() as page:
        login(page, stack.airflow.url, USER, stack.airflow.password)
        yield page


def test_a_person_finds_the_page_and_sees_todays_heat_map(stack, page):
    job.newest(stack.airflow, NOW, lambda *_: stack.check())
    wrong = complaints(page)
    page.goto(stack.airflow.url)
    page.get_by_role("button", name="Browse").click()
    page.get_by_role("menuitem", name="Nephoscope").click()
    shown = page.frame_locator("iframe[title=Nephoscope]")
    picture = shown.get_by_alt_text("heat map").first
    picture.scroll_into_view_if_needed()
    today = datetime.now(UTC).date()
    assert f"reports/day={today}/" in picture.get_attribute("src")
    assert picture.evaluate("of => of.complete && of.naturalWidth") > 500
    assert shown.locator("#coverage").is_visible()
    assert wrong == []


def test_a_report_is_opened_from_the_page(stack, page):
    wrong = complaints(page)
    page.goto(f"{stack.airflow.url}/nephoscope/")
    page.get_by_role("link", name="all reports").click()
    page.locator("main a").first.click()
    picture = page.locator("main img").first
    assert picture.evaluate("of => of.complete && of.naturalWidth") > 500
    assert wrong == []


def test_the_page_is_accessible(stack, page):
    page.goto(f"{stack.airflow.url}/nephoscope/")
    found = Axe().run(page)
    assert len(found.response["passes"]) > 20
    assert found.response["violations"] == [], found.generate_report()
