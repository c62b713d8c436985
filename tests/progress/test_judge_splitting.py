"""A report taken apart: the same fields in two rows, or two files, of one day are the same report."""

from __future__ import annotations

from histories import DAYS, HISTORIES, PLANS, reported
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from small_town import judged, plan_of, row


@settings(max_examples=150, deadline=None)
@given(PLANS, HISTORIES, reported(), DAYS, st.integers(0, 255), st.booleans())
def test_splitting_a_report_in_two_changes_no_verdict_and_no_reason(
    phases, history, report, day, mask, two_files
):
    received, fields = report
    assume(received not in {r for r, _ in history})
    parts = [
        {n: v for i, (n, v) in enumerate(fields.items()) if bool(mask >> i & 1) is side}
        for side in (True, False)
    ]
    assume(all(parts))
    before = [row(r, **f) for r, f in history]
    split = [
        row(received, file=f"{n if two_files else 1}.xlsx", number=5 + n, **p) for n, p in enumerate(parts)
    ]
    if not two_files:
        joined = (*split[0].observations, *split[1].observations)
        split = [split[0].model_copy(update={"observations": joined})]
    whole = judged(plan_of(*phases), [*before, row(received, **fields)], day.isoformat())
    apart = judged(plan_of(*phases), [*before, *split], day.isoformat())
    assert apart.verdict is whole.verdict
    assert [(r.code, r.days, r.text) for r in apart.reasons] == [
        (r.code, r.days, r.text) for r in whole.reasons
    ]
