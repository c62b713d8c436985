"""What is looked at before the cockpit starts: the installed libraries, and Prefect's own database.

Prefect would die of both in the middle of its start, with a traceback in a log. No Prefect is imported.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from importlib.metadata import PackageNotFoundError, requires, version
from importlib.util import find_spec
from pathlib import Path

from packaging.requirements import Requirement

from flows.prefect_env import prefect_home
from plan_data.mendable import MendableError

DISTRIBUTION = "shinchoku"
_REVISION = re.compile(r"\d{4}_\d\d_\d\d_\d{6}_([0-9a-f]{12})_")


class PreflightError(MendableError):
    """Why the cockpit would not come up, and what to do: one Japanese line."""


def refuse_wrong_versions(wanted: Iterable[str] | None = None) -> None:
    """Raise PreflightError where a library is missing or not in the range this program was tried with."""
    for line in _wanted() if wanted is None else wanted:
        requirement = Requirement(line)
        if requirement.marker is not None:  # for building and developing only
            continue
        found = _version(requirement.name)
        if found is None or not requirement.specifier.contains(found, prereleases=True):
            raise PreflightError(
                f"{requirement.name} の版（{found or '入っていません'}）では動きません"
                f"（必要な版：{requirement.specifier}）。版を固定した一覧から入れ直してください："
                "`python -m pip install --no-deps --require-hashes -r requirements.lock`"
            )


def _wanted() -> list[str]:
    try:
        return requires(DISTRIBUTION) or []
    except PackageNotFoundError:
        return []  # run from a checkout that is not installed: nobody has written down what it wants


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def refuse_strange_database(home: Path) -> str | None:
    """Look at the database an earlier start left; raise PreflightError where this Prefect cannot use it.

    One of an older Prefect will be brought up to date: a copy of it is kept beside it first. Returns
    the Japanese line that says so, None where nothing is to be said.
    """
    file = prefect_home(home) / "prefect.db"
    if not file.exists() or file.stat().st_size == 0:
        return None
    known = known_revisions()
    try:
        found = _revision(file)
        if found is None or found == known[-1]:
            return None
        if found in known:
            return f"Prefect の記録を、この版に合わせて更新します（前の記録の写し：{_copy(file, found)}）。"
    except sqlite3.Error as fault:
        raise PreflightError(
            f"Prefect の記録 {file} を読めません（{fault}）。ほかのプログラムが開いていれば閉じてください。"
            "壊れているときは、このファイルを別の場所へ移すと、空の記録から始めます（町の記録には影響しません）。"
        ) from fault
    raise PreflightError(
        f"Prefect の記録 {file} は、より新しい版の Prefect で作られています（{found}）。進捗（shinchoku）を"
        "新しい版に更新してください。前の版に戻すときは、このファイルを別の場所へ移すと、空の記録から始めます。"
    )


def known_revisions() -> list[str]:
    """Return the revisions the installed Prefect's SQLite database went through, the newest last."""
    spec = find_spec("prefect")
    places = spec.submodule_search_locations if spec is not None else None
    folder = Path(next(iter(places or ["."])), "server/database/_migrations/versions/sqlite")
    return [
        found[1] for name in sorted(p.name for p in folder.glob("*.py")) if (found := _REVISION.match(name))
    ]


def _revision(file: Path) -> str | None:
    with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as connection:
        if not connection.execute("SELECT 1 FROM sqlite_master WHERE name='alembic_version'").fetchone():
            return None
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        return None if row is None else str(row[0])


def _copy(file: Path, revision: str) -> Path:
    kept = file.with_name(f"{file.name}.{revision}")
    if not kept.exists():
        fresh = kept.with_name(kept.name + ".tmp")
        fresh.unlink(missing_ok=True)
        fresh.touch(mode=0o600)
        with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(fresh)) as target:
            source.backup(target)
        fresh.replace(kept)
    return kept
