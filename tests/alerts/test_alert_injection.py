"""Whatever a spreadsheet holds, it stays text in every channel."""

from __future__ import annotations

import re

import pytest
from findings import cell, finding, judged, reason
from servers import http_sink, smtp_server
from telling import INDEX, RULES, events_for, message, routes

from tasks.alerts.digest import digest
from tasks.alerts.transports.base import Outgoing
from tasks.alerts.transports.http import Door
from tasks.alerts.transports.smtp.transport import SmtpTransport
from tasks.alerts.transports.webhook.transport import WebhookTransport
from tasks.alerts.wording import wording
from tasks.progress.reasons import ReasonCode, Verdict
from tasks.sheets.records import FileError, FileReading, RowError

#: What a cell could hold to be something else.
CORPUS = [
    pytest.param("行\r\nBcc: all@example.jp", id="header"),
    pytest.param("行\nX-Header: 1\n\n.\r\nMAIL FROM:<a@example.jp>", id="smtp command"),
    pytest.param("<script>alert(1)</script>", id="script"),
    pytest.param("\"><img src=x onerror=alert(1)>'", id="attribute"),
    pytest.param("</main></body></html><h1>見出し</h1>", id="end of page"),
    pytest.param("=cmd|' /C calc'!A0", id="formula"),
    pytest.param("@everyone @channel <!channel> <@U123>", id="mention"),
    pytest.param("[開く](javascript:alert(1)) `code` **太字** | 表", id="markdown"),
    pytest.param("{{ 7*7 }} {% raw %} {subject} {text} %(x)s", id="template"),
    pytest.param("\u202eabc\u2066 \x00\x1b[31m \ud800 \u2028", id="control"),
]
#: Every tag the template writes.
TAGS = set(
    [
        "!doctype",
        "html",
        "head",
        "meta",
        "title",
        "body",
        "main",
        "p",
        "br",
        "strong",
        "h2",
        "h3",
        "ul",
        "li",
        "span",
        "a",
        "table",
        "tr",
        "th",
        "td",
    ]
)

#: Every header a mail of ours has, and those the test server adds.
HEADERS = {
    *("From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type", "Content-Language"),
    *("Auto-Submitted", "X-Auto-Response-Suppress", "X-Peer", "X-MailFrom", "X-RcptTo"),
}


def words_about(text: str):
    """A digest in which every text that can come from a spreadsheet is ``text``."""
    why = reason(
        ReasonCode.PAST_DUE,
        Verdict.DELAYED,
        f"担当課の節目「{text}」の期限を過ぎています。",
        department=text,
        evidence=(cell(text, "F1", f"{text}.xlsx", text),),
    )
    late = finding("DX-02", Verdict.DELAYED, why, project_name=text, departments=(text,), self_rating=text)
    silent = finding("DX-03", Verdict.UNREPORTED, project_name=text, departments=(text,))
    error = RowError(sheet=text, cell="A1", code="x", message=text, raw=text, suggestion=text)
    files = (
        FileReading(
            file=text,
            sha256="a" * 64,
            format="xlsx",
            row_errors=(error,),
            counts={"rows": 1, "accepted": 0, "rejected": 1, "ignored": 0},
        ),
        FileReading(
            file=f"2{text}",
            sha256="b" * 64,
            format="xlsx",
            error=FileError(code="x", message=text, remedy=text),
        ),
    )
    judgement = judged("2026-11-24", late, silent)
    secretariat = routes(("事務局", "all"))["事務局"]
    events = events_for([secretariat], judgement)
    found = digest(judgement, events, files, secretariat, INDEX)
    return wording(found, "時津町", "https://dx.example.jp/report.html", RULES)


@pytest.mark.parametrize("text", CORPUS)
def test_it_is_no_markup_in_html(text):
    html = words_about(text).html
    assert {tag.strip("<>/").split()[0].lower() for tag in re.findall(r"<[^>]*>", html)} <= TAGS
    assert html.count("</main>") == html.count("<main>") == html.count("</html>") == 1
    assert set(re.findall(r'href="([^"]*)"', html)) == {
        "https://dx.example.jp/report.html",
        "https://dx.example.jp/report.html#DX-02",
    }


@pytest.mark.parametrize("text", CORPUS)
def test_it_begins_no_line_of_its_own(text, monkeypatch):
    # Folding breaks long lines, always further in than they began.
    assert all(not line or line[0] not in "=@." for line in words_about(text).text.splitlines())
    monkeypatch.setattr("tasks.alerts.wording.folded", lambda text: text)
    words = words_about(text)
    plain = words_about("無害な文").text.splitlines()
    assert len(words.text.splitlines()) == len(plain)
    assert not any(
        line.startswith(("Bcc", "X-Header", ".", "=", "@", "MAIL")) for line in words.text.splitlines()
    )
    shown = words.subject + words.text + words.html
    assert not {"\x00", "\x1b", "\r", "\u202e", "\u2066", "\u2028", "\ud800"} & set(shown)
    assert "\n" not in words.subject


@pytest.mark.parametrize("text", CORPUS)
def test_it_arrives_as_text_by_mail_and_by_webhook(text):
    words = words_about(text)
    sent = Outgoing(message(subject=words.subject, text=words.text, html=words.html), resend=False)
    with smtp_server() as box:
        SmtpTransport("127.0.0.1", box.port, "dx@example.jp", starttls=False).send(sent)
    ((recipients, mail),) = box.take()
    assert recipients == ["jimukyoku@example.jp"] and mail["Subject"] == words.subject
    assert set(mail.keys()) <= HEADERS
    assert mail.get_body(("plain",)).get_content().replace("\r\n", "\n") == words.text

    body = {"title": "{subject}", "text": "{text}"}
    with http_sink() as sink:
        door = Door(f"http://127.0.0.1:{sink.port}/", (f"127.0.0.1:{sink.port}",))
        WebhookTransport(door, body, "時津町").send(sent)
    ((_, _, got),) = sink.posts
    assert set(got) == {"title", "text"}
    # No mention, no link, no markup; a placeholder in a cell is not looked at again.
    assert not set("@<>[]`*|") & set(got["title"] + got["text"])
    assert got["text"].count("{subject}") == words.text.count("{subject}")
