"""The one way to the web: where it may lead, where it really leads, and how long it may take."""

from __future__ import annotations

import socket
import ssl
import threading
from datetime import UTC, datetime, timedelta

import pytest
import trustme
from hypothesis import given
from hypothesis import strategies as st
from servers import http_sink

from tasks.alerts.transports.addresses import may_be_called
from tasks.alerts.transports.base import Fault, Receipt, TransportError
from tasks.alerts.transports.http import Answer, Door, retry_after


def door(port: int, host: str = "127.0.0.1", scheme: str = "http", **more) -> Door:
    allowed = more.pop("allowed", (f"{host}:{port}",))
    return Door(f"{scheme}://{host}:{port}/himitsu", allowed, **more)


def refused(found: Door) -> TransportError:
    with pytest.raises(TransportError) as error:
        found.call("POST", b"{}", {})
    assert "himitsu" not in str(error.value) and "himitsu" not in repr(found)
    return error.value


# address                    host in the URL       networks            may be called
ADDRESSES = [
    ("203.0.114.1",          "hooks.example.jp",   (),                 True),
    ("2001:4860:4860::8888", "hooks.example.jp",   (),                 True),
    ("10.1.2.3",             "hooks.example.jp",   (),                 False),
    ("10.1.2.3",             "hooks.example.jp",   ("10.1.0.0/16",),   True),
    ("10.2.2.3",             "hooks.example.jp",   ("10.1.0.0/16",),   False),
    ("10.1.2.3",             "10.1.2.3",           (),                 True),
    ("127.0.0.1",            "hooks.example.jp",   (),                 False),
    ("127.0.0.1",            "localhost",          (),                 True),
    ("::1",                  "localhost",          (),                 True),
    ("::1",                  "hooks.example.jp",   ("10.1.0.0/16",),   False),
    ("169.254.169.254",      "hooks.example.jp",   (),                 False),
    ("100.64.0.1",           "hooks.example.jp",   (),                 False),
    ("0.0.0.0",              "hooks.example.jp",   (),                 False),
    ("fe80::1%eth0",         "hooks.example.jp",   (),                 False),
    ("::ffff:10.1.2.3",      "hooks.example.jp",   (),                 False),
    ("::ffff:127.0.0.1",     "hooks.example.jp",   (),                 False),
]  # fmt: skip


@pytest.mark.parametrize(("address", "host", "networks", "may"), ADDRESSES)
def test_it_knows_which_addresses_may_be_called(address, host, networks, may):
    assert may_be_called(address, host, networks) is may


@pytest.fixture
def names(monkeypatch):
    """A resolver that answers from a list, a new answer each time; it counts the questions."""
    answers: dict[str, list[str]] = {}
    asked: list[str] = []
    real = socket.getaddrinfo

    def look(host, port, *args, **kwargs):
        if host not in answers:
            return real(host, port, *args, **kwargs)
        asked.append(host)
        found = answers[host].pop(0) if len(answers[host]) > 1 else answers[host][0]
        return real(found, port, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", look)
    return answers, asked


def test_it_does_not_call_a_name_that_leads_into_the_house(names):
    answers, _ = names
    answers["hooks.example.jp"] = ["127.0.0.1"]
    with http_sink() as sink:
        error = refused(door(sink.port, "hooks.example.jp"))
    assert error.fault is Fault.UNREACHABLE and "allowed_networks" in str(error) and sink.posts == []


def test_it_calls_the_address_it_looked_at_under_the_name_it_was_given(names):
    """A name that means another machine the second time it is asked for: nobody asks a second time."""
    answers, asked = names
    with http_sink() as sink:
        answers["hooks.example.jp"] = ["127.0.0.1", "127.0.0.9"]
        found = door(sink.port, "hooks.example.jp", networks=("127.0.0.1/32",))
        assert found.call("POST", b"{}", {}).status == 200
    ((path, headers, _),) = sink.posts
    assert (path, headers["Host"]) == ("/himitsu", f"hooks.example.jp:{sink.port}")
    assert asked == ["hooks.example.jp"]


def test_it_holds_the_certificate_against_the_name_not_the_address(names, monkeypatch, tmp_path):
    answers, _ = names
    answers.update({"hooks.example.jp": ["127.0.0.1"], "other.example.jp": ["127.0.0.1"]})
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("hooks.example.jp").configure_cert(context)
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.setattr("certifi.where", lambda: str(tmp_path / "ca.pem"))
    monkeypatch.setattr("requests.adapters.DEFAULT_CA_BUNDLE_PATH", str(tmp_path / "ca.pem"))
    named: list[str | None] = []
    context.sni_callback = lambda connection, name, _: named.append(name)
    with http_sink() as sink:
        sink.socket = context.wrap_socket(sink.socket, server_side=True)
        networks = ("127.0.0.1/32",)
        assert door(sink.port, "hooks.example.jp", "https", networks=networks).call("POST", b"{}", {}).status == 200  # fmt: skip
        assert refused(door(sink.port, "other.example.jp", "https", networks=networks)).fault is Fault.UNREACHABLE  # fmt: skip
    assert named == ["hooks.example.jp", "other.example.jp"] and len(sink.posts) == 1


def test_it_calls_nobody_who_is_not_allowed():
    with http_sink() as sink:
        error = refused(door(sink.port, allowed=("127.0.0.1:1",)))
    assert error.fault is Fault.UNREACHABLE and "allowed_hosts" in str(error) and sink.posts == []


def test_it_says_that_a_name_is_not_known(names, monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", lambda *a, **k: (_ for _ in ()).throw(socket.gaierror("no")))
    assert "住所（IPアドレス）が分かりません" in str(refused(door(80, "hooks.example.jp")))


def test_it_cuts_a_call_to_one_who_talks_on_and_on():
    """A header a byte at a time never lets a single wait run out."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def drip() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.sendall(b"HTTP/1.1 200 OK\r\nX-Long: ")
                try:
                    while True:
                        connection.sendall(b"x")
                        threading.Event().wait(0.02)
                except OSError:
                    pass

        thread = threading.Thread(target=drip, daemon=True)
        thread.start()
        slow = door(listener.getsockname()[1], connect_seconds=0.1, answer_seconds=0.2)
        assert refused(slow).fault is Fault.UNKNOWN
        thread.join(5)
        assert not thread.is_alive()


# header                              the sender's own date              what it asks
ASKED = [
    ("120",                            None,                              timedelta(seconds=120)),
    (" 0 ",                            None,                              timedelta(0)),
    ("9" * 30,                         None,                              timedelta(seconds=10**9)),
    ("Tue, 24 Nov 2026 01:00:00 GMT",  "Tue, 24 Nov 2026 00:30:00 GMT",   timedelta(minutes=30)),
    ("Tue, 24 Nov 2026 01:00:00 GMT",  None,                              datetime(2026, 11, 24, 1, tzinfo=UTC)),
    ("Tue, 24 Nov 2026 01:00:00 GMT",  "nonsense",                        datetime(2026, 11, 24, 1, tzinfo=UTC)),
    (None,                             None,                              None),
    ("soon",                           None,                              None),
    ("-5",                             None,                              None),
    ("²",                              None,                              None),
]  # fmt: skip


@pytest.mark.parametrize(("header", "date", "asks"), ASKED)
def test_it_reads_how_long_it_is_asked_to_wait(header, date, asks):
    assert retry_after(header, date) == asks


@given(header=st.text(), date=st.text())
def test_it_takes_any_header_for_what_it_is(header, date):
    retry_after(header, date)


@pytest.mark.parametrize("status", [429, 503, 500])
def test_it_hands_on_what_it_was_asked(status):
    with http_sink() as sink:
        sink.status, sink.headers = status, {"Retry-After": "1800"}
        found = door(sink.port)
        with pytest.raises(TransportError) as error:
            found.receipt(found.call("POST", b"{}", {}))
    assert error.value.retry_after == timedelta(minutes=30)


def test_it_tells_accepted_from_delivered():
    found = door(80)
    assert found.receipt(Answer(202, b"", None)) is Receipt.ACCEPTED
    assert {found.receipt(Answer(status, b"", None)) for status in (200, 201, 204)} == {Receipt.DELIVERED}
