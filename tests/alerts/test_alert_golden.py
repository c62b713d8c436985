"""One golden mail for every kind of news, in text and HTML, as the recipient it is meant for gets it.

``SHINCHOKU_TEST_WRITE_GOLDEN=1`` writes them anew; look at each of them then.
"""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest
from findings import cell, finding, judged, reason
from telling import CALENDAR, INDEX, RULES
from time_line import EVERYBODY, Line

from tasks.alerts.digest import digest
from tasks.alerts.plain_text import WIDTH
from tasks.alerts.records import EventKind
from tasks.alerts.wording import wording
from tasks.columns import columns
from tasks.progress.reasons import ReasonCode as C
from tasks.progress.reasons import Verdict as V
from tasks.progress.records import Commitment, PlanEvidence
from tasks.sheets.records import FileError, FileReading

GOLDEN = Path(__file__).parent / "golden" / "kinds"
URL = "https://dx.example.jp/togitsu/report.html"
START = date(2026, 11, 24)
PLAN = PlanEvidence(ref="計画（R8.3）DX-02 コンビニ交付（税証明） R8年度「導入」")
DUE = Commitment(phase="導入", fiscal_years=("R8",), due_on=date(2027, 3, 31), key="導入1")


def because(code: C, verdict: V | None, text: str, raw: str, address: str, days: int | None = None):
    return reason(code, verdict, text, days=days, commitment="導入1", evidence=(PLAN, cell(raw, address)))


RISK = because(
    C.BEHIND_PLANNED_VALUE,
    V.AT_RISK,
    "進捗30%は、この日の計画値58%より28ポイント遅れています。",
    "３０％",
    "C3",
)
BUDGET = because(
    C.BUDGET_NOT_REQUESTED,
    V.AT_RISK,
    "来年度「運用」の予算要求が、11月13日までに確かめられません。",
    "",
    "H3",
)
LATE = because(
    C.MILESTONE_OVERDUE,
    V.DELAYED,
    "節目「契約」の期限（令和8年10月30日）を30日過ぎています（ここまでの計画50%、報告30%）。",
    "３０％",
    "C3",
    30,
)
GRAVE = because(
    C.OWN_DATE_PAST_DUE,
    V.CRITICAL,
    "担当課の完了予定日（令和9年7月30日）が、計画の期限（令和9年3月31日）より121日遅れています。",
    "R9.7.30",
    "E3",
    121,
)
WELL = because(C.UNDER_WAY, V.ON_TRACK, "「導入」は進行中です（期限令和9年3月31日）。", "６０％", "C3")
SILENT = reason(
    C.NEVER_REPORTED, V.UNREPORTED, "この事業の報告は、まだ一度も受け付けていません。", evidence=(PLAN,)
)
BROKEN = reason(
    C.FILE_UNREADABLE,
    None,
    "担当課のファイルが読めません：パスワードで保護されているため、読めません。",
    evidence=(cell("", "", "税務課.xlsx"),),
)
STATES = {
    "risk": (V.AT_RISK, RISK),
    "risk+budget": (V.AT_RISK, RISK, BUDGET),
    "late": (V.DELAYED, LATE),
    "grave": (V.CRITICAL, GRAVE),
    "well": (V.ON_TRACK, WELL),
    "silent": (V.UNREPORTED, SILENT),
    "broken": (V.UNREPORTED, SILENT, BROKEN),
}
FILE = FileReading(
    file="税務課.xlsx",
    sha256="b" * 64,
    format="xlsx",
    received_on=START,
    error=FileError(code="encrypted", message="パスワードで保護されているため、読めません。", remedy="パスワードを外して保存し直してください。"),
    counts={"rows": 0, "accepted": 0, "rejected": 0, "ignored": 0},
)  # fmt: skip

TAX, SECRETARIAT = "担当課:税務課", "事務局"
# name                who reads it           business day: state or answer; the last day is the mail's
KINDS = [
    ("新規", TAX, {0: "late"}),
    ("悪化", TAX, {0: "late", 2: "grave"}),
    ("変化", TAX, {0: "risk", 2: "risk+budget"}),
    ("改善", TAX, {0: "late", 2: "risk"}),
    ("回復", TAX, {0: "late", 2: "well"}),
    ("再発", TAX, {0: "late", 2: "well", 4: "late"}),
    ("督促", TAX, {0: "late", 5: ""}),
    ("上申_事務局", SECRETARIAT, {0: "late", 5: ""}),
    ("上申_本部長補佐", "本部長補佐", {0: "late", 10: ""}),
    ("上申_確認待ち", SECRETARIAT, {0: "late", 20: ""}),
    ("上申_副本部長", "副本部長:総務部", {0: "late", 21: ""}),
    ("上申_本部長", "本部長", {0: "late", 41: ""}),
    ("期限切れ_保留", SECRETARIAT, {0: "late", 1: "snooze until 4", 5: ""}),
    ("期限切れ_対応中", TAX, {0: "late", 1: "ack until 4", 5: ""}),
    ("変動_落ち着き", SECRETARIAT, {0: "late", 1: "well", 2: "late", 3: "well", 8: ""}),
    ("変動_続く", SECRETARIAT, {0: "late", 1: "well", 2: "late", 3: "well", 6: "late", 9: "well", 12: "late", 13: ""}),
    ("未報告", SECRETARIAT, {0: "silent"}),
    ("読取不可_見合わせ", SECRETARIAT, {0: "broken"}),
    ("読取不可_直らず", TAX, {0: "broken", 3: ""}),
    ("読取不可_直ったが報告なし", SECRETARIAT, {0: "broken", 2: "silent"}),
]  # fmt: skip


def mail(role: str, script: dict[int, str]):
    """Play a script on every business day and word the last day's digest for a role."""
    line, state = Line(), "well"
    for number in range(max(script) + 1):
        word = script.get(number, "")
        if " until " in word:
            kind, _, last = word.partition(" until ")
            line.answer(kind, CALENDAR.add_business_days(START, int(last)))
        state = word if word in STATES else state
        verdict, *reasons = STATES[state]
        name = {"project_name": "コンビニ交付（税証明）", "commitment": DUE, "commitments": (DUE,)}
        day = CALENDAR.add_business_days(START, number)
        judgement = judged(day.isoformat(), finding("DX-02", verdict, *reasons, **name))
        events = line.look(judgement)
    files = (FILE,) if script.get(max(script)) == "broken" else ()
    found = digest(judgement, events, files, EVERYBODY[role], INDEX)
    assert found is not None, "nothing is told on the last day"
    return wording(found, "時津町", URL, RULES), events


@pytest.mark.parametrize(("name", "role", "script"), KINDS, ids=[k[0] for k in KINDS])
def test_it_words_each_kind_of_news_as_its_golden_mail(name, role, script):
    words, _ = mail(role, script)
    shown = f"Subject: {words.subject}\n\n{words.text}"
    for path, content in ((GOLDEN / f"{name}.txt", shown), (GOLDEN / f"{name}.html", words.html)):
        if os.environ.get("SHINCHOKU_TEST_WRITE_GOLDEN"):
            path.parent.mkdir(exist_ok=True)
            path.write_text(content, encoding="utf-8")
        assert content == path.read_text(encoding="utf-8")


def test_it_has_a_golden_mail_for_every_kind_and_no_other():
    kinds = {event.kind for _, role, script in KINDS for event in mail(role, script)[1]}
    assert kinds == set(EventKind)
    assert {path.stem for path in GOLDEN.iterdir()} == {name for name, _, _ in KINDS}


@pytest.mark.parametrize("path", sorted(GOLDEN.parent.rglob("*.txt")), ids=lambda path: path.stem)
def test_it_keeps_the_lines_of_a_text_mail_short(path):
    _, _, *lines = path.read_text(encoding="utf-8").split("\n")
    assert [line for line in lines if columns(line) > WIDTH and "://" not in line] == []
