"""One fault a file: each is refused with its line, its key, and what would do."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, Field

from plan_data.loader import load_plan_file
from plan_data.source import MAX_BYTES, SourceError, load_yaml

FAULTS = Path(__file__).parent / "faults"
PHASES = ("事業検討", "導入", "運用", "継続", "移行完了", "改定", "強化", "運用停止", "—")
PROJECT = "policies.0.measures.0.projects"
FACT = "policies.0.measures.0.achievements.0"
KEYS_OF_PROJECT = ("departments", "id", "name", "phases")

TABLE = [
    # file (named for its one fault), line, key, part of the sentence, what is allowed
    (
        "unknown_key",
        21,
        f"{PROJECT}.0.departmnets",
        "知らないキーです。「departments」ではありませんか",
        KEYS_OF_PROJECT,
    ),
    ("missing_key", 19, f"{PROJECT}.0.departments", "必要なキーがありません", ()),
    ("unknown_phase", 26, f"{PROJECT}.1.phases.R8.phase", "「導入中」は使えません", PHASES),
    ("empty_phase", 26, f"{PROJECT}.1.phases.R8", "段階を書いてください", PHASES),
    (
        "bad_note_mark",
        22,
        f"{PROJECT}.0.phases.R8.note",
        "「※」は書き方が正しくありません。表の下の注（例：※1）",
        (),
    ),
    ("note_not_there", 22, f"{PROJECT}.0.phases.R8", "注「※2」が施策1の注にありません", ("※1",)),
    ("note_not_cited", 28, "policies.0.measures.0.notes.※1", "注「※1」はどの段階からも引かれていません", ()),
    ("missing_year", 26, f"{PROJECT}.1.phases", "「書かない窓口」にR8年度の段階がありません", ("R7", "R8")),
    ("year_outside_period", 26, f"{PROJECT}.1.phases.R9", "R9年度は計画期間の外です", ("R7", "R8")),
    ("repeated_id", 23, f"{PROJECT}.1.id", "事業ID「KW-01」が2回使われています", ()),
    (
        "malformed_id",
        23,
        f"{PROJECT}.1.id",
        "「二」は書き方が正しくありません。版を越えて変えない番号（例：DX-01）",
        (),
    ),
    ("repeated_name", 24, f"{PROJECT}.1.name", "事業名「予約システム」が2回使われています", ()),
    ("repeated_measure_no", 37, "policies.0.measures.1.no", "施策の番号「1」が2回使われています", ()),
    ("repeated_department", 25, f"{PROJECT}.1.departments.1", "担当課「住民課」が2回使われています", ()),
    ("empty_department", 25, f"{PROJECT}.1.departments.1", "空欄にはできません", ()),
    ("no_department", 25, f"{PROJECT}.1.departments", "1個以上必要です", ()),
    (
        "unknown_national_item",
        16,
        "policies.0.measures.0.national_items.0",
        "国の取組事項「priority-9」がありません",
        ("priority-1",),
    ),
    ("fact_of_no_project", 30, f"{FACT}.project_id", "施策1に事業「KW-09」がありません", ("KW-01", "KW-02")),
    ("fact_not_in_text", 35, f"{FACT}.text", "施策1の本文にない文です。本文のとおりに引いてください", ()),
    (
        "impossible_date",
        32,
        f"{FACT}.achieved_on",
        "日付（例：2026-03-31）を書いてください（「2025-02-30」と書かれています）",
        (),
    ),
    ("unknown_precision", 33, f"{FACT}.precision", "「year」は使えません", ("day", "month", "fiscal_year")),
    (
        "not_a_boolean",
        34,
        f"{FACT}.completes",
        "「true」か「false」を書いてください（「はい」と書かれています）",
        (),
    ),
    ("not_an_integer", 11, "policies.0.no", "整数を書いてください（「一」と書かれています）", ()),
    (
        "number_for_text",
        20,
        f"{PROJECT}.0.name",
        "を書いてください（「2025」と書かれています）",
        (),
    ),
    ("too_small", 14, "policies.0.measures.0.no", "「0」は範囲の外です。1以上にしてください", ()),
    (
        "text_for_mapping",
        5,
        "period",
        "「キー: 値」の組を書いてください（「令和7年度から2年間」と書かれています）",
        (),
    ),
    ("period_from_january", 5, "period.start", "計画期間の始まりは4月1日にしてください", ()),
    ("period_to_december", 5, "period.end", "計画期間の終わりは3月31日にしてください", ()),
    ("period_backwards", 5, "period.end", "計画期間の終わりが始まりより前です", ()),
    ("revision_not_listed", 3, "revision", "版「R9.3」が版の一覧にありません", ("R8.3",)),
    ("malformed_town", 1, "town", "「../kawa」は書き方が正しくありません。フォルダの名前（例：togitsu）", ()),
    ("duplicate_key", 3, "town", "同じキーが2回書かれています", ()),
    ("duplicate_nested_key", 26, f"{PROJECT}.1.phases.R8", "同じキーが2回書かれています", ()),
    ("anchor", 21, None, "アンカー（&）と別名（*）は使えません。値をそのまま書いてください", ()),
    ("alias", 25, None, "アンカー（&）と別名（*）は使えません。値をそのまま書いてください", ()),
    ("tag", 2, "title", "「!」で始まる型の指定は使えません", ()),
    ("merge_key", 2, "<<", "知らないキーです", None),
    (
        "tab_indent",
        15,
        None,
        "YAMLの書き方が正しくありません。字下げと、コロンの後の空白を確かめてください",
        (),
    ),
    (
        "colon_in_value",
        24,
        None,
        "コロンの位置が正しくありません。字下げと、値の中の「: 」を確かめてください",
        (),
    ),
    ("unclosed_quote", 2, None, "引用符が閉じられていません", ()),
    ("unclosed_bracket", 25, None, "かぎ括弧または波括弧の閉じ忘れか、コンマの付け忘れがあります", ()),
    ("two_documents", 10, None, "「---」で区切られた複数の文書があります。一つにしてください", ()),
    ("control_character", 2, None, "使えない制御文字が含まれています", ()),
    ("shift_jis", 2, None, "UTF-8の文字として読めません。文字コードをUTF-8にして保存してください", ()),
    ("empty", None, None, "中身がありません", ()),
    ("only_a_list", 1, None, "「キー: 値」の組を書いてください（一覧と書かれています）", ()),
    ("deep_nesting", 2, None, "入れ子が深すぎます", ()),
    (
        "mapping_for_list",
        21,
        f"{PROJECT}.0.departments",
        "一覧（「- 」で始まる行の並び、または[ ]）を書いてください（値の組と書かれています）",
        (),
    ),
]


@pytest.mark.parametrize(("name", "line", "key", "message", "allowed"), TABLE, ids=[row[0] for row in TABLE])
def test_it_names_line_key_and_what_is_allowed(
    name: str, line: int | None, key: str | None, message: str, allowed: tuple[str, ...] | None
) -> None:
    with pytest.raises(SourceError) as caught:
        load_plan_file(FAULTS / f"{name}.yaml")
    error = caught.value
    assert (error.line, error.key) == (line, key)
    assert message in error.message
    assert allowed is None or error.allowed == allowed
    assert "\n" not in str(error)


def test_it_has_a_row_for_every_fault_file() -> None:
    assert {path.stem for path in FAULTS.glob("*.yaml")} == {row[0] for row in TABLE} | {"sound"}


def test_it_takes_the_sound_file_that_the_faults_are_made_from() -> None:
    assert load_plan_file(FAULTS / "sound.yaml").town == "kawa"


def test_it_says_it_all_in_one_line() -> None:
    with pytest.raises(SourceError) as caught:
        load_plan_file(FAULTS / "unknown_key.yaml")
    assert str(caught.value) == (
        "tests/plan_data/faults/unknown_key.yaml 21行目 policies.0.measures.0.projects.0.departmnets: "
        "知らないキーです。「departments」ではありませんか（使える値: departments、id、name、phases）"
    )


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param(b'{"town": "kawa", "town": "kawa"}', "同じキーが2回", id="a key twice"),
        pytest.param(b'{"town": NaN}', "数値「NaN」は使えません", id="not a number"),
        pytest.param(b'{"town": "kawa",}', "JSONの書き方", id="a comma too many"),
        pytest.param(b'{"a":' * 100_000, "入れ子が深すぎます", id="nested without end"),
        pytest.param(b'{"town": "\\ud842"}', "文字", id="half a surrogate pair"),
        pytest.param(b'{"town": "\\u001b[31m"}', "書き方が正しくありません", id="a terminal command"),
    ],
)
def test_it_refuses_faulty_json_in_one_printable_line(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "plan.json"
    path.write_bytes(content)
    with pytest.raises(SourceError) as caught:
        load_plan_file(path)
    assert message in str(caught.value)
    assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    "begun", ["", "a:\n", "a:\r", "a:\x85", "a:\u2028", "a:\u2029", "a:\n\ufeff"], ids=ascii
)
@pytest.mark.parametrize("level", ["- ", "? "])
def test_it_refuses_yaml_that_would_end_the_process_whatever_ends_its_lines(
    tmp_path: Path, begun: str, level: str
) -> None:
    path = tmp_path / "plan.yaml"
    # The C composer recurses for each level; YAML knows five signs that end a line.
    path.write_bytes(f"{begun}{level * 100_000}1".encode())
    with pytest.raises(SourceError, match="入れ子が深すぎます"):
        load_plan_file(path)


@pytest.mark.parametrize(
    ("size", "message"),
    [
        pytest.param(MAX_BYTES - 1, "中身がありません", id="a byte below the limit"),
        pytest.param(MAX_BYTES, "中身がありません", id="at the limit"),
        pytest.param(MAX_BYTES + 1, "大きすぎます", id="a byte above the limit"),
    ],
)
def test_it_reads_up_to_the_limit(tmp_path: Path, size: int, message: str) -> None:
    path = tmp_path / "plan.yaml"
    path.write_bytes(b"#" * size)
    with pytest.raises(SourceError, match=message):
        load_plan_file(path)


def test_it_says_that_there_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="ファイルがありません"):
        load_plan_file(tmp_path / "plan.yaml")
    with pytest.raises(SourceError, match="フォルダです"):
        load_plan_file(tmp_path)


class Words(BaseModel):
    words: dict[str, str]


def test_it_reads_plain_words_as_words(tmp_path: Path) -> None:
    # YAML 1.1 would make a truth value, seconds and a date of these.
    path = tmp_path / "words.yaml"
    path.write_text(
        "words: {no: yes, on: off, at: 10:00, day: 2026-03-31, mark: R7, seven: 007}", encoding="utf-8"
    )
    assert load_yaml(path, Words).words == {
        "no": "yes",
        "on": "off",
        "at": "10:00",
        "day": "2026-03-31",
        "mark": "R7",
        "seven": "007",
    }


class Number(BaseModel):
    value: int | float | bool | None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("7", 7),
        ("-7", -7),
        ("0", 0),
        ("0.20", 0.2),
        ("1.5e3", 1500.0),
        ("true", True),
        ("false", False),
        ("null", None),
        ("", None),
    ],
)
def test_it_reads_numbers_and_truth_values(tmp_path: Path, text: str, value: object) -> None:
    path = tmp_path / "number.yaml"
    path.write_text(f"value: {text}", encoding="utf-8")
    assert load_yaml(path, Number).value == value


class Mail(BaseModel):
    kind: Literal["mail"]
    host: str


class Folder(BaseModel):
    kind: Literal["folder"]
    path: str


class Channels(BaseModel):
    channels: dict[str, Annotated[Mail | Folder, Field(discriminator="kind")]]


@pytest.mark.parametrize(
    ("text", "line", "key", "message"),
    [
        # pydantic puts the chosen kind into the place; no line of the file stands for it.
        ("kind: mail\n    host: 7", 4, "channels.a.host", "文字"),
        ("kind: mail", 2, "channels.a.host", "必要なキーがありません"),
        ("kind: post", 2, "channels.a", "種類の指定が正しくありません"),
    ],
    ids=["a value of the kind", "a key missing", "no such kind"],
)
def test_it_finds_the_line_within_a_choice_of_kinds(
    tmp_path: Path, text: str, line: int, key: str, message: str
) -> None:
    path = tmp_path / "channels.yaml"
    path.write_text(f"channels:\n  a:\n    {text}\n", encoding="utf-8")
    with pytest.raises(SourceError, match=message) as caught:
        load_yaml(path, Channels)
    assert (caught.value.line, caught.value.key) == (line, key)


@settings(deadline=None)
@given(cut=st.integers(min_value=1), junk=st.binary(max_size=6))
def test_it_never_fails_otherwise_than_with_a_source_error(
    tmp_path_factory: pytest.TempPathFactory, cut: int, junk: bytes
) -> None:
    sound = (FAULTS / "sound.yaml").read_bytes()
    at = cut % len(sound)
    path = tmp_path_factory.mktemp("junk") / "plan.yaml"
    path.write_bytes(sound[:at] + junk + sound[at + 3 :])
    try:
        load_plan_file(path)
    except SourceError as error:
        assert str(error).isprintable()
