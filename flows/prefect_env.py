"""What every Prefect process of ours is told: no cloud, no telemetry, one home, one server.

Plain data, so that a server, a serving process and a run inside the command line cannot differ.
The names are Prefect 3.8's own settings. They are given as environment variables because Prefect
also reads a ``.env``, a ``prefect.toml`` and a profile, and the environment wins over all three.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

LOOPBACK = "127.0.0.1"
#: Days a flow run stays in Prefect's database: a fiscal year and the month that closes it. The
#: watch's own history is in our store and is not touched by this.
KEEP_RUNS_DAYS = 396


def prefect_home(home: Path) -> Path:
    """Return the folder of Prefect's database, key, logs and state below our home."""
    return home.absolute() / "prefect"


def ui_url(port: int, host: str = LOOPBACK) -> str:
    """Return the address an admin opens in the browser."""
    return f"http://{host}:{port}"


def api_url(port: int, host: str = LOOPBACK) -> str:
    """Return the address our own processes talk to."""
    return f"{ui_url(port, host)}/api"


def client_env(home: Path, api: str, auth: str | None = None) -> dict[str, str]:
    """Return the environment of a process that runs or serves flows against the server at ``api``.

    ``auth`` is what the server asks for; without one, what the environment says of it stays.
    """
    return {
        **({"PREFECT_API_AUTH_STRING": auth} if auth is not None else {}),
        "PREFECT_HOME": str(prefect_home(home)),
        "PREFECT_API_URL": api,
        # Without this a stray run would start a server of its own, which costs 10 s and loses task
        # records; so it fails at once instead.
        "PREFECT_SERVER_EPHEMERAL_ENABLED": "false",
        # Pickle runs code when it is loaded.
        "PREFECT_RESULTS_DEFAULT_SERIALIZER": "json",
        # LGWAN: no outside connection is to be assumed, and none is made.
        "DO_NOT_TRACK": "1",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_CLOUD_ENABLE_ORCHESTRATION_TELEMETRY": "false",
        "PREFECT_TELEMETRY_ENABLE_RESOURCE_METRICS": "false",
        # A run whose machine was lost is known by its silence (see automations).
        "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": "30",
        "PREFECT_LOGGING_LEVEL": "INFO",
        "PREFECT_LOGGING_COLORS": "false",
    }


def server_env(home: Path, port: int, encryption_key: str, auth: str, host: str = LOOPBACK) -> dict[str, str]:
    """Return the environment of the server; ``encryption_key`` is a Fernet key (base64, 32 bytes)."""
    return {
        **client_env(home, api_url(port, host), auth),
        **_address(port, host),
        **_BATCHES,
        "PREFECT_SERVER_API_AUTH_STRING": auth,
        # A page elsewhere could make the browser of an admin, who is logged in, send an order.
        "PREFECT_SERVER_CSRF_PROTECTION_ENABLED": "true",
        # Otherwise the key lies in the very database whose secrets it encrypts.
        "PREFECT_SERVER_ENCRYPTION_KEY": encryption_key,
        "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",
        "PREFECT_SERVER_SERVICES_DB_VACUUM_RETENTION_PERIOD": str(KEEP_RUNS_DAYS * 24 * 3600),
        "PREFECT_SERVER_LOGGING_LEVEL": "WARNING",
    }


def past_the_proxy(env: Mapping[str, str]) -> dict[str, str]:
    """Return the proxy exceptions with this machine added, in both spellings that are read."""
    known = env.get("no_proxy") or env.get("NO_PROXY")
    hosts = ",".join([*filter(None, [known]), LOOPBACK, "localhost"])
    return {"no_proxy": hosts, "NO_PROXY": hosts}


def _address(port: int, host: str) -> dict[str, str]:
    return {
        "PREFECT_SERVER_API_HOST": host,
        # The port as a setting, not as --port: the UI would go on calling 4200.
        "PREFECT_SERVER_API_PORT": str(port),
        "PREFECT_UI_API_URL": "/api",
        # Any page the admin has open could otherwise call the API from the browser.
        "PREFECT_SERVER_CORS_ALLOWED_ORIGINS": ui_url(port, host),
        # V2 asks an analytics host even with analytics off; V1 asks none.
        "PREFECT_SERVER_UI_V2_ENABLED": "false",
        "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
    }


#: On SQLite the server answers "database is locked" while it drains events one by one; in batches
#: the drain is five times shorter.
_BATCHES = {
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_BATCH_SIZE": "100",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_READ_BATCH_SIZE": "100",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_FLUSH_INTERVAL": "1",
    "PREFECT_SERVER_SERVICES_EVENT_PERSISTER_BATCH_SIZE": "200",
    "PREFECT_SERVER_SERVICES_EVENT_PERSISTER_READ_BATCH_SIZE": "100",
    "PREFECT_SERVER_SERVICES_EVENT_PERSISTER_FLUSH_INTERVAL": "1",
}
