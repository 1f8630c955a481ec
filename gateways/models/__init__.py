from gateways.models.account import KhqrAccount
from gateways.models.checkout import Checkout, StripeAccount, StripeEvent
from gateways.models.qr import QrReceipt, QrRequest
from gateways.models.screen import PayerScreen, hash_key, new_key

__all__ = [
    "Checkout",
    "KhqrAccount",
    "PayerScreen",
    "QrReceipt",
    "QrRequest",
    "StripeAccount",
    "StripeEvent",
    "hash_key",
    "new_key",
]
