"""What mypy cannot see: attributes our middleware, django-tenants and django-modeltranslation put on other classes."""

from collections.abc import Callable

from mypy.nodes import MDEF, SymbolTableNode, Var
from mypy.plugin import ClassDefContext, Plugin
from mypy.types import AnyType, TypeOfAny

ATTACHED = {
    "django.http.request.HttpRequest": (
        *("user", "hospital", "tenant", "surface", "workplace", "htmx", "urlconf", "request_id", "LANGUAGE_CODE"),
        *("visit", "acting"),
    ),
    "django.db.backends.base.base.BaseDatabaseWrapper": (
        *("schema_name", "tenant", "set_tenant", "set_schema", "set_schema_to_public"),
    ),
    "django.forms.fields.Field": ("queryset", "label_from_instance", "choices", "empty_label"),
    "core.models.base.UUIDModel": ("name_en", "name_km", "name_zh_hans"),  # columns made by django-modeltranslation
}


class AttachedAttributes(Plugin):
    def get_customize_class_mro_hook(self, fullname: str) -> Callable[[ClassDefContext], None] | None:
        return _attach if fullname in ATTACHED else None


def _attach(context: ClassDefContext) -> None:
    info = context.cls.info
    for name in ATTACHED[info.fullname]:
        variable = Var(name, AnyType(TypeOfAny.explicit))
        variable.info, variable._fullname = info, f"{info.fullname}.{name}"
        info.names[name] = SymbolTableNode(MDEF, variable, plugin_generated=True)


def plugin(version: str) -> type[Plugin]:
    return AttachedAttributes
