"""Builds the English and Chinese voice packs with espeak-ng and ffmpeg; neither is needed at run time."""

import string
import subprocess
import tempfile
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from queueing.speech import SUFFIX, audio_folder

ENGLISH_NUMBERS = [*range(20), *range(20, 100, 10)]
# espeak-ng reads pinyin; the characters stand beside it in queueing/data/queue_phrases.csv.
PINYIN_NUMBERS = dict(
    enumerate(["ling2", "yi1", "er4", "san1", "si4", "wu3", "liu4", "qi1", "ba1", "jiu3", "shi2"])
) | {100: "bai3"}
PINYIN_PHRASES = {
    "now_calling": "qing3",
    "number": "hao4",
    "go_room-before": "dao4",
    "go_room-after": "zhen3 shi4 jiu4 zhen3",
    "go_counter-after": "hao4 chuang1 kou3",
    "thanks": "xie4 xie5",
}
ENGLISH_PHRASES = {
    "now_calling": "Now calling number",
    "number": "number",
    "go_room": "please go to room",
    "go_counter": "please go to counter",
    "thanks": "thank you",
}
# Silence around a fragment is cut, then a little is put back, so that fragments join evenly.
_TRIM = "silenceremove=start_periods=1:start_threshold=-45dB"
FILTER = f"{_TRIM},areverse,{_TRIM},areverse,loudnorm=I=-16:TP=-1.5,apad=pad_dur=0.06"
CHIME = "aevalsrc='0.5*exp(-3*t)*sin(2*PI*880*t)+0.5*gt(t,0.35)*exp(-3*(t-0.35))*sin(2*PI*659.25*(t-0.35))':d=1.3"


class Command(BaseCommand):
    help = (
        "Build static/audio/en, static/audio/zh-hans and the chime with espeak-ng and ffmpeg (both must be installed)."
    )

    def handle(self, *args, **options) -> None:
        for language, texts in {"en": _english(), "zh-hans": _chinese()}.items():
            for name, (voice, text) in texts.items():
                _build(audio_folder(language) / f"{name}{SUFFIX}", voice=voice, text=text)
            self.stdout.write(f"{language}: {len(texts)} fragments")
        _run("ffmpeg", "-y", "-f", "lavfi", "-i", CHIME, *_mp3(audio_folder("chime").with_suffix(SUFFIX)))


def _letters() -> dict[str, tuple[str, str]]:
    return {f"letter-{letter}": ("en-us", f"{letter.upper()}.") for letter in string.ascii_lowercase}


def _english() -> dict[str, tuple[str, str]]:
    numbers = {f"number-{number}": ("en-us", str(number)) for number in ENGLISH_NUMBERS}
    phrases = {f"phrase-{key}": ("en-us", text) for key, text in ENGLISH_PHRASES.items()}
    return {**_letters(), **numbers, "number-100": ("en-us", "hundred"), **phrases}


def _chinese() -> dict[str, tuple[str, str]]:
    numbers = {f"number-{number}": ("cmn-latn-pinyin", pinyin) for number, pinyin in PINYIN_NUMBERS.items()}
    phrases = {f"phrase-{key}": ("cmn-latn-pinyin", pinyin) for key, pinyin in PINYIN_PHRASES.items()}
    return {**_letters(), **numbers, **phrases}


def _build(path: Path, *, voice: str, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(suffix=".wav") as wave:
        _run("espeak-ng", "-v", voice, "-s", "145", "-w", wave.name, text)
        _run("ffmpeg", "-y", "-i", wave.name, "-af", FILTER, *_mp3(path))


def _mp3(path: Path) -> list[str]:
    return ["-ac", "1", "-ar", "24000", "-b:a", "32k", "-map_metadata", "-1", str(path)]


def _run(*command: str) -> None:
    try:
        subprocess.run(command, check=True, capture_output=True)  # fixed programs, no text of users
    except (OSError, subprocess.CalledProcessError) as error:
        raise CommandError(f"{command[0]} failed: {getattr(error, 'stderr', error)}") from error
