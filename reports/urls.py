from django.urls import path

from reports.views.home import figures, home

app_name = "reports"
urlpatterns = [
    path("", home, name="home"),
    path("figures/", figures, name="figures"),
]
