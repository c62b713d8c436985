"""The first town's own files: they load, fit each other and the plan, and are what an editor knows."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from config.check import check_town
from config.json_schema import FILES, FOLDER, schemas
from config.section import plain
from config.town import TownConfig, load_town
from plan_data.loader import load_plan
from plan_data.model import Plan
from plan_data.phases import Phase
from plan_data.source import SourceError

Edit = Callable[..., TownConfig]
CONFIG = Path(__file__).resolve().parents[2] / "config"


@pytest.fixture(scope="module")
def plan() -> Plan:
    return load_plan("togitsu").revisions[-1]


@pytest.fixture(scope="module")
def town() -> TownConfig:
    return load_town("togitsu")


@pytest.fixture
def edited(tmp_path: Path) -> Edit:
    """Return a function that copies the town, replaces texts (file, old, new), and returns the copy."""

    def edit(*changes: tuple[str, str, str], into_folder: bool = False) -> TownConfig:
        folder = tmp_path / "togitsu"
        shutil.copytree(CONFIG / "togitsu", folder)
        for file, old, new in changes:
            path = folder / f"{file}.yaml"
            text = path.read_text(encoding="utf-8")
            assert text.count(old) == 1
            path.write_text(text.replace(old, new), encoding="utf-8")
        return load_town("togitsu", tmp_path, into_folder=into_folder)

    return edit


def test_it_fits_the_plan(town: TownConfig, plan: Plan) -> None:
    assert check_town(town, plan) == ()


def test_it_names_every_department_of_the_headquarters(town: TownConfig, plan: Plan) -> None:
    offices = {
        m.removesuffix("長") for role in plan.headquarters if role.name == "本部員" for m in role.members
    }
    listed = {name.removesuffix("課") for name in town.departments.names}
    assert {office.removesuffix("課") for office in offices} <= listed


def test_it_marks_every_sample_address(town: TownConfig) -> None:
    assert all(person.is_sample for person in town.people.roles.values())


def test_it_sends_nothing_off_the_machine_by_default(town: TownConfig) -> None:
    assert {channel.kind for channel in town.channels.channels.values()} == {"folder"}


def test_it_knows_every_phase_by_its_own_name(town: TownConfig) -> None:
    named = {phase: words for phase, words in town.headers.phases.items() if phase in words}
    assert {phase.value for phase in set(Phase) - {Phase.NONE}} <= set(named)


# One word from a real sheet each; what it must mean, None where it must not be guessed.
@pytest.mark.parametrize(
    ("table", "word", "meaning"),
    [
        ("fields", "取組名", "project_name"),
        ("fields", "進捗率（％）", "progress"),
        ("fields", "担 当 課", "department"),
        ("fields", "現在の段階", "phase"),
        ("fields", "稼働予定日", "due_on"),
        ("fields", "本稼働日", "finished_on"),
        ("fields", "本稼働日（予定）", "due_on"),
        ("fields", "節目完了日", "milestone_done_on"),
        ("fields", "進捗状況（自己評価）", "self_rating"),
        ("fields", "時点", "reported_on"),
        ("fields", "No.", None),
        ("fields", "着手予定日", None),
        ("fields", "終了日", None),
        ("phases", "稼働中", "運用"),
        ("phases", "構築中", "導入"),
        ("phases", "着手前", "未着手"),
        ("phases", "廃止", "運用停止"),
        ("phases", "移行済", "移行完了"),
        ("phases", "移行中", "導入"),
        ("phases", "実施中", None),
        ("phases", "検討済", None),
        ("phases", "終了", None),
        ("self_ratings", "概ね順調", "順調"),
        ("self_ratings", "△", "やや遅れ"),
        ("self_ratings", "A", None),
        ("budget", "予算要求済", "要求済"),
        ("budget", "当初予算計上", "要求済"),
        ("budget", "議決済", "議決"),
    ],
)
def test_it_reads_a_word_as_the_town_means_it(
    town: TownConfig, table: str, word: str, meaning: str | None
) -> None:
    words = getattr(town.headers, table)
    found = [name for name, synonyms in words.items() if plain(word) in map(plain, synonyms)]
    assert found == ([meaning] if meaning else [])


@pytest.mark.parametrize("word", ["-", "－", "―", "…", "不詳", "未定", "要確認", "ＴＢＤ", "#n/a"])
def test_it_takes_these_for_no_value(town: TownConfig, word: str) -> None:
    assert plain(word) in map(plain, town.headers.nulls)


RULING = "decided_on: 2026-10-01, by: 事務局, reason: 見本 }"


# the edits (file, text, its replacement); then of the fault its file, key, and a word of the sentence
@pytest.mark.parametrize(
    ("edits", "file", "key", "says"),
    [
        pytest.param(
            [("departments", "name: 会計課", "name: 出納課"), ("people", '  "担当課:会計課"', "  # ")],
            "departments",
            "departments",
            "会計課",
            id="a department of the plan is missing",
        ),
        pytest.param(
            [("people", "担当課:政策財務課", "担当課:政策財務科")],
            "people",
            "roles.担当課:政策財務科",
            "政策財務課",
            id="a contact of no department",
        ),
        pytest.param(
            [("people", "副本部長:総務部", "副本部長:総務")],
            "people",
            "roles.副本部長:総務",
            "総務部",
            id="a head of no division",
        ),
        pytest.param(
            [("people", '  "担当課:税務課"', "  # ")],
            "channels",
            "routes.1.audience",
            "people.yaml に「担当課:税務課」の宛先がありません",
            id="a department nobody can be told for",
        ),
        pytest.param(
            [("people", "  本部長: {", "  # {")],
            "channels",
            "routes.4.audience",
            "people.yaml に「本部長」の宛先がありません",
            id="a role nobody has",
        ),
        pytest.param(
            [("crosswalk", "\nprojects: []", f"\nprojects:\n  - {{ text: あ, project_id: DX-99, {RULING}")],
            "crosswalk",
            "projects.0.project_id",
            "DX-01～DX-29",
            id="a ruling for no 事業",
        ),
        pytest.param(
            [
                (
                    "crosswalk",
                    "\ndepartments: []",
                    f"\ndepartments:\n  - {{ text: あ, department: 税務科, {RULING}",
                )
            ],
            "crosswalk",
            "departments.0.department",
            "税務課",
            id="a ruling for no department",
        ),
    ],
)
def test_it_finds_what_does_not_fit(
    edited: Edit, plan: Plan, edits: list[tuple[str, str, str]], file: str, key: str, says: str
) -> None:
    faults = check_town(edited(*edits), plan)
    assert [(Path(fault.file).stem, fault.key) for fault in faults] == [(file, key)]
    assert faults[0].line
    assert says in str(faults[0])
    assert "\n" not in str(faults[0])


def test_it_counts_a_group_as_its_members_and_a_department_as_itself(town: TownConfig) -> None:
    assert "税務課" in town.departments.members("各所管課")
    assert "各所管課" not in town.departments.members("各所管課")
    assert town.departments.members("会計課") == ("会計課",)


@pytest.mark.parametrize(("into_folder", "kind"), [(False, "smtp"), (True, "folder")])
def test_it_turns_every_channel_into_a_folder_for_a_sample(
    edited: Edit, into_folder: bool, kind: str
) -> None:
    config = edited(
        ("channels", "mail_folder: { kind: folder }", "mail_folder: { kind: smtp }"), into_folder=into_folder
    )
    assert {channel.kind for channel in config.channels.channels.values()} == {kind}


def test_it_loads_a_file_only_when_asked(edited: Edit) -> None:
    config = edited(("headers", "\nnulls:", "\nnull:"))
    assert config.rules.critical_days == 90
    with pytest.raises(SourceError, match="知らないキー"):
        _ = config.headers


def test_it_says_which_towns_there_are() -> None:
    with pytest.raises(SourceError, match="自治体「togitu」の設定がありません（使える値: togitsu）"):
        load_town("togitu")


def test_it_has_the_schemas_of_its_models() -> None:
    on_disk = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.json")}
    assert on_disk == schemas(), "write them with: python -m config.json_schema"


@pytest.mark.parametrize("name", FILES)
def test_it_tells_the_editor_where_the_schema_is(name: str) -> None:
    first = (CONFIG / "togitsu" / f"{name}.yaml").read_text(encoding="utf-8").splitlines()[0]
    assert first == f"# yaml-language-server: $schema=../schemas/{name}.schema.json"
