"""Which fields of a patient a list of something else shows: ``showing(encounters, "status", *described())``."""

NAME = ("family_name", "given_name", "native_family_name", "native_given_name", "mrn")
DESCRIPTION = (*NAME, "sex", "birth_date", "birth_date_precision", "deceased_on")


def named(path: str = "patient") -> list[str]:
    """The name in both scripts and the medical record number."""
    return [f"{path}__{field}" for field in NAME]


def described(path: str = "patient") -> list[str]:
    """What `named` says, and sex and age."""
    return [f"{path}__{field}" for field in DESCRIPTION]
