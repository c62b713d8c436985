"""Whether a server is there is asked cheaply, and answered truly."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from types import SimpleNamespace

import pytest
from processes import ROOT, free_port

from flows.cockpit_state import announced, cockpit_url, server_reachable

STATE = ("prefect", "cockpit.json")


@contextmanager
def answering(status):
    """A server on loopback that answers every question with this status."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(autouse=True)
def no_configured_server(monkeypatch):
    monkeypatch.delenv("PREFECT_API_URL", raising=False)


@pytest.fixture
def site(tmp_path):
    (tmp_path / "prefect").mkdir()
    return SimpleNamespace(home=tmp_path)


def test_it_finds_the_cockpit_of_this_home_while_it_is_up(site):
    with answering(200) as port, announced(site.home, port):
        assert server_reachable(site) == f"http://127.0.0.1:{port}/api"
    assert server_reachable(site) is None


def test_it_finds_nothing_where_nothing_was_started(tmp_path):
    assert server_reachable(SimpleNamespace(home=tmp_path / "never")) is None


# What a machine that lost its power leaves behind, or a hand that edited the file.
@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("{", id="cut off"),
        pytest.param("[]", id="not a record"),
        pytest.param("{}", id="no port"),
        pytest.param(json.dumps({"port": free_port()}), id="nobody there"),
        pytest.param(json.dumps({"port": "nonsense"}), id="no port at all"),
        pytest.param(json.dumps({"port": 65536}), id="no such port"),
    ],
)
def test_it_is_not_fooled_by_a_state_that_was_left_behind(site, text):
    site.home.joinpath(*STATE).write_text(text)
    assert server_reachable(site) is None


def test_it_does_not_count_a_server_that_is_not_ready(site):
    with answering(503) as port, announced(site.home, port):
        assert cockpit_url(site.home) is None


def test_it_prefers_the_server_that_was_configured(site, monkeypatch):
    monkeypatch.setenv("PREFECT_API_URL", "http://prefect.example.jp/api")
    assert server_reachable(site) == "http://prefect.example.jp/api"


def test_it_asks_without_importing_prefect(tmp_path):
    code = (
        "import pathlib, sys, types; from flows.cockpit_state import server_reachable;"
        "print(server_reachable(types.SimpleNamespace(home=pathlib.Path('.'))), 'prefect' in sys.modules)"
    )
    env = {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", code], check=True, cwd=tmp_path, env=env, capture_output=True, text=True
    )
    assert done.stdout.split() == ["None", "False"]
