"""Clients that write over HTTP as fast as a server answers: connections of their own, bodies made before the clock runs."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

from tests.benchmarks._servers import Server

CLIENTS = 4
SECONDS_A_TURN = 12.0
TURNS = 2
START_MS = 1_700_000_000_000

Act = Callable[[], None]
Prepare = Callable[[Server], Iterator[Act]]
"""What one client does again and again: each act is one or more answered requests."""


def compare(assay: Server, peer: Server, prepare: Prepare) -> tuple[float, float]:
    """Acts a second of each server, measured in turn, the better of two turns."""
    turns = [(rate(assay, prepare), rate(peer, prepare)) for _ in range(TURNS)]
    return max(turn[0] for turn in turns), max(turn[1] for turn in turns)


def rate(server: Server, prepare: Prepare) -> float:
    """Acts a second that were answered, over all clients."""
    gate = threading.Barrier(CLIENTS, timeout=300)
    with ThreadPoolExecutor(CLIENTS) as pool:
        return sum(pool.map(lambda _: _rate_alone(server, prepare, gate), range(CLIENTS)))


def _rate_alone(server: Server, prepare: Prepare, gate: threading.Barrier) -> float:
    acts = prepare(server)
    next(acts)()
    gate.wait()
    start, count = time.perf_counter(), 0
    for act in acts:
        act()
        count += 1
        if time.perf_counter() - start >= SECONDS_A_TURN:
            break
    return count / (time.perf_counter() - start)
