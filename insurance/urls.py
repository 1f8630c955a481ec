from django.urls import path

from insurance.views import coverages, payers

app_name = "insurance"
urlpatterns = [
    path("payers/", payers.payer_list, name="payer-list"),
    path("payers/new/", payers.payer_new, name="payer-new"),
    path("payers/<uuid:pk>/", payers.payer_edit, name="payer-edit"),
    path("payers/<uuid:pk>/contracts/new/", payers.contract_new, name="contract-new"),
    path("contracts/<uuid:pk>/", payers.contract_detail, name="contract-detail"),
    path("contracts/<uuid:pk>/edit/", payers.contract_edit, name="contract-edit"),
    path("contracts/<uuid:pk>/rules/", payers.rule_set, name="rule-set"),
    path("rules/<uuid:pk>/remove/", payers.rule_remove, name="rule-remove"),
    path("contracts/<uuid:pk>/cases/new/", payers.case_rate_new, name="case-rate-new"),
    path("cases/<uuid:pk>/", payers.case_rate_edit, name="case-rate-edit"),
    path("patients/<uuid:pk>/", coverages.coverage_list, name="coverage-list"),
    path("patients/<uuid:pk>/new/", coverages.coverage_new, name="coverage-new"),
    path("coverages/<uuid:pk>/", coverages.coverage_detail, name="coverage-detail"),
    path("coverages/<uuid:pk>/edit/", coverages.coverage_edit, name="coverage-edit"),
    path("coverages/<uuid:pk>/check/", coverages.eligibility_check, name="eligibility-check"),
    path("coverages/<uuid:pk>/authorisations/new/", coverages.authorisation_request, name="authorisation-request"),
    path("authorisations/<uuid:pk>/", coverages.authorisation_decide, name="authorisation-decide"),
]
