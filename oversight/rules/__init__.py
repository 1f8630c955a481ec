"""What makes reading unusual: each rule looks at new readings and yields what it found, with its evidence."""

from oversight.rules.departments import other_departments
from oversight.rules.findings import Finding, Readings
from oversight.rules.guarded import guarded_records
from oversight.rules.hours import unusual_hours
from oversight.rules.households import own_households, same_surnames
from oversight.rules.volume import many_patients

RULES = (many_patients, guarded_records, own_households, same_surnames, unusual_hours, other_departments)

__all__ = ["RULES", "Finding", "Readings"]
