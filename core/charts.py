"""A chart as data: drawn by Chart.js where there is JavaScript, always readable as a table."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any


@dataclass(frozen=True)
class Series:
    """One line or set of bars; ``values`` match the chart's labels, None where nothing is known."""

    label: Any
    values: Sequence[int | Decimal | None]
    tone: str = ""


@dataclass(frozen=True)
class Chart:
    """``kind``: bar, line, area, stacked, doughnut. ``title`` also heads the table; ``unit`` belongs to the values."""

    title: Any
    labels: Sequence[Any]
    series: Sequence[Series]
    kind: str = "bar"
    unit: Any = ""
    horizontal: bool = False
    height: str = "md"
    axis: Any = ""

    @property
    def table(self) -> list[tuple[Any, list[Any]]]:
        """Rows of the text alternative: (label, value of each series)."""
        return [(label, [one.values[place] for one in self.series]) for place, label in enumerate(self.labels)]

    @property
    def json(self) -> str:
        return json.dumps(self.data, ensure_ascii=False)

    @property
    def data(self) -> dict[str, Any]:
        """What the browser draws. Decimals become numbers here and only for drawing."""
        return {
            "kind": self.kind,
            "unit": str(self.unit),
            "horizontal": self.horizontal,
            "labels": [str(label) for label in self.labels],
            "series": [
                {"label": str(one.label), "tone": one.tone, "values": [_drawn(value) for value in one.values]}
                for one in self.series
            ],
        }


def _drawn(value: int | Decimal | None) -> float | int | None:
    return float(value) if isinstance(value, Decimal) else value
