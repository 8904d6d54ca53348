# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""RGB pictures from the encodings that numpy alone does not read: Bayer, YUV and their like.

cv_bridge converts where it is installed, as on every ROS machine, else rosbags-image does.
"""

from array import array

import numpy as np
from numpy.typing import NDArray
from sensor_msgs.msg import Image

from posenet_ros.image import rows
from posenet_ros.messages import header, image, raw_image
from posenet_ros.refusal import ImageRefusal

try:
    from cv_bridge import CvBridge
except ImportError:
    CvBridge = None


def convert(message: Image) -> NDArray[np.uint8]:
    """Convert a picture message to RGB [H, W, 3]; raises ImageRefusal when that cannot be done."""
    packed = _without_padding(message)
    try:
        rgb = _by_cv_bridge(packed) if CvBridge else _by_rosbags(packed)
    except Exception as error:  # Both converters raise whatever OpenCV and they themselves raise.
        reason = str(error).strip().splitlines()[0] if str(error) else type(error).__name__
        raise ImageRefusal(
            f"encoding '{message.encoding}' cannot be converted to rgb8 ({reason}): publish rgb8, "
            'bgr8 or mono8'
        ) from error
    return np.ascontiguousarray(rgb, dtype=np.uint8)


def _without_padding(message: Image) -> Image:
    """Pack the rows: rosbags-image takes padding for pixels, without a word."""
    tight = rows(raw_image(message))
    packed = Image(header=message.header, encoding=message.encoding)
    packed.height, packed.width, packed.step = message.height, message.width, tight.shape[1]
    packed.is_bigendian = message.is_bigendian
    packed.data = array('B', tight.tobytes())
    return packed


def _by_cv_bridge(message: Image) -> NDArray[np.uint8]:
    return CvBridge().imgmsg_to_cv2(message, desired_encoding='rgb8')


def _by_rosbags(message: Image) -> NDArray[np.uint8]:
    from rosbags.image import message_to_cvimage

    return np.asarray(message_to_cvimage(message, 'rgb8'), dtype=np.uint8)


def rgb_message(stamp_ns: int, frame_id: str, rgb: NDArray[np.uint8]) -> Image:
    """Picture message of RGB pixels [H, W, 3]."""
    if CvBridge:
        return CvBridge().cv2_to_imgmsg(rgb, 'rgb8', header(stamp_ns, frame_id))
    message = image(rgb, 'rgb8')
    message.header = header(stamp_ns, frame_id)
    return message
