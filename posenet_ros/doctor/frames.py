# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The tree of frames, and where it is broken. Pure."""

from collections.abc import Mapping

from posenet_ros.doctor.finding import Finding, fault, good


def chain(parents: Mapping[str, str], target: str, source: str, who: str) -> Finding:
    """Whether TF leads from one frame to another.

    parents: the parent of each frame that was heard of; who: what publishes the missing part.
    """
    subject = 'TF'
    known = set(parents) | set(parents.values())
    for frame in (target, source):
        if frame not in known:
            heard = ', '.join(sorted(known)) or 'none at all'
            return fault(
                subject,
                f"nobody publishes the frame '{frame}' (frames heard of: {heard})",
                f"start {who}, or correct the frame's name",
            )
    tops = [_top(parents, frame) for frame in (target, source)]
    if tops[0] != tops[1]:
        return fault(
            subject,
            f"no way from '{source}' to '{target}': one is below '{tops[1]}', the other below "
            f"'{tops[0]}'",
            f'ros2 run tf2_ros static_transform_publisher --frame-id {target} '
            f'--child-frame-id {tops[1]} --x X --y Y --z Z',
        )
    return good(subject, f"leads from '{source}' to '{target}'")


def _top(parents: Mapping[str, str], frame: str) -> str:
    passed = {frame}
    while frame in parents and parents[frame] not in passed:
        frame = parents[frame]
        passed.add(frame)
    return frame
