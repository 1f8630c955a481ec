"""Run one of PostgreSQL's own programs, of the running server's version.

``python -m deploy.local.tool psql ihospita``
"""

import os
import sys

from deploy.local.paths import LocalDir
from deploy.local.postgres import package_directory


def main() -> None:
    name, *arguments = sys.argv[1:] or ["psql"]
    program = package_directory() / "pginstall" / "bin" / name
    environment = {"PGHOST": str(LocalDir.from_environment().sockets), "PGUSER": "postgres", **os.environ}
    os.execve(program, [str(program), *arguments], environment)  # noqa: S606


if __name__ == "__main__":
    main()
