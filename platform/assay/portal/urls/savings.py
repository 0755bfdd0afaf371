"""What could be saved."""

from django.urls import URLPattern, path

from assay.portal.views.savings import checks, commitments, finding, overview

urlpatterns: list[URLPattern] = [
    path("savings", overview.show_savings, name="savings"),
    path("savings/findings.csv", overview.export_savings, name="savings_csv"),
    path("savings/findings/<hex:finding_id>", finding.show_finding, name="finding"),
    path("savings/findings/<hex:finding_id>/move", finding.move, name="finding_move"),
    path("savings/checks", checks.show_checks, name="saving_checks"),
    path("savings/checks/run", checks.run_checks, name="saving_checks_run"),
    path("savings/checks/<slug:check>", checks.change_check, name="saving_check"),
    path("savings/exclusions", checks.add_rule, name="saving_exclusions"),
    path("savings/exclusions/<hex:exclusion_id>/remove", checks.remove_rule, name="saving_exclusion_remove"),
    path("savings/commitments", commitments.show_commitments, name="commitments"),
    path("savings/commitments/advice", commitments.show_advice, name="commitment_advice"),
]
