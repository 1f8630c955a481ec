"""`make demo` with an empty platform instead of two hospitals: the same processes, ready in seconds."""

import os
import subprocess

from deploy.local import demo
from deploy.local.paths import PYTHON, ROOT
from deploy.local.services import Services


def migrate_the_platform(services: Services, environment: dict[str, str]) -> None:
    """Once: a second start finds everything as it was left."""
    done = services.local.path / "migrated"
    if done.exists():
        return
    for command in (["migrate_schemas", "--shared"], ["prepare_platform"]):  # tables, then the platform's own keys
        subprocess.run(
            [str(PYTHON), "manage.py", *command, "--verbosity", "0"],
            cwd=ROOT,
            env={**os.environ, **environment, "USE_OWNER_ROLE": "1"},
            check=True,
        )
    done.touch()


if __name__ == "__main__":
    demo.main(migrate_the_platform)
