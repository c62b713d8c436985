"""What a file is, by its content: the name's ending is not believed."""

from __future__ import annotations

from tasks.sheets.faults import FileFault

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK\x03\x04"
_HEAD = 4096

#: What people send by mistake, by its first bytes.
_KINDS = (
    (b"%PDF", "PDF"),
    (b"\x89PNG", "画像"),
    (b"\xff\xd8\xff", "画像"),
    (b"{\\rtf", "文書"),
    (b"PK\x05\x06", "空の圧縮ファイル"),
    (b"7z\xbc\xaf", "圧縮ファイル"),
    (b"Rar!", "圧縮ファイル"),
)


def utf16(name: str) -> bytes:
    """Return a stream's name as the directory of an OLE file spells it."""
    return name.encode("utf-16-le")


def sniff(data: bytes) -> str:
    """Return ``zip`` (xlsx, xlsm, ods: the container tells), ``xls`` or ``text``; raise FileFault for anything else."""
    if not data:
        raise FileFault("empty_file")
    if data.startswith(_ZIP):
        return "zip"
    if data.startswith(_OLE):
        return _ole(data)
    for magic, kind in _KINDS:
        if data.startswith(magic):
            raise FileFault("not_a_workbook", kind=kind)
    _check_text(data[:_HEAD])
    return "text"


def _ole(data: bytes) -> str:
    # The directory names the streams: an encrypted .xlsx is an OLE file around EncryptedPackage.
    if utf16("EncryptedPackage") in data:
        raise FileFault("encrypted")
    if utf16("Workbook") in data or utf16("Book") in data:
        return "xls"
    raise FileFault("not_a_workbook", kind="Wordなど別のソフトの文書")


def _check_text(head: bytes) -> None:
    """Raise FileFault for what is no known binary format and no text either, and for a web page."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return
    lowered = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if (
        lowered.startswith((b"<html", b"<!doctype html", b"<table", b"<head", b"<body", b"<meta"))
        or b"<html" in lowered
    ):
        raise FileFault("html_file")
    if lowered.startswith(b"<!--"):
        raise FileFault("html_file")
    if lowered.startswith(b"<?xml"):
        raise FileFault("format_not_read", kind="XMLとして保存した表")
    # Text has no NUL and next to no other control characters, in UTF-8 as in CP932.
    controls = sum(byte < 32 and byte not in b"\t\r\n\f\x1a\x1b" for byte in head)
    if b"\0" in head or controls > len(head) // 100:
        raise FileFault("not_a_workbook", kind="不明な形式")
