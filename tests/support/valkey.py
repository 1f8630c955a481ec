"""What Valkey is asked, word by word."""

import threading
from typing import Any, Self

import redis

WITHOUT_KEY = {"PING", "HELLO", "CLIENT", "SELECT", "INFO", "MONITOR", "AUTH", "COMMAND", "MULTI", "EXEC", "DISCARD"}
WITHOUT_KEY |= {"SCAN", "FLUSHDB", "FLUSHALL", "WATCH", "UNWATCH", "CONFIG", "SHUTDOWN", "DBSIZE", "QUIT", "TIME"}
WITHOUT_KEY |= {"SCRIPT", "ECHO"}
OF_SCRIPTS = {"EVAL", "EVALSHA"}
ONLY_KEYS = {"MGET", "DEL", "UNLINK", "EXISTS", "TOUCH"}
BLOCKING_KEYS = {"BRPOP", "BLPOP"}  # keys, then how long to wait
CHANNELS = {"SUBSCRIBE", "PSUBSCRIBE", "UNSUBSCRIBE", "PUNSUBSCRIBE"}


def keys_of(command: str) -> list[str]:
    """The keys a command names, as MONITOR shows it."""
    words = command.split(" ")
    verb, rest = words[0].upper(), words[1:]
    if verb in WITHOUT_KEY or not rest:
        return []
    if verb in OF_SCRIPTS:
        return rest[2 : 2 + int(rest[1])]
    if verb in BLOCKING_KEYS:
        return rest[:-1]
    return rest if verb in ONLY_KEYS or verb in CHANNELS else rest[:1]


class Listener:
    """Collects the keys of every command while the block runs."""

    def __init__(self, url: str) -> None:
        self.url, self.server = url, redis.Redis.from_url(url)
        self.keys: set[str] = set()
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._began = threading.Event()
        self._over = f"the listener {id(self)} is done"

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._began.wait(10), "Valkey does not answer"
        return self

    def __exit__(self, *exception: Any) -> None:
        self.server.echo(self._over)  # heard last of all
        self._thread.join(30)
        assert not self._thread.is_alive()

    def _listen(self) -> None:
        with redis.Redis.from_url(self.url).monitor() as monitor:
            self._began.set()
            for heard in monitor.listen():
                if self._over in heard["command"]:
                    return
                self.keys.update(keys_of(heard["command"]))
