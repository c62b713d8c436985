"""Debian's Chromium in front of a real cockpit, as an admin uses it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote

from playwright.sync_api import Browser, Locator, Page, expect
from processes import wait_for
from real_cockpit import Cockpit

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
#: Milliseconds a page may take; the machine may be busy.
PATIENCE = 120_000


@contextmanager
def page_of(browser: Browser, width: int, height: int) -> Iterator[tuple[Page, set[str]]]:
    """A page in a Japanese browser, and the hosts it asked for anything."""
    context = browser.new_context(
        viewport={"width": width, "height": height}, locale="ja-JP", timezone_id="Asia/Tokyo"
    )
    hosts: set[str] = set()
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.on("request", lambda request: hosts.add(request.url.split("/")[2]))
    try:
        yield page, hosts
    finally:
        context.close()


def ui(cockpit: Cockpit) -> str:
    """Where the UI is."""
    return f"http://127.0.0.1:{cockpit.port}"


def log_in(page: Page, cockpit: Cockpit) -> None:
    """Come to the UI as a stranger and enter what the file says."""
    page.goto(ui(cockpit))
    page.get_by_placeholder("admin:pass").fill(cockpit.auth)
    page.get_by_role("button", name="Login").click()
    page.wait_for_url("**/dashboard")


def open_form(page: Page, cockpit: Cockpit, name: str, order: dict | None = None) -> None:
    """Open the form of a deployment; with ``order`` some of its fields are filled in by the address."""
    address = f"{ui(cockpit)}/deployments/deployment/{cockpit.deployment(name)['id']}/run"
    if order is not None:
        address += "?parameters=" + quote(quote(json.dumps({"order": order}), safe=""), safe="")
    page.goto(address)
    page.get_by_role("button", name="Submit").wait_for()
    page.get_by_text("自治体").first.wait_for()


def choose(page: Page, title: str, entry: str) -> None:
    """Choose an entry of the drop-down with this title: open it by the keyboard, click what begins like this."""
    button = _field(page, title).locator(".p-select button")
    button.focus()
    page.keyboard.press("ArrowDown")
    page.locator(".p-select-option", has_text=re.compile(f"^{re.escape(entry)}")).first.click()
    expect(button).to_contain_text(entry)


def fill(page: Page, title: str, text: str) -> None:
    """Write into the field with this title."""
    _field(page, title).locator("input, textarea").first.fill(text)


def _field(page: Page, title: str) -> Locator:
    label = page.locator(".schema-form-property__label", has_text=re.compile(f"^{title}"))
    return page.locator(".schema-form-property", has=label).last


def submit(page: Page, cockpit: Cockpit) -> str:
    """Submit the form; return the number of the run it makes."""

    def known() -> set[str]:
        runs = cockpit.ask("POST", "/flow_runs/filter", {"sort": "EXPECTED_START_TIME_DESC"})
        return {run["id"] for run in runs if not run["auto_scheduled"]}

    before = known()

    def begun() -> set[str]:
        return known() - before

    page.get_by_role("button", name="Submit").click()
    return wait_for(begun, 60).pop()


def open_resume(page: Page, cockpit: Cockpit, run_id: str) -> Locator:
    """Open the dialog in which a suspended run is decided on; return it."""
    page.goto(f"{ui(cockpit)}/runs/flow-run/{run_id}")
    page.get_by_role("button", name="Resume").first.click()
    dialog = page.locator(".p-modal")
    dialog.get_by_text("確認した人").wait_for()
    return dialog
