"""The first page of who leads the hospital: the day's figures, fetched after the page so that nobody waits for them."""

from core import home

home.register("reports/home/_figures_slot.html", order=9, permission="figures:view", context=lambda request: {})
