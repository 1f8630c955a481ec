"""Files encrypted at rest with the hospital's own key; each is bound to its hospital and its name.

A file moved to another name, or into another hospital's folder, does not open. Nothing here serves a file: a view
does that for somebody who may see it.
"""

import os
from io import BytesIO
from typing import Any

from django.core.files.base import ContentFile, File
from django_tenants.files.storage import TenantFileSystemStorage

from core import crypto


class EncryptedStorage(TenantFileSystemStorage):
    """Keeps the ciphertext on disk under MEDIA_ROOT/<schema>/; reading and writing see what people see."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, file_permissions_mode=0o600, directory_permissions_mode=0o700, **kwargs)

    def _clear_cached_properties(self, setting: str, **kwargs: Any) -> None:
        super()._clear_cached_properties(setting, **kwargs)
        if setting == "MEDIA_ROOT":  # the folders of hospitals lie in it
            self.__dict__.pop("relative_media_root", None)

    def _save(self, name: str, content: File) -> str:
        token = crypto.encrypt(content.read(), aad=_aad(name))
        return super()._save(name, ContentFile(token.encode("ascii")))

    def _open(self, name: str, mode: str = "rb") -> File:
        if mode != "rb":
            raise ValueError("An encrypted file is read or replaced as a whole")
        with super()._open(name, "rb") as stored:
            token = stored.read().decode("ascii")
        return File(BytesIO(crypto.decrypt(token, aad=_aad(name))), name=name)

    def url(self, name: str | None) -> str:
        raise NotImplementedError("Files are served by views, to those who may see them")

    def is_current(self, name: str) -> bool:
        """Whether the hospital's active key encrypted the file."""
        with super()._open(name, "rb") as stored:
            return crypto.is_current(stored.read().decode("ascii"))

    def renew(self, name: str) -> None:
        """Encrypt a file anew with the active key; the old file stands until the new one takes its place."""
        with self.open(name) as plain:
            token = crypto.encrypt(plain.read(), aad=_aad(name))
        path = self.path(name)
        fresh = f"{path}.renewed"
        with open(fresh, "wb", opener=lambda file, flags: os.open(file, flags, 0o600)) as file:
            file.write(token.encode("ascii"))
            file.flush()
            os.fsync(file.fileno())
        os.replace(fresh, path)

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        """Names are made by us and never taken twice: a name is part of what a file is bound to."""
        if self.exists(name):
            raise FileExistsError(name)
        return name


def _aad(name: str) -> str:
    return f"file|{name}"
