"""The addresses of a name, and which of them may be called."""

from __future__ import annotations

import socket
import threading
from collections.abc import Sequence
from contextlib import suppress
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from config.channel_kinds import LOOPBACK

RESOLVE_SECONDS = 5.0


def resolved(host: str, port: int) -> list[str]:
    """Return the addresses of a name; the system's own resolver may take minutes, which nobody waits for."""
    found: list[str] = []

    def look() -> None:
        with suppress(OSError, UnicodeError):
            entries = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            found.extend(dict.fromkeys(str(entry[4][0]) for entry in entries))

    looking = threading.Thread(target=look, daemon=True)
    looking.start()
    looking.join(RESOLVE_SECONDS)
    return list(found)


def may_be_called(address: str, host: str, networks: Sequence[str]) -> bool:
    """Say whether a channel may connect there: an address of the open internet, or one the town named."""
    found: IPv4Address | IPv6Address = ip_address(address.partition("%")[0])
    if isinstance(found, IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    # Written out in the town's own file, an address or this machine is meant as it stands.
    named = host == address or (host in LOOPBACK and found.is_loopback)
    return found.is_global or named or any(found in ip_network(network) for network in networks)
