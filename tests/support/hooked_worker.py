"""Reading processes with a hook: what a file orders, they suffer. Only tests start them.

``main`` obeys files that begin with ``!``; ``unguarded`` leaves out what looks at a workbook before
calamine may open it, so that calamine meets the bomb itself.
"""

from __future__ import annotations

import ctypes
import os
import pickle
import signal
import time
from pathlib import Path

from tasks.sheets import workbook, worker
from tasks.sheets.container import Container
from tasks.sheets.guard import Scan
from tasks.sheets.hidden import Unseen
from tasks.sheets.reading import read_document
from tasks.sheets.records import FileReading

MB = 1024 * 1024
kept = []


class Ran:
    """Pickled, this is code: whoever loads it makes a folder."""

    def __init__(self, folder):
        self.folder = folder

    def __reduce__(self):
        return os.mkdir, (self.folder,)


def hold(megabytes, keep=False):
    taken = bytearray(int(megabytes) * MB)
    if keep:
        kept.append(taken)


def stop_here(mark):
    """Say that the file is open (by a folder: it may write no file), then wait to be killed."""
    Path(f"{mark}{os.getpid()}").mkdir()
    while True:
        time.sleep(1)


def hang():
    """Wait in a library that never comes back to Python, and holds its lock."""
    ctypes.PyDLL(None).sleep(600)


ORDERS = {
    "hang": hang,
    "stop": stop_here,
    "kill": lambda: os.kill(os.getpid(), signal.SIGKILL),
    "abort": os.abort,
    "segv": lambda: os.kill(os.getpid(), signal.SIGSEGV),
    "exit": lambda: os._exit(3),
    "take": hold,
    "keep": lambda megabytes: hold(megabytes, keep=True),
    # A second time this fails: a file may write none, but make a folder.
    "once": os.mkdir,
    "sleep": lambda seconds: time.sleep(float(seconds)),
    "raise": lambda: 1 / 0,
    "print": lambda: (print("stray" * 9999), os.write(1, b"stray" * 9999), os.write(2, b"stray" * 99999)),
    "write": lambda name: Path(name).write_bytes(b"x"),
    "nonsense": lambda: b"{}",
    "pickle": lambda folder: pickle.dumps(Ran(folder), 0),
    "chatter": lambda: b"x" * 9 * MB,
}


def obey(path, file, sha256, received_on, context):
    data = path.read_bytes()
    if not data.startswith(b"!"):
        return read_document(path, file, sha256, received_on, context)
    order, *args = data[1:].decode().split("\n")
    if order == "mistake":
        return read_document(path, "ほかの.xlsx", sha256, received_on, context)
    answer = ORDERS[order](*args)
    if isinstance(answer, bytes):
        return answer
    reading = FileReading(file=file, sha256=sha256, format=order, received_on=received_on)
    return reading.model_dump_json().encode()


def main(memory_mb, seconds):
    worker.main(memory_mb, seconds, obey)


def without_timer(memory_mb, seconds):
    """As on a system without interval timers."""
    del signal.setitimer
    worker.main(memory_mb, seconds, obey)


def unguarded(memory_mb, seconds):
    workbook.inspect = lambda container, inside: [
        Scan(far=False, broken={}, unseen=Unseen()) for _ in inside.sheets
    ]
    Container._check_sizes = lambda container: None
    worker.main(memory_mb, seconds, obey)
