"""Numbers of the cash office's papers: without gaps, per branch and year."""

from typing import Any

from core.clock import today
from core.numbering import next_number


def paper_number(series: str, letters: str, branch: Any) -> str:
    """The next number of a series, such as PP-R2026-000001; given back when the transaction is rolled back."""
    year = today().year
    return f"{branch.code}-{letters}{year}-{next_number(f'billing.{series}:{branch.code}:{year}'):06d}"
