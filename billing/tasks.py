"""Jobs of the cash office; beat starts them in every open hospital."""

from celery import shared_task

from billing.services.feeds import fetch_rate
from billing.services.reminders import remind_overdue


@shared_task
def fetch_todays_rate() -> bool:
    """Ask the feed for today's rate, where the hospital has one; safe to run as often as wanted."""
    return fetch_rate() is not None


@shared_task
def remind_of_debts() -> int:
    """Every night: remind patients of what is overdue, once at each level; safe to run as often as wanted."""
    return remind_overdue()
