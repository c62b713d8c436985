"""The ways out: what each kind of channel needs to know. Whatever is secret stands in the settings."""

import re
from ipaddress import ip_network
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, JsonValue, model_validator

from config.people import MailAddress
from config.section import Section, shaped
from plan_data.explain import refuse

#: What a webhook's body template may name in braces.
PLACEHOLDERS = ("subject", "text", "url", "town", "message_id")

_HEADER = "[A-Za-z][A-Za-z0-9-]*"
#: The names of this machine itself.
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_HOST_PORT = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]*[a-z0-9])?:\d{1,5}")
_PORTS = {"https": 443, "http": 80}


def host_port(url: str) -> str:
    """Return ``host:port`` of a URL, with its scheme's port where it names none; raise ValueError if it is none."""
    parts = urlsplit(url)
    return f"{parts.hostname or ''}:{parts.port or _PORTS[parts.scheme]}"


def url_fault(url: str) -> str | None:
    """Return what is wrong with a webhook's URL as one Japanese sentence, None for a good one."""
    try:
        parts = urlsplit(url)
        host_port(url)
    except (ValueError, KeyError):
        return "URLの形になっていません"
    if not parts.hostname or parts.username is not None or parts.password is not None:
        return "URLの形になっていないか、利用者名・パスワードが含まれています"
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        return "暗号化されない http は、この機械の中（localhost）だけに使えます"
    return None


def _is_url(url: str) -> str:
    fault = url_fault(url)
    if fault is not None:
        refuse((), fault, ["https:// で始まるURL", "http://localhost:8080/ のようなこの機械の中のURL"])
    return url


def _is_host_port(text: str) -> str:
    if not _HOST_PORT.fullmatch(text) or not 0 < int(text.rpartition(":")[2]) <= 65_535:
        refuse((), f"「{text}」は「ホスト名:ポート番号」の形になっていません", ['"hooks.example.jp:443"'])
    return text


def _is_network(text: str) -> str:
    try:
        return str(ip_network(text))
    except ValueError:
        refuse((), f"「{text}」はIPアドレスの範囲ではありません", ['"10.1.0.0/16"', '"192.168.1.20/32"'])


Networks = Annotated[
    tuple[Annotated[str, AfterValidator(_is_network)], ...],
    Field(
        description="送ってよい、公開されていないIPアドレスの範囲（庁内のサーバなど）。書かなければ公開された住所だけに送る"
    ),
]


class _Channel(Section):
    """What all channels have in common."""

    @property
    def is_chat(self) -> bool:
        """Whether messages go to a room or a program, not to the address of a person."""
        return True


HostPort = Annotated[str, AfterValidator(_is_host_port)]


class FolderChannel(_Channel):
    """Messages are written as .eml files into the outbox folder: nothing leaves the machine."""

    kind: Literal["folder"]

    @property
    def is_chat(self) -> bool:
        """A file is addressed to a person."""
        return False


class SmtpChannel(_Channel):
    """Messages are mailed. What is left out comes from the settings (SHINCHOKU_SMTP_…)."""

    kind: Literal["smtp"]
    host: str | None = Field(None, min_length=1, description="メールサーバ。省くと SHINCHOKU_SMTP_HOST")
    port: int | None = Field(None, ge=1, le=65_535, strict=True, description="ポート番号。省くと設定の値")
    starttls: bool | None = Field(None, strict=True, description="暗号化（STARTTLS）。省くと設定の値")
    sender: MailAddress | None = Field(None, description="差出人。省くと SHINCHOKU_SMTP_FROM")
    tls: bool = Field(
        False, strict=True, description="はじめから暗号化する（TLS）。ポート465では書かなくてもそうなる"
    )
    attach_workbook: bool = Field(
        False, strict=True, description="報告書の一覧（Excel）を添付する。大きさの上限を超えるものは付けない"
    )
    attach_max_mb: int = Field(5, ge=1, le=50, strict=True, description="添付の大きさの上限（MB）")

    @property
    def is_chat(self) -> bool:
        """A mail is addressed to a person."""
        return False


class WebhookChannel(_Channel):
    """Messages are posted as JSON. Whatever is secret stands in the settings, never in this file."""

    kind: Literal["webhook"]
    url: Annotated[str, AfterValidator(_is_url)] | None = Field(
        None, description="送り先のURL。URL自体が秘密なら省き、SHINCHOKU_WEBHOOK_URLS__<経路名> に置く"
    )
    allowed_hosts: tuple[HostPort, ...] = Field(
        min_length=1, description='送ってよい「ホスト名:ポート番号」。例: "hooks.example.jp:443"'
    )
    allowed_networks: Networks = ()
    body: dict[str, JsonValue] = Field(
        description="送るJSONのひな形。{subject} {text} {url} {town} {message_id} が置き換わる"
    )
    secret_header: Annotated[str, AfterValidator(shaped(_HEADER, "X-Token のような半角の名前"))] | None = (
        Field(
            None,
            description="秘密の値を入れるヘッダの名前。値は SHINCHOKU_WEBHOOK_SECRETS__<経路名> に置く",
        )
    )

    @model_validator(mode="after")
    def _url_is_allowed(self) -> Self:
        if self.url is not None and host_port(self.url) not in self.allowed_hosts:
            refuse(("url",), f"{host_port(self.url)} は allowed_hosts にありません", self.allowed_hosts)
        return self

    @model_validator(mode="after")
    def _placeholders_are_known(self) -> Self:
        for name in _placeholders_in(self.body):
            if name not in PLACEHOLDERS:
                refuse(("body",), f"「{{{name}}}」は使えません", [f"{{{known}}}" for known in PLACEHOLDERS])
        return self


def _placeholders_in(value: Any) -> list[str]:
    if isinstance(value, str):
        return re.findall(r"\{(\w+)\}", value)
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [name for part in parts for name in _placeholders_in(part)]


class TeamsChannel(_Channel):
    """Messages are posted to a Teams workflow as Adaptive Cards. Its URL: SHINCHOKU_WEBHOOK_URLS__<channel>."""

    kind: Literal["teams"]
    allowed_hosts: tuple[HostPort, ...] = Field(
        min_length=1, description="送ってよい「ホスト名:ポート番号」（ワークフローのURLにあるもの）"
    )
    allowed_networks: Networks = ()


class SlackChannel(_Channel):
    """Messages are posted to a Slack incoming webhook. Its URL: SHINCHOKU_WEBHOOK_URLS__<channel>."""

    kind: Literal["slack"]
    allowed_hosts: tuple[HostPort, ...] = Field(
        ("hooks.slack.com:443",), min_length=1, description="送ってよい「ホスト名:ポート番号」"
    )
    allowed_networks: Networks = ()


class LineWorksChannel(_Channel):
    """Messages are sent by a LINE WORKS bot. Its two secrets stand in the settings."""

    kind: Literal["line_works"]
    bot_id: str = Field(pattern=r"^[0-9]+$", description='Bot のID。例: "2000001"')
    room: str = Field(
        pattern=r"^[A-Za-z0-9._@-]+$", description="送り先のトークルームのID（channelId）か、利用者のID"
    )
    room_is_user: bool = Field(False, strict=True, description="room が利用者のIDなら true")
    client_id: str = Field(min_length=1, description="アプリの Client ID")
    service_account: MailAddress = Field(description="アプリの Service Account")
    token_url: Annotated[str, AfterValidator(_is_url)] = Field(
        "https://auth.worksmobile.com/oauth2/v2.0/token", description="ふだんは書かない"
    )
    api_url: Annotated[str, AfterValidator(_is_url)] = Field(
        "https://www.worksapis.com/v1.0", description="ふだんは書かない"
    )


class AppriseChannel(_Channel):
    """Messages go wherever an Apprise URL leads: SHINCHOKU_APPRISE_URLS__<channel>. For the rest only."""

    kind: Literal["apprise"]


Channel = Annotated[
    FolderChannel
    | SmtpChannel
    | WebhookChannel
    | TeamsChannel
    | SlackChannel
    | LineWorksChannel
    | AppriseChannel,
    Field(discriminator="kind"),
]
