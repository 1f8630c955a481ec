from django.urls import path

from oversight.views import alerts, exports, patient, settings, trail

app_name = "oversight"
urlpatterns = [
    path("trail/", trail.trail, name="trail"),
    path("trail/export/", exports.trail_export, name="trail-export"),
    path("trail/records/<str:number>/", trail.record_detail, name="record-detail"),
    path("trail/rows/<slug:table>/<str:row>/", trail.row_history, name="row-history"),
    path("trail/mine/", trail.my_trail, name="my-trail"),
    path("exports/<uuid:pk>/", exports.export_detail, name="export-detail"),
    path("exports/<uuid:pk>/trail.csv", exports.export_file, name="export-file"),
    path("patients/<uuid:pk>/readers/", patient.patient_readers, name="patient-readers"),
    path("patients/<uuid:pk>/watch/", patient.patient_watch, name="patient-watch"),
    path("patients/<uuid:pk>/unwatch/", patient.patient_unwatch, name="patient-unwatch"),
    path("settings/", settings.rules_edit, name="rules-edit"),
    path("settings/watch/", settings.watch_add, name="watch-add"),
    path("alerts/", alerts.alert_list, name="alert-list"),
    path("alerts/<uuid:pk>/", alerts.alert_detail, name="alert-detail"),
    path("alerts/<uuid:pk>/decide/", alerts.alert_decide, name="alert-decide"),
    path("alerts/<uuid:pk>/report.pdf", alerts.alert_report, name="alert-report"),
    path("alerts/<uuid:pk>/report.csv", alerts.alert_table, name="alert-table"),
]
