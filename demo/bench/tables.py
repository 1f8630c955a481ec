"""Prints what was measured."""

import os
from collections.abc import Sequence

from demo.bench.measuring import Row
from demo.bench.server import Server

COLUMNS = [
    ("page", 27),
    ("as", 13),
    ("p50 ms", 8),
    ("p95 ms", 8),
    ("bare ms", 8),
    ("multiple", 9),
    ("aim", 6),
    ("CPU ms", 8),
    ("CPU mult.", 10),
    ("req/s at 8", 11),
    ("errors", 7),
    ("SQL", 5),
    ("KB", 7),
    ("", 0),
]


def page_table(rows: Sequence[Row]) -> str:
    """One line a page; the last column names what misses its aim.

    The processor's time of the web workers is told beside the time on the wall: where others use the machine as well,
    a page of several statements loses its turn more often than the bare view does.
    """
    load = " ".join(f"{average:.1f}" for average in os.getloadavg())
    lines = [f"Load of the machine: {load} on {os.cpu_count()} processors"]
    lines += [_line([name for name, _width in COLUMNS])]
    for row in rows:
        scenario = row.scenario
        lines.append(
            _line(
                [
                    scenario.name,
                    scenario.who or "-",
                    f"{row.p50:.1f}",
                    f"{row.p95:.1f}",
                    f"{row.bare:.2f}",
                    f"{row.multiple:.1f}x",
                    f"{scenario.aim:g}x" if scenario.aim else "-",
                    f"{row.processor:.1f}",
                    f"{row.processor_multiple:.1f}x",
                    f"{row.per_second:.0f}",
                    str(row.errors),
                    str(row.statements),
                    f"{row.kilobytes:.0f}",
                    "MISSED " + ", ".join(row.misses) if row.misses else "ok",
                ]
            )
        )
    return "\n".join(lines)


def _line(cells: Sequence[str]) -> str:
    texts = []
    for place, (cell, (_name, width)) in enumerate(zip(cells, COLUMNS, strict=True)):
        texts.append(cell.ljust(width) if place < 2 else f"  {cell}" if not width else cell.rjust(width))
    return "".join(texts).rstrip()


def memory_line(name: str, server: Server) -> str:
    workers = server.memory()
    each = ", ".join(f"{resident:.0f} MB ({own:.0f} MB with what is shared counted once)" for resident, own in workers)
    return f"{name}: {len(workers)} workers of {each}"


def flatness_line(rows: Sequence[Row]) -> str:
    """How much slower ten times as many patients make a search."""
    by_name = {row.scenario.name: row for row in rows}
    parts = []
    for kind in ("name", "phone"):
        small = next((row for name, row in by_name.items() if name.startswith(f"search by {kind}, royal")), None)
        large = next((row for name, row in by_name.items() if name.startswith(f"search by {kind}, samaki")), None)
        if small and large and small.p50 and large.p50:
            parts.append(f"by {kind} {large.multiple / small.multiple:.2f}x")
    return "Search in samaki beside royal (aim: flat): " + ", ".join(parts) if parts else ""
