# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""DDS domains that no other test uses at the same time, in this process or in another."""

import fcntl
import itertools
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# Domains whose ports the operating system leaves free.
DOMAINS = 100
FOLDER = Path(tempfile.gettempdir()) / 'posenet_ros_domains'

# Not the one that was given back last: what lived there may still be on its way out.
_numbers = itertools.count(os.getpid())


@contextmanager
def own_domain() -> Iterator[int]:
    """Hold a domain, by a lock that the operating system takes back from dead processes."""
    FOLDER.mkdir(exist_ok=True)
    for number in itertools.islice(_numbers, DOMAINS):
        domain = number % DOMAINS + 1
        with (FOLDER / f'{domain}.lock').open('w') as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            yield domain
            return
    raise RuntimeError(f'all {DOMAINS} domains are in use, see {FOLDER}')
