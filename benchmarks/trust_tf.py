# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Is map to odom the accepted pose, however late pictures come?  Over DDS, in 15 seconds.

    python -m benchmarks.trust_tf [--out bench_out/trust]

Runs the node on a network of the tests whose answers are known, under a robot that turns.  Writes
OUT/transforms.json, which benchmarks.trust has beside its own figures.
"""

import argparse
import importlib
import json
import sys
import tempfile
from pathlib import Path

from benchmarks.trust.transforms import FILE
from posenet_training.whole_file import whole_file

TEST = Path(__file__).parent.parent / 'test'


def tf_errors_m() -> dict[float, tuple[float, float]]:
    """By the delay of the pictures in seconds: errors of the node and of the naive product."""
    sys.path.insert(0, str(TEST))
    importlib.import_module('conftest')  # It gives DDS room for pictures.
    harness, files, turning = (
        importlib.import_module(name) for name in ('harness', 'model_files', 'turning')
    )
    with tempfile.TemporaryDirectory() as folder:
        model = files.write_model(Path(folder) / 'colour.pt', files.ColourNet())
        with harness.bench(model_path=model, **turning.PARAMETERS) as (_, robot):
            turner = turning.Turner(robot, turning.planar(4.0, 3.0, 0.9), (100.0, 120.0, 90.0))
            turner.drive(robot.image.get_subscription_count, 60.0, 'the node', shows=False)
            errors = turning.tf_errors(turner)
    return {delay_s: (found.received, found.naive) for delay_s, found in errors.items()}


def main() -> None:
    """Print the errors: metres, or radians where the angle's is larger."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else '')
    parser.add_argument('--out', type=Path, default=Path('bench_out/trust'), help='folder')
    options = parser.parse_args()
    errors = tf_errors_m()
    for delay_s, (received, naive) in errors.items():
        ours = f'{delay_s * 1e3:4.0f} ms late: {received:.1e}'
        print(f'{ours}, with the latest odometry {naive:.3f}')
    values = {
        'tf_error_m': max(received for received, _ in errors.values()),
        'naive_by_delay_s': {delay_s: naive for delay_s, (_, naive) in errors.items()},
    }
    with whole_file(options.out / FILE) as partial:
        partial.write_text(f'{json.dumps(values, indent=1)}\n')


if __name__ == '__main__':
    main()
