from django.urls import path

from reports.views import money, owing, turnover
from reports.views.home import figures, home

app_name = "reports"
urlpatterns = [
    path("", home, name="home"),
    path("figures/", figures, name="figures"),
    path("money/", money.money_list, name="money-list"),
    path("money/owing/", owing.owing, name="money-owing"),
    path("money/owing/file/", owing.owing_file, name="money-owing-file"),
    path("money/services/", money.services, name="money-services"),
    path("money/services/lines/", money.service_lines, name="money-service-lines"),
    path("money/services/file/", money.services_file, name="money-services-file"),
    path("money/turnover/", turnover.turnover_report, name="money-turnover"),
    path("money/turnover/invoices/", turnover.turnover_invoices, name="money-turnover-invoices"),
    path("money/turnover/file/", turnover.turnover_file, name="money-turnover-file"),
    path("money/<slug:key>/", money.money_report, name="money-report"),
    path("money/<slug:key>/entries/", money.money_entries, name="money-entries"),
    path("money/<slug:key>/file/", money.money_file, name="money-file"),
]
