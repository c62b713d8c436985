"""Cells of an .ods that show percent, through repeated rows and cells, sheet by sheet."""

from __future__ import annotations

from tasks.sheets.percents import percent_cells_of_ods

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


def test_it_finds_every_cell_that_shows_percent():
    assert percent_cells_of_ods(CONTENT.encode()) == {"A&B": {"C3", "D3", "B4", "B5"}, "C": {"B1"}}


def test_it_finds_none_where_nothing_does():
    assert percent_cells_of_ods(CONTENT.replace("percentage", "float").encode()) == {}
