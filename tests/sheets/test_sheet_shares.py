"""Progress and counts: one number, or none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.sheets.faults import Fault, RowCode
from tasks.sheets.shares import Unit, column_unit, read_count, read_progress


def never():
    raise AssertionError("the number format was asked for without need")


# The column's cells, its header → what its bare numbers count.
UNITS = [
    ([45.0, 60.0, 100.0], "進捗率", Unit.PERCENT),
    ([45.0, 1.0], "進捗率", Unit.PERCENT),
    ([0.45, 0.6, 1.0], "進捗率", Unit.FRACTION),
    ([0.45, "60%", None], "進捗", Unit.FRACTION),
    (["45", "60"], "進捗率", Unit.PERCENT),
    ([0.45, 60.0], "進捗率", Unit.DOUBTFUL),  # both kinds
    ([0.45], "進捗率（％）", Unit.DOUBTFUL),  # the header says one thing, the value another
    ([1.0, 0.0], "進捗率", Unit.DOUBTFUL),
    ([1.0], "進捗率(%)", Unit.PERCENT),
    ([], "進捗率", Unit.DOUBTFUL),
    ([True], "進捗率", Unit.DOUBTFUL),
]


@pytest.mark.parametrize(("cells", "title", "unit"), UNITS, ids=[f"{c} {t}" for c, t, _ in UNITS])
def test_it_infers_the_unit_from_the_whole_column(cells, title, unit):
    assert column_unit(cells, title) is unit


# Texts that say it themselves, whatever the column.
SHARES = [
    ("45%", 0.45),
    ("４５％", 0.45),
    ("45 ％", 0.45),
    ("45.5%", 0.455),
    ("0%", 0.0),
    ("100%", 1.0),
    ("45パーセント", 0.45),
    ("5割", 0.5),
    ("５割５分", 0.55),
    ("10割", 1.0),
    ("100%（完了）", 1.0),
    ("50%（前回30%）", 0.5),
    ("１ ０ ０ ％", 1.0),
    ("50%※業者の回答待ち", 0.5),
    ("45%（R9.3完了予定）", 0.45),
]


@pytest.mark.parametrize(("text", "share"), SHARES, ids=[t for t, _ in SHARES])
@pytest.mark.parametrize("unit", Unit)
def test_it_reads_what_says_its_unit(text, share, unit):
    assert read_progress(text, unit, never) == share


# A bare number: the cell, the column's unit, what its format shows as percent (None: nothing) → share or code.
NUMBERS = [
    (45.0, Unit.PERCENT, None, 0.45),
    ("45", Unit.PERCENT, None, 0.45),
    (0.0, Unit.PERCENT, None, 0.0),
    (0.0, Unit.DOUBTFUL, None, 0.0),
    (0.45, Unit.FRACTION, None, 0.45),
    (1.0, Unit.FRACTION, None, 1.0),
    ("0.45", Unit.FRACTION, None, 0.45),
    (0.1 + 0.2, Unit.FRACTION, None, 0.3),
    # a lone 1: 100% or 1%?
    (1.0, Unit.DOUBTFUL, 1.0, 1.0),
    (1.0, Unit.DOUBTFUL, None, RowCode.PERCENT_UNCLEAR),
    ("1", Unit.DOUBTFUL, None, RowCode.PERCENT_UNCLEAR),
    (1.2, Unit.PERCENT, 1.0, RowCode.PERCENT_OUT_OF_RANGE),  # a cell that shows 120%
    (1.2, Unit.PERCENT, None, 0.012),
    (1.0, Unit.PERCENT, 1.0, 1.0),  # a 100% cell beside 45 and 60
    (1.0, Unit.PERCENT, None, 0.01),
    # the sign only stands behind the number, as in 0"%"
    (1.0, Unit.DOUBTFUL, 0.01, 0.01),
    (0.5, Unit.DOUBTFUL, 0.01, 0.005),
    (45.0, Unit.DOUBTFUL, 0.01, 0.45),
    # fractions and percent in one column
    (0.45, Unit.DOUBTFUL, 1.0, 0.45),
    (0.45, Unit.DOUBTFUL, None, RowCode.PERCENT_UNCLEAR),
    (60.0, Unit.DOUBTFUL, None, 0.6),
    (1.2, Unit.DOUBTFUL, 1.0, RowCode.PERCENT_OUT_OF_RANGE),  # shows 120%
    # outside the range
    (101.0, Unit.PERCENT, None, RowCode.PERCENT_OUT_OF_RANGE),
    (-5.0, Unit.PERCENT, None, RowCode.PERCENT_OUT_OF_RANGE),
    ("101%", Unit.PERCENT, None, RowCode.PERCENT_OUT_OF_RANGE),
    (True, Unit.PERCENT, None, RowCode.PERCENT_UNREADABLE),
]


@pytest.mark.parametrize(("cell", "unit", "shown", "expected"), NUMBERS)
def test_it_reads_a_bare_number_by_its_column_and_in_doubt_by_its_format(cell, unit, shown, expected):
    result = read_progress(cell, unit, lambda: shown)
    assert (result.code if isinstance(result, Fault) else result) == expected


# Not one number: the text → code and the value to offer.
VAGUE = [
    ("約5割", RowCode.PERCENT_VAGUE, "50%"),
    ("約50%", RowCode.PERCENT_VAGUE, "50%"),
    ("50%程度", RowCode.PERCENT_VAGUE, "50%"),
    ("おおむね８割", RowCode.PERCENT_VAGUE, "80%"),
    ("50～60%", RowCode.PERCENT_VAGUE, None),
    ("50%以上", RowCode.PERCENT_VAGUE, None),
    ("9割強", RowCode.PERCENT_VAGUE, None),
    ("約150%", RowCode.PERCENT_VAGUE, None),
    # a plan, or another figure than that of now
    ("100%（予定）", RowCode.PERCENT_VAGUE, None),
    ("100%（3月末見込み）", RowCode.PERCENT_VAGUE, None),
    ("100%（R9.3完了予定）", RowCode.PERCENT_VAGUE, None),
    ("50%※見込み", RowCode.PERCENT_VAGUE, None),
    ("80%（実績50%）", RowCode.PERCENT_VAGUE, None),
    ("30 50", RowCode.PERCENT_UNREADABLE, None),
    ("3\n50%", RowCode.PERCENT_UNREADABLE, None),
    ("半分", RowCode.PERCENT_UNREADABLE, None),
    ("順調", RowCode.PERCENT_UNREADABLE, None),
]


@pytest.mark.parametrize(("text", "code", "offered"), VAGUE, ids=[t for t, _, _ in VAGUE])
def test_it_refuses_what_is_not_one_number(text, code, offered):
    fault = read_progress(text, Unit.PERCENT, never)
    assert isinstance(fault, Fault)
    assert (fault.code, fault.suggestion) == (code, offered)


COUNTS = [
    (3.0, 3),
    (0.0, 0),
    ("3", 3),
    ("３回", 3),
    ("計3回", 3),
    ("延べ12回", 12),
    ("2回（4月、9月）", 2),
    ("3回実施済み", 3),
    ("全3回実施", 3),
]


@pytest.mark.parametrize(("cell", "count"), COUNTS)
def test_it_reads_a_count(cell, count):
    assert read_count(cell) == count


@pytest.mark.parametrize(
    ("cell", "offered"),
    [
        *(
            (text, None)
            for text in ("3回（予定）", "5回（3回実施）", "1回（中止）", "全5回", "1 2回", "3回※予定")
        ),
        *[("約10回", "10回"), ("数回", None), (2.5, None), (-1.0, None), ("毎月", None), (True, None)],
    ],
)
def test_it_refuses_what_is_not_a_count(cell, offered):
    fault = read_count(cell)
    assert isinstance(fault, Fault)
    assert (fault.code, fault.suggestion) == (RowCode.COUNT_UNREADABLE, offered)


@given(
    cell=st.one_of(st.text(max_size=20), st.floats(allow_nan=False, allow_infinity=False), st.booleans()),
    unit=st.sampled_from(Unit),
    shown=st.sampled_from([1.0, 0.01, None]),
)
def test_it_never_gives_a_share_outside_its_range(cell, unit, shown):
    result = read_progress(cell, unit, lambda: shown)
    assert isinstance(result, Fault) or 0.0 <= result <= 1.0
    assert isinstance(read_count(cell), Fault | int)
