"""What stands beside a value in brackets or behind ※, where it says that the value does not hold yet, or not so.

導入（R8.10～） is 導入 with a note. 運用（R8.10予定） and 100%（見込み） are plans: read without their note,
they would be reported as facts.
"""

from __future__ import annotations

import re
from collections.abc import Set

#: Deeds that lie ahead while something is under way: 検討（R9.3終了予定） and 45%（R9.3稼働予定） hold.
AHEAD = frozenset({"契約", "導入", "移行", "稼働", "運用", "完了", "終了"})

_ASIDE = re.compile(
    r"\(([^()]*)\)|\[([^\[\]]*)\]|【([^【】]*)】|〔([^〔〕]*)〕|〈([^〈〉]*)〉|<([^<>]*)>|※\d*([^※]+)$"
)
#: A note that is nothing but a time and a word for a plan; or that says 未, or what the figure is instead.
_TAKING_BACK = re.compile(
    r"(?:令和|[\dR年度月日上中下旬頃末期半四Q./~〜ー-]|当初|から|より|に|まで)*"
    r"(?P<deeds>(?:着手|開始|実施|開催|契約|導入|移行|稼働|運用|完了|終了|議決)*)(?:予定|見込み?|目標|計画|案|仮)"
    r"|未|未了|未済|中止|延期|取消し?|保留|(?:実績|現状|現在|うち実施)[はが:]?\d.*",
    re.I,
)


def asides(text: str) -> list[str]:
    """Return what stands in brackets, and behind a ※; ``text`` is compared or compact (``words``)."""
    return ["".join(found) for found in _ASIDE.findall(text)]


def takes_back(aside: str, ahead: Set[str] = frozenset()) -> bool:
    """Return whether a note says that the value beside it is planned, or is not so.

    ``ahead`` are deeds that come after what the value says: that one of them is planned takes nothing back.
    """
    found = _TAKING_BACK.fullmatch(aside)
    deeds = (found and found["deeds"]) or ""
    return found is not None and not (deeds and deeds.startswith(tuple(ahead)))
