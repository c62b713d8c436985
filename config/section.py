"""What all configuration files have in common: frozen sections, and texts compared plainly."""

import re
import unicodedata
from collections.abc import Callable, Iterable

from pydantic import BaseModel, ConfigDict

from plan_data.explain import refuse

Place = tuple[str | int, ...]

#: How channels and schedules are named: the names become parts of variables and of job ids.
NAME = "[a-z][a-z0-9_]*"
NAME_ALLOWED = "半角の英小文字で始まり、英小文字・数字・_ だけの名前"

#: Characters that nobody sees: zero-width marks, the byte order mark, the soft hyphen.
_UNSEEN = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))


class Section(BaseModel):
    """A part of a configuration file: frozen, and an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


def plain(text: str) -> str:
    """Return the text as it is compared: NFKC, lower case, without white space and unseen characters."""
    return "".join(unicodedata.normalize("NFKC", text.translate(_UNSEEN)).casefold().split())


def refuse_repeated(texts: Iterable[tuple[Place, str]]) -> None:
    """Fail validation at the first text that, compared plainly, stands at an earlier place as well."""
    seen: dict[str, Place] = {}
    for place, text in texts:
        earlier = seen.setdefault(plain(text), place)
        if earlier != place:
            there = ".".join(str(part) for part in earlier)
            refuse(place, f"「{text}」は既に {there} に書かれています。ほかと重ならない語にしてください")


def shaped(pattern: str, allowed: str) -> Callable[[str], str]:
    """Return a validator that takes only texts of a pattern, and else says in Japanese what is ``allowed``."""
    compiled = re.compile(pattern)

    def check(text: str) -> str:
        if not compiled.fullmatch(text):
            refuse((), f"「{text}」は書き方が正しくありません", [allowed])
        return text

    return check
