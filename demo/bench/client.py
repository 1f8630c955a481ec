"""An HTTP client that keeps its connection and does next to nothing itself, so that the server is what is measured."""

import socket
import time
from dataclasses import dataclass, field
from urllib.parse import urlencode


@dataclass(frozen=True)
class Request:
    """One request, ready to be sent. ``expected`` are the statuses that count as a success."""

    path: str
    data: dict[str, str] | None = None
    headers: dict[str, str] = field(default_factory=dict)
    expected: tuple[int, ...] = (200,)


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes
    seconds: float


class Browser:
    """One keep-alive connection of one signed-in person to one host."""

    def __init__(self, port: int, host: str, cookies: dict[str, str] | None = None) -> None:
        self.port, self.host, self.cookies = port, host, cookies or {}
        self.socket: socket.socket | None = None

    def send(self, request: Request) -> Answer:
        """Send and read the whole answer; a connection the server has closed meanwhile is opened once more."""
        message = self._message(request)
        started = time.perf_counter()
        try:
            answer = self._exchange(message)
        except ConnectionError:
            self.close()
            answer = self._exchange(message)
        return Answer(*answer, seconds=time.perf_counter() - started)

    def close(self) -> None:
        if self.socket:
            self.socket.close()
        self.socket = None

    def _message(self, request: Request) -> bytes:
        headers = {"Host": self.host, "Accept-Language": "en", **request.headers}
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        body = b""
        if request.data is not None:
            body = urlencode(request.data).encode()
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Content-Length": str(len(body))}
            headers["X-CSRFToken"] = self.cookies.get("csrftoken", "")
        lines = [f"{'GET' if request.data is None else 'POST'} {request.path} HTTP/1.1"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        return "\r\n".join(lines).encode() + b"\r\n\r\n" + body

    def _exchange(self, message: bytes) -> tuple[int, dict[str, str], bytes]:
        if self.socket is None:
            self.socket = socket.create_connection(("127.0.0.1", self.port), timeout=60)
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.sendall(message)
        head, rest = self._read_until(b"\r\n\r\n", b"")
        first, *lines = head.decode("latin-1").split("\r\n")
        status = int(first.split(" ", 2)[1])
        headers = {name.lower(): value for name, _colon, value in (line.partition(": ") for line in lines)}
        if status in (204, 304):
            return status, headers, b""
        if headers.get("transfer-encoding") == "chunked":
            return status, headers, self._read_chunks(rest)
        return status, headers, self._read_length(rest, int(headers.get("content-length", "0")))

    def _read_until(self, mark: bytes, data: bytes) -> tuple[bytes, bytes]:
        while mark not in data:
            data += self._receive()
        before, _mark, after = data.partition(mark)
        return before, after

    def _read_length(self, data: bytes, length: int) -> bytes:
        while len(data) < length:
            data += self._receive()
        return data

    def _read_chunks(self, data: bytes) -> bytes:
        body = b""
        while True:
            size, data = self._read_until(b"\r\n", data)
            length = int(size, 16) + 2
            data = self._read_length(data, length)
            if length == 2:
                return body
            body, data = body + data[: length - 2], data[length:]

    def _receive(self) -> bytes:
        assert self.socket is not None
        if data := self.socket.recv(65_536):
            return data
        raise ConnectionResetError("The server closed the connection")
