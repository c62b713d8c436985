"""The two secrets of the cockpit: what the UI asks for, and what Prefect encrypts its blocks with.

Each is made once and lies in a file of its own that only its owner can read. Neither is ever printed.
"""

from __future__ import annotations

import base64
import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from flows.prefect_env import prefect_home

if TYPE_CHECKING:
    from config.site import Site

_OWNER_ALONE = 0o600


def auth_file(home: Path) -> Path:
    """Return the file that holds what the UI asks for, unless the setting gives it."""
    return prefect_home(home) / "login.txt"


def auth_string(site: Site) -> str:
    """Return what whoever talks to the cockpit must show: the setting's, else the file's, made once."""
    given = site.settings.cockpit_auth
    if given is not None:
        return given.get_secret_value()
    return _kept(auth_file(site.home), lambda: f"admin:{secrets.token_urlsafe(24)}")


def encryption_key(home: Path) -> str:
    """Return the Fernet key of Prefect's secrets, made once: it must not lie in the database it protects."""
    return _kept(
        prefect_home(home) / "encryption.key",
        lambda: base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
    )


def private_folder(folder: Path) -> Path:
    """Make a folder only its owner can look into: Prefect's database holds parameters readably."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    return folder


def _kept(file: Path, make: Callable[[], str]) -> str:
    """Return what the file holds; where there is none, make it, whole or not at all."""
    private_folder(file.parent)
    if not file.exists():
        fresh = file.with_name(f".{file.name}.{os.getpid()}")
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _OWNER_ALONE), "w") as out:
            out.write(make() + "\n")
        fresh.replace(file)
    file.chmod(_OWNER_ALONE)
    return file.read_text(encoding="ascii").strip()
