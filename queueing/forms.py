"""Forms of the queueing room."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.models import Branch, Department, Room, User
from accounts.places import DepartmentsChoice
from accounts.queries import branches_of, staff_with_role
from core.forms import Form
from queueing.models import Queue
from queueing.models.display import LanguageMode
from queueing.queries import visible_queues
from queueing.rooms import rooms_for
from queueing.speech import spoken_languages
from queueing.states import Priority


class DisplayForm(Form):
    name = forms.CharField(label=_("Name"), max_length=80, help_text=_("Where the screen hangs, for example: Hall 1"))
    branch = forms.ModelChoiceField(label=_("Branch"), queryset=Branch.objects.none(), empty_label=None)
    departments = DepartmentsChoice(
        label=_("Departments"),
        queryset=Department.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Nothing chosen shows the whole branch."),
    )
    practitioners = forms.ModelMultipleChoiceField(
        label=_("Doctors"), queryset=User.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )
    languages = forms.MultipleChoiceField(
        label=_("Languages on the screen"),
        choices=settings.LANGUAGES,
        initial=["km", "en", "zh-hans"],
        widget=forms.CheckboxSelectMultiple,
    )
    language_mode = forms.ChoiceField(label=_("How languages are shown"), choices=LanguageMode.choices)
    voice_languages = forms.MultipleChoiceField(
        label=_("Languages spoken"),
        choices=lambda: [pair for pair in settings.LANGUAGES if pair[0] in spoken_languages()],
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Khmer can be spoken as soon as recordings are installed."),
    )
    chime = forms.BooleanField(label=_("Chime at every call"), required=False, initial=True)

    def __init__(self, *args: Any, user: User, branch: Branch | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        branches = [one.pk for one in branches_of(user)]
        self.fields["branch"].queryset = Branch.objects.filter(pk__in=branches)
        self.fields["branch"].initial = branch
        self.fields["departments"].queryset = Department.objects.filter(
            branch__in=branches, is_active=True
        ).select_related("branch")
        self.fields["practitioners"].queryset = staff_with_role("doctor")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        branch = cleaned.get("branch")
        if branch and any(department.branch_id != branch.pk for department in cleaned.get("departments", [])):
            self.add_error("departments", _("Choose departments of this branch."))
        return cleaned


class ReasonForm(Form):
    reason = forms.CharField(label=_("Reason"), max_length=300)


class PriorityForm(ReasonForm):
    field_order = ("priority", "reason")

    priority = forms.ChoiceField(label=_("Priority"), choices=Priority.choices)


class TransferForm(ReasonForm):
    field_order = ("department", "practitioner", "reason")

    department = forms.ModelChoiceField(label=_("Department"), queryset=Department.objects.none())
    practitioner = forms.ModelChoiceField(
        label=_("Doctor"), queryset=User.objects.none(), required=False, empty_label=_("Whoever is free")
    )

    def __init__(self, *args: Any, branch: Branch, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["department"].queryset = Department.objects.filter(branch=branch, is_active=True)
        self.fields["practitioner"].queryset = staff_with_role("doctor", branch)


class RoomForm(Form):
    """Into which room somebody calls; `queue` is the page it was chosen on."""

    room = forms.ModelChoiceField(label=_("Room"), queryset=Room.objects.none())
    queue = forms.ModelChoiceField(queryset=Queue.objects.none(), required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, user: User, branch: Branch | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["room"].queryset = rooms_for(branch)
        self.fields["queue"].queryset = visible_queues(user)
