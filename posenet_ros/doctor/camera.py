# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What is heard of the camera, judged. Pure."""

from dataclasses import dataclass

from posenet_ros.doctor.finding import Finding, fault, good, note
from posenet_ros.doctor.software import PROFILE, profile_file
from posenet_ros.model_spec import Camera

SLOW_HZ = 3.0
# Older pictures are of another clock, or of a camera that hangs.
OLD_S = 2.0
DELIVERED_ENOUGH = 0.7
ENOUGH_TO_JUDGE = 10
PICTURES = 60


@dataclass(frozen=True)
class Heard:
    """What came in `seconds` on the topic of the pictures and on that of camera_info.

    elsewhere: topics that carry pictures, for who named the wrong one; age_s of the last picture.
    """

    topic: str
    seconds: float
    publishers: int
    elsewhere: tuple[str, ...]
    pictures: int
    infos: int
    size: tuple[int, int]
    frame_id: str
    age_s: float
    camera: Camera | None

    @property
    def rate_hz(self) -> float:
        """Pictures a second."""
        return self.pictures / self.seconds


def camera(heard: Heard) -> list[Finding]:
    """Whether pictures arrive, how many, and whether they say where and when they are of."""
    if not heard.publishers:
        others = ', '.join(heard.elsewhere) or 'there is none'
        return [
            fault(
                'camera',
                f"nobody publishes pictures on '{heard.topic}' (pictures elsewhere: {others})",
                'ros2 launch posenet_ros relocalize.launch.py image_topic:=TOPIC',
            )
        ]
    if not heard.pictures:
        return [
            fault(
                'camera',
                f"'{heard.topic}' has a publisher, but no picture came in {heard.seconds:g} s",
                f'ros2 topic hz {heard.topic}',
            )
        ]
    return [_pace(heard), *_stamp(heard), _info(heard)]


def drops(received: int, sent: int, megabytes: float) -> Finding:
    """Whether pictures sent from one process of this machine to another arrive."""
    what = f'{received} of {sent} pictures of {megabytes:.1f} MB arrived between two processes'
    if received >= DELIVERED_ENOUGH * sent:
        return good('DDS pictures', what)
    return fault(
        'DDS pictures',
        what,
        f'export {PROFILE}={profile_file()}',
    )


def _pace(heard: Heard) -> Finding:
    width, height = heard.size
    what = f"{heard.rate_hz:.1f} pictures a second of {width}x{height} on '{heard.topic}'"
    lost = heard.infos >= ENOUGH_TO_JUDGE and heard.pictures < DELIVERED_ENOUGH * heard.infos
    if lost:
        return fault(
            'camera',
            f'{what}, but {heard.infos / heard.seconds:.1f} camera_info: the rest is lost',
            f"start the camera's driver with {PROFILE}={profile_file()}",
        )
    if heard.rate_hz < SLOW_HZ:
        return note(
            'camera',
            f'{what}: seven frames must be younger than max_age',
            'ros2 param set /relocalizer max_age 4.0',
        )
    return good('camera', what)


def _stamp(heard: Heard) -> list[Finding]:
    findings = []
    if not heard.frame_id:
        findings.append(
            fault(
                'camera',
                'its pictures have no frame_id',
                "set the camera driver's frame_id to its optical frame",
            )
        )
    if abs(heard.age_s) > OLD_S:
        findings.append(
            fault(
                'clock',
                f'the stamps of the pictures are {heard.age_s:.1f} s old',
                'ros2 launch posenet_ros relocalize.launch.py use_sim_time:=true  '
                '(bags, simulators), else chronyc tracking',
            )
        )
    return findings


def _info(heard: Heard) -> Finding:
    mend = 'ros2 launch posenet_ros relocalize.launch.py camera_info_topic:=TOPIC'
    if heard.camera is None:
        return note('camera_info', 'none, or not calibrated: the view is not matched', mend)
    if (heard.camera.width, heard.camera.height) != heard.size:
        return fault(
            'camera_info',
            f'is for {heard.camera.width}x{heard.camera.height} pictures',
            'publish the camera_info of this picture size',
        )
    return good('camera_info', f'focal length {heard.camera.fx:.0f} px')
