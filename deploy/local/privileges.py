"""PostgreSQL refuses to run as root; these are the ways to start it all the same, and to bind its life to ours."""

import ctypes
import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

NOBODY = 65534
_CLONE_NEWUSER = 0x10000000
_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True)
class Identity:
    """Who a child process becomes: ``owner`` owns its files as seen from here; ``drop`` runs between fork and exec."""

    owner: int
    drop: Callable[[], None]


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _call(result: int, what: str) -> None:
    if result != 0:
        raise OSError(ctypes.get_errno(), what)


def die_with_parent(with_signal: int) -> None:
    """Ask the kernel to signal this process when its parent goes, however it goes. Changing users forgets it."""
    if sys.platform == "linux":
        _call(_libc().prctl(_PR_SET_PDEATHSIG, with_signal, 0, 0, 0), "prctl")


def _stay() -> None:
    """Keep the user we are."""


def _become_nobody() -> None:
    os.setgroups([])
    os.setgid(NOBODY)
    os.setuid(NOBODY)


def _look_like_nobody() -> None:
    """Enter a user namespace in which root is seen as nobody: file access stays, PostgreSQL is content."""
    uid, gid = os.getuid(), os.getgid()
    _call(_libc().unshare(_CLONE_NEWUSER), "unshare")
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{NOBODY} {uid} 1")
    Path("/proc/self/gid_map").write_text(f"{NOBODY} {gid} 1")


@cache
def _namespaces_allowed() -> bool:
    try:
        return subprocess.run(["true"], preexec_fn=_look_like_nobody, check=False).returncode == 0
    except (OSError, subprocess.SubprocessError):
        return False


def _open_to_others(path: Path) -> bool:
    """Whether another user may walk down to the path (its last part may be missing yet)."""
    existing = [part for part in (path, *path.parents) if part.exists()]
    return all(part.stat().st_mode & stat.S_IXOTH for part in existing if part.is_dir())


def server_identity(*paths: Path) -> Identity | None:
    """How a server that refuses root may reach these paths; None when only a copy elsewhere helps."""
    if os.getuid() != 0:
        return Identity(os.getuid(), _stay)
    if all(_open_to_others(path.parent) for path in paths):
        return Identity(NOBODY, _become_nobody)
    if _namespaces_allowed():
        return Identity(0, _look_like_nobody)
    return None


def give(path: Path, owner: int) -> None:
    """Make the owner own a tree; does nothing where it does already."""
    if os.getuid() != 0 or path.stat().st_uid == owner:
        return
    group = pwd.getpwuid(owner).pw_gid
    for inner in path.rglob("*"):
        os.chown(inner, owner, group, follow_symlinks=False)
    shutil.chown(path, owner, group)  # last: an interrupted change is taken up again


def before_exec(identity: Identity, death_signal: int = signal.SIGTERM) -> Callable[[], None]:
    """The function for ``preexec_fn``: own session, changed user, bound to the parent's life."""

    def prepare() -> None:
        os.setsid()
        identity.drop()
        die_with_parent(death_signal)

    return prepare


SAME_USER = Identity(os.getuid(), _stay)
