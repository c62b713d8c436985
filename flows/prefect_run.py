"""A run of the command line as a flow run of a Prefect server, in this process."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from flows.cockpit_keys import auth_string
from flows.cockpit_state import CockpitError, cockpit_url
from flows.prefect_env import client_env, past_the_proxy

if TYPE_CHECKING:
    from prefect.client.orchestration import SyncPrefectClient

    from config.site import Site
    from flows.watch import WatchResult


def run_under_prefect(
    site: Site, inbox: Path, as_of: date, api: str, *, dry_run: bool = False
) -> WatchResult:
    """Run the watch in this process, as a flow run of the server at ``api``.

    The flow takes its site from the settings, as in the cockpit. Raises what the steps raise, and
    CockpitError when the server does not answer.
    """
    # The terminal belongs to the command, which tells every fault itself; the server gets every line.
    # A server that was configured has its own PREFECT_API_AUTH_STRING, which the environment holds.
    auth = auth_string(site) if api == cockpit_url(site.home) else None
    env = {**client_env(site.home, api, auth), "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "CRITICAL"}
    with _environment({**env, **past_the_proxy(os.environ)}):
        # Prefect reads the environment when it is first imported, which may have been before.
        import prefect.settings as known
        from prefect.client.orchestration import get_client

        from flows.prefect_app import watch_flow
        from flows.watch import WatchOrder

        updates = {getattr(known, name): value for name, value in env.items() if hasattr(known, name)}
        with known.temporary_settings(updates=updates):
            with get_client(sync_client=True) as client:
                fault = client.api_healthcheck()
                if fault is not None:
                    raise CockpitError(
                        f"Prefect のサーバ（{api}）につながりません。`shinchoku up` で起動するか、"
                        "PREFECT_API_URL を確かめるか、--engine plain を指定してください。"
                    ) from fault
                _refuse_locked_out(client, api)
            mode: Literal["試行", "本番"] = "試行" if dry_run else "本番"
            order = WatchOrder(town=site.town, mode=mode, as_of=as_of, inbox=str(inbox.absolute()))
            result: WatchResult = watch_flow(order).unquote()
            return result


def _refuse_locked_out(client: SyncPrefectClient, api: str) -> None:
    from prefect.exceptions import PrefectHTTPStatusError

    try:
        client.api_version()
    except PrefectHTTPStatusError as fault:
        if fault.response.status_code != HTTPStatus.UNAUTHORIZED:
            raise
        raise CockpitError(
            f"Prefect のサーバ（{api}）に入れません。PREFECT_API_AUTH_STRING に、そのサーバのログインの文字列"
            "（「利用者名:パスワード」）を設定してください。"
        ) from fault


@contextmanager
def _environment(env: Mapping[str, str]) -> Iterator[None]:
    """Set these variables inside the block."""
    before = {name: os.environ.get(name) for name in env}
    os.environ.update(env)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
