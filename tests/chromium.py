"""Debian's Chromium, driven as a person would: what a page shows, and what it complains of."""

import shutil
from contextlib import contextmanager

import pytest
from playwright.sync_api import sync_playwright

QUIET = (
    "--no-sandbox",  # which root can't have
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@contextmanager
def chromium():
    """Yield a page of a new browser; the test is skipped where there is none."""
    found = shutil.which("chromium")
    if not found:
        pytest.skip("there is no Chromium: `make browser` installs Debian's")
    with (
        sync_playwright() as driver,
        driver.chromium.launch(executable_path=found, args=QUIET) as browser,
    ):
        yield browser.new_page(viewport={"width": 1440, "height": 1000})


def complaints(page):
    """Return a list that gets what goes wrong on a page: errors of scripts and refused requests."""
    found = []

    def said(message):
        if message.type == "error":
            found.append(message.text)

    def answered(response):
        if response.status >= 400:
            found.append(f"{response.status} {response.url}")

    def failed(request):
        if request.failure != "net::ERR_ABORTED":  # by who went on to another page
            found.append(f"{request.failure} {request.url}")

    page.on("console", said)
    page.on("pageerror", lambda error: found.append(str(error)))
    page.on("requestfailed", failed)
    page.on("response", answered)
    return found


def login(page, url, user, password):
    """Log in to Airflow by its form."""
    page.goto(f"{url}/auth/login")
    page.locator("input[name=username]").fill(user)
    page.locator("input[type=password]").fill(password)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda at: "/auth" not in at)
