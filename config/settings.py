"""The settings of this machine, from SHINCHOKU_… variables: the only reader of the environment.

``SHINCHOKU_X_FILE`` names a file that holds the value of ``SHINCHOKU_X`` (for secrets); a ``.env`` file
is never read. A name that is not known is refused, so that a typing error cannot go unnoticed.
"""

import difflib
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, EnvSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict

from config.channel_kinds import url_fault
from config.people import MailAddress
from plan_data.explain import refuse
from plan_data.mendable import MendableError

PREFIX = "SHINCHOKU_"
FILE_SUFFIX = "_FILE"
#: Variables of the test suite, which read them itself.
_TEST_PREFIX = "SHINCHOKU_TEST_"
#: Settings that exist once a channel: SHINCHOKU_WEBHOOK_URLS__TEAMS.
_BY_CHANNEL = ("WEBHOOK_URLS", "WEBHOOK_SECRETS", "PRIVATE_KEYS", "APPRISE_URLS")
#: Of these the file may hold several lines.
_LONG = f"{PREFIX}PRIVATE_KEYS__"
_DATABASES = ("sqlite:///", "postgresql+psycopg://")
#: A value that begins so names a Secret block of Prefect, which only a run under Prefect can read.
BLOCK = "prefect-block:"
MAX_FILE_BYTES = 65_536
MIN_AUTH_LENGTH = 16


class SettingsError(MendableError):
    """A setting cannot be used: one Japanese line that names the variable and never shows a secret."""


def _is_database_url(url: SecretStr) -> SecretStr:
    if not url.get_secret_value().startswith(_DATABASES):
        refuse((), "")
    return url


def _is_web_address(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        refuse((), "")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        refuse((), "")
    return url


def _is_webhook_url(url: SecretStr) -> SecretStr:
    text = url.get_secret_value()
    if not text.startswith(BLOCK) and url_fault(text) is not None:
        refuse((), "")
    return url


def _is_auth(auth: SecretStr) -> SecretStr:
    # Prefect answers any other character with an error of its own, and does not slow down guessing.
    text = auth.get_secret_value()
    if len(text) < MIN_AUTH_LENGTH or ":" not in text or not re.fullmatch(r"[!-~]+", text):
        refuse((), "")
    return auth


class Settings(BaseSettings):
    """What an admin sets. A description says what a good value is; it is what an error shows."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_nested_delimiter="__",
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
    )

    home: Path = Field(Path("var"), description="フォルダの場所を書いてください。")
    town: str = Field(
        "togitsu", pattern=r"^[a-z][a-z0-9_-]*$", description="togitsu のように半角の小文字で書いてください。"
    )
    config_root: Path | None = Field(
        None, description="町ごとの設定フォルダ（togitsu など）を置いた場所を書いてください。"
    )
    inbox: str | None = Field(None, description="受付フォルダの場所を書いてください。")
    database_url: Annotated[SecretStr, AfterValidator(_is_database_url)] | None = Field(
        None, description=f"{' 又は '.join(_DATABASES)} で始まるURLを書いてください。"
    )
    report_base_url: Annotated[str, AfterValidator(_is_web_address)] | None = Field(
        None, description="https://…… のURLを書いてください。"
    )
    smtp_host: str | None = Field(None, description="メールサーバの名前を書いてください。")
    smtp_port: int = Field(587, ge=1, le=65_535, description="1から65535までの整数を書いてください。")
    smtp_username: str | None = Field(None, description="メールサーバの利用者名を書いてください。")
    smtp_password: SecretStr | None = Field(
        None, description="SHINCHOKU_SMTP_USERNAME と併せて設定してください。"
    )
    smtp_starttls: bool = Field(True, description="true 又は false と書いてください。")
    smtp_from: MailAddress | None = Field(None, description="差出人のメールアドレスを書いてください。")
    cockpit_auth: Annotated[SecretStr, AfterValidator(_is_auth)] | None = Field(
        None,
        description="「利用者名:パスワード」を、半角の英数字と記号で、空白なしに"
        f"{MIN_AUTH_LENGTH}文字以上で書いてください。",
    )
    webhook_urls: dict[str, Annotated[SecretStr, AfterValidator(_is_webhook_url)]] = Field(
        {}, description="https:// で始まるURL（この機械の中だけは http も可）を書いてください。"
    )
    webhook_secrets: dict[str, SecretStr] = Field({}, description="秘密の値を書いてください。")
    private_keys: dict[str, SecretStr] = Field(
        {}, description="秘密鍵のファイルの場所を、名前の終わりに _FILE を付けて書いてください。"
    )
    apprise_urls: dict[str, SecretStr] = Field({}, description="Apprise のURLを書いてください。")

    heartbeat_url: Annotated[SecretStr, AfterValidator(_is_webhook_url)] | None = Field(
        None, description="https:// で始まるURL（この機械の中だけは http も可）を書いてください。"
    )

    @model_validator(mode="after")
    def _password_has_a_user(self) -> Self:
        if self.smtp_password is not None and self.smtp_username is None:
            refuse(("smtp_password",), "")
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Take what ``settings()`` gives, and nothing else: no environment by the back door, no .env file."""
        return (init_settings,)


def settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Return the settings in ``environ`` (the process's own unless given); raise SettingsError.

    Nothing is kept between two calls.
    """
    given = os.environ if environ is None else environ
    # An empty variable counts as one that is not set.
    ours = {
        name: value
        for name, value in given.items()
        if value and name.upper().startswith(PREFIX) and not name.startswith(_TEST_PREFIX)
    }
    for name in ours:
        _refuse_unknown(name)
    source = EnvSettingsSource(Settings)
    source.env_vars = {name.lower(): value for name, value in _with_files(ours).items()}
    try:
        return Settings(**source())
    except ValidationError as error:
        # Not chained: the original would show the values in a traceback.
        raise _settings_error(error) from None


def variable(*path: str) -> str:
    """Return the variable of a setting: ``("webhook_urls", "teams")`` is SHINCHOKU_WEBHOOK_URLS__TEAMS."""
    return PREFIX + "__".join(path).upper()


def _known_names() -> list[str]:
    names = [variable(name) for name in Settings.model_fields if name.upper() not in _BY_CHANNEL]
    return [*names, *(name + FILE_SUFFIX for name in names)]


def _refuse_unknown(name: str) -> None:
    known = _known_names()
    by_channel = any(name.startswith(f"{PREFIX}{kind}__") and name.isupper() for kind in _BY_CHANNEL)
    if name in known or by_channel:
        return
    candidates = [*known, *(f"{PREFIX}{kind}__経路名" for kind in _BY_CHANNEL)]
    nearest = difflib.get_close_matches(name.upper(), candidates, n=1, cutoff=0.0)[0]
    raise SettingsError(
        f"環境変数 {name} は使われていない名前です。{nearest} の誤りではありませんか。不要なら取り除いてください。"
    )


def _with_files(ours: Mapping[str, str]) -> dict[str, str]:
    values = {name: value for name, value in ours.items() if not name.endswith(FILE_SUFFIX)}
    for name, file in ours.items():
        if not name.endswith(FILE_SUFFIX):
            continue
        bare = name.removesuffix(FILE_SUFFIX)
        if bare in values:
            raise SettingsError(f"環境変数 {bare} と {name} の両方があります。どちらか一方にしてください。")
        values[bare] = _content(name, Path(file))
    return values


def _content(name: str, file: Path) -> str:
    try:
        with file.open("rb") as stream:
            raw = stream.read(MAX_FILE_BYTES + 1)
        text = raw.decode("utf-8-sig").strip()
    except (OSError, ValueError):
        raise SettingsError(
            f"環境変数 {name} のファイル「{file}」を読めません。場所と権限を確かめ、UTF-8で保存してください。"
        ) from None
    too_many = "\n" in text and not name.startswith(_LONG)
    if not text or len(raw) > MAX_FILE_BYTES or too_many:
        raise SettingsError(f"環境変数 {name} のファイル「{file}」には、値を1行だけ書いてください。")
    return text


def _settings_error(error: ValidationError) -> SettingsError:
    path = [str(part) for part in error.errors(include_url=False, include_input=False)[0]["loc"]]
    field = Settings.model_fields[path[0]]
    return SettingsError(f"環境変数 {variable(*path)} の値が正しくありません。{field.description}")
