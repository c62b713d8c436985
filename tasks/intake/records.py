"""What the intake hands on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple, overload

#: What a look from outside shows of a file or folder and changes when it is written: size in bytes, the
#: times of modification and change in nanoseconds since 1970, which file it is. The time of change moves
#: whatever a program sets the other one to. Empty where nothing is to be concluded from it.
Look = tuple[int, ...]

_NOT_READ: Mapping[date, str] = MappingProxyType({})


class Submission(NamedTuple):
    """One file as it was received: immutable, identified by its content.

    ``file`` is the name a person knows it by: the path below the inbox, with ``/``.
    ``place`` is where the archived copy lies, never the original. ``received_on`` is the day the watch
    first saw these bytes under this name (Asia/Tokyo); ``sha256`` is 64 hex digits.
    """

    town: str
    file: str
    sha256: str
    size: int
    received_on: date
    place: str

    @property
    def path(self) -> Path:
        """The archived copy."""
        return Path(self.place)


class Submissions(Sequence[Submission]):
    """Submissions that are made when one of them is looked at: of thousands of unchanged files none may be.

    ``days`` are those on which they were received, ``hashes`` returns those of their files by name. ``read_by``
    are keys of the readers by which all that was received on a day has been read, as far as is known. Equal to any sequence of
    the same submissions.
    """

    __slots__ = ("_count", "_made", "_make", "days", "hashes", "read_by")

    def __init__(
        self,
        count: int,
        days: frozenset[date],
        hashes: Callable[[], Mapping[str, str]],
        make: Callable[[], tuple[Submission, ...]],
        read_by: Mapping[date, str] = _NOT_READ,
    ) -> None:
        self.days, self.hashes, self.read_by = days, hashes, read_by
        self._count, self._make = count, make
        self._made: tuple[Submission, ...] | None = None

    def __len__(self) -> int:
        """Return how many there are, without making them."""
        return self._count

    @overload
    def __getitem__(self, index: int) -> Submission: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[Submission, ...]: ...

    def __getitem__(self, index: int | slice) -> Submission | tuple[Submission, ...]:
        """Return one, or some as a tuple."""
        return self._all()[index]

    def __iter__(self) -> Iterator[Submission]:
        """Return them one after the other."""
        return iter(self._all())

    def __eq__(self, other: object) -> bool:
        """Say whether the other holds the same ones in the same order."""
        return isinstance(other, Sequence) and self._all() == tuple(other)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Submissions{self._all()!r}"

    def _all(self) -> tuple[Submission, ...]:
        if self._made is None:
            self._made = self._make()
        return self._made


def days_of(submissions: Sequence[Submission]) -> frozenset[date]:
    """Return the days on which submissions were received."""
    if isinstance(submissions, Submissions):
        return submissions.days
    return frozenset(one.received_on for one in submissions)


def read_by(submissions: Sequence[Submission]) -> Mapping[date, str]:
    """Return the keys of the readers by which all that was received on a day is known to be read."""
    return submissions.read_by if isinstance(submissions, Submissions) else _NOT_READ


def hashes_of(submissions: Sequence[Submission]) -> Mapping[str, str]:
    """Return the hashes of the files of submissions, by name."""
    if isinstance(submissions, Submissions):
        return submissions.hashes()
    return {one.file: one.sha256 for one in submissions}


class Candidate(NamedTuple):
    """A file of the inbox that may be a workbook. ``place`` is where it lies, ``file`` its path below the inbox."""

    file: str
    place: str
    look: Look = ()

    @property
    def path(self) -> Path:
        """Where it lies."""
        return Path(self.place)

    @property
    def modified(self) -> float:
        """When it was last written, in seconds since 1970."""
        return self.look[1] / 1e9


@dataclass(frozen=True, slots=True)
class Skipped:
    """Something in the inbox that was not taken in, and why: a code, and one Japanese sentence."""

    file: str
    code: str
    message: str


class Found(NamedTuple):
    """What one scan of the inbox found: what may be read, what is left alone, both in the order of the names.

    ``unchanged`` names the files that look as they did when they were last read, in no order; of those of
    ``folders``, named as in Looks, all do, and they are not named singly.
    """

    candidates: list[Candidate]
    skipped: list[Skipped]
    unchanged: list[str]
    folders: list[str]


@dataclass(frozen=True, slots=True)
class Collected:
    """What one look at the inbox gave.

    ``submissions`` are the newest of every file that is there, in the order of their names; ``new``
    names the files that are new or changed since the last look; ``gone`` those that were received before
    and are no longer there. What they said still counts.
    """

    submissions: Sequence[Submission]
    new: tuple[str, ...]
    skipped: tuple[Skipped, ...]
    gone: tuple[str, ...] = ()
