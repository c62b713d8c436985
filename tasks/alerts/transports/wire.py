"""Connections that go to one address and can be cut, for ``requests``."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import requests
from requests.adapters import HTTPAdapter


@contextmanager
def pinned_session(address: str, wires: list[socket.socket]) -> Iterator[requests.Session]:
    """Give a session all of whose connections go to ``address``; each leaves a handle in ``wires``."""
    with requests.Session() as session:
        # No proxy, no .netrc, nothing from the environment: what is allowed is in the channel.
        session.trust_env = False
        session.mount("http://", _Pinned(address, wires))
        session.mount("https://", _Pinned(address, wires))
        try:
            yield session
        finally:
            for wire in wires:
                wire.close()


@contextmanager
def cut_after(seconds: float, wires: list[socket.socket]) -> Iterator[threading.Event]:
    """Break the connection under a call that takes too long; the event says that this was done.

    An answer that was cut in the middle of its headers looks like a whole one.
    """
    done = threading.Event()

    def cut() -> None:
        done.set()
        for wire in wires:
            with suppress(OSError):
                wire.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield done
    finally:
        timer.cancel()


class _Pinned(HTTPAdapter):
    """Connects to one address, while name and certificate stay those of the URL."""

    def __init__(self, address: str, wires: list[socket.socket]) -> None:
        super().__init__()
        self._address = address
        self._wires = wires

    def build_connection_pool_key_attributes(self, *args: Any, **kwargs: Any) -> tuple[Any, Any]:
        """Return where to connect: the address, in the name of the host."""
        host: Any
        pool: Any
        host, pool = super().build_connection_pool_key_attributes(*args, **kwargs)
        if host["scheme"] == "https":
            pool = {**pool, "server_hostname": host["host"], "assert_hostname": host["host"]}
        return {**host, "host": self._address}, pool

    def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> Any:
        """Return a pool whose connections can be cut."""
        pool: Any = super().get_connection_with_tls_context(*args, **kwargs)
        pool.ConnectionCls = _cuttable(pool.ConnectionCls, self._wires)
        return pool


def _cuttable(kind: Any, wires: list[socket.socket]) -> Any:
    """Return a kind of connection that leaves a second handle of its socket in ``wires``."""

    class Cuttable(kind):  # type: ignore[misc] # chosen at run time
        def _new_conn(self) -> socket.socket:
            made: socket.socket = super()._new_conn()
            wires.append(made.dup())
            return made

    return Cuttable
