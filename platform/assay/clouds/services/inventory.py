"""A look at everything that a connection leads to: account by account, region by region, service by service."""

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from threading import BoundedSemaphore

from assay.clouds.connectors.aws.inventory import QUESTIONS, Question
from assay.clouds.connectors.aws.sessions import Refused
from assay.clouds.domain.refreshes import Refusal, Reported
from assay.clouds.services.lists import refresh_lists
from assay.clouds.services.reach import Account, list_reach
from assay.clouds.services.refreshes import (
    Lease,
    check_slice,
    end_of_slice,
    hold_lease,
    record_call,
    renew_lease,
)
from assay.clouds.services.resources import store_list
from assay.core import tenancy
from assay.core.clock import now

AT_ONCE = 16
PER_ACCOUNT = 4
"""Calls at a time of one account; of one service in a region of it there is never more than one."""
RENEW_SECONDS = 60
EVERYWHERE = ""
"""The region of what has none."""


@dataclass(frozen=True, slots=True)
class Answer:
    """reported: None when the question was refused."""

    question: Question
    account: Account
    region: str
    reported: list[Reported] | None
    refusals: list[Refusal]
    seconds: float


Group = tuple[Account, str, list[Question]]
"""Questions that are asked one after another: those to one service in one region of an account."""


def look_at_everything(lease: Lease) -> None:
    """Ask what this refresh has not asked yet, and store each answer as it comes. raises: LeaseLost, Paused;
    AssayError when nothing can be reached.
    """
    reach = list_reach(lease)
    groups = [
        (account, region, questions)
        for account in reach
        for region in (*account.regions, EVERYWHERE)
        for questions in _by_service(lease, account, region)
    ]
    until = end_of_slice()
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="inventory") as threads:
        try:
            for answer in _ask_all(threads, groups, lambda: renew_lease(lease)):
                _store(lease, answer)
                check_slice(until)
        except BaseException:
            threads.shutdown(wait=False, cancel_futures=True)
            raise
    refresh_lists(lease, reach)


def _by_service(lease: Lease, account: Account, region: str) -> list[list[Question]]:
    services: dict[str, list[Question]] = {}
    for question in QUESTIONS:
        if (
            question.everywhere is (region == EVERYWHERE)
            and (question.service, question.operation, account.id, region) not in lease.done
        ):
            services.setdefault(question.service, []).append(question)
    return list(services.values())


def _ask_all(threads: ThreadPoolExecutor, groups: Sequence[Group], renew: Callable[[], None]) -> Iterator[Answer]:
    """Answers as they come. Threads only ask: what they bring is written by the caller's, in its own transactions."""
    gates = {account.id: BoundedSemaphore(PER_ACCOUNT) for account, _, _ in groups}
    pending: dict[Future[Answer], tuple[Group, int]] = {}

    def start(group: Group, at: int) -> None:
        account, region, questions = group
        pending[threads.submit(_ask, gates[account.id], account, region, questions[at])] = (group, at + 1)

    for group in _take_turns(groups):
        start(group, 0)
    while pending:
        done, _ = wait(pending, timeout=RENEW_SECONDS, return_when=FIRST_COMPLETED)
        if not done:
            renew()
        for future in done:
            group, following = pending.pop(future)
            if following < len(group[2]):
                start(group, following)
            yield future.result()


def _take_turns(groups: Sequence[Group]) -> list[Group]:
    """One of each account in turn, so that no account's gate keeps the others waiting."""
    seen: dict[str, int] = {}
    order = []
    for group in groups:
        turn = seen[group[0].id] = seen.get(group[0].id, 0) + 1
        order.append((turn, group))
    return [group for _, group in sorted(order, key=lambda pair: pair[0])]


def _ask(gate: BoundedSemaphore, account: Account, region: str, question: Question) -> Answer:
    with gate:
        began = time.perf_counter()
        try:
            reported, refusals = question.ask(account.clients, region)
        except Refused as refused:
            return Answer(question, account, region, None, [refused.refusal], time.perf_counter() - began)
        return Answer(question, account, region, reported, refusals, time.perf_counter() - began)


def _store(lease: Lease, answer: Answer) -> None:
    """The list and the word that it came, together: a refresh that is resumed neither loses nor repeats it."""
    question, account, region = answer.question, answer.account, answer.region
    with tenancy.scope(lease.organization_id):
        hold_lease(lease)
        if answer.reported is not None:
            store_list(
                lease.organization_id,
                lease.connection.id,
                answer.reported,
                provider="aws",
                account_id=account.id,
                region=region,
                kind=question.kind,
                at=now(),
            )
        for refusal in answer.refusals if answer.reported is not None else ():
            permission = f"{refusal.service}:{refusal.operation}"
            record_call(
                lease, permission=permission, account_id=account.id, region=region, items=0, seconds=0.0, refusal=refusal
            )
        record_call(
            lease,
            permission=question.permission,
            account_id=account.id,
            region=region,
            items=len(answer.reported or ()),
            seconds=answer.seconds,
            refusal=answer.refusals[0] if answer.reported is None else None,
        )
