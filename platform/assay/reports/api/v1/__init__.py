"""Operations on reports and sent mail."""

from ninja import Router

from assay.reports.api.v1 import mail, reports

router = Router()
router.add_router("", reports.router)
router.add_router("", mail.router)
