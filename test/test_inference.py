# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The newest-frame slot never queues and the worker ends when told."""

import threading
import time

from posenet_ros.inference import NewestSlot, Worker


def test_slot_keeps_only_the_newest() -> None:
    slot: NewestSlot[int] = NewestSlot()
    assert not slot.put(1)
    assert slot.put(2)
    assert slot.take() == 2
    assert not slot.put(3)


def test_closed_slot_wakes_the_taker() -> None:
    slot: NewestSlot[int] = NewestSlot()
    taken: list[int | None] = []
    taker = threading.Thread(target=lambda: taken.append(slot.take()))
    taker.start()
    slot.close()
    taker.join(1.0)
    assert taken == [None]


def test_slow_worker_handles_the_newest_and_skips_the_rest() -> None:
    handled: list[int] = []
    began, go = threading.Event(), threading.Event()

    def handle(item: int) -> None:
        handled.append(item)
        began.set()
        go.wait(5.0)

    worker = Worker(handle, lambda: None)
    worker.submit(0)
    assert began.wait(5.0)
    dropped = [worker.submit(item) for item in range(1, 100)]
    assert dropped == [False] + [True] * 98
    go.set()
    deadline = time.monotonic() + 5.0
    while len(handled) < 2 and time.monotonic() < deadline:
        time.sleep(0.005)
    worker.stop()
    assert handled == [0, 99]


def test_stopped_worker_takes_nothing_more() -> None:
    handled: list[int] = []
    worker = Worker(handled.append, lambda: None)
    worker.stop()
    worker.submit(1)
    time.sleep(0.05)
    assert handled == []
