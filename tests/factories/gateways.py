"""A hospital's account with a bank, as its owner sets it up."""

from typing import Any

from gateways.models import KhqrAccount
from gateways.services.accounts import save_khqr_account
from tests.factories.billing import user
from tests.support.bank import TOKEN

FACTS = {
    "bakong_id": "samaki@bank",
    "name": "Samaki Hospital",
    "city": "Phnom Penh",
    "merchant_id": "",
    "acquiring_bank": "Bank",
    "minutes": 5,
    "is_active": True,
}


def khqr_account(api: str, **changes: Any) -> KhqrAccount:
    return save_khqr_account(by=user("owner"), **{**FACTS, "api": api, "token": TOKEN, **changes})
