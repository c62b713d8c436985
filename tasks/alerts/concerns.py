"""What calls for an alert in a judgement: a concern for each commitment, and for the 事業 as a whole. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from plan_data.record import record
from tasks.progress.reasons import ReasonCode, Verdict
from tasks.progress.records import CellEvidence, Commitment, Finding, Judgement, Reason

#: A commitment with one of these is in an episode; it ends with any other.
ALERTING = frozenset(
    {Verdict.CRITICAL, Verdict.DELAYED, Verdict.CONTRADICTORY, Verdict.AT_RISK, Verdict.UNREPORTED}
)
#: Silence is about the 事業, whichever commitment of it happens to be the current one.
_OF_THE_WHOLE = frozenset({ReasonCode.NEVER_REPORTED, ReasonCode.NO_REPORT_THIS_CYCLE})

#: 事業 and commitment, the latter empty for the 事業 as a whole.
Key = tuple[str, str]


@record
class Concern:
    """One commitment of a finding that calls for an alert, with the reasons that do.

    ``file`` is the unreadable or missing file because of which nobody is heard, None where there is none.
    """

    finding: Finding
    commitment: str
    verdict: Verdict
    reasons: tuple[Reason, ...]
    file: str | None

    @property
    def keys(self) -> tuple[str, ...]:
        """The reasons as an episode keeps them: codes, with ``@`` and the 担当課 where one is named."""
        return tuple(dict.fromkeys(reason_key(reason) for reason in self.reasons))

    def new_against(self, known: Sequence[str]) -> tuple[ReasonCode, ...]:
        """Return the codes that are not among those an episode keeps."""
        return tuple(dict.fromkeys(r.code for r in self.reasons if _is_new(r, known)))


def concerns(judgement: Judgement, gone: Mapping[str, str]) -> dict[Key, Concern]:
    """Return every concern of a judgement, in the order of the plan and of the reasons.

    ``gone`` names the file of each department whose only files are no longer in the inbox.
    """
    return {
        (concern.finding.project_id, concern.commitment): concern
        for finding in judgement.findings
        for concern in _concerns(finding, gone)
    }


def _concerns(finding: Finding, gone: Mapping[str, str]) -> Iterator[Concern]:
    by_commitment: dict[str, list[Reason]] = {}
    for reason in finding.reasons:
        # 評価乖離 and the like move nothing.
        if reason.verdict in ALERTING:
            by_commitment.setdefault(commitment_key(reason), []).append(reason)
    for commitment, reasons in by_commitment.items():
        verdict = min((r.verdict for r in reasons if r.verdict), key=lambda v: v.rank)
        file = _file_behind(finding, gone) if verdict is Verdict.UNREPORTED else None
        yield Concern(finding, commitment, verdict, tuple(reasons), file)


def commitment_key(reason: Reason) -> str:
    """Return the commitment whose episode a reason belongs to, empty for the 事業 as a whole."""
    return "" if reason.code in _OF_THE_WHOLE else reason.commitment or ""


def commitment_of(finding: Finding, key: str) -> Commitment | None:
    """Return the commitment of this key; for the 事業 as a whole the one that decided."""
    found = next((c for c in finding.commitments if c.key == key), None)
    return found or finding.commitment


def reason_key(reason: Reason) -> str:
    """Return a reason as an episode keeps it."""
    return f"{reason.code.value}@{reason.department}" if reason.department else reason.code.value


def _is_new(reason: Reason, known: Sequence[str]) -> bool:
    """Whether a reason was not there before; naming its 担当課, or no longer naming it, is no news."""
    code = reason.code.value
    if reason.department is None:
        return all(key.partition("@")[0] != code for key in known)
    return code not in known and reason_key(reason) not in known


def _file_behind(finding: Finding, gone: Mapping[str, str]) -> str | None:
    """Return the file because of which nobody is heard: an unreadable one, or one that is gone."""
    for reason in finding.reasons:
        if reason.code is ReasonCode.FILE_UNREADABLE:
            cells = (e for e in reason.evidence if isinstance(e, CellEvidence))
            return next((cell.file for cell in cells), "")
    return next((gone[name] for name in finding.departments if name in gone), None)
