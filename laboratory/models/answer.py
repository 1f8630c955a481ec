from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models import UUIDModel
from laboratory.models.catalogue import CODE, Named


class AnswerSet(Named):
    """The choices of a coded test, shared by tests that are answered alike."""

    class Meta:
        verbose_name = _("set of choices")
        verbose_name_plural = _("sets of choices")
        ordering = ["code"]


class Answer(UUIDModel):
    """One choice. A result keeps the code; the name is translated when it is shown."""

    answer_set = models.ForeignKey(AnswerSet, on_delete=models.CASCADE, related_name="answers")
    code = models.CharField(_("code"), max_length=20, validators=[CODE])
    name = models.CharField(_("name"), max_length=120)
    abnormal = models.BooleanField(_("abnormal"), default=False)
    position = models.PositiveSmallIntegerField(_("position"), default=100)

    class Meta:
        verbose_name = _("choice")
        verbose_name_plural = _("choices")
        ordering = ["position", "code"]
        constraints = [models.UniqueConstraint(fields=["answer_set", "code"], name="answer_code_once_in_a_set")]

    def __str__(self) -> str:
        return self.name
