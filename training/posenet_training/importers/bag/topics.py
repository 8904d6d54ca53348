# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Which topic of a bag serves what."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from posenet_ros.scene import SceneError

IMAGE, COMPRESSED = 'sensor_msgs/msg/Image', 'sensor_msgs/msg/CompressedImage'
CAMERA_INFO = 'sensor_msgs/msg/CameraInfo'
TF_MESSAGE = 'tf2_msgs/msg/TFMessage'
ODOMETRY = 'nav_msgs/msg/Odometry'
POSE = 'geometry_msgs/msg/PoseStamped'
POSE_WITH_COVARIANCE = 'geometry_msgs/msg/PoseWithCovarianceStamped'

IMAGE_TYPES = (IMAGE, COMPRESSED)
POSE_TYPES = (ODOMETRY, POSE, POSE_WITH_COVARIANCE)


@dataclass(frozen=True)
class Topic:
    """A topic of a bag, its message type and how many messages it has."""

    name: str
    type: str
    count: int


def image_topic(topics: Sequence[Topic], wanted: str) -> Topic:
    """The wanted topic, or the only one with pictures when none is named.

    Raises SceneError, which names the image topics, when there is none or a choice to make.
    """
    known = _of_types(topics, IMAGE_TYPES)
    if wanted:
        return _wanted(topics, wanted, known, IMAGE_TYPES, 'image')
    filled = [topic for topic in known if topic.count]
    if len(filled) == 1:
        return filled[0]
    if not filled:
        raise SceneError(
            'the bag has no pictures: no topic of type Image or CompressedImage has messages; '
            f'its topics are {listed(topics)}'
        )
    raise SceneError(
        f'the bag has several image topics, {listed(filled)}: choose one with --image-topic'
    )


def camera_info_topic(topics: Sequence[Topic], image: str, wanted: str) -> str:
    """The wanted topic, or the one beside the image topic, as camera drivers name it; '' if none.

    Raises SceneError when the wanted one is no CameraInfo topic of the bag.
    """
    known = _of_types(topics, (CAMERA_INFO,))
    if wanted:
        return _wanted(topics, wanted, known, (CAMERA_INFO,), 'camera_info').name
    beside = f'{image.removesuffix("/compressed").rpartition("/")[0]}/camera_info'
    return beside if beside in {topic.name for topic in known} else ''


def pose_topic(topics: Sequence[Topic], wanted: str) -> Topic:
    """The wanted topic; SceneError, which names the pose topics, when it is none."""
    return _wanted(topics, wanted, pose_topics(topics), POSE_TYPES, 'pose')


def pose_topics(topics: Sequence[Topic]) -> list[Topic]:
    """All topics with poses."""
    return _of_types(topics, POSE_TYPES)


def tf_topics(topics: Sequence[Topic], namespace: str) -> tuple[str, str]:
    """Names of /tf and /tf_static in a namespace, whether the bag has them or not.

    Raises SceneError when the bag has TF, but only in other namespaces.
    """
    prefix = namespace.strip('/')
    names = (f'/{prefix}/tf', f'/{prefix}/tf_static') if prefix else ('/tf', '/tf_static')
    known = _of_types(topics, (TF_MESSAGE,))
    if known and not any(topic.name in names for topic in known):
        raise SceneError(
            f"the bag has no '{names[0]}' but {listed(known)}: name the namespace with "
            '--tf-namespace'
        )
    return names


def listed(topics: Iterable[Topic]) -> str:
    """Topics with their types, for people."""
    return ', '.join(f"'{topic.name}' ({topic.type})" for topic in topics) or 'none'


def _of_types(topics: Sequence[Topic], types: Sequence[str]) -> list[Topic]:
    return [topic for topic in topics if topic.type in types]


def _wanted(
    topics: Sequence[Topic],
    wanted: str,
    known: Sequence[Topic],
    types: Sequence[str],
    what: str,
) -> Topic:
    found = next((topic for topic in topics if topic.name == wanted), None)
    if found is None:
        raise SceneError(f"the bag has no topic '{wanted}'; its {what} topics are {listed(known)}")
    if found.type not in types:
        raise SceneError(
            f"topic '{wanted}' has messages of type {found.type}, which are not read here "
            f'({" or ".join(types)} is); the {what} topics of the bag are {listed(known)}'
        )
    if not found.count:
        raise SceneError(f"topic '{wanted}' is in the bag but has no messages")
    return found
