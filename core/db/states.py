"""Makes a long run of migrations quick: a new hospital's schema is made of some eighty migrations in one go.

Django keeps a historic model class for every table and, for each operation, builds anew those of all tables related to
the changed one: here, nearly all of them, each time. That was three quarters of the time a new hospital took. A new
table, or one with a new or changed column, needs only its own class, and a class learns of a new index or constraint
without being built. The registry is left marked as delayed, Django's own word for "rebuild everything before somebody
runs Python code against it" (RunPython does); a change that other tables refer to rebuilds it first.
"""

from typing import Any

from django.db.migrations.state import ModelState, ProjectState
from django.db.models import NOT_PROVIDED, Field

_django_reload = ProjectState.reload_model


def quicken_migrations() -> None:
    """Replace five methods of Django's record of past models; only migrations use them."""
    ModelState.clone = _clone  # type: ignore[method-assign]
    ProjectState.add_model = _add_model  # type: ignore[method-assign]
    ProjectState.add_field = _add_field  # type: ignore[method-assign]
    ProjectState._append_option = _append_option  # type: ignore[attr-defined]
    ProjectState.reload_model = _reload_model  # type: ignore[method-assign]


def _clone(self: ModelState) -> ModelState:
    """As Django's, without checking every field once more: all tables are copied before each operation."""
    copied = object.__new__(type(self))
    copied.__dict__.update(self.__dict__)
    copied.fields, copied.options, copied.managers = dict(self.fields), dict(self.options), list(self.managers)
    return copied


def _add_model(self: ProjectState, model_state: ModelState) -> None:
    key = model_state.app_label, model_state.name_lower
    is_new = key not in self.models
    self.models[key] = model_state
    if self._relations is not None:  # type: ignore[attr-defined]
        self.resolve_model_relations(key)  # type: ignore[attr-defined]
    if is_new:
        _render_alone(self, key)
    else:
        self.reload_model(*key)


def _add_field(
    self: ProjectState, app_label: str, model_name: str, name: str, field: Field, preserve_default: bool
) -> None:
    if not preserve_default:
        field = field.clone()
        field.default = NOT_PROVIDED
    key = app_label, model_name
    self.models[key].fields[name] = field
    if self._relations is not None:  # type: ignore[attr-defined]
        self.resolve_model_field_relations(key, name, field)  # type: ignore[attr-defined]
    _render_alone(self, key)


def _render_alone(state: ProjectState, key: tuple[str, str]) -> None:
    """Build the class of one table; those related to it stay as they are until everything is built anew."""
    if "apps" not in state.__dict__:
        return
    with state.apps.bulk_update():
        state.apps.unregister_model(*key)
    state.apps.render_multiple([state.models[key]])
    state.is_delayed = True


def _append_option(self: ProjectState, app_label: str, model_name: str, option_name: str, obj: Any) -> None:
    options = self.models[app_label, model_name].options
    options[option_name] = [*options[option_name], obj]
    if "apps" in self.__dict__:
        meta = self.apps.get_model(app_label, model_name)._meta
        setattr(meta, option_name, [*getattr(meta, option_name), obj])


def _reload_model(self: ProjectState, app_label: str, model_name: str, delay: bool = False) -> None:
    if delay:  # Django's word for a change that no other table refers to
        _render_alone(self, (app_label, model_name))
    elif self.is_delayed and "apps" in self.__dict__:
        del self.__dict__["apps"]  # built anew, whole, when it is asked for next
        self.is_delayed = False
    else:
        _django_reload(self, app_label, model_name, delay)
