"""Choosing the provider: the setting decides who wraps, the wrapped key itself who unwraps."""

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from typing import Protocol

from django.conf import settings

from core.keyring import MissingKey

Context = Mapping[str, str]  # schema, purpose and version of the key: what it is bound to

_PROVIDERS = {
    "local": "core.keys.local.LocalProvider",
    "aws": "core.keys.aws.AwsProvider",
    "vault": "core.keys.vault.VaultProvider",
}
_MARKS = {"aws:": "aws", "vault:": "vault"}  # a key wrapped by MASTER_KEY carries no mark


class KeyProvider(Protocol):
    """Wraps and unwraps data keys, bound to their context.

    ``wrap`` and ``unwrap`` raise ``KeyServiceDown`` when nobody answers in time and ``WrongKey`` when the key does not
    open: another key, another context, or a changed text.
    """

    def wrap(self, key: bytes, context: Context) -> str: ...

    def unwrap(self, wrapped: str, context: Context) -> bytes: ...


def present_provider() -> KeyProvider:
    """Return the provider that wraps from now on. Raises MissingKey for a name nobody knows."""
    return _made(settings.KEY_PROVIDER)


def provider_of(wrapped: str) -> str:
    """Return the name of the provider that wrapped this key."""
    return next((name for mark, name in _MARKS.items() if wrapped.startswith(mark)), "local")


def unwrap(wrapped: str, context: Context) -> bytes:
    """Open a key by whoever wrapped it: while keys move from one provider to another, both are asked."""
    return _made(provider_of(wrapped)).unwrap(wrapped, context)


def providers() -> list[str]:
    return sorted(_PROVIDERS)


def forget_providers() -> None:
    """Make them anew, for changed settings."""
    _made.cache_clear()


@cache
def _made(name: str) -> KeyProvider:
    if name not in _PROVIDERS:
        raise MissingKey(f"KEY_PROVIDER is {name or 'empty'}: it may be one of {', '.join(providers())}")
    module, _, kind = _PROVIDERS[name].rpartition(".")
    return getattr(import_module(module), kind)()
