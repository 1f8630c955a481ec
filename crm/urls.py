from django.urls import path

from crm.views import memberships, tiers

app_name = "crm"
urlpatterns = [
    path("tiers/", tiers.tier_list, name="tier-list"),
    path("tiers/new/", tiers.tier_new, name="tier-new"),
    path("tiers/<uuid:pk>/", tiers.tier_edit, name="tier-edit"),
    path("families/<uuid:pk>/open/", memberships.membership_open, name="membership-open"),
    path("families/<uuid:pk>/points/", memberships.point_list, name="point-list"),
]
