"""The icons we use, by their Tabler names, and the one small SVG sprite made of them."""

import re
from pathlib import Path

from django.conf import settings

NAMES = frozenset(
    """
    adjustments alert-circle alert-octagon alert-triangle archive arrow-back-up arrow-down arrow-left
    arrow-right arrow-up arrows-exchange award ban barcode bell bell-off bolt book building building-hospital
    calculator calendar-check calendar-due calendar-event calendar-off camera capsule cash chart-bar check checkbox
    checks chevron-down chevron-left chevron-right chevrons-down chevrons-up circle-check circle-dot
    circle-minus circle-x clipboard-check clipboard-list clipboard-plus clock copy database details
    device-desktop device-floppy device-mobile device-tv discount door door-enter door-exit download edit eraser
    exchange eye eye-check file file-check file-invoice file-plus file-text filter fingerprint flag flask folder gift
    hand-stop heart-handshake heart-rate-monitor help-circle history home hospital hourglass id id-badge-2 inbox
    info-circle key keyboard language layout-dashboard layout-list license link list list-details list-numbers
    loader-2 location lock lock-open login logout mail menu-2 message minus mood-smile moon note notes number nurse
    package package-export package-off packages password pencil phone phone-call pig-money pill player-play
    player-skip-forward plus point prescription presentation printer progress qrcode question-mark receipt
    receipt-refund refresh report-medical route scale search section select send settings shield shield-check
    shield-lock speakerphone stack stethoscope sun sun-high table tags target temperature test-pipe ticket tool
    transfer trash truck-delivery urgent user user-check user-circle user-cog user-edit user-off user-plus
    user-search users versions volume wallet weight world writing-sign x
    """.split()  # noqa: SIM905
)
FALLBACK = "point"  # shown for a name that is not in the list; a guard test finds such names before a user does

_SHAPES = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)
_BACKGROUND = re.compile(r'<path stroke="none" d="M0 0h24v24H0z" fill="none" ?/>')


def known(name: str) -> str:
    return name if name in NAMES else FALLBACK


def sprite() -> str:
    """One SVG with a <symbol> per icon; stroke and size come from the element that uses it."""
    folder = Path(settings.BASE_DIR) / "node_modules/@tabler/icons/icons/outline"
    symbols = "".join(_symbol(name, (folder / f"{name}.svg").read_text(encoding="utf-8")) for name in sorted(NAMES))
    return f'<svg xmlns="http://www.w3.org/2000/svg">{symbols}</svg>'


def _symbol(name: str, source: str) -> str:
    match = _SHAPES.search(source)
    if match is None:
        raise ValueError(f"{name}.svg holds no drawing")
    shapes = " ".join(_BACKGROUND.sub("", match[1]).split())
    return f'<symbol id="{name}" viewBox="0 0 24 24">{shapes}</symbol>'
