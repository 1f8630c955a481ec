from django.urls import path

from patients.views import (
    address,
    card,
    chart,
    consents,
    documents,
    editing,
    families,
    glass,
    registration,
    search,
    settings,
)

app_name = "patients"
urlpatterns = [
    path("", search.patient_list, name="patient-list"),
    path("new/", registration.patient_new, name="patient-new"),
    path("new/duplicates/", registration.patient_duplicates, name="patient-duplicates"),
    path("guarded/", glass.record_guarded, name="record-guarded"),
    path("consent-texts/", consents.consent_text_list, name="consent-text-list"),
    path("consent-texts/new/", consents.consent_text_new, name="consent-text-new"),
    path("access/", settings.access_edit, name="access-edit"),
    path("grants/", glass.grant_list, name="grant-list"),
    path("address/", address.address_fields, name="address-fields"),
    path("families/options/", families.family_options, name="family-options"),
    path("families/<uuid:pk>/", families.family_detail, name="family-detail"),
    path("families/<uuid:pk>/head/", families.family_head_change, name="family-head-change"),
    path("documents/<uuid:pk>/", documents.document_show, name="document-show"),
    path("documents/<uuid:pk>/remove/", documents.document_remove, name="document-remove"),
    path("documents/<uuid:pk>/<str:token>/", documents.document_file, name="document-file"),
    path("<uuid:pk>/", chart.patient_detail, name="patient-detail"),
    path("<uuid:pk>/edit/", editing.patient_edit, name="patient-edit"),
    path("<uuid:pk>/card/", card.patient_card, name="patient-card"),
    path("<uuid:pk>/consents/", consents.consent_list, name="consent-list"),
    path("<uuid:pk>/consents/new/", consents.consent_new, name="consent-new"),
    path("<uuid:pk>/photo/", documents.photo_change, name="photo-change"),
    path("<uuid:pk>/documents/new/", documents.document_new, name="document-new"),
    path("<uuid:pk>/family/", families.family_join, name="family-join"),
]
