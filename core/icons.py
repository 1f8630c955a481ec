"""The icons we use, by their Tabler names, and the one small SVG sprite made of them."""

import re
from pathlib import Path

from django.conf import settings

NAMES = frozenset(
    """
    activity activity-heartbeat adjustments alarm alert-circle alert-octagon alert-triangle ambulance archive
    arrow-back-up arrow-down arrow-left arrow-narrow-right arrow-right arrow-up arrows-exchange arrows-sort
    award baby-carriage ban bandage barcode battery-4 bed bell bell-off bell-ringing bolt bone book bookmark
    brain brand-telegram briefcase browser bug building building-bank building-community building-hospital
    building-store bulb calculator calendar calendar-check calendar-due calendar-event calendar-off
    calendar-plus calendar-time capsule cash cash-banknote chart-bar chart-donut chart-dots chart-line chart-pie
    check checkbox checklist checks chevron-down chevron-left chevron-right chevron-up chevrons-down chevrons-up
    circle circle-check circle-dashed circle-dot circle-minus circle-plus circle-x clipboard clipboard-check
    clipboard-data clipboard-heart clipboard-list clipboard-plus clipboard-text clock clock-hour-4 clock-pause
    coin coins command copy credit-card crown currency-dollar cut dashboard database dental details
    device-desktop device-desktop-analytics device-floppy device-mobile device-tv devices discount dna door
    door-enter door-exit dots dots-vertical download droplet droplet-half e-passport ear edit exchange
    exclamation-circle external-link eye eye-check eye-off eyeglass face-mask file file-analytics file-check
    file-description file-download file-export file-invoice file-off file-plus file-report file-spreadsheet
    file-text file-x files filter filter-off fingerprint first-aid-kit flag flame flask flask-2 flask-off folder
    forms friends gauge gender-agender gender-female gender-male gift grid-dots grip-vertical hand-stop headset
    health-recognition heart heart-handshake heart-rate-monitor heartbeat help help-circle hexagon history home
    home-heart hospital hourglass id id-badge id-badge-2 inbox infinity info-circle key keyboard language
    layout-dashboard layout-grid layout-list layout-sidebar-left-collapse layout-sidebar-left-expand leaf
    library license lifebuoy link list list-check list-details list-numbers list-search loader-2 location lock
    lock-check lock-open lock-square login logout lungs mail mail-opened man map map-pin math meat medal
    medical-cross medicine-syrup menu-2 message message-circle message-report messages microscope minus mood-kid
    mood-smile moon moon-stars needle-thread news note notebook notes number nurse package package-export
    package-import package-off packages paperclip password pencil pencil-plus percentage phone phone-call photo
    pig-money pill pill-off pin plane-departure plant player-pause player-play player-skip-forward
    player-track-next plus point power prescription presentation printer progress progress-check puzzle qrcode
    question-mark quote radar radioactive receipt receipt-2 receipt-off receipt-refund refresh refresh-alert
    reload repeat replace report report-analytics report-medical report-money rosette rosette-discount-check
    rotate route router ruler ruler-2 run scale scan school scissors search section select send server settings
    settings-2 share shield shield-check shield-half shield-lock shield-off shield-x shopping-cart sitemap skull
    slice smoking sort-ascending sort-descending soup sparkles speakerphone square square-check square-x stack
    stack-2 star status-change stethoscope stethoscope-off sun sun-high sunrise sunset switch-horizontal table
    tag tags target temperature terminal test-pipe test-pipe-2 test-pipe-off ticket toggle-left toggle-right
    tool tools transfer transfer-in transfer-out transform trash trending-down trending-up trophy truck
    truck-delivery typography umbrella upload urgent user user-bolt user-check user-circle user-cog user-edit
    user-exclamation user-heart user-minus user-off user-pause user-plus user-question user-scan user-search
    user-shield user-star user-x users users-group vaccine vaccine-bottle versions video virus virus-off volume
    volume-off walk wallet wash weight wheelchair wifi wifi-off wind woman world writing writing-sign x zoom-in
    zoom-out zzz
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
