"""Secrets that lie in Prefect's Secret blocks, read only in a run under Prefect.

A setting whose value is ``prefect-block:NAME`` means the block of that name. Prefect logs the values of
its blocks in clear wherever somebody prints one: so each is wrapped at once, and never stands by itself.
"""

from __future__ import annotations

from typing import Any

from prefect.blocks.system import Secret
from pydantic import SecretStr, ValidationError

from config.settings import BLOCK, Settings, SettingsError, variable

#: The settings that may lie in a block; those of the last four exist once a channel.
_SINGLE = ("smtp_password", "heartbeat_url")
_BY_CHANNEL = ("webhook_urls", "webhook_secrets", "private_keys", "apprise_urls")


def with_blocks(found: Settings) -> Settings:
    """Return the settings with every named block's value in its place; the same where none is named.

    Raises SettingsError, which names the variable and the block, never a value.
    """
    changed: dict[str, Any] = {}
    for name in _SINGLE:
        secret: SecretStr | None = getattr(found, name)
        if secret is not None and _block(secret) is not None:
            changed[name] = _loaded(secret, variable(name))
    for name in _BY_CHANNEL:
        secrets: dict[str, SecretStr] = getattr(found, name)
        if any(_block(secret) for secret in secrets.values()):
            changed[name] = {
                channel: _loaded(secret, variable(name, channel)) for channel, secret in secrets.items()
            }
    if not changed:
        return found
    try:
        return Settings(**{**{name: getattr(found, name) for name in found.model_fields_set}, **changed})
    except ValidationError:
        # Not chained: the original could show a value.
        names = "、".join(variable(name) for name in changed)
        raise SettingsError(
            f"Prefect の Secret ブロックの値が、設定 {names} に合いません。値を直してください。"
        ) from None


def _block(secret: SecretStr) -> str | None:
    value = secret.get_secret_value()
    return value.removeprefix(BLOCK) if value.startswith(BLOCK) else None


def _loaded(secret: SecretStr, variable_name: str) -> SecretStr:
    block = _block(secret)
    if block is None:
        return secret
    try:
        return SecretStr(str(Secret.load(block).get()))  # type: ignore[union-attr] # sync in a sync flow
    except Exception as error:
        # Whatever Prefect says of it could hold the value.
        raise SettingsError(
            f"設定 {variable_name} の Secret ブロック「{block}」を読めません（{type(error).__name__}）。"
            "Prefect の画面の Blocks で、名前と種類（Secret）を確かめてください。"
        ) from None
