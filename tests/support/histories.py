"""Plans of one 事業 and what may be reported of it, for the property tests."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import strategies as st

PHASES = ["事業検討", "導入", "運用", "継続", "移行完了", "改定", "強化", "運用停止", "—"]
REPORTED = [*PHASES[:-1], "未着手", "中止", "完了"]
DAYS = st.dates(date(2025, 4, 1), date(2028, 3, 1))


@st.composite
def reported(draw):
    """One report: the day it came and what it said."""
    day = draw(DAYS)
    near = st.dates(day - timedelta(days=300), day + timedelta(days=300)).map(date.isoformat)
    optional = {
        "phase": st.sampled_from(REPORTED),
        "progress": st.sampled_from([0.0, 0.1, 0.35, 0.5, 0.8, 0.95]),
        "started_on": near,
        "due_on": near,
        "finished_on": near,
        "held_count": st.integers(0, 3),
        "self_rating": st.sampled_from(["順調", "やや遅れ", "遅れ", "完了"]),
        "budget": st.sampled_from(["未要求", "要求済", "議決"]),
    }
    chosen = draw(st.sets(st.sampled_from(sorted(optional)), min_size=1))
    return day.isoformat(), {name: draw(optional[name]) for name in sorted(chosen)}


PLANS = st.tuples(*[st.sampled_from(PHASES)] * 3)
HISTORIES = st.lists(reported(), max_size=3, unique_by=lambda r: r[0])
