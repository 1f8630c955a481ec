from django.urls import path

from claims.views import batches, claims, remittances

app_name = "claims"
urlpatterns = [
    path("", claims.claim_list, name="claim-list"),
    path("waiting/", claims.claim_waiting, name="claim-waiting"),
    path("invoices/<uuid:pk>/", claims.claim_make, name="claim-make"),
    path("claims/<uuid:pk>/", claims.claim_detail, name="claim-detail"),
    path("claims/<uuid:pk>/withdraw/", claims.claim_withdraw, name="claim-withdraw"),
    path("claims/<uuid:pk>/papers/", claims.claim_paper, name="claim-paper"),
    path("claims/<uuid:pk>/answer/", claims.claim_answer, name="claim-answer"),
    path("claims/<uuid:pk>/appeal/", claims.claim_appeal, name="claim-appeal"),
    path("claims/<uuid:pk>/dispose/", claims.claim_dispose, name="claim-dispose"),
    path("claims/<uuid:pk>/return/", claims.claim_return, name="claim-return"),
    path("write-offs/", claims.write_off_list, name="write-off-list"),
    path("dispositions/<uuid:pk>/approve/", claims.write_off_approve, name="write-off-approve"),
    path("dispositions/<uuid:pk>/decline/", claims.write_off_decline, name="write-off-decline"),
    path("ageing/", claims.ageing_show, name="ageing"),
    path("ageing/file/", claims.ageing_file, name="ageing-file"),
    path("batches/", batches.batch_list, name="batch-list"),
    path("payers/<uuid:pk>/batch/", batches.batch_new, name="batch-new"),
    path("payers/<uuid:pk>/channel/", batches.channel_edit, name="channel-edit"),
    path("batches/<uuid:pk>/", batches.batch_detail, name="batch-detail"),
    path("batches/<uuid:pk>/submit/", batches.batch_submit, name="batch-submit"),
    path("batches/<uuid:pk>/<str:shape>/", batches.batch_file, name="batch-file"),
    path("batches/<uuid:pk>/papers/<int:part>/", batches.batch_archive, name="batch-archive"),
    path("remittances/", remittances.remittance_list, name="remittance-list"),
    path("remittances/new/", remittances.remittance_new, name="remittance-new"),
    path("remittances/<uuid:pk>/", remittances.remittance_detail, name="remittance-detail"),
]
