from core.preference_forms import PreferenceForm


class AccessForm(PreferenceForm):
    """Who treats a patient and for how long, and how long a broken glass stays open."""

    keys = ("patients.treating_days", "patients.department_treats", "patients.glass_minutes")


class KeepingForm(PreferenceForm):
    """How long records are kept."""

    keys = ("patients.keep_years", "patients.keep_until_age")
