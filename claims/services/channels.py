"""How a payer is reached, and how its files are read."""

from typing import Any

from django.db import transaction

from claims.models import Channel
from insurance.models import Payer


@transaction.atomic
def set_channel(*, payer: Payer, way: str, address: str = "", token: str = "", by: Any) -> Channel:
    """Say how claims go to a payer; an empty token leaves the stored one."""
    channel = Channel.objects.select_for_update().filter(payer=payer).first() or Channel(payer=payer)
    channel.way, channel.address = way, address
    channel.token = token or channel.token
    channel.save()
    return channel


@transaction.atomic
def keep_mapping(*, payer: Payer, mapping: dict[str, str]) -> None:
    """Remember the columns of a payer's files for the next time."""
    channel = Channel.objects.select_for_update().filter(payer=payer).first() or Channel(payer=payer)
    channel.mapping = mapping
    channel.save()
