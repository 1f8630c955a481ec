from django.urls import path

from cashoffice.views import reasons, reports, transfers, vouchers

app_name = "cashoffice"
urlpatterns = [
    path("vouchers/", vouchers.voucher_list, name="voucher-list"),
    path("vouchers/new/", vouchers.voucher_new, name="voucher-new"),
    path("vouchers/reasons/", reasons.reason_list, name="reason-list"),
    path("vouchers/reasons/<uuid:pk>/", reasons.reason_edit, name="reason-edit"),
    path("vouchers/<uuid:pk>/", vouchers.voucher_detail, name="voucher-detail"),
    path("vouchers/<uuid:pk>/approve/", vouchers.voucher_approve, name="voucher-approve"),
    path("vouchers/<uuid:pk>/decline/", vouchers.voucher_decline, name="voucher-decline"),
    path("vouchers/<uuid:pk>/take-back/", vouchers.voucher_withdraw, name="voucher-withdraw"),
    path("vouchers/<uuid:pk>.pdf", vouchers.voucher_print, name="voucher-print"),
    path("reports/", reports.report_list, name="report-list"),
    path("shifts/<uuid:pk>/report.pdf", reports.shift_report, name="shift-report"),
    path("variances/<uuid:pk>/review/", reports.variance_review, name="variance-review"),
    path("transfers/", transfers.transfer_list, name="transfer-list"),
    path("transfers/new/", transfers.transfer_new, name="transfer-new"),
    path("transfers/<uuid:pk>/receive/", transfers.transfer_receive, name="transfer-receive"),
    path("transfers/<uuid:pk>/decline/", transfers.transfer_decline, name="transfer-decline"),
    path("transfers/<uuid:pk>/take-back/", transfers.transfer_withdraw, name="transfer-withdraw"),
]
