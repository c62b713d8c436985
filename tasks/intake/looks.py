"""How files looked when they were last read, folder by folder: one that has not changed is told by one comparison.

Of thousands of unchanged files nothing is made but their names and looks as the system gives them.
"""

from __future__ import annotations

import struct
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby

from tasks.intake.records import Look

#: Parts the names of a folder, and folders by two: no file that was taken in has it in its name.
PART = "\n"
_FOLDERS = PART * 2
#: A look: size, times of modification and change, inode. A size that no file has stands for none.
_LOOK = struct.Struct("<qqqQ")
LOOK_BYTES = _LOOK.size
#: Packs the numbers of a look; raises struct.error for one that no file system we know has.
pack = _LOOK.pack
_NONE = pack(-1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Looks:
    """Looks of the files below the inbox.

    ``folders`` are by what the names of their files begin with (empty, or ending with ``/``): the rest of the
    names in their order, joined by PART, and the packed looks in the same order.
    """

    folders: Mapping[str, tuple[str, bytes]] = field(default_factory=dict)

    @classmethod
    def of(cls, looks: Mapping[str, Look]) -> Looks:
        """Return the looks of files by name; an empty one is none, and so is one that cannot be packed."""
        parted = sorted((*_parted(file), file) for file in looks)
        folders = {}
        for folder, files in groupby(parted, key=lambda parts: parts[0]):
            names = [(name, file) for _, name, file in files]
            packed = pack_all(looks[file] for _, file in names)
            folders[folder] = PART.join(name for name, _ in names), packed
        return cls(folders)

    @classmethod
    def read(cls, names: str, packed: bytes) -> Looks:
        """Return what ``written`` made; raise ValueError where it is damaged."""
        folders = {}
        texts = names.split(_FOLDERS)
        at = 0
        for text in texts:
            folder, _, inside = text.partition(PART)
            end = at + LOOK_BYTES * (inside.count(PART) + 1)
            folders[folder] = inside, packed[at:end]
            at = end
        if at != len(packed) or len(folders) != len(texts):
            raise ValueError(f"{len(packed)} bytes are not the looks of {len(texts)} folders")
        return cls(folders)

    def written(self) -> tuple[str, bytes]:
        """Return all names as a text and all looks as bytes."""
        names = _FOLDERS.join(folder + PART + inside for folder, (inside, _) in self.folders.items())
        return names, b"".join(packed for _, packed in self.folders.values())

    def files(self, folders: Iterable[str] | None = None) -> list[str]:
        """Return the names of the files of some folders, or of all, folder by folder."""
        asked = self.folders if folders is None else folders
        return [folder + name for folder in asked for name in self.folders[folder][0].split(PART)]

    def count(self, folders: Iterable[str]) -> int:
        """Return how many files are in some folders."""
        return sum(len(self.folders[folder][1]) for folder in folders) // LOOK_BYTES

    def in_folder(self, folder: str) -> dict[str, Look]:
        """Return the looks of a folder's files by the rest of their names."""
        if folder not in self.folders:
            return {}
        names, packed = self.folders[folder]
        return dict(zip(names.split(PART), unpack_all(packed), strict=True))

    def by_file(self) -> dict[str, Look]:
        """Return the looks of all files by name; of none the size is below nothing."""
        return {
            folder + name: seen for folder in self.folders for name, seen in self.in_folder(folder).items()
        }

    def without(self, files: Collection[str]) -> Looks:
        """Return the looks of all files but some."""
        if not files:
            return self
        return Looks.of({file: seen for file, seen in self.by_file().items() if file not in files})


def pack_all(looks: Iterable[Look]) -> bytes:
    """Return looks as bytes, each as long; one that is empty or cannot be packed as none."""
    return b"".join(map(_packed, looks))


def unpack_all(packed: bytes) -> Iterator[Look]:
    """Yield what was packed; of no look the size is below nothing. Raise ValueError where it is cut."""
    if len(packed) % LOOK_BYTES:
        raise ValueError(f"{len(packed)} bytes are no looks")
    return _LOOK.iter_unpack(packed)


def _packed(look: Look) -> bytes:
    try:
        return pack(*look) if look else _NONE
    except struct.error:
        return _NONE


def _parted(file: str) -> tuple[str, str]:
    folder, slash, name = file.rpartition("/")
    return folder + slash, name
