"""What every Prefect process of ours is told."""

from __future__ import annotations

import base64
import subprocess
import sys
from pathlib import Path

import pytest

from flows.prefect_env import client_env, past_the_proxy, server_env

KEY = base64.urlsafe_b64encode(bytes(32)).decode()
AUTH = "admin:" + "x" * 20
SERVER = server_env(Path("home"), 4300, KEY, AUTH)
CLIENT = client_env(Path("home"), "http://127.0.0.1:4300/api")


def test_it_uses_only_names_that_this_prefect_knows():
    import prefect.settings

    # The key alone is no setting of Prefect's: its encryption module reads the environment itself.
    known = {name for name in SERVER if hasattr(prefect.settings, name)}
    assert set(SERVER) - known == {"PREFECT_SERVER_ENCRYPTION_KEY", "DO_NOT_TRACK"}


# Each of these is a door to the outside, or to code, that Prefect leaves open.
@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param("PREFECT_SERVER_EPHEMERAL_ENABLED", "false", id="no server of its own"),
        pytest.param("PREFECT_SERVER_ANALYTICS_ENABLED", "false", id="no server analytics"),
        pytest.param("DO_NOT_TRACK", "1", id="no client analytics"),
        pytest.param("PREFECT_RESULTS_DEFAULT_SERIALIZER", "json", id="no pickle"),
    ],
)
def test_it_shuts_the_same_doors_for_server_and_runs(name, value):
    assert SERVER[name] == CLIENT[name] == value


def test_it_listens_on_this_machine_only_and_tells_the_ui_its_own_port():
    assert SERVER["PREFECT_SERVER_API_HOST"] == "127.0.0.1"
    assert SERVER["PREFECT_SERVER_API_PORT"] == "4300"
    assert SERVER["PREFECT_API_URL"] == "http://127.0.0.1:4300/api"
    assert SERVER["PREFECT_SERVER_CORS_ALLOWED_ORIGINS"] == "http://127.0.0.1:4300"


def test_it_gives_the_encryption_key_to_the_server_alone():
    assert SERVER["PREFECT_SERVER_ENCRYPTION_KEY"] == KEY
    assert KEY not in CLIENT.values()


def test_it_asks_for_a_login_and_for_a_token_with_every_change():
    assert SERVER["PREFECT_SERVER_API_AUTH_STRING"] == SERVER["PREFECT_API_AUTH_STRING"] == AUTH
    assert SERVER["PREFECT_SERVER_CSRF_PROTECTION_ENABLED"] == "true"


def test_it_leaves_the_login_of_a_configured_server_to_the_environment():
    assert "PREFECT_API_AUTH_STRING" not in CLIENT
    assert client_env(Path("home"), "http://x/api", AUTH)["PREFECT_API_AUTH_STRING"] == AUTH


def test_it_names_the_home_absolutely():
    assert Path(SERVER["PREFECT_HOME"]).is_absolute()


# Where the town's network has a proxy, this machine must still be reached directly.
@pytest.mark.parametrize(
    ("env", "expected"),
    [
        pytest.param({}, "127.0.0.1,localhost", id="none set"),
        pytest.param({"NO_PROXY": "lgwan.jp"}, "lgwan.jp,127.0.0.1,localhost", id="the town's kept"),
        pytest.param({"no_proxy": "a", "NO_PROXY": "b"}, "a,127.0.0.1,localhost", id="small letters win"),
    ],
)
def test_it_goes_past_the_proxy_to_this_machine(env, expected):
    assert past_the_proxy(env) == {"no_proxy": expected, "NO_PROXY": expected}


def test_it_wins_over_a_dotenv_file_that_points_elsewhere(tmp_path):
    (tmp_path / ".env").write_text(
        "PREFECT_API_URL=http://elsewhere.example.jp/api\nPREFECT_SERVER_ANALYTICS_ENABLED=true\n"
    )
    code = "from prefect.settings import get_current_settings as s; print(s().api.url, s().server.analytics_enabled)"
    done = subprocess.run(
        [sys.executable, "-c", code],
        check=True,
        cwd=tmp_path,
        env={**CLIENT, "PREFECT_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert done.stdout.split() == ["http://127.0.0.1:4300/api", "False"]
