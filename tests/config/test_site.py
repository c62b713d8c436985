"""A site: where its folders lie, and what it says when it cannot have them."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.settings import settings
from config.site import Site, SiteError


def site_at(home: Path, **more: str) -> Site:
    return Site("togitsu", settings({"SHINCHOKU_HOME": str(home), **more}))


def test_it_makes_its_folders_below_home_on_demand(tmp_path: Path) -> None:
    site = site_at(tmp_path / "a" / "var")
    assert not site.home.exists()
    site.prepare()
    site.prepare()
    assert all(folder.is_dir() for folder in (site.archive, site.outbox, site.reports))
    assert {p.parent for p in (site.archive, site.outbox, site.reports)} == {site.home}


def test_it_keeps_its_database_below_home_unless_told(tmp_path: Path) -> None:
    assert site_at(tmp_path).database_url == f"sqlite:///{tmp_path}/shinchoku.db"
    url = "postgresql+psycopg://dx:secret@db/shinchoku"
    assert site_at(tmp_path, SHINCHOKU_DATABASE_URL=url).database_url == url


def test_it_takes_its_inbox_from_the_settings(tmp_path: Path) -> None:
    assert site_at(tmp_path).inbox == tmp_path / "inbox"
    assert site_at(tmp_path, SHINCHOKU_INBOX="/srv/受付").inbox == Path("/srv/受付")


def test_it_says_in_one_line_that_home_cannot_be_written(tmp_path: Path) -> None:
    in_the_way = tmp_path / "var"
    in_the_way.write_text("a file")
    with pytest.raises(SiteError) as caught:
        site_at(in_the_way).prepare()
    message = str(caught.value)
    assert str(in_the_way) in message
    assert "SHINCHOKU_HOME" in message
    assert "\n" not in message


def test_it_says_so_where_home_is_read_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.access", lambda path, mode: False)
    with pytest.raises(SiteError, match="書き込めません"):
        site_at(tmp_path).prepare()


def test_it_loads_config_and_plan_once(tmp_path: Path) -> None:
    site = site_at(tmp_path)
    assert site.config is site.config
    assert site.plan_book.revisions[-1].revision == "R8.3"


@pytest.mark.parametrize(
    ("channel", "into_folder", "warned"),
    [
        pytest.param("{ kind: folder }", False, False, id="messages stay on the machine"),
        pytest.param("{ kind: smtp }", False, True, id="messages are mailed to sample addresses"),
        pytest.param("{ kind: smtp }", True, False, id="a sample mails nothing"),
    ],
)
def test_it_warns_of_sample_addresses_that_are_mailed_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, channel: str, into_folder: bool, warned: bool
) -> None:
    source = Path(__file__).resolve().parents[2] / "config" / "togitsu"
    folder = tmp_path / "togitsu"
    folder.mkdir()
    for file in source.glob("*.yaml"):
        text = file.read_text(encoding="utf-8").replace(
            "mail_folder: { kind: folder }", f"mail_folder: {channel}"
        )
        folder.joinpath(file.name).write_text(text, encoding="utf-8")
    monkeypatch.setattr("config.town._ROOT", tmp_path)
    warnings = Site("togitsu", settings({}), into_folder=into_folder).warnings()
    assert ["見本" in warning for warning in warnings] == [True] * warned
