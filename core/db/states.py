"""Makes a long run of migrations quick: a new hospital's schema is made of some eighty migrations in one go.

Django keeps a historic model class for every table and, for each operation, builds anew those of all tables related to
the changed one: here, nearly all of them, each time. That was three quarters of the time a new hospital took. A table
that did not exist before needs only its own class. The registry is left marked as delayed, Django's own word for
"rebuild everything before somebody runs Python code against it" (RunPython does); any other change rebuilds it first.
"""

from django.db.migrations.state import ModelState, ProjectState

_django_reload = ProjectState.reload_model


def quicken_migrations() -> None:
    """Replace two methods of Django's record of past models; only migrations use them."""
    ProjectState.add_model = _add_model  # type: ignore[method-assign]
    ProjectState.reload_model = _reload_model  # type: ignore[method-assign]


def _add_model(self: ProjectState, model_state: ModelState) -> None:
    key = model_state.app_label, model_state.name_lower
    is_new = key not in self.models
    self.models[key] = model_state
    if self._relations is not None:  # type: ignore[attr-defined]
        self.resolve_model_relations(key)  # type: ignore[attr-defined]
    if "apps" not in self.__dict__:
        return
    if is_new:
        self.apps.render_multiple([model_state])
        self.is_delayed = True
    else:
        self.reload_model(*key)


def _reload_model(self: ProjectState, app_label: str, model_name: str, delay: bool = False) -> None:
    if self.is_delayed and "apps" in self.__dict__:
        del self.__dict__["apps"]  # built anew, whole, when it is asked for next
        self.is_delayed = False
    else:
        _django_reload(self, app_label, model_name, delay)
