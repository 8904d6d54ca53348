# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Run a node from its construction to a quiet end, whatever ends it."""

from collections.abc import Callable

import rclpy
from rclpy._rclpy_pybind11 import RCLError
from rclpy.exceptions import ParameterException
from rclpy.executors import ExternalShutdownException
from rclpy.node import Node

from posenet_ros.quiet import end_gently


def spin(name: str, make_node: Callable[[], Node]) -> int:
    """Make the node and spin it until it is interrupted; returns the process's exit code.

    A ValueError or a parameter's error while it is made ends the process with one sentence.
    """
    node = None
    try:
        rclpy.init()
        node = make_node()
        end_gently()
        rclpy.spin(node)
    except (ValueError, ParameterException) as error:
        rclpy.logging.get_logger(name).fatal(str(error))
        return 1
    except RCLError:
        # rclpy takes its context down on a signal, even in the middle of a callback.
        if rclpy.ok():
            raise
    except (KeyboardInterrupt, ExternalShutdownException):
        pass
    finally:
        if node:
            node.destroy_node()
        rclpy.try_shutdown()
    return 0
