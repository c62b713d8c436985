"""The JSON documents other programs read: ``judge --json``, and the part ``run --json`` shares."""

from __future__ import annotations

from typing import Any

from tasks.progress.explanation import explain
from tasks.progress.records import Judgement


def findings_document(judgement: Judgement) -> dict[str, Any]:
    """Return the findings, each with its explanation, in the order of the plan, and the counts per verdict."""
    return {
        "town": judgement.town,
        "as_of": judgement.as_of.isoformat(),
        "fiscal_year": judgement.fiscal_year,
        "plan_revision": judgement.plan_revision,
        "findings": [
            {**finding.model_dump(mode="json"), "explanation": explain(finding).model_dump(mode="json")}
            for finding in judgement.findings
        ],
        "counts": judgement.counts(),
    }
