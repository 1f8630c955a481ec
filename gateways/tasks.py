"""Jobs of the gateways; beat starts them in every open hospital."""

import logging

from celery import shared_task

from gateways.errors import BankRefuses, BankSilent, GatewayOff
from gateways.queries.requests import to_check
from gateways.services.requests import ask_bank, postpone

logger = logging.getLogger(__name__)


@shared_task
def ask_about_codes() -> int:
    """Ask the bank about the codes whose time has come; how many were found paid. Safe at any time, in parallel too.

    Each code is settled by itself: one that cannot be is logged and tried again later, and the others go on.
    """
    found = 0
    for request in to_check():
        try:
            found += ask_bank(request).found
        except GatewayOff:
            break
        except (BankSilent, BankRefuses) as problem:
            logger.warning("gateways: the bank was asked in vain: %s", type(problem).__name__)
            break  # the others are asked next time
        except Exception:
            logger.exception("gateways: code %s could not be settled", request.pk)
            postpone(request)
    return found
