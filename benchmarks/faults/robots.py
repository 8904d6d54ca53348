# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Node and camera as victims, over DDS."""

import time
from pathlib import Path
from typing import Any

from benchmarks.faults.victims import BrokenError, killed_after
from benchmarks.parts import part

COLOUR = (100.0, 120.0, 90.0)
PATIENCE_S = 90.0


class Node:
    """A relocalizer that is killed while it starts or works; another one takes its place.

    After each kill another node must give the pose of a picture to listeners that stayed.
    """

    name = 'node'

    def __init__(self, model: Path, domain: int) -> None:
        self._harness = part('harness')
        self._model, self._domain = model, domain
        self._robot = self._harness.Camera(domain)
        self._robot.extrinsic()
        self._takes_s = 0.0
        self._node: Any = None

    def kill(self, share: float) -> float:
        """As Victim: a share below a half falls into its start, or into its work else."""
        if self._node is None:
            self._takes_s = self._start()
        if share < 0.5:
            self._node.kill()
            self._node.wait(30.0)
            starting = self._harness.Relocalizer(self._domain, model_path=self._model)
            killed_after(starting, 2.0 * share * self._takes_s)
        else:
            self._work(2.0 * share - 1.0)
            killed_after(self._node, 0.0)
        return self._start()

    def close(self) -> None:
        """Take both down."""
        if self._node is not None:
            self._node.stop()
        self._robot.close()

    def _start(self) -> float:
        began = time.monotonic()
        self._node = self._harness.Relocalizer(self._domain, model_path=self._model)
        self._pose_again()
        return time.monotonic() - began

    def _work(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self._robot.show(self._harness.picture(COLOUR))
            time.sleep(1.0 / 30.0)

    def _pose_again(self) -> None:
        begun, until = self._robot.now_ns(), time.monotonic() + PATIENCE_S
        stamp_ns = part('posenet_ros.messages').stamp_ns
        while time.monotonic() < until:
            self._work(0.1)
            poses = list(self._robot.received['relocalizer/pose'])[-20:]
            if any(stamp_ns(pose.header.stamp) >= begun for pose in poses):
                return
            if self._node.poll() is not None:
                break
        raise BrokenError(f'the node gives no pose: {self._node.output[-500:]}')


class Player:
    """A camera that is killed, and comes back; the node must go on with its pictures."""

    name = 'camera'

    def __init__(self, model: Path, scene: Path, domain: int) -> None:
        self._harness = part('harness')
        self._scene, self._domain = scene, domain
        self._node = self._harness.Relocalizer(domain, model_path=model, base_frame='')
        self._robot = self._harness.Camera(domain)
        self._takes_s = 0.0

    def kill(self, share: float) -> float:
        """As Victim."""
        player = self._player()
        if not self._takes_s:
            self._takes_s = self._pose_again()
        killed_after(player, 2.0 * share * self._takes_s)
        if self._node.poll() is not None or 'Traceback' in self._node.output:
            raise BrokenError(f'the node did not stand it: {self._node.output[-500:]}')
        player = self._player()
        taken = self._pose_again()
        killed_after(player, 0.0)
        return taken

    def close(self) -> None:
        """Take both down."""
        self._robot.close()
        self._node.stop()

    def _player(self) -> Any:
        parameters = {'scene': self._scene, 'split': 'all', 'rate': 30.0, 'loop': True}
        return self._harness.Program('posenet_ros.player', self._domain, **parameters)

    def _pose_again(self) -> float:
        began, begun = time.monotonic(), self._robot.now_ns()
        stamp_ns = part('posenet_ros.messages').stamp_ns
        while time.monotonic() - began < PATIENCE_S:
            poses = list(self._robot.received['relocalizer/pose'])[-1:]
            if poses and stamp_ns(poses[0].header.stamp) >= begun:
                return time.monotonic() - began
            time.sleep(0.05)
        raise BrokenError(f'no pose of the camera that came back: {self._node.output[-500:]}')
