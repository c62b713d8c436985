"""試行: a run that judges and shows as always, and of which nothing is remembered and nobody is told.

It works on a copy of the records in a home of its own, where every channel is a folder: what would have
been sent lies there, to be looked at. The copy is thrown away when the next one is made.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from time import time_ns
from typing import TYPE_CHECKING

from pydantic import SecretStr

from config.site import Site
from flows.only_one import only_one
from plan_data.mendable import MendableError

if TYPE_CHECKING:
    from tasks.reports.artifacts import Artifact

FOLDER = "trial-試行"
MARK = "【試行】"


class RehearsalError(MendableError):
    """Why no rehearsal can be held now, and what to do: one Japanese line."""


def rehearsal_home(site: Site) -> Path:
    """Return the home of the rehearsal, below the real one."""
    return site.home / FOLDER


@contextmanager
def rehearsal(site: Site) -> Iterator[Site]:
    """Yield a site that knows all that the real one knows, and keeps what happens to itself.

    Raises RehearsalError while another rehearsal is held, and StoreError.
    """
    from tasks.store.copying import copy_store
    from tasks.store.engine import open_store

    home = rehearsal_home(site)
    site.prepare()
    with only_one(site.home / f"{FOLDER}.lock") as first:
        if not first:
            raise RehearsalError("別の試行が動いています。終わってから、もう一度実行してください。")
        if home.exists():
            shutil.rmtree(home)
        # A name of its own each time: the store knows an open database by its file.
        records = home / f"shinchoku-{time_ns()}.db"
        own = site.settings.model_copy(
            update={
                "home": home,
                "database_url": SecretStr(f"sqlite:///{records.absolute().as_posix()}"),
                "report_base_url": None,
                "inbox": str(site.inbox),
            }
        )
        acting = replace(site, settings=own, into_folder=True)
        acting.prepare()
        copy_store(open_store(site.database_url), records)
        yield acting


def marked(artifact: Artifact) -> Artifact:
    """Return an artifact of a rehearsal: it says so, and does not take the place of the real one."""
    return artifact.set_apart("trial", MARK)
