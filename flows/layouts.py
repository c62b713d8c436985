"""表の読み方: a layout file proposed from one workbook, for a person to correct."""

from __future__ import annotations

import json
import tempfile
from datetime import date
from pathlib import Path

from pydantic import ValidationError

from config.layouts import Layout
from config.site import Site
from config.town import LAYOUTS
from flows.cli_options import fail
from flows.read_judge import job_of, source_of
from plan_data.source import SourceError, load_yaml
from tasks.sheets.layout_text import layout_data, layout_yaml
from tasks.sheets.learner import ENTRY, Proposal
from tasks.sheets.reader_process import FellBefore, ReaderProcess
from tasks.sheets.records import FileError


def learn(site: Site, path: Path, department: str, by: str, as_of: date) -> tuple[str, Proposal]:
    """Return the YAML of a layout proposed for a workbook, loaded back once, and what it rests on."""
    if department and department not in site.config.departments.names:
        fail(f"「{department}」という課は departments.yaml にありません。", "正式な課名で指定してください。")
    proposal = _proposal(site, path, as_of)
    if proposal.error is not None:
        fail(f"{path.name}: {proposal.error.message}", proposal.error.remedy)
    sender = department or _department_of(site, path)
    data = layout_data(proposal.tables, path.name, proposal.format, sender, as_of, by)
    text = layout_yaml(data, proposal, site.town)
    try:
        loaded = loaded_back(text)
    except SourceError as error:
        fail(
            f"読み方の案を YAML に書けませんでした（{error}）。",
            "シートや見出しの名前の特殊な文字を直してください。",
        )
    if loaded != Layout.model_validate(data):
        fail("読み方の案を YAML に書けませんでした。", "シートや見出しの名前の特殊な文字を直してください。")
    return text, proposal


def loaded_back(text: str) -> Layout:
    """Return what the YAML of a layout says when it is loaded as the town's files are; raise SourceError."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "layout.yaml"
        path.write_text(text, encoding="utf-8")
        return load_yaml(path, Layout)


def save(site: Site, name: str, text: str) -> Path:
    """Write a layout into the town's folder, never over another one; return where."""
    path = site.config.folder / LAYOUTS / f"{name}.yaml"
    try:
        path.parent.mkdir(exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        fail(f"{path.name} は既にあります。", "別の名前を指定するか、その内容を確かめて消してください。")
    except OSError as fault:
        fail(
            f"{path.name} に書き込めません（{fault.strerror}）。",
            "書き込む権限と空き容量を確かめてください。",
        )
    return path


def proposal_document(text: str, proposal: Proposal, file: str) -> str:
    """Return the proposal as one JSON document."""
    return json.dumps({"file": file, "yaml": text, **proposal.model_dump(mode="json")}, ensure_ascii=False)


def _department_of(site: Site, path: Path) -> str | None:
    from tasks.sheets.matching import DepartmentIndex

    return DepartmentIndex(site.config.departments, site.config.crosswalk).of_path(path.name)


def _proposal(site: Site, path: Path, as_of: date) -> Proposal:
    if not path.is_file():
        fail(f"{path} というファイルがありません。", "名前と場所を確かめてください。")
    process = ReaderProcess(site.config.rules.reader, ENTRY)
    try:
        process.give(job_of(path, as_of, source_of(site, as_of)))
        answer = process.take()
    except FellBefore as fault:
        fail(f"表を読む処理を起動できません（{fault}）。", "メモリの空きを確かめてください。")
    finally:
        process.stop()
    if isinstance(answer, FileError):
        return Proposal(error=answer)
    try:
        return Proposal.model_validate_json(answer)
    except ValidationError:
        fail("表を読む処理の答えを受け取れませんでした。", "もう一度実行してください。")
