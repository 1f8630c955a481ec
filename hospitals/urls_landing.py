from django.urls import path

from hospitals.views import landing

app_name = "landing"
urlpatterns = [
    path("", landing.landing, name="home"),
    path("thanks/", landing.thanks, name="thanks"),
]
