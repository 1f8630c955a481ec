"""How reminders of debts are called, level by level."""

from django.utils.translation import gettext as _
from django.utils.translation import pgettext


def title_of(level: int) -> str:
    """What a reminder of this level is called, in the active language."""
    names = {1: pgettext("reminder", "Reminder"), 2: _("Second reminder"), 3: _("Last reminder")}
    return names[level]
