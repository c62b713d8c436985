"""Where a channel really leads: its file and the machine's settings taken together."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import SecretStr

from config.channels import SmtpChannel, WebhookChannel, host_port
from config.settings import Settings, SettingsError, variable


@dataclass(frozen=True)
class SmtpEndpoint:
    """A mail server. ``password`` is None where none is needed."""

    host: str
    port: int
    starttls: bool
    sender: str
    username: str | None
    password: SecretStr | None


@dataclass(frozen=True)
class WebhookEndpoint:
    """An address to post to, with the header that carries the secret, if any. Both may be secret."""

    url: SecretStr
    headers: dict[str, SecretStr]


def smtp_endpoint(channel: SmtpChannel, settings: Settings) -> SmtpEndpoint:
    """Return the mail server of a channel; raise SettingsError where host or sender are nowhere set."""
    host = channel.host or settings.smtp_host
    sender = channel.sender or settings.smtp_from
    if host is None:
        raise _unset("smtp_host")
    if sender is None:
        raise _unset("smtp_from")
    return SmtpEndpoint(
        host=host,
        port=settings.smtp_port if channel.port is None else channel.port,
        starttls=settings.smtp_starttls if channel.starttls is None else channel.starttls,
        sender=sender,
        username=settings.smtp_username,
        password=settings.smtp_password,
    )


def webhook_endpoint(name: str, channel: WebhookChannel, settings: Settings) -> WebhookEndpoint:
    """Return the address of the channel called ``name``; raise SettingsError where it is not set or not allowed."""
    url = SecretStr(channel.url) if channel.url is not None else settings.webhook_urls.get(name)
    if url is None:
        raise _unset("webhook_urls", name)
    if host_port(url.get_secret_value()) not in channel.allowed_hosts:
        raise SettingsError(
            f"環境変数 {variable('webhook_urls', name)} のホストは、channels.yaml の {name} の allowed_hosts にありません。"
        )
    headers = {}
    if channel.secret_header is not None:
        secret = settings.webhook_secrets.get(name)
        if secret is None:
            raise _unset("webhook_secrets", name)
        headers[channel.secret_header] = secret
    return WebhookEndpoint(url, headers)


def _unset(*path: str) -> SettingsError:
    return SettingsError(f"環境変数 {variable(*path)} が設定されていません。channels.yaml の経路に必要です。")
