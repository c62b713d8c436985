"""Does the judgement warn in time? Simulated departments over three fiscal years, in which the truth is known.

Each town's reports are judged by the real judgement, every quarter and on the first days of each fiscal
year, and what it said is held against what truly became of each commitment: recall of real lateness from
the day it is reported, early warnings against the self-rating and against the days left alone (AUC with
town-clustered intervals; mean lead time at the same rate of false alarms, resampled by towns), and the
calibration of the forecasts. Run by ``make score-simulation``; the figures in ``forecast.yaml`` come from it.
"""

from __future__ import annotations

import argparse
import gc
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from random import Random
from statistics import fmean

from config.early_warning import SignalName, WarningRules
from config.settings import settings
from config.site import Site
from flows.cli import COLLECTED_AFTER
from plan_data.action_plan import ActionPlanBook
from tasks.progress.judge import judge
from tasks.progress.ranking import auc, auc_difference, brier
from tasks.progress.reasons import FOR_INFORMATION, Verdict
from tasks.progress.records import Finding, Outlook
from tasks.samples.behaviour import Work
from tasks.samples.departments import SimulatedTown, simulated_town

#: A month and a half into each quarter, when the reports are in; and the first days late can begin on.
DAYS = tuple(
    sorted(
        [date(year, month, 15) for year in (2025, 2026, 2027, 2028) for month in (2, 5, 8, 11)][1:13]
        + [date(year, 4, 1) for year in (2026, 2027, 2028)]
    )
)
_RATINGS = {None: 0.0, "順調": 0.0, "完了": 0.0, "やや遅れ": 0.5, "遅れ": 1.0}
RESAMPLED = 400


@dataclass(frozen=True, slots=True)
class Seen:
    """One open commitment still in time, as judged on one day, and what truly became of it."""

    town: int
    commitment: tuple[int, str, str]
    on: date
    late: bool
    days_left: int
    rating: float
    score: float
    probability: float
    signals: dict[str, float]
    signs: frozenset[str]
    past_p50: float
    past_p80: float
    basis: str
    laddered: bool

    @property
    def within_p50(self) -> bool:
        """Whether the forecast at even odds held."""
        return self.past_p50 <= 0

    @property
    def within_p80(self) -> bool:
        """Whether the forecast at 80 % held."""
        return self.past_p80 <= 0


@dataclass
class Result:
    """What a study saw. ``missed`` are lates that were reported and yet not judged late."""

    seen: list[Seen]
    reported_late: int
    missed: list[tuple[int, str, str, date]]
    commitments: int
    truly_late: int


def study(site: Site, towns: range, seed: int, warning: WarningRules | None = None) -> Result:
    """Judge the towns of a seed and compare with the truth."""
    config = site.config
    forecast = config.forecast
    if warning is not None:
        forecast = forecast.model_copy(update={"warning": warning})
    plan = site.plan_book.revisions[-1]
    result = Result([], 0, [], 0, 0)
    for number in towns:
        town = simulated_town(plan, config.rules, config.calendar, seed, number)
        result.commitments += len(town.works)
        result.truly_late += sum(work.late for work in town.works.values())
        actions = ActionPlanBook(plan.town, ())
        for day in DAYS:
            known = [r for r in town.readings if r.received_on is not None and r.received_on <= day]
            judgement = judge(town.book, known, day, config.rules, config.calendar, forecast, actions)
            for finding in judgement.findings:
                _look(result, town, number, day, finding)
    return result


def _look(result: Result, town: SimulatedTown, number: int, day: date, finding: Finding) -> None:
    for outlook in finding.outlooks:
        work = town.works.get((finding.project_id, outlook.key))
        if work is None or outlook.state != "open":
            continue
        if outlook.due_on < day < work.ends_on:
            result.reported_late += 1
            if finding.verdict not in (Verdict.CRITICAL, Verdict.DELAYED):
                result.missed.append((number, finding.project_id, outlook.key, day))
        elif outlook.warning is not None and day <= outlook.due_on and day < work.ends_on:
            result.seen.append(_seen(number, day, finding, outlook, work))


def _seen(number: int, day: date, finding: Finding, outlook: Outlook, work: Work) -> Seen:
    warning, p50, p80 = outlook.warning, outlook.forecast.p50, outlook.forecast.p80
    assert warning is not None and p50 is not None and p80 is not None
    return Seen(
        town=number,
        commitment=(number, finding.project_id, outlook.key),
        on=day,
        late=work.ends_on > outlook.due_on,
        days_left=(outlook.due_on - day).days,
        rating=_RATINGS[finding.self_rating],
        score=warning.score,
        probability=warning.probability,
        signals={signal.name: signal.value for signal in warning.signals},
        signs=frozenset(reason.code for reason in finding.reasons) & FOR_INFORMATION,
        past_p50=float((work.ends_on - p50).days),
        past_p80=float((work.ends_on - p80).days),
        basis=outlook.basis or "",
        laddered=outlook.phase == "導入",
    )


# --- lead time ----------------------------------------------------------------------------------------
def threshold_for(seen: Sequence[Seen], value: Callable[[Seen], float], false_alarms: float) -> float:
    """Return the lowest threshold above which at most this share of what ends in time is alarmed."""
    in_time = sorted((value(s) for s in seen if not s.late), reverse=True)
    allowed = in_time[min(int(false_alarms * len(in_time)), len(in_time) - 1)]
    return allowed


def lead_times(
    seen: Sequence[Seen], value: Callable[[Seen], float], threshold: float
) -> dict[tuple[int, str, str], int]:
    """Return, for each commitment that ends late, the days from its first alarm to its due date; 0 without one."""
    leads: dict[tuple[int, str, str], int] = {}
    for s in sorted(seen, key=lambda s: s.on):
        if s.late:
            alarmed = value(s) > threshold
            before = leads.setdefault(s.commitment, 0)
            if alarmed and not before:
                leads[s.commitment] = s.days_left
    return leads


def mean_and_interval(by_town: dict[int, list[float]]) -> tuple[float, float, float]:
    """Return the mean over all, and its 95 % interval by resampling towns."""
    random, towns = Random(7), sorted(by_town)
    sums = {t: (sum(v), len(v)) for t, v in by_town.items()}
    means = []
    for _ in range(RESAMPLED):
        drawn = [sums[t] for t in random.choices(towns, k=len(towns))]
        means.append(sum(a for a, _ in drawn) / max(sum(n for _, n in drawn), 1))
    means.sort()
    every = [x for values in by_town.values() for x in values]
    return fmean(every), means[int(0.025 * RESAMPLED)], means[int(0.975 * RESAMPLED)]


def rated_share(seen: Sequence[Seen]) -> float:
    """Return the share of what ends in time that its own department rates as behind: its false alarms."""
    in_time = [s for s in seen if not s.late]
    return sum(s.rating > 0 for s in in_time) / len(in_time)


BASELINES: dict[str, Callable[[Seen], float]] = {
    "自己評価": lambda s: s.rating,
    "期限までの日数": lambda s: -float(s.days_left),
}


def leads_apart(
    seen: Sequence[Seen], baseline: Callable[[Seen], float]
) -> tuple[tuple[float, float, float], float, float]:
    """Return by how many days the score warns earlier (with interval), and both means, at equal false alarms."""
    rate = rated_share(seen)
    own = lead_times(seen, lambda s: s.score, threshold_for(seen, lambda s: s.score, rate))
    other = lead_times(
        seen, baseline, 0.0 if baseline is BASELINES["自己評価"] else threshold_for(seen, baseline, rate)
    )
    apart: dict[int, list[float]] = defaultdict(list)
    for commitment, days in own.items():
        apart[commitment[0]].append(days - other[commitment])
    return mean_and_interval(apart), fmean(own.values()), fmean(other.values())


# --- printing -----------------------------------------------------------------------------------------
def report(result: Result, rules: WarningRules) -> Iterator[str]:
    """Yield the lines of the study's result."""
    seen = result.seen
    late, towns = [s.late for s in seen], [s.town for s in seen]
    scores = [s.score for s in seen]
    yield f"commitments {result.commitments}, truly late {result.truly_late / result.commitments:.1%}"
    recall = 1 - len(result.missed) / max(result.reported_late, 1)
    yield f"recall of reported lateness {recall:.4%} of {result.reported_late} (missed: {result.missed[:3]})"
    yield f"open and in time: {len(seen)} looks, {sum(late)} of what ends late"
    yield f"  AUC of the score            {_line(auc(late, scores, towns))}"
    for name, value in BASELINES.items():
        others = [value(s) for s in seen]
        yield f"  AUC of {name}  {_line(auc(late, others, towns))}  score better by {_line(auc_difference(late, scores, others, towns))}"
    yield f"  false alarms of the self-rating {rated_share(seen):.1%}; at the same rate, mean lead time in days"
    for name, value in BASELINES.items():
        (mean, low, high), own, other = leads_apart(seen, value)
        yield f"    score {own:.1f}, {name} {other:.1f}, earlier by {mean:+.1f} ({low:+.1f} to {high:+.1f})"
    yield from signs(seen)
    yield from calibration(seen)
    yield from ablation(seen, rules)


def signs(seen: Sequence[Seen]) -> Iterator[str]:
    """Yield, for each sign that moves no verdict, how often late came with it and without it."""
    for code in sorted(FOR_INFORMATION):
        told = [s.late for s in seen if code in s.signs]
        others = [s.late for s in seen if code not in s.signs]
        if told and others:
            yield f"  sign {code}: {len(told)} looks, {fmean(told):.1%} late; without it {fmean(others):.1%}"
        else:
            yield f"  sign {code}: seen at {len(told)} of {len(seen)} looks"


def calibration(seen: Sequence[Seen]) -> Iterator[str]:
    """Yield how often the forecasts held, and how probable a delay was where it was said to be."""
    for label, some in (
        ("all", seen),
        ("導入", [s for s in seen if s.laddered]),
        ("other", [s for s in seen if not s.laddered]),
    ):
        for basis in ("history", "prior", ""):
            part = [s for s in some if s.basis == basis or not basis]
            if part:
                held = [fmean(x) for x in ([s.within_p50 for s in part], [s.within_p80 for s in part])]
                yield f"  forecasts {label:6} {basis or 'both':8} {len(part):7} looks: 50 % held {held[0]:.1%}, 80 % held {held[1]:.1%}"
    for low, high in ((270, 400), (180, 270), (90, 180), (0, 90)):
        part = [s for s in seen if low <= s.days_left < high]
        if part:
            yield f"    {low:3}-{high} days left: 50 % held {fmean(s.within_p50 for s in part):.1%}, 80 % held {fmean(s.within_p80 for s in part):.1%}"
    yield f"  Brier {brier([s.late for s in seen], [s.probability for s in seen]):.4f}, of the mean {brier([s.late for s in seen], [fmean(s.late for s in seen)] * len(seen)):.4f}"
    for tenth in range(10):
        part = [s for s in seen if tenth / 10 <= s.probability < (tenth + 1) / 10]
        if part:
            yield f"    said {tenth / 10:.0%}-{(tenth + 1) / 10:.0%}: {fmean(s.probability for s in part):.1%} said, {fmean(s.late for s in part):.1%} late of {len(part)}"


def ablation(seen: Sequence[Seen], rules: WarningRules) -> Iterator[str]:
    """Yield, signal by signal, its own AUC and what the score loses without it."""
    late = [s.late for s in seen]
    full = auc(late, [s.score for s in seen])
    assert full is not None
    for name in SignalName:
        values = [s.signals.get(name.value, 0.0) for s in seen]
        rule = rules.signals[name]
        without = [
            s.score - rule.points * min(v / rule.full_at, 1) * rule.on
            for s, v in zip(seen, values, strict=True)
        ]
        alone, rest = auc(late, values), auc(late, without)
        if alone and rest:
            yield f"  {name.value:13} alone {alone.value:.3f}, without it {rest.value - full.value:+.4f}"


def _line(interval: object) -> str:
    return f"{interval.value:.3f} ({interval.low:.3f} to {interval.high:.3f})" if interval else "-"  # type: ignore[attr-defined]


def main() -> None:
    """Run the study and print it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--towns", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=2027)
    options = parser.parse_args()
    gc.set_threshold(COLLECTED_AFTER)  # as the command line does
    site = Site("togitsu", settings({}))
    begun = time.perf_counter()
    result = study(site, range(1, options.towns + 1), options.seed)
    print(
        f"{options.towns} towns x 29 projects x {len(DAYS)} days, seed {options.seed}: {time.perf_counter() - begun:.0f} s"
    )
    for line in report(result, site.config.forecast.warning):
        print(line)


if __name__ == "__main__":
    main()
