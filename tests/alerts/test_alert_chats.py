"""Teams, Slack, LINE WORKS and Apprise against a real HTTP server: what arrives, and what each limit does."""

from __future__ import annotations

import base64
import json
import logging
from urllib.parse import parse_qs

import pytest
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given
from hypothesis import strategies as st
from servers import http_sink
from telling import message

from tasks.alerts.transports.apprise.transport import AppriseTransport
from tasks.alerts.transports.base import Fault, Outgoing, Receipt, TransportError
from tasks.alerts.transports.http import Door
from tasks.alerts.transports.line_works.transport import (
    LIMIT_CHARACTERS,
    Account,
    LineWorksTransport,
    line_works_content,
)
from tasks.alerts.transports.plain_text import SHORTENED, shortened
from tasks.alerts.transports.slack.transport import SlackTransport, slack_content
from tasks.alerts.transports.teams.transport import LIMIT_BYTES, TeamsTransport, teams_content

FIRST, AGAIN = Outgoing(message(), resend=False), Outgoing(message(), resend=True)
LONG = message(text="長い行です。" * 30 + "\n" + "続きの行です。\n" * 9000)


def door(port: int, path: str = "himitsu") -> Door:
    return Door(f"http://127.0.0.1:{port}/{path}", (f"127.0.0.1:{port}",))


def runs(card: dict) -> list[str]:
    """The texts of a card, a line each."""
    body = card["attachments"][0]["content"]["body"]
    return [run["text"] for block in body for run in block["inlines"]]


def failed(transport, outgoing=FIRST) -> TransportError:
    with pytest.raises(TransportError) as error:
        transport.send(outgoing)
    assert "himitsu" not in str(error.value) and "himitsu" not in repr(transport)
    return error.value


# --- Teams ---


def test_it_posts_a_card_to_teams_and_notes_that_it_was_only_accepted():
    with http_sink() as sink:
        sink.status = 202
        assert TeamsTransport(door(sink.port)).send(FIRST) is Receipt.ACCEPTED
        TeamsTransport(door(sink.port)).send(AGAIN)
    (_, headers, card), (_, headers_again, again) = sink.posts
    assert card["type"] == "message"
    (attachment,) = card["attachments"]
    assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
    assert attachment["content"]["type"] == "AdaptiveCard"
    assert attachment["content"]["actions"][0]["url"] == message().url
    assert runs(card) == [message().subject.replace("[", "［"), "本文です。"]
    assert runs(again)[0].startswith("【再送の可能性】") and headers_again["X-Shinchoku-Resend"] == "possible"
    assert headers["Idempotency-Key"] == headers_again["Idempotency-Key"] == message().idempotency_key


def test_it_puts_no_link_to_a_file_on_a_card():
    card = json.loads(teams_content(Outgoing(message(url="file:///srv/report.html"), resend=False)))
    assert "actions" not in card["attachments"][0]["content"]


def test_it_shortens_a_card_to_what_teams_takes_and_says_so():
    content = teams_content(Outgoing(LONG, resend=True))
    assert LIMIT_BYTES - 400 < len(content) <= LIMIT_BYTES
    assert runs(json.loads(content))[-1] == SHORTENED


@given(text=st.text(max_size=40).map(lambda part: part * 2000))
def test_it_never_makes_a_card_too_large(text):
    assert len(teams_content(Outgoing(message(text=text), resend=False))) <= LIMIT_BYTES


# --- Slack ---


def test_it_posts_plain_sections_to_slack():
    with http_sink() as sink:
        assert SlackTransport(door(sink.port)).send(FIRST) is Receipt.DELIVERED
    ((_, headers, posted),) = sink.posts
    assert headers["Idempotency-Key"] == message().idempotency_key
    assert posted["text"] == message().subject
    assert [block["type"] for block in posted["blocks"]] == ["header", "section"]
    assert all(block["text"]["type"] == "plain_text" for block in posted["blocks"])
    assert posted["blocks"][1]["text"]["text"] == "本文です。\n"
    assert SlackTransport(door(80)).pause == 1.0


@given(text=st.text(alphabet="あ&<>@ \n", max_size=60).map(lambda part: part * 900))
def test_it_keeps_every_limit_of_slack(text):
    posted = json.loads(slack_content(Outgoing(message(subject="&" * 200, text=text), resend=True)))
    header, *sections = posted["blocks"]
    assert len(header["text"]["text"]) <= 150 and len(posted["blocks"]) <= 50
    assert all(0 < len(section["text"]["text"]) <= 3000 for section in sections)
    everything = json.dumps(posted["blocks"], ensure_ascii=False)
    assert not set("<>@") & set(everything)
    # No escape is cut in two.
    assert everything.count("&") == sum(everything.count(f"&{name};") for name in ("amp", "lt", "gt"))


def test_it_leaves_slack_alone_for_as_long_as_it_asks():
    with http_sink() as sink:
        sink.status, sink.headers = 429, {"Retry-After": "30"}
        error = failed(SlackTransport(door(sink.port)))
    assert error.fault is Fault.TRANSIENT and error.retry_after.total_seconds() == 30


# --- LINE WORKS ---

KEY = rsa.generate_private_key(65537, 2048)
PEM = KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def bot(port: int, private_key: str = PEM) -> LineWorksTransport:
    account = Account("client", "dx.serviceaccount@example.jp", "himitsu", private_key)
    return LineWorksTransport(door(port, "token"), door(port, "bots/1/channels/room/messages"), account)


def decoded(part: str) -> dict:
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def test_it_buys_a_token_with_a_signed_claim_and_sends_with_it_as_long_as_it_lasts():
    with http_sink() as sink:
        sink.answers = {"/token": b'{"access_token":"himitsu-token","expires_in":"86400"}'}
        sender = bot(sink.port)
        assert sender.send(FIRST) is Receipt.DELIVERED
        sender.send(AGAIN)
    paths = [path for path, _, _ in sink.posts]
    assert paths == ["/token", *["/bots/1/channels/room/messages"] * 2]
    form = {name: values[0] for name, values in parse_qs(sink.posts[0][2]).items()}
    assert form["grant_type"] == "urn:ietf:params:oauth:grant-type:jwt-bearer"
    assert (form["client_id"], form["client_secret"], form["scope"]) == ("client", "himitsu", "bot")
    head, claims, signature = form["assertion"].split(".")
    assert decoded(head) == {"alg": "RS256", "typ": "JWT"}
    assert decoded(claims)["iss"] == "client" and decoded(claims)["sub"] == "dx.serviceaccount@example.jp"
    assert 0 < decoded(claims)["exp"] - decoded(claims)["iat"] <= 3600
    raw = base64.urlsafe_b64decode(signature + "=" * (-len(signature) % 4))
    KEY.public_key().verify(raw, f"{head}.{claims}".encode(), padding.PKCS1v15(), SHA256())
    _, headers, body = sink.posts[1]
    assert headers["Authorization"] == "Bearer himitsu-token"
    assert body == {"content": {"type": "text", "text": f"{message().subject}\n\n本文です。"}}


@pytest.mark.parametrize(
    "answer", [b"", b"[]", b'{"error":"x"}', b'{"access_token":"t","expires_in":"soon"}']
)
def test_it_does_not_send_without_a_token(answer):
    with http_sink() as sink:
        sink.answers = {"/token": answer}
        assert failed(bot(sink.port)).fault is Fault.UNREACHABLE
    assert len(sink.posts) == 1


@pytest.mark.parametrize("status", [401, 429, 500])
def test_it_knows_that_nothing_went_out_when_the_token_is_refused(status):
    with http_sink() as sink:
        sink.status = status
        assert failed(bot(sink.port)).fault is Fault.UNREACHABLE
    assert len(sink.posts) == 1


def test_it_says_that_the_key_is_none():
    for key in ("himitsu", "-----BEGIN PRIVATE KEY-----\nhimitsu\n-----END PRIVATE KEY-----"):
        assert "秘密鍵を読み取れません" in str(failed(bot(1, key)))


@given(text=st.text(max_size=50).map(lambda part: part * 200))
def test_it_never_writes_more_than_line_works_takes(text):
    content = json.loads(line_works_content(Outgoing(message(text=text), resend=False)))
    assert len(content["content"]["text"]) <= LIMIT_CHARACTERS
    assert not set("<>@") & set(content["content"]["text"])


# --- Apprise ---


def test_it_hands_a_message_to_apprise_with_its_number():
    with http_sink() as sink, http_sink() as elsewhere:
        sender = AppriseTransport(f"json://127.0.0.1:{sink.port}/himitsu", "rest")
        assert sender.send(FIRST) is Receipt.DELIVERED
        # Nobody is followed anywhere.
        sink.status, sink.headers = 307, {"Location": f"http://127.0.0.1:{elsewhere.port}/"}
        assert failed(sender).fault is Fault.UNKNOWN
        assert elsewhere.posts == []
    posted = sink.posts[0][2]
    assert posted["title"] == message().subject
    assert f"（通知番号 {message().idempotency_key}）" in posted["message"]


@pytest.mark.parametrize("url", ["himitsu://nobody", "nonsense himitsu"])
def test_it_says_that_apprise_cannot_use_the_url(url, caplog):
    caplog.set_level(logging.DEBUG)
    assert failed(AppriseTransport(url, "rest")).fault is Fault.UNKNOWN
    assert "himitsu" not in caplog.text


# --- shortening ---


@given(lines=st.lists(st.text(max_size=200), max_size=60), limit=st.integers(100, 2000))
def test_it_shortens_to_the_limit_and_says_so(lines, limit):
    kept = shortened(lines, limit, len)
    assert sum(map(len, kept)) <= limit
    if kept != lines:
        assert kept[-1] == SHORTENED and sum(map(len, lines)) > limit
        assert all(line.startswith(part) for part, line in zip(kept[:-1], lines, strict=False))
