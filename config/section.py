"""What all configuration files have in common: frozen sections, and texts compared plainly."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable
from typing import Any

from pydantic import BaseModel, ConfigDict

from plan_data.explain import refuse

Place = tuple[str | int, ...]

#: Characters that nobody sees: zero-width marks, the byte order mark, the soft hyphen.
_UNSEEN = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))


class Section(BaseModel):
    """A part of a configuration file: frozen, and an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def plain(text: str) -> str:
    """Return the text as it is compared: NFKC, lower case, without white space and unseen characters."""
    return "".join(unicodedata.normalize("NFKC", text.translate(_UNSEEN)).casefold().split())


def first_repeated(texts: Iterable[tuple[Place, str]]) -> tuple[Place, str] | None:
    """Return place and text of the first text that, compared plainly, stood there before; None without one."""
    seen: set[str] = set()
    for place, text in texts:
        if plain(text) in seen:
            return place, text
        seen.add(plain(text))
    return None


def by_kind(*models: type[Section]) -> Callable[[Any], Any]:
    """Return a validator that takes a mapping as the model its ``kind`` names.

    pydantic's own choice by discriminator puts the kind into the place of a fault, where the file has
    no such key; this one does not.
    """
    kinds = {model.model_fields["kind"].annotation.__args__[0]: model for model in models}  # type: ignore[union-attr]

    def choose(value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        model = kinds.get(value.get("kind"))
        if model is None:
            place: Place = ("kind",) if "kind" in value else ()
            refuse(place, "kind（種類）が正しくありません" if place else "kind（種類）がありません", kinds)
        return model.model_validate(value)

    return choose
