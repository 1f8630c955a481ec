from django.urls import path

from accounts.views import visits

app_name = "visit"
urlpatterns = [
    path("end/", visits.visit_end, name="end"),
    path("<str:token>/", visits.visit_enter, name="enter"),
]
