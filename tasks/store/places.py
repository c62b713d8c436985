"""Where a SQLite file may lie: never on a network share, whose locks SQLite cannot trust.

Source: https://www.sqlite.org/wal.html, "WAL does not work over a network filesystem".
"""

from __future__ import annotations

from pathlib import Path, PureWindowsPath

#: File system types, as /proc/mounts writes them, that lie on another machine.
NETWORK_TYPES = frozenset(
    {
        *("nfs", "nfs4", "cifs", "smb3", "smbfs", "afpfs", "ncpfs", "davfs", "afs"),
        *("ceph", "glusterfs", "lustre", "beegfs", "gpfs"),
        *("fuse.sshfs", "fuse.davfs2", "fuse.rclone", "fuse.s3fs", "fuse.smbnetfs", "fuse.ceph"),
        *("fuse.glusterfs", "fuse.vmhgfs-fuse", "vboxsf"),
    }
)
_MOUNTS = Path("/proc/mounts")


def network_type(path: Path) -> str | None:
    """Return the type of the network file system on which ``path`` lies; None if local or unknown."""
    if PureWindowsPath(path).drive.startswith("\\\\"):
        return "UNC"
    try:
        mounts = _MOUNTS.read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:
        return None
    kind = mounted_type(path, mounts)
    return kind if kind in NETWORK_TYPES else None


def mounted_type(path: Path, mounts: str) -> str | None:
    """Return the file system type of ``path`` (absolute) by the text of /proc/mounts, None if it has none."""
    best: tuple[int, str | None] = (-1, None)
    for line in mounts.splitlines():
        fields = line.split(" ")
        if len(fields) < 3:
            continue
        mount = Path(_unescaped(fields[1]))
        # A later mount over the same point hides the earlier one.
        if path.is_relative_to(mount) and len(mount.parts) >= best[0]:
            best = (len(mount.parts), fields[2])
    return best[1]


def _unescaped(text: str) -> str:
    r"""Undo the four escapes of /proc/mounts: space, tab, newline and backslash, as ``\040``."""
    for code, character in (("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")):
        text = text.replace(code, character)
    return text
