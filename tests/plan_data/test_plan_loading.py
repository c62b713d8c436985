"""Loading: revisions in force, the export document and its way back."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from plan_data.loader import PlanBook, export, load_plan, load_plan_file
from plan_data.model import PhaseCell, Project
from plan_data.phases import Phase
from plan_data.source import SourceError

SOUND = Path(__file__).parent / "faults" / "sound.yaml"


def book(tmp_path: Path, *revisions: tuple[str, str]) -> PlanBook:
    text = SOUND.read_text(encoding="utf-8")
    (tmp_path / "kawa").mkdir()
    for revision, revised_on in revisions:
        own = text.replace("R8.3", revision).replace("issued_on: 2025-04-01", f"revised_on: {revised_on}")
        (tmp_path / "kawa" / f"{revision.lower().replace('.', '-')}.yaml").write_text(own, encoding="utf-8")
    return load_plan("kawa", tmp_path)


@pytest.mark.parametrize(
    ("as_of", "revision"),
    [
        pytest.param(date(2025, 6, 1), "R8.3", id="before the first revision: the oldest held"),
        pytest.param(date(2026, 3, 1), "R8.3", id="the day of the first"),
        pytest.param(date(2027, 2, 28), "R8.3", id="the day before the second"),
        pytest.param(date(2027, 3, 1), "R9.3", id="the day of the second"),
        pytest.param(date(2027, 3, 2), "R9.3", id="the day after the second"),
        # R10 sorts before R9 as text, but came later.
        pytest.param(date(2028, 1, 1), "R10.1", id="the newest"),
    ],
)
def test_it_takes_the_newest_revision_that_counts_on_the_day(
    tmp_path: Path, as_of: date, revision: str
) -> None:
    plans = book(tmp_path, ("R9.3", "2027-03-01"), ("R8.3", "2026-03-01"), ("R10.1", "2027-12-01"))
    assert [plan.revision for plan in plans.revisions] == ["R8.3", "R9.3", "R10.1"]
    assert plans.in_force(as_of).revision == revision


def test_it_lists_the_editions_of_the_newest_revision() -> None:
    assert [edition.revision for edition in load_plan("togitsu").editions] == ["R7.4", "R8.3"]


def test_it_reads_its_own_export_back(tmp_path: Path) -> None:
    plan = load_plan("togitsu").revisions[0]
    for name, indent in (("plan.json", None), ("plan.yaml", 2)):
        path = tmp_path / name
        path.write_text(
            json.dumps(export(plan), ensure_ascii=indent is None, indent=indent), encoding="utf-8"
        )
        again = load_plan_file(path)
        assert export(again) == export(plan)
        assert again.fiscal_years == plan.fiscal_years
        assert (again.period_start, again.period_end) == (plan.period_start, plan.period_end)
        assert again.in_force_from == date(2025, 4, 1)
        assert list(again.achievements()) == []


def test_it_exports_the_stable_document_and_nothing_else() -> None:
    document = export(load_plan_file(SOUND))
    assert document == {
        "town": "kawa",
        "revision": "R8.3",
        "policies": [
            {
                "no": 1,
                "name": "住民サービスの向上",
                "measures": [
                    {
                        "no": 1,
                        "name": "窓口の改革",
                        "national_items": ["フロントヤード改革"],
                        "projects": [
                            {
                                "id": "KW-01",
                                "name": "予約システム",
                                "departments": ["住民課"],
                                "phases": {
                                    "R7": {"phase": "運用", "note": None},
                                    "R8": {"phase": "強化", "note": "※1"},
                                },
                            },
                            {
                                "id": "KW-02",
                                "name": "書かない窓口",
                                "departments": ["住民課", "税務課"],
                                "phases": {
                                    "R7": {"phase": "事業検討", "note": None},
                                    "R8": {"phase": "導入", "note": None},
                                },
                            },
                        ],
                    }
                ],
            }
        ],
    }


@pytest.mark.parametrize("town", ["nagayo", "", "..", "../togitsu", "togitsu/..", "*", "schemas"])
def test_it_names_the_towns_it_has_when_asked_for_another(town: str) -> None:
    with pytest.raises(SourceError) as caught:
        load_plan(town)
    assert caught.value.allowed == ("togitsu",)
    assert "計画がありません" in str(caught.value)


def test_it_refuses_two_files_of_one_revision(tmp_path: Path) -> None:
    book(tmp_path, ("R8.3", "2026-03-01"))
    (tmp_path / "kawa" / "copy.yaml").write_text(SOUND.read_text(encoding="utf-8"), encoding="utf-8")
    with pytest.raises(SourceError, match=r"版「R8\.3」のファイルが二つあります"):
        load_plan("kawa", tmp_path)


def test_it_refuses_another_town_s_plan_in_the_folder(tmp_path: Path) -> None:
    (tmp_path / "yama").mkdir()
    (tmp_path / "yama" / "r8-03.yaml").write_text(SOUND.read_text(encoding="utf-8"), encoding="utf-8")
    with pytest.raises(SourceError, match="「kawa」の計画がこのフォルダにあります"):
        load_plan("yama", tmp_path)


def test_it_finds_a_project_by_its_id_and_knows_no_other() -> None:
    plan = load_plan("togitsu").revisions[0]
    assert plan.project("DX-03").name == "書かない窓口"
    with pytest.raises(KeyError):
        plan.project("DX-30")


def test_it_takes_the_same_project_from_records_and_from_text() -> None:
    cell = PhaseCell(phase=Phase.INTRODUCE, note="※1")
    built = Project(id="KW-01", name="予約", departments=("住民課",), phases={"R7": cell})
    written = Project.model_validate(
        {"id": "KW-01", "name": "予約", "departments": ["住民課"], "phases": {"R7": "導入※1"}}
    )
    assert built == written
    assert str(cell) == "導入※1"
