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
    """Return ``zip`` (xlsx, xlsm, ods: the container tells) or ``xls``; raise FileFault for anything else."""
    if not data:
        raise FileFault("empty_file")
    if data.startswith(_ZIP):
        return "zip"
    if data.startswith(_OLE):
        return _ole(data)
    for magic, kind in _KINDS:
        if data.startswith(magic):
            raise FileFault("not_a_workbook", kind=kind)
    raise FileFault(_text_code(data[:_HEAD]), kind="不明な形式")


def _ole(data: bytes) -> str:
    # The directory names the streams: an encrypted .xlsx is an OLE file around EncryptedPackage.
    if utf16("EncryptedPackage") in data:
        raise FileFault("encrypted")
    if utf16("Workbook") in data or utf16("Book") in data:
        return "xls"
    raise FileFault("not_a_workbook", kind="Wordなど別のソフトの文書")


def _text_code(head: bytes) -> str:
    """Return the code for what is no known binary format: a web page, a text, or nothing we know."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "text_file"
    lowered = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if (
        lowered.startswith((b"<html", b"<!doctype html", b"<table", b"<head", b"<body", b"<meta"))
        or b"<html" in lowered
    ):
        return "html_file"
    # Text has no NUL and next to no other control characters, in UTF-8 as in CP932.
    controls = sum(byte < 32 and byte not in b"\t\r\n\f\x1b" for byte in head)
    return "text_file" if b"\0" not in head and controls <= len(head) // 100 else "not_a_workbook"
