"""Operations on what a run holds: stages and milestones, console, source."""

from ninja import Router

from assay.tracking.api.v1 import console, events, sources

router = Router()
router.add_router("", events.router)
router.add_router("", console.router)
router.add_router("", sources.router)
