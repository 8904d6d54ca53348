# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The published data sets: their scenes, how these are read, and the paper's figures for them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from posenet_training.errors import BenchmarkError
from posenet_training.evaluation.published_figures import (
    CAMBRIDGE,
    CAMBRIDGE_SCENES,
    ICCV_2015,
    SEVEN_SCENES,
    SEVEN_SCENES_DSLAM,
    Method,
)
from posenet_training.importers.cambridge import read_cambridge
from posenet_training.importers.complaints import Complaints
from posenet_training.importers.drive import Drive
from posenet_training.importers.seven_scenes import read_seven_scenes

# Pictures a second of the published Cambridge videos.
CAMBRIDGE_RATE_HZ = 2.0


@dataclass(frozen=True)
class DataSet:
    """A data set.

    in_paper    scenes of the first PoseNet's table, in its order
    further     scenes that came later
    open_drive  opens the folder of a scene
    methods     published figures, of which the first paper's are shown
    changes     of every recipe, because the archives lack what it would need
    """

    name: str
    in_paper: tuple[str, ...]
    further: tuple[str, ...]
    open_drive: Callable[[Path, Complaints], Drive]
    methods: tuple[Method, ...]
    changes: tuple[str, ...] = ()

    @property
    def columns(self) -> list[str]:
        """Methods of the first paper's table."""
        return [method.name for method in self.methods if method.source == ICCV_2015]

    def present(self, root: Path) -> list[str]:
        """Scenes whose folders are there; BenchmarkError when none is."""
        names = (*self.in_paper, *self.further)
        found = [name for name in names if (root / name).is_dir()]
        if not found:
            raise BenchmarkError(
                f"'{root}' has none of the folders {', '.join(names)} of {self.name}: name the "
                'folder into which its scenes were unpacked'
            )
        return found


DATA_SETS: Mapping[str, DataSet] = {
    '7scenes': DataSet(
        '7-Scenes',
        tuple(str(scene[0]) for scene in SEVEN_SCENES),
        (),
        lambda folder, complaints: read_seven_scenes(folder, None, [], complaints),
        SEVEN_SCENES_DSLAM,
    ),
    'cambridge': DataSet(
        'Cambridge Landmarks',
        tuple(str(scene[0]) for scene in CAMBRIDGE_SCENES),
        ('GreatCourt',),
        lambda folder, complaints: read_cambridge(folder, None, CAMBRIDGE_RATE_HZ, complaints),
        CAMBRIDGE,
        # The lists name no focal length; the paper kept the labels of moved windows as well.
        changes=('views.axis=kept',),
    ),
}
