"""What the Celery application promises."""

from django.conf import settings

from assay.tuning.tasks import trials
from workers.celery_app import app
from workers.queues import HARD_LIMIT, VISIBILITY


def test_work_is_acknowledged_when_it_is_done_and_returned_when_its_worker_dies() -> None:
    assert app.conf.task_acks_late
    assert app.conf.task_reject_on_worker_lost
    assert app.conf.worker_prefetch_multiplier == 1
    assert app.conf.task_ignore_result
    assert app.conf.accept_content == ["json"]
    assert app.conf.broker_url == settings.REDIS_URL


def test_the_visibility_timeout_is_set_in_all_three_places_and_exceeds_every_short_task() -> None:
    places = (
        app.conf.visibility_timeout,
        app.conf.broker_transport_options["visibility_timeout"],
        app.conf.result_backend_transport_options["visibility_timeout"],
    )
    assert set(places) == {VISIBILITY.total_seconds()}
    app.loader.import_default_modules()
    short = [task for name, task in app.tasks.items() if name != "tuning.run_trial"]
    assert max(task.time_limit or HARD_LIMIT.total_seconds() for task in short) < VISIBILITY.total_seconds()


def test_a_queue_gets_its_own_messages_and_no_others() -> None:
    queues = app.amqp.queues
    assert {name: (queue.exchange.name, queue.routing_key) for name, queue in queues.items()} == {
        "bills": ("bills", "bills"),
        "default": ("default", "default"),
        "trials": ("trials", "trials"),
    }
    assert app.amqp.router.route({}, "tuning.run_trial")["queue"].name == "trials"
    assert app.amqp.router.route({}, "costs.import_bill")["queue"].name == "bills"


def test_hints_expire_before_they_pile_up() -> None:
    for entry in app.conf.beat_schedule.values():
        assert entry["options"]["expires"] == entry["schedule"].total_seconds()
        assert entry["options"]["queue"] == "default"


def test_a_trial_may_take_longer_than_celerys_default() -> None:
    assert trials.run_trial.time_limit > 7 * 24 * 3600
    assert trials.run_trial.soft_time_limit == trials.run_trial.time_limit


def test_a_worker_that_leaves_tells_its_processes() -> None:
    assert not trials.is_leaving()
    try:
        trials.note_leaving()
        assert trials.is_leaving()
    finally:
        trials._leaving[0] = 0
