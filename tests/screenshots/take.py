"""Pictures of what people see: the report, and a run of 進捗監視 in Prefect's UI. Run by ``make screenshots``.

Everything is built anew in a temporary home from the sample inbox, the run is started through the
UI's own form, and Debian's Chromium takes the pictures. Argument: the folder to write to.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

sys.path[:0] = [str(Path(__file__).parents[1] / "support"), str(Path(__file__).parents[2])]

from browsing import FLAGS, choose, log_in, open_form, open_resume, page_of, submit, ui  # noqa: E402
from processes import ROOT, free_port, wait_for  # noqa: E402
from real_cockpit import MAIN, START_SECONDS, UP, Cockpit, start_up  # noqa: E402

AS_OF, MUCH_LATER = "2026-11-24", "2026-12-08"
WIDE, NARROW = 1280, 400
#: A 事業 that is late in the sample.
ENTRY = "#DX-23"


def main() -> int:
    """Take every picture; return 1 when a page is broken in a way a program can see."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "var/screenshots")
    folder.mkdir(parents=True, exist_ok=True)
    chromium = shutil.which("chromium")
    if chromium is None:
        print("Chromium がありません。Debian では `apt-get install chromium fonts-noto-cjk` で入ります。")
        return 2
    with tempfile.TemporaryDirectory() as temporary, sync_playwright() as playwright:
        inbox = Path(temporary) / "inbox"
        report = _report(inbox, Path(temporary) / "report")
        with playwright.chromium.launch(executable_path=chromium, args=FLAGS) as browser:
            faults = [
                fault for width in (WIDE, NARROW) for fault in _take_report(browser, report, width, folder)
            ]
            faults += _take_run(browser, inbox, Path(temporary) / "cockpit", folder)
    for fault in faults:
        print(f"NG: {fault}")
    return 1 if faults else 0


def _report(inbox: Path, home: Path) -> Path:
    """Build the sample inbox, run the watch on it without a server, return the report's page."""
    from tasks.samples.build import build_inbox

    build_inbox(inbox, 1)
    command = ["run", "--engine", "plain", "--as-of", AS_OF, "--json", "--inbox", str(inbox)]
    env = {**os.environ, "SHINCHOKU_HOME": str(home), "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", MAIN, *command], env=env, check=True, stdout=subprocess.PIPE)
    return Path(json.loads(done.stdout)["reports"]["html"])


def _take_report(browser: Browser, report: Path, width: int, folder: Path) -> list[str]:
    """One picture of the top, one of each chapter, one of an entry with its evidence."""
    with page_of(browser, width, 900) as (page, hosts):
        page.goto(report.as_uri())
        chapters = page.locator("nav a").evaluate_all("links => links.map(link => link.hash)")
        for place in ("#top", *chapters[1:], ENTRY):
            page.goto(report.as_uri() + place)
            if place == ENTRY:
                page.locator(f"{ENTRY} details summary", has_text="根拠").first.click()
            _save(page, folder / f"report-{width}-{place.strip('#')}.png")
        wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        faults = [f"report at {width} px scrolls sideways by {wider} px"] if wider > 0 else []
        return faults + [f"report asks {host}" for host in hosts if host]


def _take_run(browser: Browser, inbox: Path, home: Path, folder: Path) -> list[str]:
    port = free_port()
    with start_up(home, port) as process, page_of(browser, WIDE, 1200) as (page, hosts):
        process.says(UP, START_SECONDS)
        cockpit = Cockpit(process, home, port)
        run = cockpit.ended(_submit(page, cockpit, inbox, folder))
        page.goto(f"{ui(cockpit)}/runs/flow-run/{run['id']}")
        # The log's last line arrives some seconds after the run has ended.
        page.get_by_text("Finished in state").last.wait_for()
        _save(page, folder / "run.png")
        page.get_by_text("Artifacts", exact=True).first.click()
        page.get_by_text("togitsu-verdicts").first.wait_for()
        _save(page, folder / "run-artifacts.png")
        for artifact in cockpit.of_run("artifacts", run["id"]):
            page.goto(f"{ui(cockpit)}/artifacts/artifact/{artifact['id']}")
            page.get_by_text(artifact["description"]).first.wait_for()
            _save(page, folder / f"artifact-{artifact['key']}.png")
        _take_release(page, cockpit, inbox, folder)
        faults = [] if run["state_type"] == "COMPLETED" else [f"run ended {run['state']}"]
        return faults + [f"UI asks {host}" for host in hosts - {f"127.0.0.1:{port}"}]


def _take_release(page: Page, cockpit: Cockpit, inbox: Path, folder: Path) -> None:
    """The dialog in which an escalation is released, when an alert went unanswered for long."""
    cockpit.run({"mode": "本番", "as_of": MUCH_LATER, "inbox": str(inbox)})

    def waiting() -> list[Any]:
        runs = cockpit.ask("POST", "/flow_runs/filter", {})
        return [run for run in runs if run["state_name"] == "Suspended"]

    open_resume(page, cockpit, wait_for(waiting, 120)[0]["id"])
    _save(page, folder / "resume.png")


def _submit(page: Page, cockpit: Cockpit, inbox: Path, folder: Path) -> str:
    """Log in and start 進捗監視 by the form; return the run's number."""
    log_in(page, cockpit)
    _save(page, folder / "dashboard.png")
    page.goto(f"{ui(cockpit)}/deployments")
    page.get_by_role("link", name=cockpit.deployment()["name"]).first.wait_for()
    _save(page, folder / "deployments.png")
    for name in ("対応記録", "上申の承認", "再現", "見本", "通知の送信"):
        open_form(page, cockpit, name)
        _save(page, folder / f"form-{name}.png")
    open_form(page, cockpit, "進捗監視", {"town": "togitsu", "as_of": AS_OF, "inbox": str(inbox)})
    choose(page, "実行の種類", "本番")
    _save(page, folder / "form.png")
    return submit(page, cockpit)


def _save(page: Page, path: Path) -> None:
    # The UI draws its numbers a moment after it has them, and fades its panes in.
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(500)
    page.screenshot(path=path)
    print(path)


if __name__ == "__main__":
    sys.exit(main())
