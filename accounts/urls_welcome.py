from django.urls import path

from accounts.views.welcome import welcome

app_name = "welcome"
urlpatterns = [path("<str:token>/", welcome, name="accept")]
