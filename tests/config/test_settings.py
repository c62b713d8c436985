"""The settings: where values come from, what is refused, and that nothing secret shows."""

from __future__ import annotations

import logging
import re
import subprocess
import sys
import traceback
from pathlib import Path

import pytest

from config.settings import Settings, SettingsError, settings

ROOT = Path(__file__).resolve().parents[2]
SECRET = "hunter2-do-not-show"


def test_it_has_defaults_that_need_nothing() -> None:
    current = settings({})
    assert current.home == Path("var")
    assert current.town == "togitsu"
    assert current.database_url is None
    assert current.smtp_starttls is True


def test_it_reads_what_it_is_given() -> None:
    current = settings(
        {
            "SHINCHOKU_HOME": "/srv/shinchoku",
            "SHINCHOKU_TOWN": "nagayo",
            "SHINCHOKU_INBOX": "/srv/受付",
            "SHINCHOKU_SMTP_PORT": "25",
            "SHINCHOKU_SMTP_STARTTLS": "false",
            "SHINCHOKU_SMTP_USERNAME": "dx",
            "SHINCHOKU_SMTP_PASSWORD": SECRET,
            "SHINCHOKU_WEBHOOK_URLS__CHAT": "https://hooks.example.jp/x",
            "SHINCHOKU_WEBHOOK_SECRETS__CHAT": '{"looks": "like JSON"',
            "PATH": "/bin",
        }
    )
    assert current.home == Path("/srv/shinchoku")
    assert current.inbox == "/srv/受付"
    assert (current.smtp_port, current.smtp_starttls) == (25, False)
    assert current.smtp_password is not None
    assert current.smtp_password.get_secret_value() == SECRET
    assert current.webhook_urls["chat"].get_secret_value() == "https://hooks.example.jp/x"
    assert current.webhook_secrets["chat"].get_secret_value() == '{"looks": "like JSON"'


def test_it_reads_the_process_and_keeps_nothing_between_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHINCHOKU_TOWN", "nagayo")
    assert settings().town == "nagayo"
    monkeypatch.setenv("SHINCHOKU_TOWN", "togitsu")
    assert settings().town == "togitsu"
    monkeypatch.setenv("SHINCHOKU_TOWN", "nagayo")
    assert Settings().town == "togitsu", "the model alone reads no environment"


def test_it_takes_an_empty_variable_for_none() -> None:
    current = settings({"SHINCHOKU_INBOX": "", "SHINCHOKU_SMTP_PORT": "", "SHINCHOKU_TYPO": ""})
    assert current.inbox is None
    assert current.smtp_port == 587


def test_it_reads_no_dotenv_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tmp_path.joinpath(".env").write_text("SHINCHOKU_TOWN=nagayo\n")
    monkeypatch.chdir(tmp_path)
    assert settings({}).town == "togitsu"


@pytest.mark.parametrize("ending", ["", "\n", "\r\n"], ids=["bare", "line end", "Windows line end"])
def test_it_reads_a_secret_from_a_file(tmp_path: Path, ending: str) -> None:
    file = tmp_path / "password"
    file.write_bytes((SECRET + ending).encode())
    current = settings({"SHINCHOKU_SMTP_PASSWORD_FILE": str(file), "SHINCHOKU_SMTP_USERNAME": "dx"})
    assert current.smtp_password is not None
    assert current.smtp_password.get_secret_value() == SECRET


def test_it_reads_a_channels_secret_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text(SECRET)
    current = settings({"SHINCHOKU_WEBHOOK_SECRETS__CHAT_FILE": str(file)})
    assert current.webhook_secrets["chat"].get_secret_value() == SECRET


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("SHINCHOKU_INBOXX", "SHINCHOKU_INBOX"),
        ("SHINCHOKU_SMTP_PASSWROD", "SHINCHOKU_SMTP_PASSWORD"),
        ("SHINCHOKU_SMTP_PASSWORD_FLIE", "SHINCHOKU_SMTP_PASSWORD_FILE"),
        ("SHINCHOKU_DATABASE", "SHINCHOKU_DATABASE_URL"),
        ("shinchoku_home", "SHINCHOKU_HOME"),
        ("SHINCHOKU_WEBHOOK_SECRET", "SHINCHOKU_WEBHOOK_SECRETS__経路名"),
        ("SHINCHOKU_WEBHOOK_URLS", "SHINCHOKU_WEBHOOK_URLS__経路名"),
        ("SHINCHOKU_WEBHOOK_URLS__chat", "SHINCHOKU_WEBHOOK_URLS__経路名"),
        ("SHINCHOKU_", ""),
    ],
)
def test_it_refuses_a_name_it_does_not_know(name: str, nearest: str) -> None:
    with pytest.raises(SettingsError) as caught:
        settings({name: SECRET})
    message = str(caught.value)
    assert name in message
    assert nearest in message
    assert "\n" not in message
    assert SECRET not in message


#: variable → a value that cannot be used
BAD_VALUES = {
    "SHINCHOKU_TOWN": "../etc",
    "SHINCHOKU_DATABASE_URL": f"mysql://dx:{SECRET}@db/x",
    "SHINCHOKU_REPORT_BASE_URL": f"javascript:{SECRET}",
    "SHINCHOKU_SMTP_PORT": SECRET,
    "SHINCHOKU_SMTP_STARTTLS": SECRET,
    "SHINCHOKU_SMTP_FROM": SECRET,
    "SHINCHOKU_SMTP_PASSWORD": SECRET,
    "SHINCHOKU_COCKPIT_AUTH": f"admin:{SECRET}進捗の画面です",
    "SHINCHOKU_WEBHOOK_URLS__CHAT": f"http://hooks.example.jp/{SECRET}",
}


@pytest.mark.parametrize(
    "value",
    ["admin:short", "x" * 40, "admin:with a blank in it", "admin:\u30d1\u30b9\u30ef\u30fc\u30c9" * 4],
    ids=["too short", "no user", "a blank", "not ASCII"],
)
def test_it_refuses_a_login_that_is_weak_or_that_prefect_cannot_take(value: str) -> None:
    with pytest.raises(SettingsError, match="SHINCHOKU_COCKPIT_AUTH"):
        settings({"SHINCHOKU_COCKPIT_AUTH": value})


@pytest.mark.parametrize(("name", "value"), BAD_VALUES.items(), ids=BAD_VALUES)
def test_it_refuses_a_value_without_showing_it(name: str, value: str) -> None:
    with pytest.raises(SettingsError) as caught:
        settings({name: value})
    message = str(caught.value)
    assert name in message
    assert message.endswith("ください。")
    assert "\n" not in message
    shown = "".join(traceback.format_exception(caught.value))
    assert SECRET not in shown


@pytest.mark.parametrize(
    ("content", "says"),
    [
        pytest.param(None, "読めません", id="no such file"),
        pytest.param(b"\xff\xfe", "読めません", id="not UTF-8"),
        pytest.param(b"", "1行だけ", id="empty"),
        pytest.param(f"{SECRET}\nsecond".encode(), "1行だけ", id="two lines"),
        pytest.param(SECRET.encode() * 10_000, "1行だけ", id="a file of something else"),
    ],
)
def test_it_refuses_a_secret_file_it_cannot_use(tmp_path: Path, content: bytes | None, says: str) -> None:
    file = tmp_path / "password"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(SettingsError) as caught:
        settings({"SHINCHOKU_SMTP_PASSWORD_FILE": str(file), "SHINCHOKU_SMTP_USERNAME": "dx"})
    message = str(caught.value)
    assert "SHINCHOKU_SMTP_PASSWORD_FILE" in message
    assert says in message
    assert SECRET not in "".join(traceback.format_exception(caught.value))


def test_it_refuses_a_value_and_a_file_for_one_setting(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="SHINCHOKU_TOWN と SHINCHOKU_TOWN_FILE の両方"):
        settings({"SHINCHOKU_TOWN": "togitsu", "SHINCHOKU_TOWN_FILE": str(tmp_path / "town")})


def test_it_never_shows_a_secret(caplog: pytest.LogCaptureFixture) -> None:
    current = settings(
        {
            "SHINCHOKU_DATABASE_URL": f"postgresql+psycopg://dx:{SECRET}@db/shinchoku",
            "SHINCHOKU_SMTP_USERNAME": "dx",
            "SHINCHOKU_SMTP_PASSWORD": SECRET,
            "SHINCHOKU_SMTP_HOST": "mail.example.jp",
            "SHINCHOKU_SMTP_FROM": "dx@example.jp",
            "SHINCHOKU_COCKPIT_AUTH": f"admin:{SECRET}",
            "SHINCHOKU_WEBHOOK_URLS__CHAT": f"https://hooks.example.jp/{SECRET}",
            "SHINCHOKU_WEBHOOK_SECRETS__CHAT": SECRET,
        }
    )
    with caplog.at_level(logging.INFO):
        logging.getLogger("test").info("%s %r", current, current)
    assert SECRET not in f"{current} {current!r}"
    assert SECRET not in current.model_dump_json()
    assert SECRET not in caplog.text


def test_it_is_the_only_reader_of_the_environment() -> None:
    readers = [
        path.relative_to(ROOT).as_posix()
        for room in ("config", "plan_data", "tasks")
        for path in ROOT.joinpath(room).rglob("*.py")
        if re.search(r"\bos\.environ|\bgetenv\b", path.read_text(encoding="utf-8"))
    ]
    assert readers == ["config/settings.py"]


def test_it_loads_no_heavy_library_with_the_configuration() -> None:
    code = (
        "import sys, config.site; print([m for m in "
        "('jpholiday', 'prefect', 'sqlalchemy', 'requests', 'smtplib', 'openpyxl') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"
