"""Compile locale/*/LC_MESSAGES/django.po into the .mo files Django reads; they are never committed."""

from pathlib import Path

import polib

LOCALE = Path(__file__).resolve().parents[2] / "locale"


def compile_catalogues(locale: Path = LOCALE) -> list[Path]:
    """Write every catalogue that is newer than its compiled form, and return what was written."""
    written = []
    for source in sorted(locale.glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
            making = target.with_suffix(".mo.new")
            polib.pofile(str(source)).save_as_mofile(str(making))
            making.replace(target)
            written.append(target)
    return written


if __name__ == "__main__":
    compile_catalogues()
