"""Operations on what a run holds: stages and milestones, console, source; and the signs of its life."""

from ninja import Router

from assay.tracking.api.v1 import console, events, heartbeats, sources

router = Router()
router.add_router("", events.router)
router.add_router("", console.router)
router.add_router("", sources.router)
router.add_router("", heartbeats.router)
