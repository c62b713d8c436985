"""How far each department's own rating has been from the verdict: 評価乖離, measured over the past.

Pure. Every rating is held against the verdict of the day on which its report came, once. An audit of
95 self-ratings of government projects found more risk in 60 of them (GAO-16-494), and people err
towards the good side about twice as often (Snow, Keil and Wallace 2007); this says how it is here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from plan_data.record import record
from tasks.progress.reasons import Verdict
from tasks.sheets.records import SelfRating

#: How bad each says it is, in steps. What cannot be compared (要確認, 未報告) is left out.
_SAID = {SelfRating.ON_TRACK: 0, SelfRating.DONE: 0, SelfRating.SLIGHTLY_LATE: 1}
_FOUND = {
    Verdict.ON_TRACK: 0,
    Verdict.DONE: 0,
    Verdict.AHEAD: 0,
    Verdict.AT_RISK: 1,
    Verdict.DELAYED: 2,
    Verdict.CRITICAL: 3,
}


@record
class RatingBias:
    """Of ``ratings`` self-ratings of a department, ``better`` were better than the verdict, by ``steps`` in all."""

    department: str
    ratings: int
    better: int
    steps: int

    @property
    def share(self) -> float:
        """The share that was too good, 0 to 1."""
        return self.better / self.ratings

    @property
    def mean_steps(self) -> float:
        """By how many steps those were too good on average; 0 where none was."""
        return self.steps / self.better if self.better else 0.0


def rating_bias(recorded: Iterable[tuple[date, Mapping[str, Any]]]) -> tuple[RatingBias, ...]:
    """Return the bias of each department with ratings, most biased first.

    ``recorded`` are the day and the document of findings, in any order; those count whose report came
    on that very day.
    """
    gaps: dict[str, dict[tuple[str, date], int]] = {}
    for day, document in recorded:
        reported = document["reported"]
        verdict, rating = Verdict(document["verdict"]), document["self_rating"]
        came_today = reported.get("received_on") == day.isoformat()
        if not (came_today and rating and reported.get("department")) or verdict not in _FOUND:
            continue
        # 「遅れ」 is the worst a department can say.
        gap = max(_FOUND[verdict] - _SAID.get(SelfRating(rating), len(_FOUND)), 0)
        gaps.setdefault(reported["department"], {})[document["project_id"], day] = gap
    found = (
        RatingBias(department, len(own), sum(gap > 0 for gap in own.values()), sum(own.values()))
        for department, own in gaps.items()
    )
    return tuple(sorted(found, key=lambda b: (-b.share, -b.mean_steps, b.department)))
