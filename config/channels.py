"""By which way messages go out, and who is told of what."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal, get_args
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, JsonValue, model_validator

from config.people import MailAddress
from config.section import NAME, NAME_ALLOWED, Section, shaped
from plan_data.explain import refuse

Audience = Literal["事務局", "担当課", "本部長補佐", "副本部長", "本部長"]
VerdictCode = Literal[
    "critical",
    "delayed",
    "contradictory",
    "at_risk",
    "unreported",
    "on_track",
    "done",
    "ahead",
    "not_due",
]
ALL_VERDICTS: tuple[VerdictCode, ...] = get_args(VerdictCode)
#: What a webhook's body template may name in braces.
PLACEHOLDERS = ("subject", "text", "url", "town", "message_id")

_HEADER = "[A-Za-z][A-Za-z0-9-]*"
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
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
    if parts.scheme == "http" and parts.hostname not in _LOOPBACK:
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


class FolderChannel(Section):
    """Messages are written as .eml files into the outbox folder: nothing leaves the machine."""

    kind: Literal["folder"]


class SmtpChannel(Section):
    """Messages are mailed. What is left out comes from the settings (SHINCHOKU_SMTP_…)."""

    kind: Literal["smtp"]
    host: str | None = Field(None, min_length=1, description="メールサーバ。省くと SHINCHOKU_SMTP_HOST")
    port: int | None = Field(None, ge=1, le=65_535, strict=True, description="ポート番号。省くと設定の値")
    starttls: bool | None = Field(None, strict=True, description="暗号化（STARTTLS）。省くと設定の値")
    sender: MailAddress | None = Field(None, description="差出人。省くと SHINCHOKU_SMTP_FROM")


class WebhookChannel(Section):
    """Messages are posted as JSON. Whatever is secret stands in the settings, never in this file."""

    kind: Literal["webhook"]
    url: Annotated[str, AfterValidator(_is_url)] | None = Field(
        None, description="送り先のURL。URL自体が秘密なら省き、SHINCHOKU_WEBHOOK_URLS__<経路名> に置く"
    )
    allowed_hosts: tuple[Annotated[str, AfterValidator(_is_host_port)], ...] = Field(
        min_length=1, description='送ってよい「ホスト名:ポート番号」。例: "hooks.example.jp:443"'
    )
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
    def _url_is_allowed(self) -> WebhookChannel:
        if self.url is not None and host_port(self.url) not in self.allowed_hosts:
            refuse(("url",), f"{host_port(self.url)} は allowed_hosts にありません", self.allowed_hosts)
        return self

    @model_validator(mode="after")
    def _placeholders_are_known(self) -> WebhookChannel:
        for name in _placeholders_in(self.body):
            if name not in PLACEHOLDERS:
                refuse(("body",), f"「{{{name}}}」は使えません", [f"{{{known}}}" for known in PLACEHOLDERS])
        return self


def _placeholders_in(value: Any) -> list[str]:
    if isinstance(value, str):
        return re.findall(r"\{(\w+)\}", value)
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [name for part in parts for name in _placeholders_in(part)]


Channel = Annotated[
    FolderChannel | SmtpChannel | WebhookChannel,
    Field(discriminator="kind"),
]


def _spelled_out(value: Any) -> Any:
    if isinstance(value, str) and value != "all":
        refuse((), f"「{value}」は使えません。all 又は判定の一覧を書いてください", ["all", *ALL_VERDICTS])
    return ALL_VERDICTS if value == "all" else value


Verdicts = Annotated[
    tuple[VerdictCode, ...],
    BeforeValidator(_spelled_out, json_schema_input_type=tuple[VerdictCode, ...] | Literal["all"]),
]
ChannelId = Annotated[
    str,
    AfterValidator(shaped(NAME, NAME_ALLOWED)),
    Field(json_schema_extra={"pattern": f"^{NAME}$"}),
]


class Route(Section):
    """An audience is told by a channel of these verdicts; ``all`` in the file means every one."""

    audience: Audience = Field(description="だれに")
    channel: str = Field(description="どの経路で（channels の名前）")
    verdicts: Verdicts = Field(min_length=1, description="どの判定を（一覧又は all）")


class Channels(Section):
    """The ways out, and the routes over them."""

    channels: dict[ChannelId, Channel] = Field(min_length=1, description="通知の経路")
    routes: tuple[Route, ...] = Field(description="だれに、どの経路で、どの判定を知らせるか")

    @model_validator(mode="after")
    def _routes_lead_somewhere(self) -> Channels:
        seen: set[tuple[str, str]] = set()
        for i, route in enumerate(self.routes):
            if route.channel not in self.channels:
                refuse(
                    ("routes", i, "channel"),
                    f"「{route.channel}」という経路はありません",
                    list(self.channels),
                )
            if (route.audience, route.channel) in seen:
                message = f"{route.audience}への {route.channel} の行が二つあります。verdicts を一つの行にまとめてください"
                refuse(("routes", i, "audience"), message)
            seen.add((route.audience, route.channel))
        return self

    def into_folder(self) -> Channels:
        """Return the same routes with every channel a folder: nothing reaches anybody."""
        folders: dict[str, Any] = {name: FolderChannel(kind="folder") for name in self.channels}
        return self.model_copy(update={"channels": folders})
