from django.urls import path

from gateways.views import public

app_name = "payers"
urlpatterns = [path("<str:key>/", public.payer_screen, name="screen")]
