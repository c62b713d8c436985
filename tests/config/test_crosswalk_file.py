"""Rulings written into crosswalk.yaml: what a person wrote in the file stays as it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.crosswalk import Crosswalk
from config.crosswalk_file import RulingError, add_ruling, withdraw_ruling
from plan_data.source import SourceError, load_yaml

TOWN_FILE = Path("config/togitsu/crosswalk.yaml")
DX_02 = {"project_id": "DX-02", "decided_on": "2026-10-01", "by": "行政管理課", "reason": "電話で確認"}
TAX = {"department": "税務課", "decided_on": "2026-10-01", "by": "行政管理課", "reason": "係の名"}

#: Ways in which the file may have been written, each with what a ruling on 「あ」 makes of it.
WRITTEN = [
    pytest.param("projects: []\ndepartments: []\n", id="nothing ruled yet"),
    pytest.param("projects: [] # 事業\n\n# 課\ndepartments: []", id="comments, no last line break"),
    pytest.param("departments: []\nprojects: []", id="the table is the file's last word"),
    pytest.param(
        "projects:\n- text: い\n  project_id: DX-03\n  decided_on: 2026-10-01\n  by: 課\n  reason: 電話\n"
        "# 課の読替え\ndepartments: []\n",
        id="items without indent, a comment behind",
    ),
    pytest.param(
        "projects:\n  - text: い\n    decided_on: 2026-10-01\n    by: 課\n    reason: 電話\n    project_ids:\n"
        "      - DX-03\n      - DX-04\n\n# 課の読替え\ndepartments: []\n",
        id="a list in lines of its own",
    ),
    pytest.param(
        "projects:\n    - project_id: DX-03\n      decided_on: 2026-10-01\n      by: 課\n      reason: >-\n"
        "        二行の\n        理由\n      text: い # ここまで\ndepartments: []\n",
        id="a deep indent and a text of two lines",
    ),
]


@pytest.mark.parametrize("text", WRITTEN)
def test_it_adds_a_ruling_and_keeps_every_line(tmp_path, text):
    path = tmp_path / "crosswalk.yaml"
    path.write_text(text, encoding="utf-8")
    before = load_yaml(path, Crosswalk)
    ruled = add_ruling(path, "projects", {"text": "あ", **DX_02})
    assert load_yaml(path, Crosswalk) == ruled
    assert ruled.projects[:-1] == before.projects
    assert (ruled.projects[-1].text, ruled.projects[-1].project_id) == ("あ", "DX-02")
    kept = [line.strip() for line in text.replace("[]", "").splitlines()]
    assert [line for line in kept if line.strip()] == [
        line.strip()
        for line in path.read_text("utf-8").replace("[]", "").splitlines()
        if line.strip() in kept and line.strip()
    ]
    assert [p.name for p in tmp_path.iterdir()] == ["crosswalk.yaml"]


@pytest.mark.parametrize(
    ("entry", "ids"),
    [
        pytest.param({"project_ids": ["DX-05", "DX-14"]}, ("DX-05", "DX-14"), id="split"),
        pytest.param({"project_id": "DX-09", "kind": "merged"}, ("DX-09",), id="merged"),
        pytest.param({"not_of_plan": True}, (), id="none of the plan"),
    ],
)
def test_it_writes_every_kind_of_ruling(tmp_path, entry, ids):
    path = tmp_path / "crosswalk.yaml"
    path.write_bytes(TOWN_FILE.read_bytes())
    said = {key: value for key, value in DX_02.items() if key != "project_id"}
    for text in ("あ", "い"):
        add_ruling(path, "projects", {"text": text, **entry, **said})
    assert [ruling.ids for ruling in load_yaml(path, Crosswalk).projects] == [ids, ids]


def test_it_adds_to_the_towns_own_file_again_and_again(tmp_path):
    path = tmp_path / "crosswalk.yaml"
    path.write_bytes(TOWN_FILE.read_bytes())
    comments = [line for line in path.read_text("utf-8").splitlines() if line.startswith("#")]
    for text in ("あ", "い"):
        add_ruling(path, "projects", {"text": text, **DX_02})
        add_ruling(path, "departments", {"text": text, **TAX})
    ruled = load_yaml(path, Crosswalk)
    assert [r.text for r in ruled.projects] == [r.text for r in ruled.departments] == ["あ", "い"]
    assert [line for line in path.read_text("utf-8").splitlines() if line.startswith("#")] == comments


@pytest.mark.parametrize(
    "text",
    [
        "# 注意",
        "a: b",
        '"引用"',
        "'一つ'",
        "- 点",
        "改\n行",
        "\\n",
        "〔〕｛｝",
        "𠮷野家",
        "null",
        "R8.10.1",
        "=1+1",
    ],
)
def test_it_writes_any_text_so_that_the_same_is_read(tmp_path, text):
    path = tmp_path / "crosswalk.yaml"
    path.write_text("projects: []\ndepartments: []\n", encoding="utf-8")
    assert add_ruling(path, "projects", {**DX_02, "text": text, "reason": text}).projects[0].text == text
    (ruling,) = load_yaml(path, Crosswalk).projects
    assert (ruling.text, ruling.reason) == (text, text)


#: Rulings and files that may not be, and what is said of them.
REFUSED = [
    pytest.param("projects: []\ndepartments: []\n", {"text": "", **DX_02}, RulingError, id="no text"),
    pytest.param(
        "projects: []\ndepartments: []\n", {"text": "あ", **DX_02, "project_id": "2"}, RulingError, id="no id"
    ),
    pytest.param(
        "projects: [{text: あ, project_id: DX-02, decided_on: 2026-10-01, by: 課, reason: 電話}]\ndepartments: []\n",
        {"text": "ア゛", **DX_02},
        RulingError,
        id="a table on one line cannot be added to",
    ),
    pytest.param("projects: [\n", {"text": "あ", **DX_02}, SourceError, id="a file that is none"),
]


@pytest.mark.parametrize(("text", "ruling", "fault"), REFUSED)
def test_it_leaves_the_file_as_it_was_when_a_ruling_may_not_stand(tmp_path, text, ruling, fault):
    path = tmp_path / "crosswalk.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(fault):
        add_ruling(path, "projects", ruling)
    assert path.read_text("utf-8") == text
    assert [p.name for p in tmp_path.iterdir()] == ["crosswalk.yaml"]


def test_it_rules_on_a_text_once(tmp_path):
    path = tmp_path / "crosswalk.yaml"
    path.write_text("projects: []\ndepartments: []\n", encoding="utf-8")
    add_ruling(path, "projects", {"text": "ＬＩＮＥ", **DX_02})
    with pytest.raises(RulingError, match="既に"):
        add_ruling(path, "projects", {"text": "line", **DX_02})


OTHER = (
    "  - text: う\n    project_id: DX-04\n    decided_on: 2026-10-01\n    by: 課\n    reason: 電話 # 残る\n"
)

#: Ways in which a ruling on 「い」 may have been written, each with the other rulings beside it.
RULED = [
    *WRITTEN[3:],
    pytest.param(f"projects:\n{OTHER}{WRITTEN[4].values[0].partition(chr(10))[2]}", id="not alone"),
]


@pytest.mark.parametrize("text", RULED)
@pytest.mark.parametrize("instead", [None, {"text": "い", **DX_02}], ids=["withdrawn", "replaced"])
def test_it_takes_a_ruling_back_and_keeps_what_it_said_as_a_comment(tmp_path, text, instead):
    path = tmp_path / "crosswalk.yaml"
    path.write_text(text, encoding="utf-8")
    others = [one for one in load_yaml(path, Crosswalk).projects if one.text != "い"]
    # However it is spaced.
    ruled = withdraw_ruling(path, "projects", " い", "改めた\nprojects: []", instead)
    assert load_yaml(path, Crosswalk) == ruled
    said = [(one.text, one.project_id) for one in ruled.projects]
    assert said == [(one.text, one.project_id) for one in others] + ([("い", "DX-02")] if instead else [])
    after = path.read_text("utf-8")
    bare = [line.lstrip(" #") for line in after.splitlines()]
    assert all(line.lstrip(" #") in bare for line in text.splitlines() if line != "projects:")
    assert '# "改めた\\nprojects: []"' in after


def test_what_was_taken_back_can_be_ruled_again_and_again(tmp_path):
    path = tmp_path / "crosswalk.yaml"
    path.write_bytes(TOWN_FILE.read_bytes())
    before = load_yaml(path, Crosswalk)
    for day in ("2026-10-01", "2026-10-02"):
        add_ruling(path, "projects", {"text": "あ", **DX_02, "decided_on": day})
        withdraw_ruling(path, "projects", "あ", "改めた", {"text": "あ", **DX_02, "project_id": "DX-03"})
        withdraw_ruling(path, "projects", "あ", "取り消した")
    assert load_yaml(path, Crosswalk) == before
    assert path.read_text("utf-8").count("取り消した") == 2


@pytest.mark.parametrize(
    ("text", "ruled"),
    [
        pytest.param("projects: []\ndepartments: []\n", "い", id="nothing ruled"),
        pytest.param(WRITTEN[3].values[0], "う", id="another text"),
        pytest.param(
            "projects: [{text: い, project_id: DX-02, decided_on: 2026-10-01, by: 課, reason: 電話},"
            " {text: う, project_id: DX-03, decided_on: 2026-10-01, by: 課, reason: 電話}]\ndepartments: []\n",
            "い",
            id="a table on one line cannot be changed",
        ),
    ],
)
def test_it_leaves_the_file_as_it_was_when_nothing_can_be_taken_back(tmp_path, text, ruled):
    path = tmp_path / "crosswalk.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RulingError):
        withdraw_ruling(path, "projects", ruled, "取り消した")
    assert path.read_text("utf-8") == text
    assert [p.name for p in tmp_path.iterdir()] == ["crosswalk.yaml"]


def test_a_ruling_with_a_line_end_that_no_editor_shows_is_taken_back_whole(tmp_path):
    path = tmp_path / "crosswalk.yaml"
    add_ruling(_empty(path), "projects", {"text": "い", **DX_02})
    path.write_text(
        path.read_text("utf-8").replace("電話で確認", "電話で\u2028projects: []"), encoding="utf-8"
    )
    assert withdraw_ruling(path, "projects", "い", "取り消した").projects == ()
    assert "# " in path.read_text("utf-8")


def _empty(path):
    path.write_text("projects: []\ndepartments: []\n", encoding="utf-8")
    return path
