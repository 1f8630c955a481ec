from oversight.models.alert import Alert, Decision, Mark
from oversight.models.export import TrailExport
from oversight.models.watch import WatchedPatient

__all__ = ["Alert", "Decision", "Mark", "TrailExport", "WatchedPatient"]
