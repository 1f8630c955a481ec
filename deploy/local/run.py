"""Run one command beside the local servers: ``python -m deploy.local.run [--owner] manage.py migrate``.

Uses the servers of a running demo, or starts them for as long as the command takes.
"""

import os
import subprocess
import sys

from deploy.local.environment import adopt_environment, local_environment
from deploy.local.paths import PYTHON, ROOT, LocalDir
from deploy.local.process import StartFailed
from deploy.local.services import AlreadyRunning, Services, hold
from deploy.local.supervisor import Stopped, listen_for_signals


def _python(arguments: list[str], environment: dict[str, str]) -> int:
    return subprocess.run(
        [str(PYTHON), *arguments], cwd=ROOT, env={**os.environ, **environment}, check=False
    ).returncode


def _beside_own_servers(arguments: list[str], local: LocalDir, extra: dict[str, str]) -> int:
    services = Services(local)
    try:
        services.start()
        return _python(arguments, {**local_environment(services, int(os.environ.get("PORT", "8000"))), **extra})
    finally:
        services.stop()


def main() -> None:
    arguments = sys.argv[1:]
    extra = {"USE_OWNER_ROLE": "1"} if arguments[:1] == ["--owner"] else {}
    arguments = arguments[1:] if extra else arguments
    local = LocalDir.from_environment()
    listen_for_signals()
    try:
        with hold(local):
            sys.exit(_beside_own_servers(arguments, local, extra))
    except AlreadyRunning:
        adopt_environment(local.environment)
        sys.exit(_python(arguments, extra))
    except Stopped:
        sys.exit(130)
    except StartFailed as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
