"""``shinchoku simulate``: what it prints, and what it refuses."""

from __future__ import annotations

import json

import pytest

from config.settings import settings
from config.site import Site
from flows.cli_options import UsageError
from flows.simulate import run_simulate
from tasks.samples.national import FILES, SampleError


@pytest.fixture
def site():
    return Site("togitsu", settings({}))


def test_it_says_where_it_wrote_how_many_files(site, tmp_path, capsys):
    assert run_simulate(site, tmp_path / "nation", 20, 1, as_json=True) == 0
    document = json.loads(capsys.readouterr().out)
    size = sum(path.stat().st_size for path in tmp_path.rglob("*.xls?"))
    folder = str(tmp_path / "nation")
    assert document == {"folder": folder, "files": 20, "towns": 2, "bytes": size, "seed": 1}


def test_it_tells_a_person_that_nothing_is_real(site, tmp_path, capsys):
    assert run_simulate(site, tmp_path / "nation", 1, 1, as_json=False) == 0
    assert "実在の報告ではありません" in capsys.readouterr().out


@pytest.mark.parametrize(
    "files", [0, -1, FILES + 1], ids=["none", "less than none", "more than the nation has"]
)
def test_it_refuses_a_number_of_files_it_cannot_write(site, tmp_path, files):
    with pytest.raises(UsageError, match=f"1から{FILES}まで"):
        run_simulate(site, tmp_path / "nation", files, 1, as_json=False)
    assert not (tmp_path / "nation").exists()


def test_it_refuses_a_folder_of_somebody_else_in_one_line(site, tmp_path):
    (tmp_path / "報告.xlsx").write_bytes(b"")
    with pytest.raises(SampleError, match="空のフォルダか、新しい名前") as fault:
        run_simulate(site, tmp_path, 1, 1, as_json=False)
    assert "\n" not in str(fault.value)
