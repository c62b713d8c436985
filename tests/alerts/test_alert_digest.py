"""Who is told what: the routes, the recipient's own 事業 and files, and the words it is told in."""

from __future__ import annotations

import os
import re
from datetime import date
from pathlib import Path

import pytest
from findings import cell, finding, judged, reason
from telling import ALERTS, INDEX, RULES, events_for, routes

from tasks.alerts.advice import ADVICE
from tasks.alerts.digest import digest
from tasks.alerts.policy import ALERTING
from tasks.alerts.records import AlertEvent, Episode, EpisodeState, EventKind
from tasks.alerts.wording import KIND_LABELS, RESEND_MARK, Wording, one_line, resent, wording
from tasks.progress.reasons import FOR_INFORMATION
from tasks.progress.reasons import ReasonCode as C
from tasks.progress.reasons import Verdict as V
from tasks.progress.records import Commitment, PlanEvidence
from tasks.sheets.records import FileError, FileReading, Observation, RowError

GOLDEN = Path(__file__).parent / "golden"
URL = "https://dx.example.jp/togitsu/2026-11-24/report.html"


def episode(project_id: str, verdict: V, *reasons: str) -> Episode:
    return Episode(
        id=int(project_id[-2:]),
        project_id=project_id,
        verdict=verdict,
        reasons=reasons,
        opened_on=date(2026, 10, 1),
        changed_on=date(2026, 10, 1),
        # The 事務局 heard of all of them; DX-02 has climbed, and its 担当課 has heard too.
        state=EpisodeState(
            told=("事務局", "担当課:税務課", "本部長補佐", "副本部長:総務部")
            if project_id == "DX-02"
            else ("事務局",),
            reached=("本部長補佐", "副本部長") if project_id == "DX-02" else (),
            worst_told=verdict,
        ),
    )


def events_of(judgement, *episodes: Episode) -> list[AlertEvent]:
    return events_for(ALL.values(), judgement, episodes)


def reading(file: str, *, departments=(), error: FileError | None = None, rows=()) -> FileReading:
    observations = tuple(
        Observation(sheet="報告", row=n, project_id="DX-01", department=d, fields={})
        for n, d in enumerate(departments, 3)
    )
    counts = {
        "rows": len(observations) + len(rows),
        "accepted": len(observations),
        "rejected": len(rows),
        "ignored": 0,
    }
    return FileReading(
        file=file,
        sha256="b" * 64,
        format="xlsx",
        received_on=date(2026, 11, 24),
        error=error,
        observations=observations,
        row_errors=tuple(rows),
        counts=counts,
    )


UNREADABLE = FileError(
    code="encrypted",
    message="パスワードで保護されているため、読めません。",
    remedy="パスワードを外して保存し直してください。",
)
BAD_DATE = RowError(
    sheet="報告",
    cell="D5",
    code="date",
    message="完了予定日「令和9年2月30日」という日付はありません。",
    raw="令和9年2月30日",
    suggestion="令和9年2月28日",
)
BAD_NAME = RowError(
    sheet="報告",
    cell="A9",
    code="unknown_project",
    message="「空飛ぶ公用車」という事業は計画にありません。",
    raw="空飛ぶ公用車",
)

#: The morning of the golden files: something of every kind for the secretariat and 税務課.
MORNING = judged(
    "2026-11-24",
    finding("DX-01", V.UNREPORTED, departments=("税務課", "総務課")),
    finding(
        "DX-02",
        V.CRITICAL,
        reason(
            C.PAST_DUE, V.CRITICAL, "「導入」の期限（令和8年7月31日）を116日過ぎています。", days=116,
            evidence=(PlanEvidence(ref="togitsu@R8.3 DX-02 R8: 導入"), cell("２０％"), cell("R8.7.31", "E3")),
        ),
        reason(C.BEHIND_PLANNED_VALUE, V.AT_RISK, "進捗20%は、この日の計画値58%より38ポイント遅れています。", evidence=(cell("２０％"),)),
        reason(C.SELF_RATING_GAP, None, "評価乖離：担当課の自己評価は「順調」ですが、判定は「重大な遅延」です。"),
        project_name="コンビニ交付（税証明）",
        self_rating="順調",
        commitment=Commitment(phase="導入", fiscal_years=("R7", "R8"), due_on=date(2026, 7, 31), days_late=116),
    ),
    finding("DX-03", V.AT_RISK, reason(C.BUDGET_NOT_REQUESTED, V.AT_RISK, "来年度「導入」の予算要求が、11月13日までに確かめられません。"), project_name="書かない窓口", departments=("総務課", "税務課")),
    finding("DX-04", V.ON_TRACK, reason(C.KEPT, V.ON_TRACK, "計画どおり「運用」です。"), project_name="LINE決済機能", departments=("各所管課",)),
    finding("DX-05", V.CONTRADICTORY, reason(C.FINISHED_IN_FUTURE, V.CONTRADICTORY, "完了日（令和9年2月1日）が報告を受けた日より後です。", evidence=(cell("R9.2.1", "F7", "総務課.xlsx"),)), project_name="庶務管理システム", departments=("総務課",)),
    finding("DX-06", V.UNREPORTED, departments=("教育総務課",)),
    finding("DX-07", V.DELAYED, project_name="前から遅れている事業"),
    finding("DX-08", V.AT_RISK, reason(C.MILESTONE_OVERDUE, V.AT_RISK, "節目「契約」の期限（令和8年10月30日）を25日過ぎています。"), project_name="電子申請", departments=("教育総務課",)),
)  # fmt: skip
BEFORE = (
    episode("DX-02", V.DELAYED, "past_due"),
    episode("DX-03", V.AT_RISK, "behind_planned_value"),
    episode("DX-04", V.AT_RISK, "behind_planned_value"),
    episode("DX-07", V.DELAYED, "milestone_overdue"),
    episode("DX-08", V.CRITICAL, "past_due"),
    episode("DX-30", V.DELAYED, "past_due"),
)
FILES = (
    reading("税務課.xlsx", departments=("税務課",), rows=(BAD_DATE,)),
    reading("庁内/教育総務課_11月.xlsx", error=UNREADABLE),
    reading("総務課.xlsx", departments=("総務課",), rows=(BAD_NAME,)),
    reading("会計課.xlsx", departments=("会計課",)),
)
ALL = routes(
    ("事務局", "all"),
    ("担当課", ALERTS),
    ("本部長補佐", ["critical"]),
    ("副本部長", ["critical", "delayed", "contradictory"]),
)


def words_for(role: str, judgement=MORNING, before=BEFORE, files=FILES) -> Wording | None:
    found = digest(judgement, events_of(judgement, *before), files, ALL[role], INDEX)
    return wording(found, "時津町", URL, RULES) if found else None


@pytest.mark.parametrize("role", ["事務局", "担当課:税務課", "本部長補佐", "副本部長:総務部"])
def test_it_words_a_message_as_its_golden_file(role):
    words = words_for(role)
    name = role.replace(":", "_")
    shown = f"Subject: {words.subject}\n\n{words.text}"
    for path, content in ((GOLDEN / f"{name}.txt", shown), (GOLDEN / f"{name}.html", words.html)):
        if os.environ.get("SHINCHOKU_TEST_WRITE_GOLDEN"):
            path.parent.mkdir(exist_ok=True)
            path.write_text(content, encoding="utf-8")
        assert content == path.read_text(encoding="utf-8")


# role               the 事業 it is told of as changed          silent departments            files
SCOPES = [
    ("事務局", "DX-02 DX-05 DX-03 DX-08 DX-04 DX-30", "税務課 総務課 教育総務課", "税務課.xlsx 庁内/教育総務課_11月.xlsx 総務課.xlsx"),
    ("担当課:税務課", "DX-02 DX-03", "税務課", "税務課.xlsx"),
    ("担当課:総務課", "DX-05 DX-03", "総務課", "総務課.xlsx"),
    ("担当課:教育総務課", "DX-08", "教育総務課", "庁内/教育総務課_11月.xlsx"),
    ("本部長補佐", "DX-02", "", ""),
    ("副本部長:総務部", "DX-02", "", ""),  # DX-05 is new: answered below, or not yet
]  # fmt: skip


@pytest.mark.parametrize(("role", "changed", "silent", "files"), SCOPES)
def test_it_tells_each_recipient_its_own_worst_first_what_ended_last(role, changed, silent, files):
    found = digest(MORNING, events_of(MORNING, *BEFORE), FILES, ALL[role], INDEX)
    assert [c.event.project_id for c in found.changes] == changed.split()
    assert [s.department for s in found.silences] == silent.split()
    assert [n.file for n in found.notices] == files.split()


def test_it_leads_everybody_to_somebody_and_nobody_twice():
    assert list(ALL) == [
        "事務局",
        "担当課:税務課",
        "担当課:総務課",
        "担当課:教育総務課",
        "本部長補佐",
        "副本部長:総務部",
        "副本部長",
    ]
    assert ALL["副本部長:総務部"].departments == {"税務課", "総務課"}
    # Whoever belongs to no 部 with a head of its own falls to the 副本部長 for all.
    assert ALL["副本部長"].departments == {"教育総務課", "議会事務局"}


def test_it_tells_the_departments_of_a_group_of_what_the_group_owns():
    judgement = judged("2026-11-24", finding("DX-04", V.DELAYED, departments=("各所管課",)))
    told = {role for role in ALL if words_for(role, judgement, (), ()) is not None}
    assert told == {"事務局", "担当課:税務課", "担当課:教育総務課"}


def test_it_names_only_the_silent_departments_of_a_group():
    silent = reason(C.NO_REPORT_THIS_CYCLE, V.UNREPORTED, department="教育総務課")
    judgement = judged("2026-11-24", finding("DX-04", V.UNREPORTED, silent, departments=("各所管課",)))
    found = digest(judgement, events_of(judgement), (), ALL["事務局"], INDEX)
    assert [s.department for s in found.silences] == ["教育総務課"]
    assert words_for("担当課:税務課", judgement, (), ()) is None


@pytest.mark.parametrize("role", list(ALL))
def test_it_says_nothing_when_there_is_nothing_to_say(role):
    unchanged = (episode("DX-07", V.DELAYED, "milestone_overdue"),)
    judgement = judged("2026-11-24", finding("DX-07", V.DELAYED), finding("DX-01", V.DONE))
    assert words_for(role, judgement, unchanged, (reading("税務課.xlsx", departments=("税務課",)),)) is None


def test_it_gives_a_file_to_the_department_it_names_not_to_one_whose_name_is_a_part_of_it():
    nothing = judged("2026-11-24")
    files = (reading("教育総務課.xlsx", error=UNREADABLE),)
    assert words_for("担当課:総務課", nothing, (), files) is None
    assert words_for("担当課:教育総務課", nothing, (), files) is not None
    assert words_for("本部長補佐", nothing, (), files) is None


# what there is                                                         the subject
SUBJECTS = [
    pytest.param(MORNING, BEFORE, FILES, "【進捗監視】時津町 R8-11-24 重大な遅延1 遅延1 要確認1 注意2 未報告2（新規3 悪化1 変化1 改善1 回復2 差戻し2行 読取不可1件）", id="everything"),
    pytest.param(judged("2026-11-24", finding("DX-04", V.ON_TRACK)), (episode("DX-04", V.AT_RISK),), (), "【進捗監視】時津町 R8-11-24 要対応なし（回復1）", id="all is well again"),
    pytest.param(judged("2026-04-01", finding("DX-04", V.DONE)), (), FILES[:1], "【進捗監視】時津町 R8-04-01 要対応なし（差戻し1行）", id="only a row sent back"),
]  # fmt: skip


@pytest.mark.parametrize(("judgement", "before", "files", "subject"), SUBJECTS)
def test_it_counts_what_stands_and_what_changed_in_the_subject(judgement, before, files, subject):
    assert words_for("事務局", judgement, before, files).subject == subject


def test_it_shows_at_most_three_reasons_three_places_and_ten_rows():
    many = [
        reason(
            C.MILESTONE_OVERDUE, V.DELAYED, f"理由{n}。", evidence=tuple(cell("x", f"C{i}") for i in range(9))
        )
        for n in range(5)
    ]
    rows = [BAD_NAME.model_copy(update={"cell": f"A{n}"}) for n in range(13)]
    text = words_for(
        "事務局",
        judged("2026-11-24", finding("DX-02", V.DELAYED, *many)),
        (),
        (reading("a.xlsx", rows=rows),),
    ).text
    assert text.count("理由：") == 3 and "ほかに2件の理由" in text
    assert text.count("根拠：") == 9
    assert text.count("「空飛ぶ公用車」：") == 10 and "ほかに3か所" in text and "差し戻した行：13行" in text


def test_it_puts_the_new_reason_first():
    both = (
        reason(C.BEHIND_PLANNED_VALUE, V.AT_RISK, "前からの理由。"),
        reason(C.BUDGET_NOT_REQUESTED, V.AT_RISK, "新しい理由。"),
    )
    text = words_for(
        "事務局",
        judged("2026-11-24", finding("DX-02", V.AT_RISK, *both)),
        (episode("DX-02", V.AT_RISK, "behind_planned_value"),),
        (),
    ).text
    assert text.index("新しい理由。") < text.index("前からの理由。")
    assert ADVICE[C.BUDGET_NOT_REQUESTED].secretariat in text


def test_it_links_every_entry_in_text_and_html():
    words = words_for("事務局")
    for project_id in ("DX-02", "DX-03", "DX-04", "DX-05", "DX-08", "DX-30"):
        assert f"{URL}#{project_id}\n" in words.text
        assert f'href="{URL}#{project_id}"' in words.html


def test_it_says_the_same_in_html_as_in_text(monkeypatch):
    monkeypatch.setattr("tasks.alerts.wording.folded", lambda text: text)
    words = words_for("事務局")
    shown = re.sub(r"<[^>]+>", "", words.html)
    for line in words.text.splitlines():
        for part in re.split(r"詳しくは：.*|報告書：.*|^\d+\. |^■ |^・|\s{2,}", line):
            assert part.strip() in shown, part


def test_it_marks_a_resend_at_the_top_of_everything():
    words = words_for("事務局")
    again = resent(words)
    assert again.subject == RESEND_MARK + words.subject
    assert again.text.startswith(RESEND_MARK) and again.text.endswith(words.text)
    assert again.html.index(RESEND_MARK) < again.html.index("様")


def test_it_has_words_for_every_kind_and_advice_for_every_reason_that_calls_for_an_alert():
    assert set(KIND_LABELS) == set(EventKind)
    nothing_wrong = {C.KEPT, C.UNDER_WAY, C.NOT_YET_DUE, C.MET, C.MET_EARLY, C.NOTHING_PLANNED}
    assert set(ADVICE) == set(C) - FOR_INFORMATION - nothing_wrong
    for advice in ADVICE.values():
        assert all(text.endswith("ください。") for text in (advice.department, advice.secretariat))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("一行\r\n二行\t三", "一行 二行 三"),
        ("a\x00b\u2028c\u202ed\ud800e", "a b c d e"),
        ("𠮷野家\U000e0100 葛\U000e0100", "𠮷野家\U000e0100 葛\U000e0100"),  # 字形の選択は残す
        ("あ" * 201, "あ" * 200 + "…"),
        ("あ" * 200, "あ" * 200),
    ],
)
def test_it_makes_one_line_of_any_text(text, shown):
    assert one_line(text) == shown


def test_it_calls_alerting_what_the_subject_counts():
    assert [v for v in V if v in ALERTING] == [
        V.CRITICAL,
        V.DELAYED,
        V.CONTRADICTORY,
        V.AT_RISK,
        V.UNREPORTED,
    ]
