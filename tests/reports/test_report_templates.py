"""Compiled templates: kept beside their source, never mixed up, and never needed."""

from __future__ import annotations

import sys
from pathlib import Path

import jinja2
import pytest

from tasks.templates import environment

HOSTILE = "<b>"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with one template, where compiled forms are written as an installation does."""
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    (tmp_path / "page.html").write_text("値は{{ value }}", encoding="utf-8")
    return tmp_path


def shown(folder: Path, *, escape: bool = True, value: str = "1") -> str:
    """Render the page in an environment of its own, as a new start does."""
    return environment(folder, escape=escape).get_template("page.html").render(value=value)


def test_a_template_is_compiled_by_the_first_start_alone(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert shown(folder) == "値は1"

    def compiled_again(*args: object, **kwargs: object) -> None:
        raise AssertionError("compiled though it was compiled before")

    monkeypatch.setattr(jinja2.Environment, "compile", compiled_again)
    assert shown(folder, value="2") == "値は2"


def test_a_changed_template_is_compiled_anew(folder: Path) -> None:
    assert shown(folder) == "値は1"
    (folder / "page.html").write_text("今は{{ value }}", encoding="utf-8")
    assert shown(folder) == "今は1"


def test_a_page_that_escapes_is_not_given_the_form_of_one_that_does_not(folder: Path) -> None:
    assert shown(folder, escape=False, value=HOSTILE) == "値は<b>"
    assert shown(folder, value=HOSTILE) == "値は&lt;b&gt;"
    assert shown(folder, escape=False, value=HOSTILE) == "値は<b>"


def test_a_broken_compiled_form_is_made_anew(folder: Path) -> None:
    shown(folder)
    (kept,) = (folder / "__pycache__").iterdir()
    kept.write_bytes(b"\x00" * 10)
    assert shown(folder) == "値は1"


def test_it_is_shown_where_nothing_can_be_kept(folder: Path) -> None:
    (folder / "__pycache__").write_text("a file where the folder would be")
    assert shown(folder) == "値は1"


def test_nothing_is_kept_where_python_keeps_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert shown(folder) == "値は1"
    assert not (folder / "__pycache__").exists()
