"""The Celery application: `celery -A workers.celery_app worker -Q default,trials`, and `beat`."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "assay.settings")

from django.conf import settings

from workers.queues import DEFAULT, HARD_LIMIT, QUEUES, ROUTES, SOFT_LIMIT, VISIBILITY
from workers.schedule import SCHEDULE

_visibility = {"visibility_timeout": VISIBILITY.total_seconds()}

app = Celery("assay")
app.conf.update(
    broker_url=settings.REDIS_URL,
    broker_connection_retry_on_startup=True,
    broker_transport_options=_visibility | {"socket_keepalive": True, "health_check_interval": 30},
    result_backend_transport_options=_visibility,
    visibility_timeout=VISIBILITY.total_seconds(),
    accept_content=["json"],
    task_serializer="json",
    task_ignore_result=True,
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_acks_on_failure_or_timeout=True,
    task_soft_time_limit=SOFT_LIMIT.total_seconds(),
    task_time_limit=HARD_LIMIT.total_seconds(),
    task_default_queue=DEFAULT,
    task_queues=QUEUES,
    task_routes=ROUTES,
    task_create_missing_queues=False,
    worker_prefetch_multiplier=1,
    worker_hijack_root_logger=False,
    worker_redirect_stdouts=False,
    worker_log_color=False,
    worker_send_task_events=False,
    beat_scheduler="django_celery_beat.schedulers:DatabaseScheduler",
    beat_schedule=SCHEDULE,
    beat_max_loop_interval=5,
    timezone="UTC",
    enable_utc=True,
)
if os.environ.get("ASSAY_PROCESS") != "beat":  # which sends tasks by their names, and needs no more of them
    app.autodiscover_tasks()
