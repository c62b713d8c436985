"""Who has no login gets nothing: every route and every WebSocket, and no change without a token."""

from __future__ import annotations

import asyncio
import json
import re
import socket

import pytest
import requests
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

#: What Prefect leaves open, by FACTS: whether it lives, what the UI needs before the login, its manual.
OPEN_API = {"/health", "/ready"}
OPEN_UI = {"/ui-settings", "/docs", "/openapi.json"}
FILLED_IN = "00000000-0000-0000-0000-000000000000"


@pytest.fixture(scope="module")
def stranger():
    """A session without login."""
    with requests.Session() as session:
        session.trust_env = False
        # The server closes a connection that rests, maybe at the moment of the next question.
        session.headers["Connection"] = "close"
        yield session


@pytest.fixture(scope="module")
def routes(cockpit, stranger):
    """Every route of the server: method and path, its parameters filled in."""
    found = []
    for base in (f"http://127.0.0.1:{cockpit.port}", cockpit.api):
        answer = stranger.get(f"{base}/openapi.json", timeout=30)
        if answer.ok and answer.headers["content-type"].startswith("application/json"):
            for path, methods in answer.json()["paths"].items():
                found += [(method.upper(), re.sub(r"\{[^}]+\}", FILLED_IN, path)) for method in methods]
    return sorted(set(found))


def test_it_turns_a_stranger_away_from_every_route(cockpit, stranger, routes):
    assert len(routes) > 150, "the list of routes was not read"
    answered = {}
    for method, path in routes:
        full = path if path.startswith("/api") else f"/api{path}"
        url = f"http://127.0.0.1:{cockpit.port}{full}"
        answer = stranger.request(method, url, json={}, timeout=30, allow_redirects=False)
        if answer.status_code not in (401, 403):
            answered[f"{method} {full.removeprefix('/api')}"] = answer.status_code
    assert set(answered) <= {f"GET {path}" for path in OPEN_API}, answered


@pytest.mark.parametrize(
    "login",
    [
        pytest.param("", id="empty"),
        pytest.param("admin:", id="no password"),
        pytest.param("admin:wrong", id="a wrong password"),
        pytest.param("管理者:合言葉", id="not ASCII"),
    ],
)
def test_it_does_not_let_in_who_guesses(cockpit, stranger, login):
    import base64

    told = {"Authorization": "Basic " + base64.b64encode(login.encode()).decode()}
    answer = stranger.get(f"{cockpit.api}/admin/version", headers=told, timeout=30)
    assert answer.status_code in (401, 500) and "3.8" not in answer.text


def test_it_tells_a_stranger_nothing_of_the_town_in_what_stays_open(cockpit, stranger):
    for path in OPEN_UI | {f"/api{path}" for path in OPEN_API}:
        answer = stranger.get(f"http://127.0.0.1:{cockpit.port}{path}", timeout=30)
        assert answer.ok, path
        for secret in (cockpit.auth, cockpit.auth.partition(":")[2], "時津", str(cockpit.home)):
            assert secret not in answer.text, (path, secret)


@pytest.mark.parametrize("path", ["/events/in", "/events/out", "/logs/out"])
@pytest.mark.parametrize(
    "first",
    [
        pytest.param(None, id="nothing"),
        pytest.param({"type": "auth", "token": None}, id="no token"),
        pytest.param({"type": "auth", "token": "admin:wrong"}, id="a wrong token"),
        pytest.param({"type": "filter", "filter": {}}, id="no login first"),
    ],
)
def test_it_closes_every_websocket_to_a_stranger(cockpit, path, first):
    url = cockpit.api.replace("http://", "ws://") + path

    async def listen() -> str:
        protocols = ["prefect"] if first is not None else None
        async with connect(url, subprotocols=protocols, proxy=None) as socket_:
            if first is not None:
                await socket_.send(json.dumps(first))
            return str(await asyncio.wait_for(socket_.recv(), 10))

    with pytest.raises((ConnectionClosed, InvalidStatus)):
        asyncio.run(listen())


def test_it_changes_nothing_for_a_logged_in_browser_that_another_page_sends(cockpit):
    with cockpit.session() as session:
        del session.headers["Prefect-Csrf-Token"]
        answer = session.post(f"{cockpit.api}/variables/", json={"name": "x", "value": "y"}, timeout=30)
    assert answer.status_code == 403


def test_it_lets_no_other_page_read_an_answer(cockpit, stranger):
    for origin in ("http://evil.example", f"http://localhost:{cockpit.port}", "null"):
        answer = stranger.get(f"{cockpit.api}/health", headers={"Origin": origin}, timeout=30)
        assert "Access-Control-Allow-Origin" not in answer.headers, origin
    ours = f"http://127.0.0.1:{cockpit.port}"
    answer = stranger.get(f"{cockpit.api}/health", headers={"Origin": ours}, timeout=30)
    assert answer.headers["Access-Control-Allow-Origin"] == ours


def test_it_listens_on_this_machine_alone(cockpit):
    with pytest.raises(OSError), socket.socket() as outside:
        outside.settimeout(2)
        outside.connect((_own_address(), cockpit.port))


def _own_address() -> str:
    """An address of this machine that is not loopback, as Linux counts the whole of 127.0.0.0/8."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
            return str(probe.getsockname()[0])
        except OSError:  # no way out at all: any other loopback address does as well
            return "127.0.0.2"
