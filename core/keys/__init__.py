"""Key providers: who wraps the hospitals' data keys, named by KEY_PROVIDER; each wrapped key says who made it."""

from core.keys.provider import KeyProvider, present_provider, provider_of, providers

__all__ = ["KeyProvider", "present_provider", "provider_of", "providers"]
