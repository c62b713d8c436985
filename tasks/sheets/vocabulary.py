"""The town's words, compiled for looking up: headers, phases, ratings, budget steps, nulls.

The words themselves are data (``headers.yaml``); here is only how a cell is taken apart before it
is looked up: notes in brackets fall away, and of ``検討→導入`` the right side is where it stands now.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from config.headers import Headers
from tasks.sheets.asides import AHEAD, asides, takes_back
from tasks.sheets.faults import Fault, RowCode
from tasks.sheets.grid import Cell
from tasks.sheets.meanings import IDENTITY, in_group
from tasks.sheets.records import BudgetStep, FieldName, ReportedPhase, SelfRating
from tasks.sheets.remarks import is_strange
from tasks.sheets.words import LONGEST, key, quoted

_BRACKETED = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】|〔[^〔〕]*〕|〈[^〈〉]*〉|<[^<>]*>")
_OPENING = "([<【〔「『"
#: What numbers or marks a header: ①事業名, 1 事業名, ★段階, 【必須】段階.
_LED = re.compile(
    r"\s*(?:[①-⑳❶-❿⑴-⒇]|[(（]?\d{1,2}(?:[)）.．、:：]|(?=\s))|[★☆◎●○■□◆◇▼▽・]|【(?:必須|任意|選択|記入|入力)】)\s*(?=\S)"
)
_NOTE_MARK = re.compile(r"[※*注]\d*$|※.*$")
_MARK = re.compile(r"[※*]\d*")
_BRACKETS = dict.fromkeys(map(ord, "()[]【】〔〕〈〉<>"))
#: What a note beside another word must not mean: 運用（停止中） and 順調（一部遅れ） are not simply the first.
_CONTRARY = frozenset(
    {
        *(ReportedPhase.NOT_STARTED, ReportedPhase.STUDY, ReportedPhase.INTRODUCE, ReportedPhase.CANCELLED),
        *(ReportedPhase.STOP, SelfRating.SLIGHTLY_LATE, SelfRating.LATE, BudgetStep.NOT_REQUESTED),
    }
)
#: Deeds that lie ahead of who reports this: 導入（R9.4稼働予定） is 導入, 運用（R9.4稼働予定） is not yet 運用.
_STILL_AHEAD: Mapping[str, frozenset[str]] = {
    ReportedPhase.STUDY: AHEAD,
    ReportedPhase.INTRODUCE: AHEAD - {"導入"},
    ReportedPhase.OPERATE: frozenset({"終了"}),
    ReportedPhase.CONTINUE: frozenset({"終了"}),
    SelfRating.ON_TRACK: AHEAD,
    SelfRating.SLIGHTLY_LATE: AHEAD,
    SelfRating.LATE: AHEAD,
    BudgetStep.REQUESTED: frozenset({"議決"}),
}
_ARROW = re.compile(r"→|⇒|➡|⇨|=>|->|>|▶|►")
_ALTERNATIVES = re.compile(r"[/・,、|]")
#: What a text has that is a known word and something more.
_COMPOSED = re.compile(r"[\[(【〔〈<※*注/・,、|]")
#: Header texts that are remembered: those of some hundred files.
_REMEMBERED = 16_384
#: Values of sheets that are remembered.
_REMEMBERED_VALUES = 65_536
#: Characters of the longest header or label.
_MAX_HEADER = 60
#: How alike two words must be, of 100, for one to be offered in place of the other.
_ALIKE = 75


@dataclass(frozen=True, slots=True)
class Notable:
    """The texts of a sheet that deserve a look.

    ``naming`` are those that, as header cells, name the column of the 事業's id or name; ``labels`` begin as
    the label of a 担当課 does; ``strange`` call for a remark; ``examples`` begin a filled-in example (記入例),
    which names a 事業 and yet reports nothing.
    """

    naming: set[Cell] = field(default_factory=set)
    labels: set[Cell] = field(default_factory=set)
    strange: set[Cell] = field(default_factory=set)
    examples: set[Cell] = field(default_factory=set)


class Vocabulary:
    """Looks up what the words of a sheet mean.

    ``department_labels`` are the words before a department's name outside the table, as compared,
    longest first.
    """

    def __init__(self, headers: Headers) -> None:
        self._labels: Mapping[Any, tuple[str, ...]] = headers.fields
        self.department_labels = tuple(sorted(map(key, headers.department_labels), key=len, reverse=True))
        self._columns = _compiled(headers.fields)
        self._milestones = tuple(map(key, headers.fields["milestone"]))
        self._phases = _compiled(headers.phases, ReportedPhase)
        self._ratings = _compiled(headers.self_ratings, SelfRating)
        self._budget = _compiled(headers.budget, BudgetStep)
        self._nulls = frozenset(map(key, headers.nulls)) | {""}
        self._totals = frozenset(map(key, headers.totals))
        self._note_markers = tuple(map(key, headers.note_markers))
        #: What a header cell names: a field, ``project_id`` or ``department``; None for anything else. ``""`` is a
        #: column that is understood and not read (進捗率（目標）).
        self.header: Callable[[str], str | None] = lru_cache(maxsize=_REMEMBERED)(self._find_header)
        #: Values that were looked at and are nothing to look at again.
        self._unnoted: set[Cell] = set()
        # Folding every text would take longer than reading it: most hold no letter with which such a word begins,
        # nor a sign that could be folded to one.
        naming = folding_to({word[0] for word, found in self._columns.items() if found in IDENTITY})
        labels = folding_to({word[0] for word in self.department_labels})
        self._may_name = re.compile(f"(?=.*{naming})[^。]{{1,{_MAX_HEADER}}}", re.DOTALL).fullmatch
        opening = re.escape(_OPENING) + "（［＜｢"
        self._may_label = re.compile(rf"[\s{opening}]*{labels}.{{,{_MAX_HEADER}}}", re.DOTALL).fullmatch
        #: What reads the words of a field.
        self.lookups: dict[str, Callable[[str], str | Fault]] = {
            FieldName.PHASE: self.phase,
            FieldName.SELF_RATING: self.self_rating,
            FieldName.BUDGET: self.budget,
        }
        #: How columns met before are read, and by that what values gave that were read before, in this file or another.
        self.kinds: dict[object, Any] = {}
        self.outcomes: dict[object, dict[Any, Any]] = {}

    def label(self, field: str) -> str:
        """Return the Japanese name of a column as messages use it."""
        return self._labels[field][0]

    def notable(self, values: set[Cell]) -> Notable:
        """Return which of a sheet's values deserve a look: the others, nearly all, are known by one comparison of sets."""
        unknown = values - self._unnoted
        texts = [value for value in unknown if isinstance(value, str)]
        found = Notable(
            naming={text for text in texts if self._may_name(text) and self.header(text) in IDENTITY},
            labels={text for text in texts if self._may_label(text) and self._begins_as_label(text)},
            strange={text for text in texts if is_strange(text)},
            examples={text for text in texts if "例" in text and self.is_note(text)},
        )
        if len(self._unnoted) > _REMEMBERED_VALUES:
            self._unnoted.clear()
        self._unnoted |= unknown - found.naming - found.labels - found.strange - found.examples
        return found

    def _begins_as_label(self, text: str) -> bool:
        return key(text).lstrip(_OPENING).startswith(self.department_labels)

    def exact_header(self, *texts: str) -> str | None:
        """Return what the first known of these texts names, each taken whole."""
        return next((self._columns[key(text)] for text in texts if key(text) in self._columns), None)

    def like_header(self, text: str, at_least: float) -> tuple[str, str] | None:
        """Return the field and the known header most like a text, None where none is ``at_least`` (of 100) alike."""
        from rapidfuzz import process
        from rapidfuzz.fuzz import ratio

        near = process.extractOne(key(text), list(self._columns), scorer=ratio, score_cutoff=at_least)
        return (self._columns[near[0]], near[0]) if near else None

    def is_milestone(self, text: str) -> bool:
        """Return whether a group of columns is a milestone's: 節目, 直近の節目, マイルストーン."""
        return key(text).endswith(self._milestones)

    def is_null(self, text: str) -> bool:
        """Return whether a cell's text stands for no value."""
        return key(text) in self._nulls

    def is_given(self, value: Cell) -> bool:
        """Return whether a cell holds a value, be it an error."""
        return value != "" and not (isinstance(value, str) and self.is_null(value))

    def is_total(self, text: str) -> bool:
        """Return whether a row that begins so is a total."""
        return key(text) in self._totals

    def is_note(self, text: str) -> bool:
        """Return whether a text is a note under or between the rows."""
        folded = key(text)
        return folded.startswith(self._note_markers) or folded.lstrip(_OPENING).startswith(self._note_markers)

    def phase(self, text: str) -> str | Fault:
        """Return the phase a cell reports; of an arrow, its right side."""
        found = self._stated(self._phases, text)
        return found or _unknown(text, self._phases, RowCode.PHASE_UNKNOWN, "段階", ReportedPhase)

    def self_rating(self, text: str) -> str | Fault:
        """Return the self-rating a cell gives."""
        found = self._stated(self._ratings, text)
        return found or _unknown(text, self._ratings, RowCode.SELF_RATING_UNKNOWN, "自己評価", SelfRating)

    def budget(self, text: str) -> str | Fault:
        """Return how far the budget is by a cell."""
        found = self._stated(self._budget, text)
        return found or _unknown(text, self._budget, RowCode.BUDGET_UNKNOWN, "予算の状況", BudgetStep)

    def _find_header(self, text: str) -> str | None:
        # A sentence is no header (``_may_name`` knows that too).
        if "。" in text or len(text) > LONGEST:
            return None
        whole = key(text)
        if whole in self._columns:
            return self._columns[whole]
        led = _LED.match(text)
        if led:
            return self._find_header(text[led.end() :])
        # Most texts are neither known nor composed of what is known.
        if not _COMPOSED.search(whole):
            return None
        # 完成日（予定） and 完成日※1（予定） are no 完成日: what stands in brackets counts wherever the mark is.
        inside = [words[1:-1] for words in _BRACKETED.findall(whole)]
        for marked in (_MARK.sub("", whole), _NOTE_MARK.sub("", whole)):
            bare = _BRACKETED.sub("", marked)
            for word in (marked, bare, *_ALTERNATIVES.split(bare)):
                if word in self._columns:
                    named_so = not inside or _BRACKETED.search(word) is not None
                    return self._columns[word] if named_so else in_group(self._columns[word], inside)
        return None

    @staticmethod
    def _stated(words: Mapping[str, str], text: str) -> str | None:
        if len(text) > LONGEST:
            return None
        whole = key(text)
        # 導入（済） is 導入済.
        for word in (whole, whole.translate(_BRACKETS)):
            if word in words:
                return words[word]
        bare = _NOTE_MARK.sub("", _BRACKETED.sub("", whole))
        before, *_, present = ["", *_ARROW.split(bare)][-2:]
        stated = words.get(bare) or words.get(present)
        # 検討→導入予定 is still 検討.
        if before and stated == ReportedPhase.NOT_STARTED:
            return None
        for aside in asides(whole):
            meant = words.get(aside, stated)
            if takes_back(aside, _STILL_AHEAD.get(stated or "", frozenset())) or (
                meant != stated and meant in _CONTRARY
            ):
                return None
        return stated


def folding_to(letters: Set[str]) -> str:
    """Return a pattern for any character that ``key`` could fold to one of these letters, and for some others."""
    # These are folded to themselves, fullwidth signs to ASCII; of the rest it is not asked to what.
    themselves = r"\x20-\x7e一-鿿ぁ-ゖァ-ヺー、。「」・※→〇"
    wide = "".join(chr(ord(sign) + 0xFEE0) for sign in {*letters, *map(str.upper, letters)} if sign.isascii())
    own = re.escape("".join(sorted({*letters, *map(str.upper, letters)})))
    return rf"(?:[{own}{wide}]|[^{themselves}\uff01-\uff5e\s])"


def _compiled(words: Mapping[Any, Iterable[str]], values: Iterable[str] | None = None) -> dict[str, str]:
    """Return key → meaning; a value itself is always one of its own words."""
    compiled = {key(synonym): str(value) for value, synonyms in words.items() for synonym in synonyms}
    return compiled | {key(value): str(value) for value in values or ()}


def _unknown(text: str, words: Mapping[str, str], code: RowCode, what: str, values: Iterable[str]) -> Fault:
    from rapidfuzz import process
    from rapidfuzz.fuzz import ratio

    near = process.extractOne(key(text), list(words), scorer=ratio, score_cutoff=_ALIKE)
    suggestion = words[near[0]] if near else None
    offered = f"{quoted(suggestion)}など、" if suggestion else ""
    allowed = "・".join(values)
    # The word is known, so it is its note that keeps it from being taken.
    bare = _NOTE_MARK.sub("", _BRACKETED.sub("", key(text)))
    why = f"注記があり今の{what}か分からない" if bare in words else f"{what}として読み取れない"
    return Fault(
        code,
        f"は{why}ため、{offered}次のいずれかの語で記入してください（{allowed}）。",
        suggestion,
    )
