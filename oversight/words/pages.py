"""What pages, papers and events of the trail are called in words. A stable name without words shows itself."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

PAGES: dict[str, Promise] = {
    "chart": _("Chart"),
    "chart.rest": _("Chart, second part"),
    "document": _("Document of a patient"),
    "edit": _("Patient's details"),
    "consents": _("Consents"),
    "rights": _("Rights of the patient"),
    "export": _("Archive of a patient's data"),
    "patients:export-file": _("Archive of a patient's data"),
    "card": _("Patient card"),
    "patients:patient-card": _("Patient card"),
    "clinical:vitals-record": _("Triage"),
    "clinical:encounter-detail": _("Consultation"),
    "claims.claim": _("Claim"),
    "claims:batch": _("Batch of claims"),
    "claims:ageing": _("What payers owe"),
    "insurance.coverage": _("Coverage"),
    "billing.visit": _("Charges of a visit"),
    "billing.cover": _("Who pays"),
    "billing.invoice": _("Invoice"),
    "billing.plan": _("Pay in instalments"),
    "billing.charge": _("Charge"),
    "billing.concession": _("Concession"),
    "billing.payment": _("Payment"),
    "billing:receipt-show": _("Receipt"),
    "billing.credit_note": _("Credit note"),
    "billing.write_off": _("Write-off"),
    "billing:credit-print": _("Credit note"),
    "billing:invoice-paper": _("Invoice"),
    "billing:reminder-paper": _("Reminder of a debt"),
    "billing:receipt-open": _("Receipt opened by a link"),
    "billing:statement-print": _("Statement of account"),
    "billing.deposit": _("Deposits"),
    "billing:deposit-print": _("Receipt of a deposit"),
    "billing:deposit-refund-print": _("Refund of a deposit"),
    "gateways.checkout": _("Payment link"),
    "gateways.qr": _("KHQR code"),
    "masked_copy": _("Masked copy"),
    "billing:journal": _("Journal"),
    "reports:money": _("Reports about money"),
    "billing:shift-report": _("Report of a shift"),
    "cashoffice:day-report": _("Closing of a day"),
    "cashoffice:banking-print": _("Deposit to the bank"),
    "cashoffice:shift-report": _("Report of a shift"),
    "cashoffice:voucher-print": _("Cash voucher"),
    "laboratory results verification": _("Verifying results"),
    "laboratory results entry": _("Entering results"),
    "laboratory report": _("Laboratory report"),
    "laboratory:order-report": _("Laboratory report"),
    "laboratory:specimen-label": _("Specimen labels"),
    "laboratory trend": _("Course of a test"),
    "laboratory order": _("Laboratory order"),
    "laboratory specimen": _("Specimen"),
    "pharmacy:dispense-labels": _("Medicine labels"),
    "pharmacy:patient-medicines": _("List of medicines"),
    "pharmacy:prescription-detail": _("Prescription"),
    "queueing:ticket-print": _("Ticket"),
    "oversight:patient-readers": _("Who looked at this patient"),
    "oversight:trail": _("Trail"),
    "oversight:alert-report": _("Breach report"),
    "oversight:alert-csv": _("Breach report"),
}
EVENTS: dict[str, Promise] = {
    "signed_in": _("Signed in"),
    "signed_out": _("Signed out"),
    "sign_in_refused": _("Sign-in refused"),
    "second_factor_refused": _("Second factor refused"),
    "sign_in_slowed": _("Sign-in slowed down"),
    "sso_refused": _("Single sign-on refused"),
    "password_changed": _("Password changed"),
    "support_visit": _("Visit of support"),
    "support_refused": _("Visit of support refused"),
    "sessions_ended": _("Sessions ended"),
    "glass_broken": _("Glass broken"),
    "family_read": _("Family read"),
    "withheld": _("Not sent: no consent"),
    "record_erased": _("Record erased"),
    "record_closed": _("Record closed"),
    "trail_read": _("Trail read"),
    "alert_read": _("Alert read"),
}


DETAILS: dict[str, Promise] = {
    "page": _("Page"),
    "event": _("Event"),
    "screen": _("Screen"),
    "asked": _("Filters"),
    "rows": _("Records"),
    "why": _("Reason"),
    "reason": _("Reason"),
    "sessions": _("Sessions"),
    "hospital": _("Hospital"),
    "person": _("Whose view"),
    "factor": _("Second factor"),
    "what": pgettext_lazy("trail", "What"),
    "purpose": _("Purpose"),
    "archive": _("Archive"),
    "erasure": _("Erasure of a record"),
}


def detail_in_words(name: str) -> str:
    return str(DETAILS.get(name, name.replace("_", " ")))


def page_in_words(name: str) -> str:
    return str(PAGES.get(name, name))


def event_in_words(name: str) -> str:
    return str(EVENTS.get(name) or name.replace("_", " ").capitalize())
