"""Number formats that show percent: as Excel writes them, and cells of an .ods, sheet by sheet."""

from __future__ import annotations

import pytest

from tasks.sheets.number_formats import (
    NO_FORMATS,
    formats_of_cells,
    percents_of_ods,
    scale_of_format,
    shows_month,
)

CONTENT = """<table:table table:name="A&amp;B"><table:table-column table:number-columns-repeated="3"/>
<table:table-row table:number-rows-repeated="2"><table:table-cell/></table:table-row>
<table:table-row><table:table-cell table:number-columns-repeated="2"/>
<table:table-cell office:value-type="percentage" office:value="0.45" table:number-columns-repeated="2"/></table:table-row>
<table:table-row table:number-rows-repeated="2"><table:covered-table-cell/>
<table:table-cell office:value-type="percentage" office:value="1"/></table:table-row>
<table:table-row table:number-rows-repeated="1048000">
<table:table-cell office:value-type="percentage" office:value="1"/></table:table-row></table:table>
<table:table table:name="C"><table:table-row><table:table-cell office:value-type="float" office:value="1"/>
<table:table-cell office:value-type="percentage" office:value="1"/></table:table-row></table:table>"""


def test_it_finds_every_cell_of_an_ods_that_shows_percent():
    found = percents_of_ods(CONTENT.encode())
    assert found == {"A&B": dict.fromkeys(["C3", "D3", "B4", "B5"], 9), "C": {"B1": 9}}


def test_it_finds_none_where_nothing_does():
    assert percents_of_ods(CONTENT.replace("percentage", "float").encode()) == {}


@pytest.mark.parametrize(
    ("form", "scale"),
    [
        (9, 1.0),
        (10, 1.0),
        (0, None),
        (14, None),
        ("0%", 1.0),
        ("0.0%;[Red]▲0.0%", 1.0),
        ('0"　"%', 1.0),
        ("0_ %", 1.0),
        # A sign that only stands behind the number.
        ('0"%"', 0.01),
        (r"0\%", 0.01),
        ("0_%", 0.01),
        ('0"% 完了"', 0.01),
        ("0％", 0.01),
        ("General", None),
        ('0"割"', None),
        ('0"', None),
        ("", None),
    ],
)
def test_a_format_says_what_the_number_under_its_percent_sign_counts(form, scale):
    assert scale_of_format(form) == scale


@pytest.mark.parametrize(
    ("form", "is_month"),
    [
        *((17, True), (55, True), (14, False), (0, False), ("yyyy/m", True), ('yyyy"年"m"月"', True)),
        *(('[$-411]ggge"年"m"月"', True), ("mmm-yy", True), ("yyyy/m;@", True), ("yyyy/m/d", False)),
        *(
            ("[$-411]ge.m.d", False),
            ('m"月"d"日"', False),
            ("[h]:mm", False),
            ("aaa", False),
            ("General", False),
        ),
        *(('yyyy"年度"', False), ("[$-F800]dddd, mmmm dd, yyyy", False)),
    ],
)
def test_a_format_shows_a_month_where_it_shows_a_year_and_no_day(form, is_month):
    assert shows_month(form) is is_month


def test_cells_are_looked_through_once_and_only_when_one_is_asked_for():
    asked = []

    def load():
        asked.append(1)
        return {"表": {"C4": 9, "C5": 17, "C6": 0}}

    formats = formats_of_cells(load, (0, 9))
    # No cell can show a month where no format does.
    assert not formats.shows_month("表", "C5")
    assert not asked
    cells = [("表", "C4"), ("表", "C6"), ("表", "C7"), ("ない", "C4")]
    assert [formats.percent_scale(*cell) for cell in cells] == [1.0, None, None, None]
    with_months = formats_of_cells(load, (0, 9, 17))
    assert [with_months.shows_month("表", cell) for cell in ("C4", "C5", "C7")] == [False, True, False]
    assert len(asked) == 2


def test_a_file_without_formats_tells_nothing():
    assert NO_FORMATS.percent_scale("表", "C4") is None
    assert not NO_FORMATS.shows_month("表", "C4")
