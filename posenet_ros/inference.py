# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The newest-frame slot and the one worker thread: a slow model drops frames, it never queues."""

from collections.abc import Callable
from threading import Condition, Thread
from typing import Generic, TypeVar

Item = TypeVar('Item')


class NewestSlot(Generic[Item]):
    """Holds at most one item, the newest; `put` never waits."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._item: Item | None = None
        self._closed = False

    def put(self, item: Item) -> bool:
        """Store the item; true when one that nobody had taken was dropped for it."""
        with self._changed:
            dropped = self._item is not None
            self._item = item
            self._changed.notify()
            return dropped

    def take(self) -> Item | None:
        """Wait for an item and take it; None once the slot is closed."""
        with self._changed:
            self._changed.wait_for(lambda: self._item is not None or self._closed)
            item, self._item = self._item, None
            return None if self._closed else item

    def clear(self) -> None:
        """Drop what nobody has taken yet."""
        with self._changed:
            self._item = None

    def close(self) -> None:
        """Wake whoever waits; nothing can be taken any more."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()


class Worker(Generic[Item]):
    """One thread that, once prepared, handles the newest item until it is stopped."""

    def __init__(self, handle: Callable[[Item], None], prepare: Callable[[], None]) -> None:
        self._slot: NewestSlot[Item] = NewestSlot()
        self._handle = handle
        self._prepare = prepare
        self._thread = Thread(target=self._run, name='inference', daemon=True)
        self._thread.start()

    def submit(self, item: Item) -> bool:
        """Hand over an item; true when an older one was dropped for it."""
        return self._slot.put(item)

    def clear(self) -> None:
        """Drop the item that waits, if any."""
        self._slot.clear()

    def stop(self, timeout_s: float = 1.0) -> None:
        """End the thread after the item in hand, waiting at most `timeout_s` seconds."""
        self._slot.close()
        self._thread.join(timeout_s)

    def _run(self) -> None:
        self._prepare()
        while (item := self._slot.take()) is not None:
            self._handle(item)
