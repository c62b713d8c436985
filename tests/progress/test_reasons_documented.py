from __future__ import annotations

import re
from pathlib import Path

from tasks.progress.reasons import ReasonCode, Verdict

TEXT = (Path(__file__).parents[2] / "docs" / "ja" / "判定理由.md").read_text(encoding="utf-8")


def test_it_documents_every_reason_code_and_no_other():
    section = TEXT.split("## 理由のコード")[1].split("## いつでも")[0]
    assert re.findall(r"^\| ([a-z_]+) \|", section, re.M) == [code.value for code in ReasonCode]


def test_it_documents_every_verdict_in_order_with_its_label():
    section = TEXT.split("## 判定（悪い順）")[1].split("## 段階ごと")[0]
    rows = re.findall(r"^\| ([a-z_]+) \| (\S+) \|", section, re.M)
    assert rows == [(v.value, v.label) for v in Verdict]
