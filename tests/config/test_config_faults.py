"""One fault a file: each gives one line that names file, line, key and what is right.

``faults/<kind>/good.yaml`` is sound; every other file there differs from it in one place.
"""

from __future__ import annotations

import difflib
from pathlib import Path

import pytest

from config.json_schema import MODELS
from plan_data.source import SourceError, load_yaml

FAULTS = Path(__file__).resolve().parent / "faults"

#: file, line, key, and words of the sentence, parted by ・: what is wrong, and what would be right
# fmt: off
TABLE: list[tuple[str, int, str | None, str]] = [
    ("channels/http-to-foreign-host", 6, "channels.chat.url", "暗号化されない http は、この機械の中（localhost）だけに使えます・https:// で始まるURL"),
    ("channels/host-not-allowed", 6, "channels.chat.url", "hooks.example.com:443 は allowed_hosts にありません・hooks.example.jp:443"),
    ("channels/url-with-password", 6, "channels.chat.url", "https:// で始まるURL"),
    ("channels/allowed-host-without-port", 7, "channels.chat.allowed_hosts.0", "hooks.example.jp・\"hooks.example.jp:443\""),
    ("channels/unknown-placeholder", 10, "channels.chat.body", "{body}・{subject}"),
    ("channels/secret-in-file", 9, "channels.chat.secret", "secret_header・allowed_hosts"),
    ("channels/unknown-kind", 2, "channels.mail_folder", "種類の指定が正しくありません・folder"),
    ("channels/unknown-key", 3, "channels.mail.prot", "port・allowed_hosts"),
    ("channels/port-as-text", 3, "channels.mail.port", "整数"),
    ("channels/route-to-unknown-channel", 13, "routes.1.channel", "email・mail_folder"),
    ("channels/route-with-unknown-verdict", 13, "routes.1.verdicts.1", "遅延・critical"),
    ("channels/route-with-one-word", 12, "routes.0.verdicts", "every・all"),
    ("channels/route-to-unknown-audience", 13, "routes.1.audience", "町長・事務局"),
    ("channels/route-twice", 13, "routes.1.audience", "事務局への mail_folder の行が二つあります・verdicts を一つの行にまとめてください"),
    ("channels/channel-name-in-japanese", 2, "channels.フォルダ", "フォルダ・半角の英小文字"),
    ("channels/secret-header-with-colon", 9, "channels.chat.secret_header", "X-Token: abc・X-Token のような半角の名前"),
    ("channels/network-with-host-bits", 8, "channels.chat.allowed_networks.0", "10.1.2.3/16・\"10.1.0.0/16\""),
    ("channels/fallback-to-chat", 14, "delivery.fallback", "「chat」は予備の経路に使えません・mail"),
    ("channels/jitter-as-percent", 14, "delivery.jitter", "0.5以下"),
    ("channels/no-attempts", 14, "delivery.max_attempts", "1以上"),
    ("channels/backoff-of-zero", 14, "delivery.backoff_minutes.0", "1以上"),
    ("channels/unknown-delivery-key", 14, "delivery.jittr", "jitter"),
    ("channels/operator-on-unknown-channel", 15, "operation.channel", "「fax」という経路はありません・mail_folder"),
    ("channels/report-at-no-such-time", 15, "operation.report_at", "17:60・\"08:30\" のような"),
    ("channels/heartbeat-with-url", 15, "operation.heartbeat.url", "知らないキー・allowed_hosts"),
    ("channels/heartbeat-by-put", 15, "operation.heartbeat.method", "PUT・GET"),
    ("closed_days/no-such-date", 2, "closed.0.day", "日付"),
    ("closed_days/year-missing", 2, "closed.0.day", "日付"),
    ("closed_days/day-twice", 4, "added_holidays.0.day", "2026-08-14・ほかと重ならない語にしてください"),
    ("closed_days/list-missing", 1, "added_holidays", "必要なキー"),
    ("closed_days/bracket-open", 2, None, "閉じ忘れ"),
    ("crosswalk/no-such-date", 4, "projects.0.decided_on", "日付"),
    ("crosswalk/date-in-era", 4, "projects.0.decided_on", "日付・令和8年10月1日"),
    ("crosswalk/id-of-wrong-form", 3, "projects.0.project_id", "DX14・DX-03 のような事業ID"),
    ("crosswalk/id-is-a-number", 3, "projects.0.project_id", "引用符"),
    ("crosswalk/reason-empty", 6, "projects.0.reason", "空欄"),
    ("crosswalk/text-ruled-twice", 7, "projects.1.text", "す ま ほ・ほかと重ならない語にしてください"),
    ("crosswalk/means-two-things", 2, "projects.0", "「スマホ決済」が何を表すか・project_ids"),
    ("crosswalk/means-nothing", 2, "projects.0", "「スマホ決済」が何を表すか・project_ids"),
    ("crosswalk/split-into-one", 3, "projects.0.project_ids", "二つ以上の異なる事業ID"),
    ("crosswalk/split-of-one-twice", 3, "projects.0.project_ids", "二つ以上の異なる事業ID"),
    ("crosswalk/outside-and-renamed", 4, "projects.0.kind", "renamed は project_id とともに"),
    ("crosswalk/unknown-kind", 4, "projects.0.kind", "改名・renamed"),
    ("crosswalk/anchor", 5, None, "アンカー"),
    ("departments/unknown-key", 6, "departments.1.alias", "aliases・aliases"),
    ("departments/duplicate-alias", 6, "departments.1.aliases.0", "税務・ほかと重ならない語にしてください"),
    ("departments/name-written-twice", 5, "departments.1.name", "税務課・ほかと重ならない語にしてください"),
    ("departments/member-unknown", 9, "departments.2.members.1", "会計科・会計課"),
    ("departments/member-twice", 9, "departments.2.members.1", "税務課・会計課"),
    ("departments/group-without-members", 8, "departments.2.group", "members に課の名称を並べて"),
    ("departments/members-without-group", 8, "departments.2.members", "group: true を加えて"),
    ("departments/group-not-true-or-false", 8, "departments.2.group", "true・false"),
    ("departments/aliases-not-a-list", 4, "departments.0.aliases", "一覧"),
    ("departments/name-empty", 2, "departments.0.name", "空欄"),
    ("departments/name-missing", 5, "departments.1.name", "必要なキー"),
    ("departments/indented-with-tab", 3, None, "字下げ"),
    ("escalation/days-as-text", 2, "episodes.reopen_within_business_days", "整数"),
    ("escalation/one-change-flaps", 4, "flapping.changes", "2以上"),
    ("escalation/settles-too-late", 6, "flapping.settle_business_days", "within_business_days より長くできません・10 以下の整数"),
    ("escalation/reminder-of-no-verdict", 11, "reminders.by_verdict.on_track", "on_track・delayed"),
    ("escalation/reminder-without-cap", 11, "reminders.by_verdict.delayed.at_most", "必要なキー"),
    ("escalation/wording-missing", 9, "reminders.wording", "必要なキー"),
    ("escalation/unknown-placeholder", 12, "reminders.wording", "{day}・{days}"),
    ("escalation/ladder-names-department", 14, "ladder.0.audience", "担当課には初めから知らせる・事務局"),
    ("escalation/delay-negative", 15, "ladder.0.after_business_days.delayed", "0以上"),
    ("escalation/ladder-out-of-order", 17, "ladder.1.audience", "事務局・より下の段階より前・事務局→本部長補佐"),
    ("escalation/unknown-audience", 17, "ladder.1.audience", "町長・副本部長"),
    ("escalation/higher-rung-sooner", 18, "ladder.1.after_business_days.delayed", "下の段階より早くできません・5 以上の整数"),
    ("escalation/ack-longer-than-allowed", 21, "answers.ack_business_days", "60 以下の整数"),
    ("escalation/undecided-unknown", 26, "hold.if_undecided", "drop・send"),
    ("escalation/no-such-time", 28, "sending.not_before", "8:30・\"08:30\" のような"),
    ("escalation/closes-before-it-opens", 29, "sending.not_after", "not_before より後・\"20:00\""),
    ("escalation/unknown-key", 30, "sending.closed_days", "on_closed_days"),
    ("forecast/uplift-negative", 3, "prior.p80", "範囲の外・0以上"),
    ("forecast/uplifts-crossed", 3, "prior.p80", "p50 より小さくできません・0.2 以上の数"),
    ("forecast/source-missing", 1, "prior.source", "必要なキー"),
    ("forecast/prior-without-weight", 8, "history.prior_weight", "0より大きい"),
    ("forecast/history-of-one-report", 6, "history.min_reports", "2以上"),
    ("forecast/elapsed-in-percent", 7, "history.min_elapsed", "1.0以下"),
    ("forecast/verdict-not-true-or-false", 10, "verdict.moves_verdict", "true・false"),
    ("forecast/unknown-key", 11, "verdict.at_risk_day", "at_risk_days"),
    ("forecast/trend-of-two-reports", 13, "trend.min_reports", "3以上"),
    ("forecast/signal-missing", 27, "warning.signals", "words・on: false"),
    ("forecast/signal-unknown", 42, "warning.signals.wordz.[key]", "wordz・drift"),
    ("forecast/signal-full-at-nothing", 37, "warning.signals.rating.full_at", "0.0より大きい"),
    ("forecast/signal-with-negative-points", 31, "warning.signals.drift.points", "0.0以上"),
    ("forecast/days-with-half", 15, "trend.jump_days", "整数"),
    ("headers/unknown-field", 16, "fields.issues", "issues・project_id"),
    ("headers/field-missing", 1, "fields.remedy", "一つ以上"),
    ("headers/field-without-header", 17, "fields.remedy", "一つ以上"),
    ("headers/duplicate-synonym", 9, "fields.finished_on.1", "段階・ほかと重ならない語にしてください"),
    ("headers/duplicate-but-for-width", 6, "fields.progress.1", "担 当 課・ほかと重ならない語にしてください"),
    ("headers/phase-means-two", 23, "phases.未着手.1", "稼働中・ほかと重ならない語にしてください"),
    ("headers/word-is-another-value", 26, "self_ratings.遅れ.1", "やや遅れ・やや遅れ: の下に書いてください"),
    ("headers/unknown-phase", 22, "phases.稼働", "稼働・事業検討"),
    ("headers/null-twice", 29, "nulls.1", "－・ほかと重ならない語にしてください"),
    ("headers/budget-not-a-list", 28, "budget.要求済", "一覧"),
    ("layouts/unknown-key", 17, "tables.0.gengo", "知らないキー・era"),
    ("layouts/unknown-field", 15, "tables.0.fields.fase", "fase・phase"),
    ("layouts/first-row-as-letter", 10, "tables.0.first", "「F」は行の番号ではありません・6"),
    ("layouts/turned-first-as-number", 23, "tables.1.first", "「3」は列の記号ではありません・C"),
    ("layouts/header-below-the-first-row", 9, "tables.0.header", "「3-6」は first「6」より前"),
    ("layouts/last-before-first", 11, "tables.0.last", "「4」は first「6」より前にできません"),
    ("layouts/skip-of-a-column", 12, "tables.0.skip.1", "「C」は行の番号ではありません"),
    ("layouts/no-project-column", 13, "tables.0.fields", "事業を表す列がありません・project_name"),
    ("layouts/no-status-column", 24, "tables.1.fields", "状況の列がありません・phase"),
    ("layouts/header-text-without-a-header", 23, "tables.1.fields.project_name.0", "header に見出しの行"),
    ("layouts/column-means-two", 16, "tables.0.fields.due_on.0", "「いまどう」は既に phase"),
    ("layouts/word-for-no-phase", 19, "tables.0.words.phase.実施中", "稼働・運用"),
    ("layouts/whose-is-not-said", 1, None, "department か files を書いてください"),
    ("people/bad-address", 5, "roles.担当課:税務課.address", "zeimu@example・jimukyoku@example.jp のような半角のアドレス"),
    ("people/full-width-address", 5, "roles.担当課:税務課.address", "zeimu＠example.jp・jimukyoku@example.jp のような半角のアドレス"),
    ("people/two-addresses", 5, "roles.担当課:税務課.address", "a@example.jp, b@example.jp・jimukyoku@example.jp のような半角のアドレス"),
    ("people/address-with-line-break", 5, "roles.担当課:税務課.address", "Bcc・半角のアドレス"),
    ("people/unknown-role", 3, "roles.課長", "課長・事務局"),
    ("people/role-without-department", 3, "roles.担当課:", "担当課:・事務局"),
    ("people/secretariat-missing", 1, "roles.事務局", "宛先がありません"),
    ("people/duplicate-key", 6, "roles.担当課:税務課.address", "同じキーが2回"),
    ("people/address-missing", 3, "roles.担当課:税務課.address", "必要なキー"),
    ("portfolio/heading-means-two", 5, "columns.ends_on.1", "ＩＤ・ほかと重ならない語にしてください"),
    ("portfolio/months-with-unit", 1, "slip_months", "整数・6か月"),
    ("portfolio/unknown-column", 4, "columns.snapshot.[key]", "snapshot・snapshot_on"),
    ("portfolio/rating-twice", 8, "ratings.Green", "Green・ほかと重ならない語にしてください"),
    ("rules/percent-with-sign", 4, "behind_points", "整数・15%"),
    ("rules/days-as-text", 1, "critical_days", "整数・90"),
    ("rules/days-with-unit", 5, "ahead_days", "整数・30日"),
    ("rules/days-negative", 1, "critical_days", "2以上"),
    ("rules/no-such-day", 6, "under_way_by", "09-31・\"09-30\" のような月-日"),
    ("rules/day-with-slash", 7, "budget_request_by", "11/15・\"09-30\" のような月-日"),
    ("rules/unknown-budget-kind", 9, "budget_kinds.2", "運用開始・導入"),
    ("rules/unknown-self-rating", 10, "self_rated_late.1", "遅延・順調"),
    ("rules/weights-not-ascending", 18, "ladders.導入.1.weight", "累計の割合が直前の節目より大きくありません・0.2 より大きく 1.0 以下の数"),
    ("rules/last-weight-not-one", 19, "ladders.導入.2.weight", "最後の節目の割合は 1.0 でなければなりません・1.0"),
    ("rules/weight-as-percent", 17, "ladders.導入.0.weight", "1.0以下"),
    ("rules/ladder-days-not-ascending", 18, "ladders.導入.1.by", "直前の節目より後の日ではありません（年度は4月に始まります）・\"06-30\" より後の月日（3月まで）"),
    ("rules/ladder-name-twice", 18, "ladders.導入.1.name", "仕様確定・互いに異なる名前にしてください"),
    ("rules/ladder-of-standing-phase", 16, "ladders.運用", "運用・事業検討"),
    ("rules/milestone-thresholds-crossed", 3, "delayed_milestone_days", "注意・31以上の整数"),
    ("rules/adopted-before-requested", 8, "budget_adopted_by", "年度の中で予算要求の日より後でなければなりません・\"11-15\" より後の月日（3月まで）"),
    ("rules/unknown-reporting-kind", 13, "reporting.kind", "weekly・quarterly"),
    ("rules/unknown-key", 11, "held_targets", "held_target・ahead_days"),
    ("rules/sign-without-reason", 30, "early_signs.late_filing.why", "必要なキー"),
    ("rules/sign-of-one", 29, "early_signs.simultaneous_introduction.from_count", "2以上"),
    ("rules/sign-unknown", 32, "early_signs.unchanged_rows", "unchanged_rows"),
    ("rules/limit-too-large", 21, "reader.max_file_mb", "200以下"),
    ("schedules/unknown-kind", 4, "schedules.0.day", "種類の指定が正しくありません・every_business_day"),
    ("schedules/unknown-flow", 3, "schedules.0.flow", "wotch・watch"),
    ("schedules/no-such-time", 5, "schedules.0.time", "24:30・\"08:30\" のような24時間の時:分（2桁ずつ）"),
    ("schedules/time-with-one-digit", 5, "schedules.0.time", "8:30・\"08:30\" のような24時間の時:分（2桁ずつ）"),
    ("schedules/id-twice", 6, "schedules.1.id", "morning・ほかと重ならない語にしてください"),
    ("schedules/weekday-on-weekend", 12, "schedules.2.day.weekday", "土・月"),
    ("schedules/nth-day-too-large", 8, "schedules.1.day.n", "15以下"),
    ("schedules/nth-day-missing", 8, "schedules.1.day.n", "必要なキー"),
    ("schedules/unknown-if-closed", 12, "schedules.2.day.if_closed", "翌日・next_business_day"),
    ("schedules/time-and-times", 17, "schedules.3.time", "どちらか一方・time: \"08:30\""),
    ("schedules/time-missing", 14, "schedules.3.time", "どちらか一方"),
    ("schedules/time-twice", 17, "schedules.3.times", "同じ時刻が二つ"),
    ("schedules/id-with-capital", 10, "schedules.2.id", "Monday・半角の英小文字"),
]
# fmt: on


def test_it_has_a_row_for_every_faulty_file() -> None:
    files = {p.relative_to(FAULTS).with_suffix("").as_posix() for p in FAULTS.glob("*/*.yaml")}
    assert {f for f in files if not f.endswith("/good")} == {row[0] for row in TABLE}
    assert {f.removesuffix("/good") for f in files if f.endswith("/good")} == set(MODELS)


@pytest.mark.parametrize("kind", MODELS)
def test_it_loads_the_sound_file(kind: str) -> None:
    assert load_yaml(FAULTS / kind / "good.yaml", MODELS[kind])


@pytest.mark.parametrize(("name", "line", "key", "says"), TABLE, ids=[row[0] for row in TABLE])
def test_it_names_the_fault_on_one_line(name: str, line: int, key: str | None, says: str) -> None:
    path = FAULTS / f"{name}.yaml"
    with pytest.raises(SourceError) as caught:
        load_yaml(path, MODELS[path.parent.name])
    error = caught.value
    message = str(error)
    assert "\n" not in message
    assert message.startswith(f"tests/config/faults/{name}.yaml {line}行目")
    assert error.line == line
    # pydantic marks a key that is itself wrong with a [key] of its own.
    assert error.key == key or error.key == f"{key}.[key]"
    for part in says.split("・"):
        assert part in message


@pytest.mark.parametrize("name", [row[0] for row in TABLE])
def test_it_is_broken_in_one_place_only(name: str) -> None:
    path = FAULTS / f"{name}.yaml"
    good = path.with_name("good.yaml").read_text(encoding="utf-8").splitlines()
    bad = path.read_text(encoding="utf-8").splitlines()
    changes = [
        o for o in difflib.SequenceMatcher(None, good, bad, autojunk=False).get_opcodes() if o[0] != "equal"
    ]
    assert len(changes) == 1
