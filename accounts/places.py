"""Choosing a place in a form: in a hospital of several branches a department or a room is named with its branch."""

from typing import Any

from django import forms

from accounts.models import Department, Room


def name_of_department(department: Department) -> str:
    return f"{department.name} · {department.branch.name}"


def name_of_room(room: Room) -> str:
    return f"{room.name} · {name_of_department(room.department)}"


class DepartmentChoice(forms.ModelChoiceField):
    """One department; the queryset brings its branch along."""

    def label_from_instance(self, obj: Any) -> str:
        return name_of_department(obj)


class DepartmentsChoice(forms.ModelMultipleChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return name_of_department(obj)


class RoomChoice(forms.ModelChoiceField):
    """One room; the queryset brings its department and branch along."""

    def label_from_instance(self, obj: Any) -> str:
        return name_of_room(obj)
