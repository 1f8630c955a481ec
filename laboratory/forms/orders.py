from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import Form, SegmentedChoice
from laboratory.models import Panel, Test
from laboratory.states import Priority


class OrderForm(Form):
    """What the doctor asks for. `again` is offered only after a warning about repetition."""

    tests = forms.ModelMultipleChoiceField(queryset=Test.objects.none(), required=False, label=_("Tests"))
    panels = forms.ModelMultipleChoiceField(queryset=Panel.objects.none(), required=False, label=_("Panels"))
    priority = forms.ChoiceField(
        choices=Priority.choices, initial=Priority.ROUTINE, widget=SegmentedChoice, label=_("Priority")
    )
    note = forms.CharField(
        required=False,
        max_length=500,
        widget=forms.Textarea({"rows": 2}),
        label=_("Note for the laboratory"),
        help_text=_("What you look for, or what the laboratory should know."),
    )
    again = forms.BooleanField(required=False, label=_("Order these tests again all the same"))

    def __init__(self, *args, **kwargs) -> None:
        kwargs.setdefault("auto_id", "lab_%s")  # it stands beside other departments' forms
        super().__init__(*args, **kwargs)
        self.fields["tests"].queryset = Test.objects.filter(active=True)
        self.fields["panels"].queryset = Panel.objects.filter(active=True)


class CancelForm(Form):
    items = forms.ModelMultipleChoiceField(queryset=None, label=_("Tests"))
    reason = forms.CharField(max_length=200, label=_("Reason"))

    def __init__(self, *args, order, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["items"].queryset = order.items.all()
