"""`make audit`: known weaknesses of what we install, from PyPI's and npm's advisories.

Ends with 1 where something is known, with 2 where an advisory service could not be asked: that is no clean bill.
"""

import subprocess
import sys

from deploy.local.paths import PYTHON, ROOT

PATIENCE_SECONDS = 90
BIN = PYTHON.parent
_PIP = [str(BIN / "pip-audit"), "--disable-pip", "--require-hashes", "--progress-spinner", "off", "--timeout", "10"]
ASKED = {
    "Python packages": [*_PIP, "-r", "requirements.lock"],
    "front-end packages": ["npm", "audit", "--package-lock-only", "--fetch-timeout=10000", "--fetch-retries=0"],
}
_OUT_OF_REACH = (
    "ConnectionError",
    "Connection",
    "ENOTFOUND",
    "ECONNREFUSED",
    "ETIMEDOUT",
    "audit endpoint",
    "404",
    "403",
)


def ask(command: list[str]) -> tuple[int, str]:
    """0: nothing known; 1: something is known; 2: nobody answered. With what was printed."""
    try:
        done = subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False, stdin=None
        )
    except (subprocess.TimeoutExpired, FileNotFoundError) as error:
        return 2, str(error)
    printed = (done.stdout + done.stderr).strip()
    if done.returncode == 0:
        return 0, printed
    return (2 if any(word in printed for word in _OUT_OF_REACH) else 1), printed


def main() -> None:
    worst = 0
    for name, command in ASKED.items():
        verdict, printed = ask(command)
        worst = max(worst, verdict)
        words = {0: "nothing known", 1: "weaknesses are known", 2: "not audited: the advisories are out of reach"}
        print(f"{name}: {words[verdict]}", flush=True)
        if verdict:
            print("  " + "\n  ".join(printed.splitlines()[-20:]), flush=True)
    sys.exit(worst)


if __name__ == "__main__":
    main()
