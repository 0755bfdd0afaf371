"""Reports, mail, settings."""

from django.urls import URLPattern, path

from assay.portal.views import mail, reports
from assay.portal.views.settings import audit, members, organization, teams, tokens

urlpatterns: list[URLPattern] = [
    path("reports", reports.show_reports, name="reports"),
    path("reports/<hex:subscription_id>", reports.change_subscription, name="report"),
    path("reports/<hex:subscription_id>/preview", reports.show_preview, name="report_preview"),
    path("reports/<hex:subscription_id>/preview/body", reports.send_preview_body, name="report_preview_body"),
    path("mail", mail.show_mail, name="mail"),
    path("mail/<hex:message_id>", mail.show_message, name="mail_message"),
    path("mail/<hex:message_id>/body", mail.send_body, name="mail_body"),
    path("settings", organization.edit_organization, name="settings"),
    path("settings/members", members.show_members, name="settings_members"),
    path("settings/members/<hex:membership_id>", members.change_member, name="settings_member"),
    path("settings/invitations/<hex:invitation_id>", members.withdraw_invitation, name="settings_invitation"),
    path("settings/teams", teams.show_teams, name="settings_teams"),
    path("settings/teams/<hex:team_id>", teams.change_team, name="settings_team"),
    path("settings/tokens", tokens.show_tokens, name="settings_tokens"),
    path("settings/tokens/<hex:token_id>", tokens.revoke_token, name="settings_token"),
    path("settings/audit", audit.show_audit, name="settings_audit"),
]
