"""Model fields whose column holds only ciphertext.

* Encrypted when saved, bound to schema, table.column and primary key: a ciphertext moved elsewhere does not open.
* Decrypted when the attribute is read, not when the row is loaded. What was not changed is written back untouched.
* Never filtered, ordered, ``.update()``d or ``bulk_update``d. ``isnull`` and ``field=""`` work; ``values()`` gives
  ciphertext. Search through a blind index of ``core.crypto`` in a column beside it.
"""

import json
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import FieldError
from django.core.serializers.json import DjangoJSONEncoder
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models.lookups import Exact, IsNull
from django.db.models.query_utils import DeferredAttribute

from core import crypto


class Ciphertext(str):
    """A token as it stands in the column, which remembers its plain value once it was opened."""

    __slots__ = ("aad", "plain", "serialised")

    aad: str  # set when opened: what the token is bound to
    plain: Any
    serialised: str

    @property
    def is_open(self) -> bool:
        return hasattr(self, "aad")

    def holds(self, value: Any) -> bool:
        """Tell whether this token was opened and says just this."""
        return self.is_open and type(self.plain) is type(value) and self.plain == value

    def __reduce_ex__(self, protocol: Any) -> Any:
        # a pickled instance (cache, session) carries the token only
        return Ciphertext, (str(self),)


class EncryptedAttribute(DeferredAttribute):
    """Opens the column's ciphertext on first reading and keeps the token while the value stays the same."""

    field: "EncryptedMixin"

    def __get__(self, instance: models.Model | None, cls: type | None = None) -> Any:
        if instance is None:
            return self
        value = super().__get__(instance, cls)
        if isinstance(value, Ciphertext):
            return self.field.open(value, instance)
        return value

    def __set__(self, instance: models.Model, value: Any) -> None:
        held = instance.__dict__.get(self.field.attname)
        if not (isinstance(held, Ciphertext) and held.holds(value)):  # a form that sets the same again changes nothing
            instance.__dict__[self.field.attname] = value


class EmptyOnly(Exact):
    """``field=""``: an empty text is stored as such, so that one may ask for it."""

    def get_prep_lookup(self) -> Any:
        if self.rhs != "":
            raise _not_searchable(self.lhs.output_field)
        return self.rhs

    def get_db_prep_lookup(self, value: Any, connection: Any) -> Any:
        return "%s", [""]


def _not_searchable(field: models.Field) -> FieldError:
    return FieldError(f"{field} is encrypted: search through its blind index")


class EncryptedMixin(models.Field):
    """Storage of an encrypted field; mixed in before the field that validates and renders the plain value."""

    descriptor_class: Any = EncryptedAttribute

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if any(kwargs.get(option) for option in ("unique", "db_index", "primary_key")):
            raise TypeError("An encrypted field has no index: equal values have different ciphertexts")
        super().__init__(*args, **kwargs)

    def get_internal_type(self) -> str:
        return "TextField"

    def serialise(self, value: Any) -> str:
        return str(value)

    def deserialise(self, text: str) -> Any:
        return self.to_python(text)

    def open(self, token: Ciphertext, instance: models.Model) -> Any:
        """Return the plain value. Raises crypto.TamperedCiphertext or crypto.MissingKey."""
        if not token.is_open:
            aad = self.aad(instance)
            token.serialised = crypto.decrypt(token, aad=aad).decode()
            token.plain = self.deserialise(token.serialised)
            token.aad = aad
        return token.plain

    def aad(self, instance: models.Model) -> str:
        if instance.pk is None:
            raise ValueError(f"{self}: a row needs its primary key before it can be encrypted")
        return self.aad_of(instance.pk)

    def aad_of(self, pk: Any) -> str:
        """Return what a ciphertext of this column in the row with this key is bound to, beside the schema."""
        return f"{self.model._meta.db_table}.{self.column}|{pk}"

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> Any:
        return Ciphertext(value) if value else value

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        held = model_instance.__dict__[self.attname]
        if isinstance(held, Ciphertext):
            if not self._must_seal_again(held, model_instance, add):
                return held
            held = held.plain
        value = self.to_python(held)
        token = self._seal(value, model_instance)
        model_instance.__dict__[self.attname] = token
        return token

    def _must_seal_again(self, token: Ciphertext, instance: models.Model, add: bool) -> bool:
        if not token.is_open and not add:
            return False
        self.open(token, instance)  # a new row may only take over what was bound to it
        return token.aad != self.aad(instance) or token.serialised != self.serialise(token.plain)

    def _seal(self, value: Any, instance: models.Model) -> Any:
        if value is None or value == "":
            return value
        serialised, aad = self.serialise(value), self.aad(instance)
        token = Ciphertext(crypto.encrypt(serialised.encode(), aad=aad))
        token.serialised, token.plain, token.aad = serialised, value, aad
        return token

    def get_prep_value(self, value: Any) -> Any:
        if value is None or value == "":
            return value
        if isinstance(value, Ciphertext):
            return str(value)
        raise FieldError(f"{self} is encrypted: set the attribute and save the row; update() and bulk_update() cannot")

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        return value if prepared else self.get_prep_value(value)

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        return self.get_prep_value(value)

    def value_to_string(self, obj: models.Model) -> str:
        """Serialised rows carry the ciphertext."""
        return str(self.pre_save(obj, add=False) or "")

    def get_lookup(self, lookup_name: str) -> Any:
        allowed = {"isnull": IsNull, "exact": EmptyOnly}
        if lookup_name not in allowed:
            raise _not_searchable(self)
        return allowed[lookup_name]

    def get_transform(self, lookup_name: str) -> Any:
        raise _not_searchable(self)


class EncryptedTextField(EncryptedMixin, models.TextField):
    """Text of one line (``multiline=True``: of several), at most ``max_length`` characters when given."""

    def __init__(self, *args: Any, multiline: bool = False, **kwargs: Any) -> None:
        self.multiline = multiline
        super().__init__(*args, **kwargs)
        if self.max_length is not None:
            self.validators.append(MaxLengthValidator(self.max_length))

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        if self.multiline:
            kwargs["multiline"] = True
        return name, path, args, kwargs

    def formfield(self, **kwargs: Any) -> Any:
        if not self.multiline and not self.choices:
            kwargs.setdefault("widget", forms.TextInput)
        return super().formfield(**kwargs)


class EncryptedDateField(EncryptedMixin, models.DateField):
    """A calendar date."""

    def serialise(self, value: date) -> str:
        return value.isoformat()


class EncryptedDecimalField(EncryptedMixin, models.DecimalField):
    """An exact number; ``max_digits`` and ``decimal_places`` bound what forms accept. The scale is kept as given."""

    def __init__(self, *args: Any, max_digits: int = 12, decimal_places: int = 4, **kwargs: Any) -> None:
        super().__init__(*args, max_digits=max_digits, decimal_places=decimal_places, **kwargs)

    def serialise(self, value: Decimal) -> str:
        return format(value, "f")


class EncryptedJSONField(EncryptedMixin, models.JSONField):
    """Lists and dictionaries; a change in place is noticed when the row is saved."""

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> Any:
        """A column that was blanked (patients.sql) reads as the field's own empty value."""
        return self.get_default() if value == "" else super().from_db_value(value, expression, connection)

    def serialise(self, value: Any) -> str:
        return json.dumps(value, cls=self.encoder or DjangoJSONEncoder, ensure_ascii=False, separators=(",", ":"))

    def deserialise(self, text: str) -> Any:
        return json.loads(text, cls=self.decoder)
