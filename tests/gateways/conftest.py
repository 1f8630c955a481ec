"""A Stripe beside the tests, and a hospital that uses it."""

import pytest

from gateways.services.accounts import save_stripe_account
from tests.support.stripe import SECRET_KEY, SIGNING_SECRET, Stripe, running_stripe


@pytest.fixture(scope="module")
def one_stripe():
    with running_stripe() as stripe:
        yield stripe


@pytest.fixture
def stripe(one_stripe, samaki, owner) -> Stripe:
    address = one_stripe.address
    one_stripe.__init__()  # the same server for all tests of the file, with empty books
    one_stripe.address = address
    save_stripe_account(
        by=owner, api=address, secret_key=SECRET_KEY, webhook_secret=SIGNING_SECRET, hours=12, is_active=True
    )
    return one_stripe
