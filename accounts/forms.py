from typing import Any

from django import forms
from django.contrib.auth import password_validation
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Branch, Department, Role, Room, Specialty, SsoProvider, StaffProfile, User
from accounts.places import DepartmentChoice, RoomChoice
from core.fetching import is_allowed
from core.forms import Form, ModelForm
from core.preference_forms import field_of
from core.preferences import declared

NAMES_IN_THREE = ["name_en", "name_km", "name_zh_hans"]


class StaffForm(Form):
    """One colleague: who they are, what they may do and where they work."""

    full_name = forms.CharField(label=pgettext_lazy("person", "Name"), max_length=150)
    full_name_native = forms.CharField(label=pgettext_lazy("person", "Name in Khmer"), max_length=150, required=False)
    username = forms.RegexField(
        r"^[a-z0-9][a-z0-9._-]{2,49}$",
        label=_("Username"),
        error_messages={"invalid": _("Use 3 to 50 small letters, digits, dots or dashes.")},
    )
    email = forms.EmailField(label=_("Email"), help_text=_("The invitation is sent to this address."))
    roles = forms.ModelMultipleChoiceField(
        label=_("Roles"), queryset=Role.objects.filter(retired_at=None), widget=forms.CheckboxSelectMultiple
    )
    branch = forms.ModelChoiceField(
        label=_("Only in branch"), queryset=Branch.objects.all(), required=False, empty_label=_("All branches")
    )
    department = DepartmentChoice(
        label=_("Only in department"),
        queryset=Department.objects.select_related("branch"),
        required=False,
        empty_label=_("All departments"),
    )
    home_department = DepartmentChoice(
        label=_("Home department"), queryset=Department.objects.select_related("branch"), required=False
    )
    room = RoomChoice(label=_("Room"), queryset=Room.objects.select_related("department__branch"), required=False)
    title = forms.CharField(label=_("Title"), max_length=40, required=False)
    specialisation = forms.CharField(label=_("Specialisation"), max_length=120, required=False)
    specialties = forms.MultipleChoiceField(
        label=_("Protected specialisations"),
        choices=Specialty,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("Consultations of these open for this colleague, as for whoever treats the patient."),
    )
    licence_number = forms.CharField(label=_("Licence number"), max_length=60, required=False)

    def __init__(self, *args: Any, user: User | None = None, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, initial=_present(user) if user else None, **kwargs)

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        department, branch = data.get("department"), data.get("branch")
        if department and branch and department.branch_id != branch.pk:
            self.add_error("department", _("This department belongs to another branch."))
        return data

    def clean_username(self) -> str:
        return self._unused("username", _("This username is taken."))

    def clean_email(self) -> str:
        return self._unused("email", _("Another account has this email address."))

    def _unused(self, field: str, message: object) -> str:
        value = self.cleaned_data[field]
        others = User.objects.filter(**{f"{field}__iexact": value})
        if self.user is not None:
            others = others.exclude(pk=self.user.pk)
        if others.exists():
            raise forms.ValidationError(str(message))
        return value


def _present(user: User) -> dict[str, Any]:
    profile = StaffProfile.objects.filter(user=user).first() or StaffProfile(user=user)
    assignments = list(user.assignments.all())
    return {
        "full_name": user.full_name,
        "full_name_native": user.full_name_native,
        "username": user.username,
        "email": user.email,
        "roles": [one.role_id for one in assignments],
        "branch": next((one.branch_id for one in assignments if one.branch_id), None),
        "department": next((one.department_id for one in assignments if one.department_id), None),
        "home_department": profile.home_department_id,
        "room": profile.room_id,
        "title": profile.title,
        "specialisation": profile.specialisation,
        "specialties": profile.specialties,
        "licence_number": profile.licence_number,
    }


class WelcomeForm(Form):
    """The invited person's first password."""

    password = forms.CharField(
        label=_("New password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("A few words that do not belong together; not your name and not the hospital's."),
    )
    again = forms.CharField(
        label=_("The same password again"), widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, **kwargs)

    def clean_password(self) -> str:
        password_validation.validate_password(self.cleaned_data["password"], self.user)
        return self.cleaned_data["password"]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if "password" in data and data.get("again") != data["password"]:
            self.add_error("again", _("The two passwords differ."))
        return data


class BranchForm(ModelForm):
    class Meta:
        model = Branch
        fields = ["code", *NAMES_IN_THREE, "address_en", "address_km", "address_zh_hans", "phone", "is_active"]


class DepartmentForm(ModelForm):
    class Meta:
        model = Department
        fields = ["branch", "code", *NAMES_IN_THREE, "kind", "queue_prefix", "specialty", "is_active"]


class RoomForm(ModelForm):
    department = DepartmentChoice(label=_("Department"), queryset=Department.objects.select_related("branch"))

    class Meta:
        model = Room
        fields = ["department", "code", *NAMES_IN_THREE, "is_active"]


class ProfileForm(ModelForm):
    class Meta:
        model = User
        fields = ["full_name", "full_name_native", "email", "language"]


POLICY = ("password_length", "idle_minutes", "session_hours", "email_codes")


class SignInPolicyForm(Form):
    """The hospital's preferences of signing in, each bounded as it was declared."""

    second_factor = forms.ModelMultipleChoiceField(
        label=_("Roles that need a second factor"),
        queryset=Role.objects.all(),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("Who holds one of them sets it up at the next sign-in; before that nothing else opens."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        initial = {"second_factor": Role.objects.filter(requires_second_factor=True)}
        super().__init__(*args, initial=initial, **kwargs)
        asked = {}
        for one in declared("accounts"):
            name = one.key.partition(".")[2]
            if name in POLICY:
                asked[name] = field_of(one)
        self.fields = {**{name: asked[name] for name in POLICY}, **self.fields}

    def facts(self) -> dict[str, Any]:
        """The cleaned values as set_policy() takes them."""
        return dict(self.cleaned_data)


class SsoForm(ModelForm):
    """The identity provider, and which values of its claim give which role. Owners are made here only."""

    issuer = forms.URLField(
        label=_("Issuer"),
        max_length=300,
        assume_scheme="https",
        help_text=_("As the provider writes it, for example https://id.example.org/realms/hospital"),
    )
    client_secret = forms.CharField(
        label=_("Client secret"),
        required=False,
        max_length=500,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_("Stored encrypted and never shown. Leave it empty to keep the present one."),
    )

    class Meta:
        model = SsoProvider
        fields = [
            "name",
            "issuer",
            "client_id",
            "client_secret",
            "scopes",
            "role_claim",
            "creates_accounts",
            "trusts_second_factor",
            "local_passwords",
            "is_active",
        ]
        help_texts = {
            "role_claim": _("For Keycloak: realm_access.roles"),
            "local_passwords": _("Owners always keep theirs, so that nobody is locked out."),
        }

    def __init__(self, *args: Any, provider: SsoProvider | None, **kwargs: Any) -> None:
        super().__init__(*args, instance=provider, initial={"client_secret": ""}, **kwargs)
        self.roles = list(Role.objects.filter(retired_at=None).exclude(code="owner"))
        for role in self.roles:
            values = provider.role_values.get(role.code, []) if provider else []
            self.fields[f"role_{role.code}"] = forms.CharField(
                label=_("Values that give the role: %(role)s") % {"role": role.name},
                required=False,
                initial=", ".join(values),
                max_length=300,
            )

    def clean_issuer(self) -> str:
        issuer = self.cleaned_data["issuer"]
        if not is_allowed(issuer):
            raise forms.ValidationError(_("Only addresses that begin with https:// are asked."))
        return issuer

    def facts(self) -> dict[str, Any]:
        """The cleaned values as save_provider() takes them."""
        data = self.cleaned_data
        wanted = {role.code: _split(data[f"role_{role.code}"]) for role in self.roles}
        plain = {name: value for name, value in data.items() if not name.startswith("role_") or name == "role_claim"}
        return {**plain, "role_values": {code: values for code, values in wanted.items() if values}}


def _split(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]
