# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The command `posenet`: all its groups, and how its errors end.

Torch and what stands on it are imported by the commands that need them, when they run: `--help`
and the work on scenes start at once.
"""

import typer

from posenet_training.commands.adapt import adapt
from posenet_training.commands.benchmark import benchmark
from posenet_training.commands.calibrate import calibrate
from posenet_training.commands.evaluate import evaluate
from posenet_training.commands.explain import explain
from posenet_training.commands.export import describe, export
from posenet_training.commands.quantize import quantize
from posenet_training.commands.scene import app as scene_app
from posenet_training.commands.teach import teach
from posenet_training.commands.training import train
from posenet_training.commands.trust import trust
from posenet_training.errors import MENDABLE
from posenet_training.failures import lack_in_words
from posenet_training.memory import keep_freed_memory

app = typer.Typer(
    help='Teach a robot where it is: make scenes, train, judge and export models for posenet_ros.',
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
app.add_typer(scene_app, name='scene')
COMMANDS = (
    *(teach, train, export, trust, calibrate, quantize, describe),
    *(evaluate, explain, benchmark, adapt),
)
for command in COMMANDS:
    app.command()(command)


def main() -> None:
    """Run the command line; errors of the user's are one sentence."""
    keep_freed_memory()
    try:
        app()
    except MENDABLE as error:
        raise SystemExit(f'posenet: {error}') from error
    except (OSError, MemoryError, RuntimeError, ImportError) as error:
        if sentence := lack_in_words(error):
            raise SystemExit(f'posenet: {sentence}') from error
        raise


if __name__ == '__main__':
    main()
