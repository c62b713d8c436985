"""Whatever a spreadsheet holds, it stays text in every channel."""

from __future__ import annotations

import json
import re

import pytest
from findings import cell, finding, judged, reason
from injections import CORPUS
from servers import http_sink, smtp_server
from telling import INDEX, RULES, events_for, message, routes

from tasks.alerts.digest import digest
from tasks.alerts.fallback import fallback_of
from tasks.alerts.operation import html
from tasks.alerts.transports.apprise.transport import apprise_content
from tasks.alerts.transports.base import Outgoing
from tasks.alerts.transports.http import Door
from tasks.alerts.transports.line_works.transport import line_works_content
from tasks.alerts.transports.slack.transport import slack_content
from tasks.alerts.transports.smtp.transport import SmtpTransport
from tasks.alerts.transports.teams.transport import teams_content
from tasks.alerts.transports.webhook.transport import WebhookTransport
from tasks.alerts.wording import wording
from tasks.progress.reasons import ReasonCode, Verdict
from tasks.sheets.records import FileError, FileReading, RowError

TEXTS = [pytest.param(text, id=name) for name, text in CORPUS.items()]
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


@pytest.mark.parametrize("text", TEXTS)
def test_it_is_no_markup_in_html(text):
    html = words_about(text).html
    assert {tag.strip("<>/").split()[0].lower() for tag in re.findall(r"<[^>]*>", html)} <= TAGS
    assert html.count("</main>") == html.count("<main>") == html.count("</html>") == 1
    assert set(re.findall(r'href="([^"]*)"', html)) == {
        "https://dx.example.jp/report.html",
        "https://dx.example.jp/report.html#DX-02",
    }


@pytest.mark.parametrize("text", TEXTS)
def test_it_begins_no_line_of_its_own(text, monkeypatch):
    # Folding breaks long lines, always further in than they began.
    assert all(not line or line[0] not in "=@.+|" for line in words_about(text).text.splitlines())
    monkeypatch.setattr("tasks.alerts.wording.folded", lambda text: text)
    words = words_about(text)
    plain = words_about("無害な文").text.splitlines()
    assert len(words.text.splitlines()) == len(plain)
    assert not any(
        line.startswith(("Bcc", "X-Header", ".", "=", "+", "@", "MAIL", "|", "\t"))
        for line in words.text.splitlines()
    )
    shown = words.subject + words.text + words.html
    assert not {"\x00", "\x1b", "\r", "\u202e", "\u2066", "\u2028", "\ud800"} & set(shown)
    assert "\n" not in words.subject


@pytest.mark.parametrize("text", TEXTS)
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


def rendered(text: str, *, resend: bool = False) -> Outgoing:
    """A message all of whose texts come from a spreadsheet."""
    words = words_about(text)
    return Outgoing(message(subject=words.subject, text=words.text, html=words.html), resend=resend)


@pytest.mark.parametrize("text", TEXTS)
def test_it_is_no_markup_and_no_mention_in_teams(text):
    envelope = json.loads(teams_content(rendered(text, resend=True)))
    assert set(envelope) == {"type", "attachments"} and len(envelope["attachments"]) == 1
    card = envelope["attachments"][0]["content"]
    # A mention needs an entity beside the text, and there is no place for one.
    assert set(card) == {"$schema", "type", "version", "msteams", "body", "actions"}
    assert card["msteams"] == {"width": "Full"}
    assert [action["url"] for action in card["actions"]] == [message().url]
    for block in card["body"]:
        # A TextBlock would read Markdown; a TextRun does not.
        assert set(block) == {"type", "inlines"} and block["type"] == "RichTextBlock"
        (run,) = block["inlines"]
        assert run["type"] == "TextRun" and not set(run) - {"type", "text", "weight", "size"}
        assert not set("@<>[]`*|") & set(run["text"])


@pytest.mark.parametrize("text", TEXTS)
def test_it_is_no_markup_and_no_mention_in_slack(text):
    posted = json.loads(slack_content(rendered(text)))
    assert (posted["mrkdwn"], posted["link_names"], posted["unfurl_links"]) == (False, False, False)
    texts = [block["text"] for block in posted["blocks"]]
    assert {part["type"] for part in texts} == {"plain_text"}
    for shown in (posted["text"], *(part["text"] for part in texts)):
        assert not set("@<>") & set(shown)
        assert not re.search(r"&(?!(?:amp|lt|gt);)", shown)


@pytest.mark.parametrize("text", TEXTS)
def test_it_is_no_markup_and_no_mention_in_line_works_and_apprise(text):
    outgoing = rendered(text)
    document = json.loads(line_works_content(outgoing))
    assert set(document) == {"content"} and document["content"]["type"] == "text"
    for shown in (document["content"]["text"], *apprise_content(outgoing)):
        assert not set("@<>[]`*|") & set(shown)


@pytest.mark.parametrize("text", TEXTS)
def test_it_is_nothing_but_text_in_word_of_the_service(text):
    page = html(text, text)
    assert {tag.strip("<>/").split()[0].lower() for tag in re.findall(r"<[^>]*>", page)} <= TAGS
    made = fallback_of(message(channel=text, html=page), "mail")
    assert {tag.strip("<>/").split()[0].lower() for tag in re.findall(r"<[^>]*>", made.html)} <= TAGS
