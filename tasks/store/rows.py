"""Small things the repositories share."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CursorResult


def inserted_id(result: CursorResult[Any]) -> int:
    """Return the id of the one row that was inserted."""
    key = result.inserted_primary_key
    if key is None:
        raise ValueError("nothing was inserted")
    return int(key[0])
