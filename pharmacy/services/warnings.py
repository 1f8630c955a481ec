"""Warnings that were shown, kept with the reason for going on."""

from collections.abc import Iterable, Mapping

from accounts.models import User
from pharmacy.models import PrescriptionItem, SafetyWarning
from pharmacy.safety import Finding
from pharmacy.states import CheckStage


def record_warnings(
    item: PrescriptionItem,
    findings: Iterable[Finding],
    reasons: Mapping[str, str],
    *,
    stage: CheckStage,
    by: User,
) -> None:
    """Keep every finding that was not merely a quiet note, in the words the person read."""
    SafetyWarning.objects.bulk_create(
        SafetyWarning(
            item=item,
            stage=stage,
            kind=finding.kind,
            severity=finding.severity,
            key=finding.key,
            text=finding.text,
            reason=reasons.get(finding.key, ""),
            by=by,
        )
        for finding in findings
        if not finding.is_quiet
    )
