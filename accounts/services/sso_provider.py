"""The hospital's choice of an identity provider."""

from typing import Any

from django.db import transaction

from accounts.models import SsoProvider, User


@transaction.atomic
def save_provider(*, by: User, client_secret: str = "", **facts: Any) -> SsoProvider:
    """Store the one provider of this hospital; an empty secret keeps the present one."""
    provider = SsoProvider.objects.select_for_update().first() or SsoProvider()
    for name, value in facts.items():
        setattr(provider, name, value)
    if client_secret:
        provider.client_secret = client_secret
    provider.save()
    return provider
