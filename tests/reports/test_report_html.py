"""The page: whole, self-contained, accessible, and deaf to what spreadsheets want of it."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from tasks.alerts.records import WhyNot
from tasks.progress.rating_bias import RatingBias
from tasks.progress.reasons import Verdict
from tasks.reports.html import render
from tasks.reports.palette import LOOKS
from tasks.reports.words import WHY_NOT

VOID = {"meta", "br", "wbr"}


class Page(HTMLParser):
    """Collects what a test asks of a page, and the tags that are not closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.faults: list[str] = []
        self.text: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}>")

    def handle_data(self, data):
        if self.open and self.open[-1] not in ("style", "title"):
            self.text.append(data)

    def all(self, *names: str) -> list[dict[str, str | None]]:
        return [attrs for tag, attrs in self.tags if tag in names]


@pytest.fixture(scope="module")
def text(view) -> str:
    return render(view)


@pytest.fixture(scope="module")
def page(text) -> Page:
    return Page(text)


def test_it_is_well_formed_japanese_html(text, page):
    assert text.lstrip().startswith("<!DOCTYPE html>")
    assert page.all("html") == [{"lang": "ja"}]
    assert page.open == []
    assert page.faults == []
    text.encode("utf-8")


def test_it_asks_nobody_for_anything(text, page):
    assert not page.all("script", "link", "img", "iframe", "object", "embed", "form", "base", "svg", "video")
    for attrs in (attrs for _, attrs in page.tags):
        assert not [name for name in attrs if name.startswith("on") or name in ("src", "srcset", "action")]
        assert (attrs.get("href") or "#").startswith("#")
    style = text[text.index("<style>") : text.index("</style>")]
    assert "url(" not in style
    assert "@import" not in style
    policies = [a["content"] for a in page.all("meta") if a.get("http-equiv") == "Content-Security-Policy"]
    assert policies == ["default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"]


def test_it_has_an_anchor_for_each_project(page):
    ids = [attrs["id"] for attrs in page.all("article")]
    assert sorted(ids) == [f"DX-{number:02}" for number in range(1, 30)]


def test_every_link_leads_to_something_on_the_page(page):
    ids = [attrs["id"] for _, attrs in page.tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    targets = {attrs["href"].removeprefix("#") for attrs in page.all("a")}
    assert targets <= set(ids)
    named = {name for _, attrs in page.tags for name in (attrs.get("aria-labelledby") or "").split()}
    assert named <= set(ids)


def test_its_headings_leave_out_no_level(page):
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_every_table_header_says_what_it_heads(page):
    headers = page.all("th")
    assert headers
    assert {attrs.get("scope") for attrs in headers} == {"col", "row"}


def test_a_row_that_is_a_list_on_a_phone_names_each_value_as_its_column_does(text):
    tables = re.findall(r'<table class="texts">(.*?)</table>', text, re.DOTALL)
    assert len(tables) == 2
    for table in tables:
        heads = re.findall(r'<th scope="col"(?: class="number")?>([^<]+)</th>', table)
        rows = re.findall(r'<tr><th scope="row">.*?</tr>', table, re.DOTALL)
        assert rows
        # The first names the row, and what is wide is not shown there.
        assert {tuple(re.findall(r'<td[^>]* data-label="([^"]+)"', row)) for row in rows} == {
            tuple(heads[1:])
        }


def test_paper_is_never_taken_for_a_phone(text):
    # While it prints, Chromium asks for the width of an upright page: less than a tablet's.
    assert "max-width" in text
    assert not re.search(r"@media \((?:min|max)-width", text)


def test_it_begins_with_a_link_to_the_main_part(page):
    first = next(attrs for tag, attrs in page.tags if tag in ("a", "button", "summary"))
    assert first == {"class": "skip", "href": "#main"}
    assert [attrs["id"] for attrs in page.all("main")] == ["main"]


def test_whatever_scrolls_can_be_reached_and_has_a_name(page):
    scrolling = [attrs for attrs in page.all("div") if attrs.get("class") == "scroll"]
    assert scrolling
    assert all(a["tabindex"] == "0" and (a.get("aria-labelledby") or a.get("aria-label")) for a in scrolling)


def test_a_verdict_is_never_shown_by_colour_alone(text):
    shown = re.findall(
        r'<span class="verdict v-(\w+)"><span aria-hidden="true">(.)</span>([^<]+)</span>', text
    )
    assert {code for code, _, _ in shown} == {v.value for v in Verdict}
    assert len(shown) == text.count('<span class="verdict')
    assert all((LOOKS[Verdict(c)].symbol, Verdict(c).label) == (symbol, word) for c, symbol, word in shown)


def test_it_shows_hostile_text_as_text(text, page):
    shown = "".join(page.text)
    assert "<script>alert(1)</script>" in shown
    assert '"><img src=x onerror=alert(1)>' in shown
    assert "{{ 7*7 }}{% raw %}" in shown
    assert "</style></details></table><h1>見出し</h1>" in shown
    assert not re.search("[\u202a-\u202e\u2066-\u2069\ud800-\udfff]", text)


def test_it_answers_what_is_late_what_changed_and_who_was_silent(page):
    summary = "".join(page.text).partition("二つ以上の課が")[0]
    for words in (
        "遅れているもの",
        "4事業",
        "判定が変わったもの",
        "3事業",
        "報告が足りない担当課",
        "3課",
        "次にすること",
    ):
        assert words in summary


def test_it_shows_the_evidence_down_to_the_cell(text):
    entry = text[text.index('id="DX-02"') : text.index('id="DX-08"')]
    assert "計画（R8.3）DX-02" in entry
    for piece in ("税務課.xlsx", "進捗報告", "F12", "30%", "9f86d081884c"):
        assert piece in entry
    assert "238日" in entry
    assert "評価乖離" in entry


def test_it_shows_the_last_known_verdict_of_a_silent_project(text):
    entry = text[text.index('<article class="project" id="DX-13"') :].partition("</article>")[0]
    assert "直前の判定" in entry
    assert "注意" in entry


@pytest.mark.parametrize(
    ("rows", "more"),
    [
        pytest.param(299, None, id="one below"),
        pytest.param(300, None, id="as many as are shown"),
        pytest.param(1301, "ほかに1,001行あります。", id="many above"),
    ],
)
def test_it_leaves_endless_faults_to_the_workbook(view, rows, more):
    page = render(replace(view, rejected=view.rejected[:1] * rows))
    assert ("行あります。すべての行は" in page) is (more is not None)
    assert more is None or more in page


def test_it_tells_what_people_should_know_of_a_file(view):
    notes = ("シート「<b>9月</b>\u202e」は、報告として扱いません。", "マクロが含まれています。")
    page = render(replace(view, files=tuple(f.model_copy(update={"notes": notes}) for f in view.files[-1:])))
    files = page.partition('id="files"')[2].partition('id="returned"')[0]
    assert files.count("補足：") == 2
    assert "&lt;b&gt;9月&lt;/b&gt;" in files and "マクロが含まれています。" in files
    assert "\u202e" not in page


def test_it_says_whether_a_change_was_told(text):
    told, untold = (
        text[text.index(f'class="project" id="{id_}"') :].partition("</article>")[0]
        for id_ in ("DX-02", "DX-09")
    )
    assert "この変化は、今回の通知でお知らせしました。" in told
    assert "この変化は、宛先が登録されていないため通知していません。" in untold
    assert set(WHY_NOT) == set(WhyNot)


def test_it_says_so_where_there_is_nothing(view):
    empty = replace(
        view,
        silent=(),
        files=(),
        rejected=(),
        projects=tuple(p for p in view.projects if p.calm),
        previous_as_of=None,
    )
    shown = "".join(Page(render(empty)).text)
    for words in (
        "遅れている事業はありません。",
        "今回が初回のため、比べる前回がありません。",
        "すべての担当課から",
        "今期に受け付けたファイルはありません。",
        "差し戻した行はありません。",
        "いま対応が必要なことはありません。",
    ):
        assert words in shown


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("verdict", list(Verdict), ids=str)
def test_a_verdict_can_be_read_and_its_border_be_seen(verdict):
    look = LOOKS[verdict]
    assert _contrast(look.ink, look.paper) >= 7
    # WCAG 1.4.11: 3 : 1 for what marks a component off from the page.
    assert _contrast(look.line, "#ffffff") >= 3


@pytest.mark.parametrize(
    ("ink", "paper"),
    [
        pytest.param("#1a1a1a", "#ffffff", id="text"),
        pytest.param("#4d4d4d", "#ffffff", id="secondary text"),
        pytest.param("#4d4d4d", "#f2f2f2", id="secondary text in a table head"),
        pytest.param("#4d4d4d", "#e8f1fe", id="secondary text in the current year"),
        pytest.param("#0017c1", "#ffffff", id="link"),
        pytest.param("#0017c1", "#e8f1fe", id="link among the next steps"),
        pytest.param("#00118f", "#ffffff", id="link under the pointer"),
        pytest.param("#541e00", "#fff0b3", id="mark of a rating gap"),
        pytest.param("#000000", "#ffd43d", id="focus"),
    ],
)
def test_text_has_enough_contrast(text, ink, paper):
    assert ink in text or ink == "#000000"
    assert _contrast(ink, paper) >= 4.5


def test_it_says_at_the_top_that_messages_could_not_be_delivered(view, text):
    assert "配信不能" not in text
    shown = render(replace(view, dead_letters=2))
    assert shown.index("配信不能の通知が2通あります") < shown.index('class="tiles"')


def test_it_shows_the_measured_bias_of_the_self_ratings_where_there_is_any(view):
    assert "自己評価の傾向" not in render(view)
    page = render(replace(view, bias=(RatingBias("税務課", 8, 2, 3),)))
    assert "自己評価の傾向（評価乖離）" in page
    assert '<td class="number">25%</td><td class="number">1.5段</td>' in page
