from modeltranslation.translator import TranslationOptions, register

from accounts.models import Branch, Department, Role, Room, StaffProfile


@register(Branch)
class BranchTranslation(TranslationOptions):
    fields = ("name", "address")


@register(Department)
class DepartmentTranslation(TranslationOptions):
    fields = ("name",)


@register(Room)
class RoomTranslation(TranslationOptions):
    fields = ("name",)


@register(Role)
class RoleTranslation(TranslationOptions):
    fields = ("name",)


@register(StaffProfile)
class StaffProfileTranslation(TranslationOptions):
    fields = ("title", "specialisation")
