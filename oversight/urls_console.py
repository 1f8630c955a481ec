from django.urls import path

from oversight.views import console

app_name = "oversight"
urlpatterns = [
    path("trail/", console.trail, name="trail"),
    path("trail/records/<str:number>/", console.record_detail, name="record-detail"),
    path("trail/rows/<slug:table>/<str:row>/", console.row_history, name="row-history"),
]
