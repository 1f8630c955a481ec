"""Setting up the hospital's KHQR account, and the screens at its drawers."""

from typing import Any

from django.db import IntegrityError, transaction

from billing.models import Drawer
from core.clock import now
from gateways.errors import DrawerHasScreen
from gateways.models import KhqrAccount, PayerScreen, StripeAccount, hash_key, new_key


@transaction.atomic
def save_khqr_account(*, by: Any, token: str = "", **facts: Any) -> KhqrAccount:
    """Make or change the account. An empty `token` keeps the one there is."""
    account = KhqrAccount.objects.select_for_update(of=("self",), no_key=True).first() or KhqrAccount()
    for name, value in facts.items():
        setattr(account, name, value)
    if token:
        account.token = token
    account.save()
    return account


@transaction.atomic
def renew_callback(*, by: Any) -> str:
    """A new key for the address the bank may call; the old one stops working. The key is returned this once."""
    account = KhqrAccount.objects.select_for_update(of=("self",), no_key=True).get()
    key = new_key()
    account.callback_hash = hash_key(key)
    account.save(update_fields=["callback_hash", "updated_at"])
    return key


@transaction.atomic
def save_stripe_account(*, by: Any, secret_key: str = "", webhook_secret: str = "", **facts: Any) -> StripeAccount:
    """Make or change the account. Secrets left empty stay as they are."""
    account = StripeAccount.objects.select_for_update(of=("self",), no_key=True).first() or StripeAccount()
    for name, value in facts.items():
        setattr(account, name, value)
    account.secret_key = secret_key or account.secret_key
    account.webhook_secret = webhook_secret or account.webhook_secret
    account.save()
    return account


@transaction.atomic
def open_screen(*, drawer: Drawer, by: Any) -> tuple[PayerScreen, str]:
    """Give a drawer its second screen. The key is returned this once and kept as a hash. Raises DrawerHasScreen."""
    key = new_key()
    try:
        with transaction.atomic():
            return PayerScreen.objects.create(drawer=drawer, key_hash=hash_key(key), key_hint=key[-4:]), key
    except IntegrityError as problem:
        raise DrawerHasScreen() from problem


@transaction.atomic
def revoke_screen(*, screen: PayerScreen, by: Any) -> PayerScreen:
    """Close a screen's address for good; revoking twice changes nothing."""
    screen = PayerScreen.objects.select_for_update(of=("self",), no_key=True).get(pk=screen.pk)
    if screen.revoked_at is None:
        screen.revoked_at = now()
        screen.save(update_fields=["revoked_at", "updated_at"])
    return screen
