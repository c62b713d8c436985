"""Faults that a person can mend, told from faults of the program."""

from __future__ import annotations


class MendableError(Exception):
    """A fault that a person can mend: ``str()`` is one Japanese line that says what is wrong and what to do.

    The command line shows that line and exits 2; every other exception is a fault of the program.
    """
