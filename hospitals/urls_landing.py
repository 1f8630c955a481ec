from django.urls import URLPattern

app_name = "landing"
urlpatterns: list[URLPattern] = []
