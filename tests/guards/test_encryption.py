"""Whatever says something of a person is encrypted: fields are judged by their names and by how much they may hold.

A new field that could hold a name, a way to reach somebody, a diagnosis or free text fails here until it is encrypted,
or named below with the reason why it may be read by whoever holds the database.
"""

import re

from django.apps import apps
from django.conf import settings
from django.db import models

from core.fields import EncryptedMixin
from tests.guards import sources

# Rooms whose rows may be about patients. Staff (accounts) and the platform's customers (hospitals) are not patients.
ROOMS = {*sources.ROOMS} - {"accounts", "terminology", "hospitals"}
TELLING = re.compile(
    r"name|phone|mail|street|village|address|birth|born|national_id|identifier|diagnos|condition|note|reason|comment|"
    r"remark|text|detail|question|answer|substance|reaction|instruction|title|subject|objective|assessment|plan$|value|"
    r"temperature|pulse|respiration|systolic|diastolic|spo2|oxygen|weight|height|pain|glucose|params|payload|before|after|"
    r"description|message|province|district|commune|deceased|mrn|why|refusal|explanation|location|path|reference|label"
)
LONG = 100  # characters from which a text holds more than a code
# Catalogues, prices, rooms and goods: what stands there is of the house and says nothing of a patient.
CATALOGUES = {
    "cashoffice_statementmapping",
    "cashoffice_voucherreason",
    *("billing_account", "billing_drawer", "billing_exchangerate", "billing_pricelist", "billing_service", "crm_tier"),
    *("claims_denialreason", "insurance_payer", "insurance_contract", "insurance_contractrule", "insurance_caserate"),
    *("billing_fund", "billing_holiday", "billing_promotion"),
    *("laboratory_answer", "laboratory_answerset", "laboratory_container", "laboratory_panel"),
    *("laboratory_referencerange", "laboratory_section", "laboratory_specimentype", "laboratory_test"),
    *("pharmacy_goodsreceipt", "pharmacy_interaction", "pharmacy_location", "pharmacy_medicine"),
    *("pharmacy_stockadjustment", "queueing_displayscreen", "patients_consenttext"),
    *(
        "billing_ratefeed",
        "billing_rateproposal",
        "gateways_khqraccount",
        "gateways_stripeaccount",
        "gateways_payerscreen",
    ),
}
_OUR_CODE = "a name of our code or a series"
_STAFF = "names a member of the staff, who answers for the act"
_FROZEN = "the service's name from the catalogue, frozen when it was charged"
PLAIN = {
    "audit_record.actor": _STAFF,
    "audit_record.address": "where a member of the staff worked from",
    "audit_record.after": "the row as its table holds it: ciphertext stays ciphertext",
    "audit_record.before": "the row as its table holds it: ciphertext stays ciphertext",
    "audit_record.path": "addresses carry ids only (test_markers)",
    "audit_record.reason": "a text of ours; what a person typed stands encrypted in the row it explains",
    "audit_record.role": _STAFF,
    "audit_record.table_name": _OUR_CODE,
    "billing_charge.explanation": "ids and figures only",
    "billing_charge.text_en": _FROZEN,
    "billing_charge.text_km": _FROZEN,
    "billing_charge.text_zh_hans": _FROZEN,
    "billing_invoice.discount_label_en": "the tier's name from the catalogue",
    "billing_invoice.discount_label_km": "the tier's name from the catalogue",
    "billing_invoice.discount_label_zh_hans": "the tier's name from the catalogue",
    "billing_invoiceline.text_en": _FROZEN,
    "billing_invoiceline.text_km": _FROZEN,
    "billing_invoiceline.text_zh_hans": _FROZEN,
    "billing_invoiceline.cover": "ids and figures only",
    "billing_payment.balance_after": "an amount",
    "billing_shift.acceptance_note": "about a cashier's drawer, not about a patient",
    "billing_shift.stand_in_reason": "about a cashier's drawer, not about a patient",
    "billing_shifttotal.reason": "about a cashier's drawer, not about a patient",
    "billing_transition.subject_kind": _OUR_CODE,
    "cashoffice_dayclosing.figures": "sums of a day by event, account and currency",
    "cashoffice_shiftreport.figures": "sums of a shift by event, account and currency",
    "claims_channel.address": "the address of a payer's server",
    "claims_channel.mapping": "names of columns",
    "claims_claimline.text_en": _FROZEN,
    "claims_claimline.text_km": _FROZEN,
    "claims_claimline.text_zh_hans": _FROZEN,
    "claims_transmission.answer": "a status of HTTP and an outcome of FHIR",
    "clinical_encountermove.by_name": _STAFF,
    "clinical_note.signed_by_name": _STAFF,
    "clinical_noterevision.by_name": _STAFF,
    "clinical_noterevision.why": "signed or replaced",
    "core_counter.key": _OUR_CODE,
    "core_datakey.wrapped": "a key, wrapped",
    "core_delivery.error": "the kind of a failure, never its text",
    "core_delivery.subscriber": _OUR_CODE,
    "core_event.name": _OUR_CODE,
    "core_event.payload": "ids only: core.events refuses anything else",
    "core_preference.key": _OUR_CODE,
    "core_preference.value": "a rule of the hospital",
    "core_submission.location": "addresses carry ids only (test_markers)",
    "core_submission.path": "addresses carry ids only (test_markers)",
    "core_submission.view": _OUR_CODE,
    "crm_pointentry.balance_after": "points",
    "laboratory_itemmove.actor": _STAFF,
    "laboratory_result.range_text": "the catalogue's range, frozen when the value was judged",
    "notifications_maillog.params": "ids and numbers only",
    "notifications_notice.params": "numbers of orders and specimens only",
    "notifications_notice.text": "a text of ours, translated when shown",
    "notifications_notice.url": "addresses carry ids only (test_markers)",
    "oversight_alert.concerned_name": _STAFF,
    "oversight_alert.concerned_role": _STAFF,
    "oversight_alert.evidence": "numbers and codes only",
    "gateways_checkout.session_id": "Stripe's number of its page",
    "gateways_qrreceipt.to_account": "the hospital's own account, or whatever the bank says instead",
    "gateways_qrrequest.code": "the hospital's account, an amount and the number of an invoice",
    "gateways_stripeevent.event_id": "Stripe's number of an event",
    "oversight_alert.key": _OUR_CODE,
    "oversight_decision.by_name": _STAFF,
    "oversight_decision.by_role": _STAFF,
    "oversight_trailexport.by_name": _STAFF,
    "oversight_trailexport.filters": "kinds, dates, ids and names of staff",
    "oversight_watchedpatient.by_name": _STAFF,
    "patients_accessgrant.role": _STAFF,
    "patients_accessgrant.user_name": _STAFF,
    "patients_erasure.counts": "figures by table",
    "patients_retentionrun.counts": "figures by table",
    "patients_exportfile.name": "a name of ours: the folder and a number",
    "patients_patient.mrn": "the number on the card: staff say it instead of the name",
    "patients_patient.province": "one of 25, wanted in statistics; everything finer is encrypted",
    "patients_patientdocument.name": "a name of ours: the folder and the row's id",
    "pharmacy_safetywarning.key": _OUR_CODE,
    "queueing_ticket.label": "the number that is called",
    "queueing_ticketmove.by_name": _STAFF,
}


def kept_plain() -> dict[str, models.Field]:
    """Plain columns of the hospital's schema that could tell something, by table and column."""
    return {
        f"{model._meta.db_table}.{field.column}": field
        for model in apps.get_models()
        if model._meta.app_label in ROOMS and model._meta.app_label in TENANT_LABELS
        if model._meta.db_table not in CATALOGUES
        for field in model._meta.concrete_fields
        if _could_tell(field)
    }


TENANT_LABELS = {entry.rpartition(".")[2] for entry in settings.TENANT_APPS}


def _could_tell(field: models.Field) -> bool:
    if isinstance(field, EncryptedMixin) or field.is_relation or field.choices:
        return False
    if isinstance(field, (models.JSONField, models.TextField)):
        return True
    if isinstance(field, models.CharField) and (field.max_length or LONG) >= LONG:
        return True
    judged = (models.CharField, models.DateField, models.DecimalField)
    return isinstance(field, judged) and not isinstance(field, models.DateTimeField) and _is_telling(field.name)


def _is_telling(name: str) -> bool:
    return bool(TELLING.search(name))


def test_what_could_tell_of_a_person_is_encrypted_or_named_with_a_reason():
    assert sorted(kept_plain().keys() - PLAIN.keys()) == []


def test_the_exceptions_still_exist():
    assert PLAIN.keys() <= kept_plain().keys()
    tables = {model._meta.db_table for model in apps.get_models()}
    assert tables >= CATALOGUES


def test_what_the_product_promises_is_encrypted():
    """PRODUCT.md, section 5, field by field."""
    promised = {
        "patients.Patient": "family_name given_name native_family_name native_given_name birth_date phone phone_other "
        "email village street district commune deceased_on",
        "patients.EmergencyContact": "name phone",
        "patients.PatientIdentifier": "value",
        "clinical.Diagnosis": "code text",
        "clinical.Condition": "code text",
        "clinical.Allergy": "substance reaction",
        "clinical.HistoryItem": "text",
        "clinical.Note": "subjective objective assessment plan",
        "clinical.NoteRevision": "subjective objective assessment plan",
        "clinical.VitalSigns": "temperature pulse respiration systolic diastolic spo2 weight height pain glucose note",
        "laboratory.Result": "value comment sent_back_reason correction_reason",
        "laboratory.Order": "note",
        "pharmacy.PrescriptionItem": "instructions stop_reason reasons",
        "patients.Visit": "reason payer_note",
        "billing.Charge": "detail status_reason",
        "billing.Invoice": "discount_reason void_reason",
    }
    for label, names in promised.items():
        for name in names.split():
            field = apps.get_model(label)._meta.get_field(name)
            assert isinstance(field, EncryptedMixin), f"{label}.{name}"
