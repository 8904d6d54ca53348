# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A status snapshot as diagnostic_msgs."""

from builtin_interfaces.msg import Time
from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus, KeyValue
from std_msgs.msg import Header

from posenet_ros.status import Status

LOST_PICTURES = (
    'far fewer pictures than camera_info messages arrive: DDS loses large pictures, use the '
    'setting of config/fastdds.xml'
)


def level_and_message(status: Status) -> tuple[bytes, str]:
    """Judge a snapshot: the worst of what it says comes first."""
    if status.fault:
        return DiagnosticStatus.ERROR, status.fault
    if not status.active:
        return DiagnosticStatus.OK, 'inactive'
    if status.conflict:
        return DiagnosticStatus.ERROR, status.conflict
    if status.refused_model:
        return DiagnosticStatus.WARN, status.refused_model
    if status.refused_last:
        return DiagnosticStatus.WARN, status.last_refusal
    if status.unconfirmed:
        return DiagnosticStatus.WARN, status.confirmation
    if status.pictures_lost:
        return DiagnosticStatus.WARN, LOST_PICTURES
    if status.pictures == 0:
        return DiagnosticStatus.WARN, 'no pictures arrive: look at the image topic and its QoS'
    if status.framing_note:
        return DiagnosticStatus.OK, status.framing_note
    return DiagnosticStatus.OK, 'poses are published'


def array(stamp: Time, name: str, status: Status) -> DiagnosticArray:
    """Diagnostics of one node."""
    level, message = level_and_message(status)
    values = {
        'model': status.model,
        'scene': status.scene,
        'device': status.device,
        'engine': status.engine,
        'state': status.state,
        'reason': status.reason,
        'rate': f'{status.rate:.1f} Hz',
        'age': f'{status.age:.3f} s',
        'inference': f'{status.inference:.4f} s',
        'frames seen': str(status.frames_seen),
        'frames dropped': str(status.frames_dropped),
        'frames refused': str(sum(status.refused.values())),
        **{f'refused: {kind}': str(count) for kind, count in sorted(status.refused.items())},
        **{f'doubted: {kind}': str(count) for kind, count in sorted(status.doubted.items())},
        'last refusal': status.last_refusal,
        'initial poses': str(status.handovers),
        'confirmation': status.confirmation,
        'map to odom': status.map_odom,
        'refused model': status.refused_model,
        'field of view': status.framing_note or 'matched to the training camera',
    }
    report = DiagnosticStatus(level=level, name=f'{name}: relocalization', message=message)
    report.hardware_id = status.device
    report.values = [KeyValue(key=key, value=value) for key, value in values.items()]
    return DiagnosticArray(header=Header(stamp=stamp), status=[report])
