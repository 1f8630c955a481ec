"""What becomes of every column when a hospital is copied for testing: the one place that says which are personal.

Ids and references become others, switches, whole numbers and amounts are taken over, days and times are shifted, codes
out of a list stay codes. Every other column, which could hold whatever somebody typed, is named here: its table is the
house's own, or the column has a treatment of ``reports.masking.fictions``. A table that is no part of a copy is left
behind, with the reason.
"""

from collections.abc import Iterator

from django.apps import apps
from django.apps.config import AppConfig
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from core.fields import EncryptedMixin

_SIGN_IN = "belongs to people who sign in; the copy has its own"
_MACHINERY = "state of work under way"
_WATCHING = "about what real people did and why"
_ACCOUNTS = "leads to the hospital's own accounts; what came in through them is copied"
LEFT_BEHIND = {
    "account_emailaddress": _SIGN_IN,
    "account_emailconfirmation": _SIGN_IN,
    "accounts_authenticatordevice": _SIGN_IN,
    "accounts_emailcode": _SIGN_IN,
    "accounts_emailfactor": _SIGN_IN,
    "accounts_invitation": _SIGN_IN,
    "accounts_ssoidentity": _SIGN_IN,
    "accounts_ssoprovider": _SIGN_IN,
    "accounts_staffsession": _SIGN_IN,
    "accounts_supportvisit": _WATCHING,
    "accounts_user_groups": "not used",
    "accounts_user_user_permissions": "not used",
    "audit_record": "the trail of the source stays there",
    "audit_seal": "the chain of the source's trail",
    "audit_watermark": "the copy's trail begins anew",
    "auth_group": "not used",
    "auth_group_permissions": "not used",
    "auth_permission": "made by migrations",
    "claims_channel": "addresses and tokens of real payers",
    "claims_claimpaper": "papers of real people",
    "core_datakey": "the copy has its own keys",
    "core_delivery": _MACHINERY,
    "core_event": _MACHINERY,
    "core_submission": _MACHINERY,
    "django_session": _SIGN_IN,
    "gateways_khqraccount": _ACCOUNTS,
    "billing_ratefeed": _ACCOUNTS,
    "billing_rateproposal": _MACHINERY,
    "gateways_checkout": _ACCOUNTS,
    "gateways_payerscreen": _ACCOUNTS,
    "gateways_stripeaccount": _ACCOUNTS,
    "gateways_stripeevent": _ACCOUNTS,
    "gateways_qrreceipt": _ACCOUNTS,
    "gateways_qrrequest": _ACCOUNTS,
    "mfa_authenticator": _SIGN_IN,
    "notifications_maillog": _MACHINERY,
    "notifications_notice": "texts for real people",
    "otp_static_staticdevice": _SIGN_IN,
    "otp_static_statictoken": _SIGN_IN,
    "oversight_alert": _WATCHING,
    "oversight_decision": _WATCHING,
    "oversight_mark": "how far the source's trail was looked at",
    "oversight_trailexport": _WATCHING,
    "oversight_watchedpatient": _WATCHING,
    "patients_accessgrant": _WATCHING,
    "patients_dataexport": "archives handed to real people",
    "patients_erasure": "what real people asked for",
    "patients_legalhold": "why real records are held",
    "patients_exportfile": "archives handed to real people",
    "patients_patientdocument": "papers and pictures of real people",
    "patients_retentionitem": "which real records are beyond their time",
    "patients_retentionrun": "which real records are beyond their time",
    "patients_searchtoken": "worked out anew from the fictitious names",
    "queueing_displayscreen": "keys of real screens",
    "queueing_displayscreen_departments": "of real screens",
    "queueing_displayscreen_practitioners": "of real screens",
}
# What stands in these tables is the house's: prices, catalogues, rooms, rules. It says nothing of a person.
HOUSE = {
    *("accounts_department", "accounts_knownpermission", "accounts_role", "accounts_room"),
    "cashoffice_statementmapping",
    "cashoffice_voucherreason",
    *("claims_denialreason", "insurance_payer", "insurance_contract", "insurance_contractrule", "insurance_caserate"),
    *("billing_account", "billing_drawer", "billing_exchangerate", "billing_holiday", "billing_pricelist"),
    *("billing_fund", "billing_promotion"),
    *("billing_service", "crm_tier"),
    *("core_counter", "laboratory_answer", "laboratory_answerset", "laboratory_container", "laboratory_panel"),
    *("laboratory_referencerange", "laboratory_section", "laboratory_specimentype", "laboratory_test"),
    *("patients_consenttext", "pharmacy_interaction", "pharmacy_location", "pharmacy_medicine", "queueing_queue"),
}
_MOVE = {"verb": "keep", "from_status": "keep", "reason": "reason"}
_BY = {"by_id": "keep", "by_name": "staff"}
_CODE_AND_TEXT = {"code": "illness_code", "text": "illness"}
_SOAP = {name: name for name in ("subjective", "objective", "assessment", "plan")}
_LANGUAGES = ("", "_en", "_km", "_zh_hans")


def _in_all_languages(name: str, treatment: str) -> dict[str, str]:
    return {f"{name}{language}": treatment for language in _LANGUAGES}


COLUMNS: dict[str, dict[str, str]] = {
    "accounts_branch": {
        "code": "keep",
        "phone": "phone",
        **_in_all_languages("name", "branch"),
        **_in_all_languages("address", "address"),
    },
    "accounts_staffprofile": {
        "licence_number": "digits",
        "phone": "phone",
        "specialties": "keep",
        **_in_all_languages("title", "title"),
        **_in_all_languages("specialisation", "specialisation"),
    },
    "accounts_user": {
        "password": "no_password",
        "username": "username",
        "email": "staff_email",
        "full_name": "staff",
        "full_name_native": "staff_native",
    },
    "billing_booksclosing": {"note": "comment"},
    "billing_charge": {
        "source_kind": "keep",
        "service_code": "keep",
        "category": "keep",
        "text_en": "keep",
        "text_km": "keep",
        "text_zh_hans": "keep",
        "explanation": "keep",
        "detail": "detail",
        "status_reason": "reason",
    },
    "billing_concession": {"reason": "reason", "decline_reason": "reason"},
    "billing_fundgrant": {"donor": "staff", "reference": "digits", "decline_reason": "reason"},
    "billing_feerule": {"category": "keep"},
    "billing_feepayout": {"number": "fee_payout_number", "reference": "digits", "decline_reason": "reason"},
    "billing_creditnote": {"number": "credit_number", "reason": "reason", "decline_reason": "reason"},
    "billing_instalmentplan": {"note": "comment"},
    "billing_writeoff": {"number": "paper_number", "reason": "reason", "decline_reason": "reason"},
    "billing_refund": {"number": "refund_number", "reference": "digits"},
    "billing_deposit": {"number": "deposit_number", "gateway": "keep"},
    "billing_deposittender": {"reference": "digits"},
    "billing_depositrefund": {
        "number": "deposit_refund_number",
        "reason": "reason",
        "decline_reason": "reason",
        "reference": "digits",
    },
    "billing_invoice": {
        "payer": "keep",
        "number": "invoice_number",
        "discount_label_en": "keep",
        "discount_label_km": "keep",
        "discount_label_zh_hans": "keep",
        "discount_reason": "reason",
        "buyer": "staff",
        "buyer_tax_number": "digits",
        "promotion_code": "keep",
        "void_reason": "reason",
    },
    "billing_invoiceline": {
        "service_code": "keep",
        "category": "keep",
        "text_en": "keep",
        "text_km": "keep",
        "text_zh_hans": "keep",
        "cover": "keep",
        "detail": "detail",
    },
    "billing_payment": {"number": "receipt_number"},
    "billing_shift": {"number": "shift_number", "acceptance_note": "comment", "stand_in_reason": "comment"},
    "billing_shifttotal": {"reason": "reason"},
    "billing_tender": {"reference": "digits"},
    "billing_transition": {"subject_kind": "keep", "to_status": "keep", **_MOVE},
    "cashoffice_variance": {"note": "comment"},
    "cashoffice_shiftreport": {"figures": "keep"},
    "cashoffice_dayclosing": {"number": "paper_number", "figures": "keep", "note": "comment"},
    "cashoffice_deposit": {"number": "paper_number", "slip": "digits", "note": "comment"},
    "cashoffice_clearing": {"undo_reason": "reason"},
    "cashoffice_match": {"undo_reason": "reason"},
    "cashoffice_statement": {"file_name": "comment", "digest": "keep"},
    "cashoffice_statementline": {"reference": "digits", "text": "comment", "fingerprint": "keep"},
    "cashoffice_transfer": {"number": "paper_number", "note": "comment", "decline_reason": "reason"},
    "cashoffice_voucher": {
        "number": "paper_number",
        "party": "staff",
        "note": "comment",
        "decline_reason": "reason",
    },
    "claims_appeal": {"reason": "reason"},
    "claims_batch": {"number": "keep"},
    "claims_claim": {"number": "claim_number", "diagnoses": "figures", "payer_reference": "digits"},
    "claims_claimline": {
        "service_code": "keep",
        "text_en": "keep",
        "text_km": "keep",
        "text_zh_hans": "keep",
    },
    "claims_claimmove": {"verb": "keep", "from_status": "keep", "reason": "reason"},
    "claims_disposition": {"reason": "reason"},
    "claims_remittance": {"number": "keep", "reference": "digits", "digest": "keep"},
    "claims_transmission": {"answer": "keep", "reference": "digits"},
    "clinical_allergy": {
        "substance": "substance",
        "atc_code": "substance_code",
        "reaction": "reaction",
        "ended_reason": "reason",
    },
    "clinical_condition": _CODE_AND_TEXT,
    "clinical_diagnosis": _CODE_AND_TEXT,
    "clinical_encounter": {
        "triage_refusal": "reason",
        "disposition_note": "plan",
        "no_diagnosis_reason": "reason",
    },
    "clinical_encountermove": {**_MOVE, **_BY},
    "clinical_historyitem": {"text": "history"},
    "clinical_note": {**_SOAP, "signed_by_name": "staff"},
    "clinical_noterevision": {**_SOAP, **_BY, "why": "keep"},
    "clinical_vitalsigns": {
        **dict.fromkeys(("temperature", "pulse", "respiration", "systolic", "diastolic", "spo2"), "measure"),
        **dict.fromkeys(("oxygen_flow", "weight", "height", "pain", "glucose"), "measure"),
        "consciousness": "consciousness",
        "assessment": "figures",
        "note": "comment",
    },
    "core_preference": {"key": "keep", "value": "keep", "updated_by": "staff"},
    "crm_familymembership": {"card_number": "card_number"},
    "crm_pointentry": {"source_kind": "keep"},
    "insurance_authorisation": {"scope": "keep", "number": "digits", "note": "comment"},
    "insurance_coverage": {"member_number": "digits"},
    "insurance_eligibilitycheck": {"way": "keep", "reference": "digits", "note": "comment"},
    "insurance_limitmove": {"source_kind": "keep"},
    "laboratory_criticalalert": {"call_note": "comment"},
    "laboratory_itemmove": {"verb": "keep", "from_state": "keep", "reason": "reason", "actor": "staff"},
    "laboratory_order": {"number": "order_number", "note": "comment"},
    "laboratory_orderitem": {"cancel_reason": "reason"},
    "laboratory_result": {
        "value": "result",
        "unit": "keep",
        "range_text": "keep",
        "comment": "comment",
        "sent_back_reason": "reason",
        "correction_reason": "reason",
    },
    "laboratory_specimen": {"accession": "accession", "rejection_note": "comment"},
    "patients_consent": {"guardian_name": "other_person", "remark": "comment"},
    "patients_duplicateanswer": {"reason": "reason"},
    "patients_emergencycontact": {"name": "other_person", "phone": "phone"},
    "patients_family": {"number": "family_number"},
    "patients_patient": {
        "mrn": "mrn",
        "family_name": "family_name",
        "given_name": "given_name",
        "native_family_name": "native_family_name",
        "native_given_name": "native_given_name",
        "birth_date": "birth_date",
        "deceased_on": "shifted_date",
        "phone": "phone",
        "phone_other": "phone",
        "email": "patient_email",
        "province": "province",
        "district": "district",
        "commune": "commune",
        "village": "village",
        "street": "street",
        "nationality": "nationality",
        "occupation": "occupation",
        "preferred_language": "language",
        "photo_id": "nothing",
    },
    "patients_patientidentifier": {"type": "keep", "value": "identifier", "digest": "identifier_digest"},
    "patients_visit": {"number": "visit_number", "payer_note": "comment", "reason": "complaint"},
    "patients_visitmove": {"from_status": "keep", "reason": "reason"},
    "pharmacy_batch": {"lot_number": "keep"},
    "pharmacy_dispense": {"unpaid_reason": "reason"},
    "pharmacy_dispenseline": {"batch_reason": "reason"},
    "pharmacy_goodsreceipt": {"supplier": "supplier", "reference": "digits"},
    "pharmacy_medicinereturn": {"reason": "reason"},
    "pharmacy_prescriptionitem": {"instructions": "instructions", "reasons": "reasons", "stop_reason": "reason"},
    "pharmacy_prescriptionquery": {"question": "question", "answer": "answer"},
    "pharmacy_safetywarning": {"key": "keep", "text": "warning", "reason": "reason"},
    "pharmacy_statuschange": {"to_status": "keep", **_MOVE},
    "pharmacy_stockadjustment": {"note": "comment", "refusal": "reason"},
    "pharmacy_stockmovement": {"source_kind": "keep"},
    "queueing_ticket": {"label": "keep"},
    "queueing_ticketmove": {**_MOVE, **_BY},
}
_OWN_WORDS = (models.CharField, models.TextField, models.JSONField, models.BinaryField, ArrayField, models.FileField)


def models_of_a_hospital() -> dict[str, type[models.Model]]:
    """Every table of a hospital's schema that has a model."""
    names = {AppConfig.create(entry).name for entry in settings.TENANT_APPS}
    labels = {config.label for config in apps.get_app_configs() if config.name in names}
    found = (model for model in apps.get_models(include_auto_created=True) if model._meta.app_label in labels)
    return {model._meta.db_table: model for model in found if model._meta.managed and not model._meta.proxy}


def copied() -> dict[str, type[models.Model]]:
    return {table: model for table, model in models_of_a_hospital().items() if table not in LEFT_BEHIND}


def treatment_of(table: str, field: models.Field) -> str | None:
    """What becomes of a column; None where nobody has said it."""
    declared = COLUMNS.get(table, {}).get(str(field.column))
    if declared:
        return declared
    if field.is_relation or isinstance(field, (models.UUIDField, models.GenericIPAddressField)):
        return "keep"
    if isinstance(field, EncryptedMixin):
        return None
    if isinstance(field, models.DateTimeField | models.DateField):
        return "shift"
    if field.choices and isinstance(field, models.CharField):
        return "code"
    if table in HOUSE or not isinstance(field, _OWN_WORDS):
        return "keep"
    return None


def unclassified() -> Iterator[str]:
    """table.column of whatever nobody has classified."""
    for table, model in copied().items():
        for field in model._meta.concrete_fields:
            if treatment_of(table, field) is None:
                yield f"{table}.{field.column}"
