import os
from pathlib import Path
from uuid import uuid4

from audit.stores.errors import AlreadyThere


class DirectoryStore:
    """Files of a directory, best on another machine's disk; readable by their owner only."""

    def __init__(self, place: str | Path) -> None:
        self.root = Path(place)

    def put_new(self, name: str, content: bytes) -> None:
        """The file appears under its name with its whole content, or not at all: linking refuses a name in use."""
        target = self.root / name
        target.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
        making = target.with_name(f".{target.name}.{uuid4().hex}")
        with os.fdopen(os.open(making, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o440), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(making, target)
        except FileExistsError as error:
            raise AlreadyThere(name) from error
        finally:
            making.unlink()
        self._keep(target.parent)

    def names(self, folder: str) -> list[str]:
        here = self.root / folder
        if not here.is_dir():
            return []
        return sorted(f"{folder}/{path.name}" for path in here.iterdir() if not path.name.startswith("."))

    def read(self, name: str) -> bytes:
        return (self.root / name).read_bytes()

    def _keep(self, folder: Path) -> None:
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
