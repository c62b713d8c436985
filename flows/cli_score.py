"""``shinchoku score``: how the judgement's own predictions turned out."""

from __future__ import annotations

from flows.cli_options import AsJson, AsOf, Town, guarded, open_site, parse_day


@guarded
def score(town: Town = "", as_of: AsOf = "", as_json: AsJson = False) -> int:
    """成績：注意・見込み・早期の警告がどれだけ当たったかを、理由ごとに示します。"""
    from flows.score import print_score

    site = open_site(town)
    site.prepare()
    return print_score(site, parse_day(as_of), as_json=as_json)
