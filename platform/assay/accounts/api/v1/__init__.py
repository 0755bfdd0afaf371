"""Accounts in /api/v1, one module a subject."""

from ninja import Router

from assay.accounts.api.v1 import audit, me, members, organization, saved_views, teams, tokens

router = Router(tags=["accounts"])
for module in (me, organization, members, teams, tokens, saved_views, audit):
    router.add_router("", module.router)
