"""What the word of a verdict looks like: how far beyond its range it puts an organisation, and in which colour."""

from impact.reports.chart_records import Cause

_CAUSES: dict[str, Cause] = {"better": "improving", "worse": "concern", "higher": "high", "lower": "low"}
_MUCH = "much "


def cause_of(verdict: str) -> Cause | None:
    """What a verdict amounts to; None where it sets nobody apart."""
    return _CAUSES.get(verdict.removeprefix(_MUCH))


def is_much(verdict: str) -> bool:
    """Whether it lies beyond the 99.8% limits, not the 95% limits alone."""
    return verdict.startswith(_MUCH) and cause_of(verdict) is not None
