"""Portfolios of projects: reading their snapshots, scoring without a look ahead, and who warns better."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date, timedelta
from random import Random

import pytest
from small_town import togitsu

from config.portfolio import Portfolio, PortfolioField
from config.settings import settings
from config.site import Site
from tasks.progress.portfolio import contest, months_after, score_portfolio
from tasks.sheets.snapshots import ColumnsError, read_snapshots

SITE = Site(town="togitsu", settings=settings({}))
RULES: Portfolio = SITE.config.portfolio
LIMITS = SITE.config.rules.reader
WARNING = togitsu()[2].warning.with_points(RULES.points)


def read(text: str, *, encoding="utf-8", **options):
    return read_snapshots(text.encode(encoding), "一覧", RULES, LIMITS, **options)


HEAD = "Project ID,Project name,Snapshot date,Start date,Planned end date,RAG,Narrative\n"


def test_it_reads_a_portfolio_with_english_headings():
    found = read(HEAD + 'P1,Bridge,2020-09-30,2015-04-01,31/03/2024,Amber/Red,"Delay, but going"\n')
    (snapshot,) = found.snapshots
    assert (snapshot.id, snapshot.name, snapshot.snapshot_on) == ("P1", "Bridge", date(2020, 9, 30))
    assert (snapshot.starts_on, snapshot.ends_on) == (date(2015, 4, 1), date(2024, 3, 31))
    assert (snapshot.rating, snapshot.text) == (0.75, "Delay, but going")


def test_it_reads_a_portfolio_with_japanese_headings_in_cp932():
    text = "管理番号,事業名,基準日,開始日,完了予定日,自己評価,課題\nA-1,橋,令和7年9月30日,R5.4.1,令和9年3月,やや遅れ,用地\n"
    (snapshot,) = read(text, encoding="cp932").snapshots
    assert (snapshot.snapshot_on, snapshot.starts_on) == (date(2025, 9, 30), date(2023, 4, 1))
    assert (snapshot.ends_on, snapshot.rating) == (date(2027, 3, 31), 0.5)


def test_it_reads_the_code_page_of_western_windows_and_says_so():
    found = read(HEAD + "P1,Café – phase 2,2020-09-30,,2024-03-31,Green,cost £1\n", encoding="cp1252")
    assert found.snapshots[0].name == "Café – phase 2"
    assert any("Windows-1252" in note for note in found.notes)


def test_it_reads_a_list_with_broken_letters_and_says_how_many():
    data = (
        HEAD + "P1,Caf\ufffd,2020-09-30,,2024-03-31,Green,cost \x80 1\nP2,x,2020-09-30,,2024-\ufffd,,\n"
    ).encode()
    found = read_snapshots(data, "一覧", RULES, LIMITS)
    assert [s.name for s in found.snapshots] == ["Caf?"]
    assert [(e.cell, e.code) for e in found.row_errors] == [("E3", "date_unreadable")]
    assert any("3個" in note for note in found.notes)


@pytest.mark.parametrize("written", ["2020", "2020.0"])
def test_a_year_alone_is_its_last_day(written):
    (snapshot,) = read(HEAD + f"P1,,{written},,2024-03-31,,\n").snapshots
    assert snapshot.snapshot_on == date(2020, 12, 31)


DATES = [
    ("2024-03-31", date(2024, 3, 31)),
    ("2024-03-31T00:00:00", date(2024, 3, 31)),
    ("31 March 2024", date(2024, 3, 31)),
    ("31-Mar-24", date(2024, 3, 31)),
    ("Mar 2024", date(2024, 3, 31)),
    ("March 31, 2024", date(2024, 3, 31)),
    ("31/03/2024 00:00", date(2024, 3, 31)),
    ("令和6年3月31日", date(2024, 3, 31)),
    ("Feb-24", date(2024, 2, 29)),
]


@pytest.mark.parametrize(("written", "day"), DATES)
def test_it_reads_dates_as_portfolios_write_them(written, day):
    (snapshot,) = read(HEAD + f'P1,,2020-09-30,,"{written}",,\n').snapshots
    assert snapshot.ends_on == day


@pytest.mark.parametrize(
    ("other", "order", "day"),
    [
        pytest.param("25/12/2020", None, date(2024, 4, 3), id="the column says day first"),
        pytest.param("12/25/2020", None, date(2024, 3, 4), id="the column says month first"),
        pytest.param("01/01/2020", None, date(2024, 4, 3), id="nothing says: day first"),
        pytest.param("01/01/2020", "mdy", date(2024, 3, 4), id="told"),
    ],
)
def test_it_tells_days_from_months(other, order, day):
    found = read(HEAD + f"P1,,{other},,03/04/2024,,\n", order=order)
    assert found.snapshots[0].ends_on == day
    assert any("--date-order" in note for note in found.notes) == (other == "01/01/2020" and order is None)


def test_it_makes_an_error_of_each_row_it_cannot_use():
    found = read(
        HEAD
        + ",Bridge,2020-09-30,,2024-03-31,,\n"
        + "P1,Bridge,2020-09-30,,when ready,,\n"
        + "P1,Bridge,,,2024-03-31,,\n"
        + "P1,Bridge,2020-09-30,,2024-03-31,Exempt,\n"
        + "P1,Bridge,2020-09-30,,2024-05-31,,\n"
        + "P2,Road,2020-09-30,,TBC,Purple,\n"
    )
    assert [(e.cell, e.code, e.raw) for e in found.row_errors] == [
        ("A2", "id_missing", ""),
        ("E3", "date_unreadable", "when ready"),
        ("C4", "date_missing", ""),
        ("C6", "duplicate", "2020-09-30"),
    ]
    assert (found.counts.rows, found.counts.accepted, found.counts.rejected) == (6, 2, 4)
    assert [(s.ends_on, s.rating) for s in found.snapshots] == [(date(2024, 3, 31), None), (None, None)]
    assert any("Purple" in note for note in found.notes)


def test_it_takes_columns_by_name_and_says_which_are_missing():
    text = "code,when,finish\nP1,2020-09-30,2024-03-31\n"
    with pytest.raises(ColumnsError) as caught:
        read(text)
    assert caught.value.missing == ("id", "snapshot_on", "ends_on")
    named = {PortfolioField.ID: "Code", PortfolioField.SNAPSHOT_ON: "when", PortfolioField.ENDS_ON: "finish"}
    assert read(text, columns=named).snapshots[0].ends_on == date(2024, 3, 31)


def example(seed: int = 1, projects: int = 60, years: int = 8) -> str:
    """A portfolio whose truth is known: each project has a hidden true end, to which its plan gives way in steps.

    A plan gives way more often when its end is near, but also at any time; the rating knows a little of the gap.
    """
    random = Random(seed)
    rows = []
    for number in range(projects):
        start = date(2012, 4, 1) + timedelta(days=random.randrange(1500))
        plan = start + timedelta(days=random.randrange(900, 4500))
        true_end = start + (plan - start) * max(random.lognormvariate(0.3, 0.4), 0.9)
        told = plan
        for year in range(years):
            day = date(2014 + year, 9, 30)
            if not start < day < true_end:
                continue
            gap = (true_end - told).days
            if gap > 0 and random.random() < 0.15 + 0.5 * 0.5 ** (max((told - day).days, 0) / 400):
                told += timedelta(days=int(gap * random.uniform(0.2, 0.8)) + 60)
            bad = min(max(round(gap / 800 + random.gauss(0.5, 1.2)), 0), 4)
            rating = ("Green", "Amber/Green", "Amber", "Amber/Red", "Red")[bad]
            rows.append(f"P{number:03},Project {number},{day},{start},{told},{rating},\n")
    return HEAD + "".join(rows)


def test_no_later_snapshot_changes_the_score_of_an_earlier_one():
    snapshots = read(example()).snapshots
    cut = date(2019, 1, 1)
    known = [s for s in snapshots if s.snapshot_on < cut]
    early = {(o.snapshot.id, o.snapshot.snapshot_on): o.scored for o in score_portfolio(known, WARNING, 6)}
    late = score_portfolio(snapshots, WARNING, 6)
    assert len(early) > 100
    assert all(
        early[key] == o.scored for o in late if (key := (o.snapshot.id, o.snapshot.snapshot_on)) in early
    )


def test_what_slipped_is_more_than_the_months_by_the_next_and_by_the_last_snapshot():
    rows = [("2019-09-30", "2022-01-31"), ("2020-09-30", "2022-07-31"), ("2021-09-30", "2023-02-01")]
    snapshots = read(HEAD + "".join(f"P1,,{day},,{end},,\n" for day, end in rows)).snapshots
    found = score_portfolio(snapshots, WARNING, 6)
    # 2022-07-31 is six months after 2022-01-31 and not more; 2023-02-01 is more than both.
    assert [(o.slipped_by_next, o.slipped_by_last) for o in found] == [
        (False, True),
        (True, True),
        (None, None),
    ]
    assert months_after(date(2023, 8, 31), 6) == date(2024, 2, 29)


def test_the_score_warns_better_than_either_baseline_on_the_example():
    found = score_portfolio(read(example(projects=600)).snapshots, WARNING, 6)
    result = contest(found, lambda one: one.slipped_by_next)
    assert result.score.value > 0.65
    for comparison in (result.against_rating, result.against_closeness):
        assert comparison.better_by.low > 0, comparison


def test_the_command_prints_one_document(tmp_path):
    path = tmp_path / "portfolio.csv"
    path.write_text(example() + "P999,,2020-09-30,,when ready,,\n", "utf-8")
    done = subprocess.run(
        [sys.executable, "-c", "from flows.cli import main; main()", "portfolio", str(path), "--json"],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    document = json.loads(done.stdout)
    assert document["counts"]["rejected"] == len(document["row_errors"]) == 1
    assert set(document["auc"]) == {"by_next", "by_last"}
    comparison = document["auc"]["by_next"]["against_closeness"]
    assert 0 <= comparison["baseline"]["low"] <= comparison["baseline"]["value"] <= 1
    assert {"id", "score", "signals", "slipped_by_next"} <= set(document["snapshots"][0])


def test_the_command_says_which_column_is_missing(tmp_path):
    path = tmp_path / "portfolio.csv"
    path.write_text("code,when\nP1,2020-09-30\n", "utf-8")
    done = subprocess.run(
        [sys.executable, "-c", "from flows.cli import main; main()", "portfolio", str(path)],
        check=False, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 2
    assert "ends_on" in done.stderr and "--column" in done.stderr
