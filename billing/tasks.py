"""Jobs of the cash office; beat starts them in every open hospital."""

from celery import shared_task

from billing.services.feeds import fetch_rate


@shared_task
def fetch_todays_rate() -> bool:
    """Ask the feed for today's rate, where the hospital has one; safe to run as often as wanted."""
    return fetch_rate() is not None
