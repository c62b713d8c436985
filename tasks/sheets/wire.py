"""What a reading process and its supervisor say to each other: frames on two pipes.

To the process go jobs, and what to compile a context from; that side is trusted, so the context
travels pickled. From it come readings as JSON only: whatever a file may have done to the process,
its answer is text to be validated, never code.
"""

from __future__ import annotations

import json
import pickle
import struct
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import IO, TYPE_CHECKING, cast

if TYPE_CHECKING:
    from config.town import TownConfig
    from plan_data.model import Plan
    from tasks.sheets.context import ReadingContext

#: To the process: compile this context; read this file.
CONTEXT, JOB = b"C", b"J"
#: From the process: imported and confined; a reading; a reading after which it ends; why there is none.
READY, READING, LAST_READING, FAILED = b"R", b"A", b"Z", b"X"

_HEAD = struct.Struct("<cI")
_KEY_LENGTH = 64


@dataclass(frozen=True, slots=True)
class ContextSource:
    """What a ReadingContext is compiled of, ready to travel; ``key`` is the context's."""

    key: str
    pickled: bytes

    @classmethod
    def of(cls, plan: Plan, town: TownConfig, key: str) -> ContextSource:
        """Return the source of the context of a plan and a town's configuration, whose ``key`` this is."""
        # The chapters are a third of the plan, and no reader looks at them.
        lean = plan.model_copy(update={"chapters": (), "transcription_notes": ()})
        parts = (lean, town.headers, town.departments, town.crosswalk, town.layouts, town.rules.reader)
        return cls(key, pickle.dumps(parts, pickle.HIGHEST_PROTOCOL))

    def packed(self) -> bytes:
        """Return the source as it travels."""
        return self.key.encode() + self.pickled


def compiled(source: bytes) -> tuple[str, ReadingContext]:
    """Return the key of a packed source and the context compiled of it."""
    from tasks.sheets.context import reading_context

    plan, headers, departments, crosswalk, layouts, limits = pickle.loads(source[_KEY_LENGTH:])  # noqa: S301 - our parent's
    rules = SimpleNamespace(reader=limits)
    town = SimpleNamespace(
        headers=headers, departments=departments, crosswalk=crosswalk, layouts=layouts, rules=rules
    )
    return source[:_KEY_LENGTH].decode(), reading_context(plan, cast("TownConfig", town))


@dataclass(frozen=True, slots=True)
class Job:
    """One file to read: where its copy lies, what its Submission says of it, and with which context."""

    path: Path
    file: str
    sha256: str
    received_on: date
    source: ContextSource

    def packed(self) -> bytes:
        """Return the job as it travels, with the key of its context."""
        parts = (str(self.path), self.file, self.sha256, self.received_on.isoformat(), self.source.key)
        # Short, as several wait in a pipe; a file may have a name that is no text.
        return json.dumps(parts, ensure_ascii=False).encode(errors="surrogateescape")


def unpacked(job: bytes) -> tuple[Path, str, str, date, str]:
    """Return path, file, sha256, received_on and the context's key of a packed job."""
    path, file, sha256, received_on, key = json.loads(job.decode(errors="surrogateescape"))
    return Path(path), file, sha256, date.fromisoformat(received_on), key


def write_frame(pipe: IO[bytes], kind: bytes, content: bytes = b"") -> None:
    """Send one frame; raise OSError where nobody is left to read it."""
    pipe.write(_HEAD.pack(kind, len(content)) + content)
    pipe.flush()


def read_frame(pipe: IO[bytes], limit: int | None = None) -> tuple[bytes, bytes | None] | None:
    """Return kind and content of the next frame, None where the pipe ends before or within it.

    Content of more than ``limit`` bytes is left in the pipe, and None stands in its place.
    """
    head = pipe.read(_HEAD.size)
    if len(head) < _HEAD.size:
        return None
    kind, size = _HEAD.unpack(head)
    if limit is not None and size > limit:
        return kind, None
    content = pipe.read(size)
    return (kind, content) if len(content) == size else None
