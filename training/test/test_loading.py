# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Loaders end with the process that made them, whatever still holds them then."""

import subprocess
import sys

EXIT_WITH_A_LOADER = """
from torch.utils.data import DataLoader
from posenet_training.data.loading import end_workers_at_exit, leave_signals_to_the_trainer

if __name__ == '__main__':
    {first}
    loader = DataLoader(
        list(range(8)),
        num_workers=1,
        multiprocessing_context='spawn',
        worker_init_fn=leave_signals_to_the_trainer,
    )
    # Of the module: still there when Python ends.
    held = iter(loader)
    print(next(held).item(), flush=True)
"""


def ends_within(tmp_path, seconds, first):
    script = tmp_path / 'script.py'
    script.write_text(EXIT_WITH_A_LOADER.format(first=first))
    process = subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout.readline() == '0\n'
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        return False
    finally:
        process.kill()
        process.wait()
    return True


def test_a_loader_does_not_keep_its_process_from_ending(tmp_path):
    assert ends_within(tmp_path, 60.0, 'end_workers_at_exit()')


def test_without_that_it_would(tmp_path):
    assert not ends_within(tmp_path, 4.0, 'pass')
