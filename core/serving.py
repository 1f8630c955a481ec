"""Two costs of Python and Django that a web server of threads, without an event loop, need not bear."""

import threading
from collections.abc import Callable, Iterable
from types import FunctionType
from typing import Any

from django.db import connections
from django.urls import base as urls
from django.utils import timezone
from django.utils.translation import trans_real

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

PER_THREAD: list[tuple[Any, str]] = [
    (trans_real, "_active"),
    (timezone, "_active"),
    (urls, "_prefixes"),
    (urls, "_urlconfs"),
    (connections, "_connections"),
]
# Words of the interpreter's stack: with them a request's frames fit into one piece of memory, of 256 KB.
_ROOM = 16_500


def in_one_piece(application: Application) -> Application:
    """Give each request one piece of memory for all its Python frames.

    CPython keeps frames in pieces of 16 KB, and returns a piece to the kernel as soon as no frame is left in it. Where
    a loop of a page happens to stand at the end of a piece, every call in it asks the kernel for memory and gives it
    back: 8 microseconds instead of a fraction of one. A frame that asks for much makes the whole piece large.
    """

    def serve(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        return application(environ, start_response)

    roomy = serve.__code__.replace(co_stacksize=_ROOM)
    return FunctionType(roomy, serve.__globals__, "serve", closure=serve.__closure__)


def use_thread_locals() -> None:
    """Keep language, time zone, URL map and connections per thread by Python's own means.

    Django keeps them per coroutine as well (asgiref), which costs 4 microseconds each time one is looked at, some
    hundreds of times a page. For a process without an event loop, before its first request.
    """
    for holder, name in PER_THREAD:
        setattr(holder, name, threading.local())
