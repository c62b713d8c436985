"""How much a simulated year says, and to whom, against one mail a finding and run: ``make bench``."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from alert_year import AUDIENCES, Year, expected, simulate, told

SEEDS = range(1, 6)


def main() -> None:
    """Print the figures of some simulated years."""
    for seed in SEEDS:
        year = simulate(seed)
        wanted, given = expected(year), told(year)
        sent, naive = year.mails.total(), year.naive.total()
        print(
            f"年 {seed}: 開庁日 {len(year.days)}日、上申 {len(wanted)}件"
            f"（知らせ漏れ {len(wanted - given)}、余分 {len(given - wanted)}）、"
            f"通知 {sent}通（1件1回1通なら {naive}通、{1 - sent / naive:.1%} 減）"
        )
        _by_audience(year)


def _by_audience(year: Year) -> None:
    for audience in AUDIENCES:
        roles = {role for role, _ in (*year.mails, *year.naive) if role.partition(":")[0] == audience}
        months = [year.mails[role, month] for role in roles for month in range(1, 13)]
        naive = [year.naive[role, month] for role in roles for month in range(1, 13)]
        if months:
            print(
                f"  {audience}：宛先 {len(roles)}、1宛先1か月の平均 {sum(months) / len(months):.1f}通"
                f"（最多 {max(months)}通）、1件1回1通なら平均 {sum(naive) / len(months):.1f}通"
            )


if __name__ == "__main__":
    main()
