# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""`doctor`: look at machine, model, camera and frames; say what is wrong and what mends it."""

import argparse
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from posenet_ros.doctor.camera import PICTURES, camera, drops
from posenet_ros.doctor.finding import Finding, Level, fault, summary, told
from posenet_ros.doctor.frames import chain
from posenet_ros.doctor.software import software
from posenet_ros.share import share


def parse(arguments: list[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog='doctor', description=__doc__)
    parser.add_argument('--model', type=Path, help='model file or folder (default: the demo)')
    parser.add_argument('--image-topic', default='image_raw', help='default: image_raw')
    parser.add_argument('--camera-info-topic', default='camera_info', help='default: camera_info')
    parser.add_argument('--base-frame', default='base_link', help='default: base_link')
    parser.add_argument('--odom-frame', default='odom', help="default: odom; '' for none")
    parser.add_argument(
        '--seconds', type=float, default=3.0, help='how long to listen (default 3)'
    )
    parser.add_argument('--no-drop-test', action='store_true', help='send no pictures over DDS')
    options = parser.parse_args(arguments)
    if not 0.5 <= options.seconds <= 600.0:
        parser.error(f'--seconds is {options.seconds:g}; give 0.5 to 600')
    return options


def findings(options: argparse.Namespace) -> Iterator[Finding]:
    """Everything, in the order in which it is needed."""
    yield from software()
    if find_spec('rclpy') is None:
        yield fault('ROS', 'rclpy is not there', 'source /opt/ros/$ROS_DISTRO/setup.bash')
        return
    if find_spec('torch'):
        yield _model(options.model)
    yield from _robot(options)


def _model(path: Path | None) -> Finding:
    from posenet_ros.doctor.model import model

    if path:
        return model(path)
    try:
        return model(share('models/demo.pt'))
    except FileNotFoundError as error:
        return fault('model', str(error), '. install/setup.bash')


def _robot(options: argparse.Namespace) -> Iterator[Finding]:
    from posenet_ros.doctor.endpoints import endpoints
    from posenet_ros.doctor.observer import observing

    with observing() as observer:
        if not options.no_drop_test:
            received, megabytes = observer.count_pictures()
            yield drops(received, PICTURES, megabytes)
        heard, ears = observer.listen(
            options.image_topic, options.camera_info_topic, options.seconds
        )
        yield from camera(heard)
        yield from endpoints(observer)
        if heard.frame_id and options.base_frame:
            who = 'robot_state_publisher or static_transform_publisher'
            yield chain(ears.parents, options.base_frame, heard.frame_id, who)
        if options.odom_frame and options.base_frame:
            yield chain(ears.parents, options.odom_frame, options.base_frame, 'odometry')


def main() -> int:
    """Look, tell, and return 1 when something keeps the node from working."""
    found = []
    for finding in findings(parse(sys.argv[1:])):
        print(told(finding), flush=True)
        found.append(finding)
    print(summary(found))
    return int(any(finding.level is Level.FAULT for finding in found))


if __name__ == '__main__':
    sys.exit(main())
