"""``python -m demo.chaos [payments]``: starts everything as `make demo` does, in a directory of its own, and breaks it.

Ends with 1 where anything does not agree afterwards.
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from demo.chaos import clients, faults
from deploy.local.demo import children, prepare_database, say, stop
from deploy.local.environment import local_environment, write_environment
from deploy.local.paths import PYTHON, ROOT, LocalDir
from deploy.local.process import Child
from deploy.local.services import Services, hold
from deploy.local.supervisor import Stopped, Supervisor, listen_for_signals

UNLIMITED = dict.fromkeys(("RATE_READ", "RATE_ACT", "RATE_PAPER", "RATE_STRANGER"), "1000000")


def main() -> None:
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 500
    local, port = LocalDir.from_environment(), int(os.environ.get("PORT", "8000"))
    listen_for_signals()
    services = Services(local)
    processes: list[Child] = []
    with hold(local, patience=5):
        try:
            services.start()
            environment = {**local_environment(services, port), **UNLIMITED}
            write_environment(local, environment)
            prepare_database(services, environment)
            work = _manage("prepare", environment, local.path / "chaos.json", number)
            processes = children(environment, local, port)
            for child in processes:
                child.log = local.logs / f"{child.name}.log"  # what they say while they are killed is long
                child.start()
            processes[0].wait_ready()
            found = _break(work, services, processes, environment, port)
        except Stopped:
            sys.exit(130)
        finally:
            stop(processes, services)
    sys.exit("\n".join(found) if found else 0)


def _break(
    work: dict[str, Any], services: Services, processes: list[Child], environment: dict[str, str], port: int
) -> list[str]:
    """Pay, kill, wait until every client has an answer, and compare; gives what is wrong."""
    payments = work["payments"]
    began = time.monotonic()
    outcome = clients.start(port, payments, work["cookies"])
    all_children = [*services.children, *processes]
    faults.begin(all_children, outcome, len(payments), say)
    supervisor = Supervisor(all_children, say)
    supervisor.watch(until=lambda: outcome.ended == len(payments))
    took = time.monotonic() - began
    say(f"{len(outcome.receipts)} of {len(payments)} clients have a receipt after {took:.1f} s")
    say("Forms sent again: " + (", ".join(f"{why} {n}" for why, n in outcome.repeats.most_common()) or "none"))
    result = _Verification(environment, services.local.path / "chaos-result.json", payments, outcome.receipts)
    supervisor.watch(until=result.is_done)  # whatever was killed last is started again meanwhile
    found = [*outcome.lost, *result.found()]
    say("Everything agrees" if not found else f"{len(found)} findings")
    return found


class _Verification:
    """The comparison as a process of its own, beside the running servers."""

    def __init__(
        self, environment: dict[str, str], file: Path, payments: list[dict[str, Any]], receipts: dict[str, str]
    ) -> None:
        self.file = file
        file.write_text(json.dumps({"payments": payments, "receipts": receipts}))
        command = [str(PYTHON), "manage.py", "chaos", "verify", str(file)]
        self.process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **environment})

    def is_done(self) -> bool:
        return self.process.poll() is not None

    def found(self) -> list[str]:
        if self.process.returncode:
            return ["The comparison itself failed; see above"]
        found: list[str] = json.loads(self.file.read_text())["found"]
        return found


def _manage(act: str, environment: dict[str, str], file: Path, number: int) -> dict[str, Any]:
    say(f"{number} invoices are drawn up")
    command = [str(PYTHON), "manage.py", "chaos", act, str(file), "--payments", str(number)]
    subprocess.run(command, cwd=ROOT, env={**os.environ, **environment}, check=True)
    work: dict[str, Any] = json.loads(file.read_text())
    return work


if __name__ == "__main__":
    main()
