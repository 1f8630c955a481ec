"""What a look must never be: an icon that does not exist, a colour that cannot be read, a frame nobody can use."""

import re
from itertools import product
from pathlib import Path

import pytest
from django.conf import settings

from core.icons import FALLBACK, NAMES
from tests.guards import sources

TOKENS = (settings.BASE_DIR / "static/css/tokens.css").read_text(encoding="utf-8")
THEMES = {
    "light": r':root,\s*\[data-bs-theme="light"\] \{\s*color-scheme',
    "dark": r'\[data-bs-theme="dark"\] \{\s*color-scheme',
}
TONES = ("grey", "blue", "teal", "green", "amber", "red", "violet")
TEXT, LARGE = 4.5, 3.0  # WCAG 2.2 AA: text; borders of fields, large text, icons


def tokens(theme: str) -> dict[str, str]:
    block = re.search(THEMES[theme] + r"[^}]*\}", TOKENS)
    assert block, theme
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6});", block[0]))


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(digit * 2 for digit in colour[1:])
    channels = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


PAIRS = [
    *product(("ink", "ink-2", "ink-3", "brand"), ("bg", "surface", "surface-2"), (TEXT,)),
    *product(("ink", "ink-2", "ink-3"), ("surface-3",), (TEXT,)),
    ("on-brand", "brand-fill", TEXT),
    ("on-brand", "brand-fill-hover", TEXT - 0.4),  # under the pointer, and bold
    ("brand-soft-ink", "brand-soft", TEXT),
    ("line-strong", "surface", LARGE),
    ("focus-colour", "bg", LARGE),
    ("focus-colour", "surface", LARGE),
    *[(f"{tone}-ink", f"{tone}-soft", TEXT) for tone in TONES],
    *[(f"{tone}-ink", "surface", TEXT) for tone in TONES],
]


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("ink", "ground", "least"), PAIRS)
def test_every_text_is_readable_on_its_ground(theme, ink, ground, least):
    colours = tokens(theme)
    assert contrast(colours[ink], colours[ground]) >= least


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("tone", TONES)
def test_white_words_are_readable_on_every_filled_button(theme, tone):
    assert contrast("#ffffff", tokens(theme)[f"{tone}-fill"]) >= TEXT


def _used(path: Path) -> set[str]:
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".html":
        tags = re.findall(r"""\{%\s*icon ['"]([\w-]+)['"]""", text)
        return set(tags) | set(re.findall(r"""\bicon=['"]([\w-]+)['"]""", text))
    return set(re.findall(r"""\bicon=['"]([\w-]+)['"]""", text)) | set(
        re.findall(r"""Look\(['"]\w+['"], ['"]([\w-]+)""", text)
    )


def test_every_icon_that_is_named_exists():
    pages = sorted((settings.BASE_DIR / "templates").rglob("*.html"))
    unknown = {f"{path.name}: {name}" for path in [*sources.python(), *pages] for name in _used(path) - NAMES}
    assert unknown == set()


def test_every_icon_in_the_sprite_is_used_somewhere():
    """A name goes into core/icons.py with its first use, and out with its last: every page loads the sprite."""
    written = "".join(
        path.read_text(encoding="utf-8")
        for path in sources.files(".py", ".html", ".js", under=(*sources.ROOMS, "templates", "static"))
        if path.name != "icons.py"
    )
    named = set(re.findall(r"""["']([a-z0-9-]+)["']""", written)) | set(re.findall(r"#([a-z0-9-]+)", written))
    assert sorted(NAMES - named - {FALLBACK}) == []
