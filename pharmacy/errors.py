"""What the pharmacy refuses, in words for the person who tried."""

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError


class ReasonMissing(DomainError):
    message = _("Write down the reason.")
    field = "reason"


class OverrideReasonMissing(DomainError):
    """Blocking warnings without a written reason; `findings` are those."""

    message = _("These warnings need a written reason before you can go on.")
    code = "override_reason_missing"

    def __init__(self, findings: list) -> None:
        super().__init__()
        self.findings = findings


class EncounterClosed(DomainError):
    message = _("Prescriptions are written while the consultation is open.")


class PrescriptionSigned(DomainError):
    message = _("This prescription is signed and can no longer be changed. Stop it and write a new one.")


class PrescriptionEmpty(DomainError):
    message = _("Add at least one medicine.")


class MedicineTwice(DomainError):
    message = _("This medicine is already on the prescription. Change the line that is there.")
    field = "medicine"


class MedicineNotInUse(DomainError):
    message = _("This medicine is no longer in the formulary.")
    field = "medicine"


class RouteNotPossible(DomainError):
    message = _("This medicine is not given by that route.")
    field = "route"


class DoseUnitNotPossible(DomainError):
    message = _("A dose of this medicine is not measured in that unit.")
    field = "dose_unit"


class QuantityMissing(DomainError):
    message = _("Enter the quantity: it cannot be computed for this medicine.")
    field = "quantity"


class ItemNotOutstanding(DomainError):
    message = _("Nothing is outstanding for this medicine.")


class ItemStopped(DomainError):
    message = _("A medicine in this bag was stopped by the doctor. Cancel the preparation and prepare again.")


class ReviewMissing(DomainError):
    message = _("This prescription waits for the doctor's answer or a new review.")


class PreparedAlready(DomainError):
    message = _("Medicines for this prescription are already prepared. Hand them over or cancel first.")


class StockShort(DomainError):
    message = _("Not enough stock: %(asked)s wanted, %(available)s available.")
    code = "stock_short"

    def __init__(self, *, asked: int, available: int, field: str | None = None) -> None:
        super().__init__(field=field, asked=asked, available=available)


class NothingAllocated(DomainError):
    message = _("No usable stock is available for any of these medicines.")
    code = "nothing_allocated"


class QuantityNotPossible(DomainError):
    message = _("The quantity must be between 1 and %(most)s.")
    field = "quantity"


class BatchExpired(DomainError):
    message = _("This batch has expired and cannot be used.")
    field = "batch"


class BatchExpiresInCourse(DomainError):
    message = _("This batch expires before the treatment ends. Choose another, or write down why it is used.")
    field = "batch_reason"


class BatchReasonMissing(DomainError):
    message = _("An earlier expiring batch is available. Write down why this one is used.")
    field = "batch_reason"


class BatchNotHere(DomainError):
    message = _("This batch is not in stock here.")
    field = "batch"


class NoStore(DomainError):
    message = _("This branch has no pharmacy store.")


class SecondCheckMissing(DomainError):
    message = _("A high-alert medicine is in this bag: another pharmacist checks it first.")


class CheckedByPreparer(DomainError):
    message = _("Another person than the one who prepared it makes the second check.")


class PaymentMissing(DomainError):
    message = _("Payment is outstanding. The medicines are handed over after payment.")
    code = "payment_missing"


class ReturnTooLarge(DomainError):
    message = _("At most %(most)s can be returned.")
    field = "quantity"


class QuarantineMissing(DomainError):
    message = _("This branch has no quarantine location.")


class ReturnInvoiced(DomainError):
    message = _("These medicines are already on an invoice. The cashier issues a credit note first.")


class AdjustmentOwn(DomainError):
    message = _("Another person than the one who asked decides on this adjustment.")


class ReceiptEmpty(DomainError):
    message = _("Enter at least one delivered batch.")


class ReceiptBatchTwice(DomainError):
    message = _("This batch is entered twice.")
    field = "lot_number"


class DeliveryExpired(DomainError):
    message = _("This batch has already expired. Refuse the delivery.")
    field = "expires_on"
