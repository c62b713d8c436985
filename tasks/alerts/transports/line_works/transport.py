"""Sends each message by a bot of LINE WORKS (API 2.0): a signed claim buys a token, the token sends.

The token is kept in memory alone, for as long as this transport lives.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from config.channel_kinds import host_port
from tasks.alerts.transports.base import Fault, Outgoing, Receipt, TransportError, revealed
from tasks.alerts.transports.doors import json_headers, missing, secret_of
from tasks.alerts.transports.http import Door
from tasks.alerts.transports.line_works.claim import signed_claim
from tasks.alerts.transports.plain_text import shortened, widened

if TYPE_CHECKING:
    from config.site import Site

#: What a text message takes, in characters.
LIMIT_CHARACTERS = 2_000
#: A token that ends within this time counts as ended.
_TOKEN_MARGIN = 300.0


@dataclass(frozen=True, slots=True)
class Account:
    """Who the bot is to LINE WORKS. Secret and key are never shown."""

    client_id: str
    service_account: str
    client_secret: str = field(repr=False)
    private_key: str = field(repr=False)


class LineWorksTransport:
    """One bot and one room."""

    #: 240 messages a minute.
    pause = 0.25

    def __init__(self, token_door: Door, message_door: Door, account: Account) -> None:
        self._token_door = token_door
        self._message_door = message_door
        self._account = account
        self._token = ""
        self._token_ends = 0.0

    @property
    def seconds(self) -> float:
        """The longest a send takes: token and message."""
        return self._token_door.seconds + self._message_door.seconds

    def send(self, outgoing: Outgoing) -> Receipt:
        """Send one message; return what LINE WORKS said."""
        headers = {**json_headers(outgoing), "Authorization": f"Bearer {self._valid_token()}"}
        answer = self._message_door.call("POST", line_works_content(outgoing), headers)
        if answer.status in (401, 403):
            self._token = ""
        return self._message_door.receipt(answer)

    def _valid_token(self) -> str:
        if not self._token or time.monotonic() > self._token_ends:
            self._token, lasts = self._new_token()
            self._token_ends = time.monotonic() + lasts - _TOKEN_MARGIN
        return self._token

    def _new_token(self) -> tuple[str, float]:
        """Buy a token; whatever goes wrong, no message has gone out yet."""
        own = self._account
        form = {
            "assertion": signed_claim(own.client_id, own.service_account, own.private_key, int(time.time())),
            "grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer",
            "client_id": own.client_id,
            "client_secret": own.client_secret,
            "scope": "bot",
        }
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        try:
            answer = self._token_door.call("POST", urlencode(form).encode(), headers)
            self._token_door.receipt(answer)
        except TransportError as error:
            raise TransportError(str(error), Fault.UNREACHABLE, error.retry_after) from None
        try:
            said = json.loads(answer.body)
            return str(said["access_token"]), float(said.get("expires_in", 0))
        except (ValueError, KeyError, TypeError, AttributeError):
            raise TransportError(
                "LINE WORKS の認証の返事を読み取れません。Client ID と秘密鍵を確かめてください。",
                Fault.UNREACHABLE,
            ) from None


def line_works_content(outgoing: Outgoing) -> bytes:
    """Return the message as the bot sends it. Signs that could make a mention (<m …>) are made wide."""
    words = outgoing.words
    lines = [words.subject, "", *words.text.splitlines()]
    kept = shortened([widened(line) for line in lines], LIMIT_CHARACTERS, lambda line: len(line) + 1)
    document = {"content": {"type": "text", "text": "\n".join(kept).strip()}}
    return json.dumps(document, ensure_ascii=False).encode()


def connect(site: Site, channel_id: str) -> LineWorksTransport:
    """Return the transport; raise TransportError where one of its secrets is missing."""
    channel = site.config.channels.channels[channel_id]
    assert channel.kind == "line_works"  # noqa: S101 - the registry chose this module by it
    key = site.settings.private_keys.get(channel_id)
    if key is None:
        raise missing("private_keys", channel_id)
    kind = "users" if channel.room_is_user else "channels"
    url = (
        f"{channel.api_url.rstrip('/')}/bots/{channel.bot_id}/{kind}/{quote(channel.room, safe='')}/messages"
    )
    account = Account(channel.client_id, channel.service_account, secret_of(site, channel_id), revealed(key))
    return LineWorksTransport(
        Door(channel.token_url, (host_port(channel.token_url),)), Door(url, (host_port(url),)), account
    )
