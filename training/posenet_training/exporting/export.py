# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""From a run to a model file, step by step."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from posenet_ros.geometry import pose_error
from posenet_ros.model_spec import HeldOutErrors, ModelSpec
from posenet_training.calibrating.calibrate import calibrate
from posenet_training.calibrating.claims import claims_of
from posenet_training.calibrating.coverage import coverage_of
from posenet_training.calibrating.strangers import described, stranger_features
from posenet_training.data.frames import Source
from posenet_training.evaluation.evaluate import evaluate_answers
from posenet_training.evaluation.judged_pictures import JudgedPictures, judged_pictures
from posenet_training.evaluation.predictors import Predictor, network_predictor
from posenet_training.evaluation.report import as_values
from posenet_training.exporting import facts
from posenet_training.exporting.choices import Choices
from posenet_training.exporting.draft import file_format
from posenet_training.exporting.listing import list_as_trusted
from posenet_training.exporting.members import Member, exported_network, read_members
from posenet_training.exporting.parity import check_parity, outputs_of
from posenet_training.exporting.stored_weights import DTYPES, as_stored, pose_shift
from posenet_training.network import PoseNet
from posenet_training.sequences import Progress
from posenet_training.whole_file import whole_file

# Validation pictures that precisions are compared on (150 kB each), and formats: these answer
# alike or not on any picture.
COMPARED = 256
COMPARED_BY_FORMAT = 16
# Crops that are in memory at once when errors are measured.
BATCH = 32


@dataclass(frozen=True)
class Exported:
    """A model file: what it says, and how far its answers are from the network's (parity.py).

    uncertainty: where its covariance comes from (network.py).
    """

    spec: ModelSpec
    parity: float
    uncertainty: str


def export(
    checkpoint_file: Path,
    source: Source,
    model_file: Path,
    created: str,
    choices: Choices = Choices(),  # noqa: B008, frozen
    others: Sequence[Path] = (),
    progress: Progress = lambda items, title: items,
) -> Exported:
    """Judge a run on its source and write the model file, atomically.

    created: ISO 8601 time to note.  others: checkpoints of more runs of the scene, which make an
    ensemble with the first.  The network is judged with the weights that the file stores.
    Raises ExportError when storing or translating it changes answers or a run does not fit,
    FileNotFoundError where a run has no checkpoint.
    """
    form, dtype = file_format(choices.format), DTYPES[choices.precision]
    form.check_name(model_file)
    members = read_members((checkpoint_file, *others))
    stored = [as_stored(member.network, dtype) for member in members]
    validation = judged_pictures(source, 'validation')
    shift = _largest_shift(members, stored, _some_crops(validation, COMPARED))
    calibration = judged_pictures(source, 'calibration')
    errors = [_held_out_errors(network_predictor(network), calibration) for network in stored]
    network = exported_network(members, stored, choices.uncertainty, errors)
    images = _some_crops(validation, COMPARED_BY_FORMAT)
    draft = form.draft(network, dtype, images)
    training, test = (
        claims_of(network, judged_pictures(source, split), progress) for split in ('train', 'test')
    )
    held_out = claims_of(network, calibration, progress)
    positions = training.pictures.T_map_camera[:, :3, 3]
    extent = facts.extent_of(positions)
    strangers = stranger_features(network, training.pictures, (), progress)
    trust = calibrate(training, held_out, strangers, network.uncertainty, extent)
    judged = evaluate_answers(
        test.answers, source.name, test.pictures, training.answers, training.pictures
    )
    its_errors = facts.held_out_errors(held_out.errors, calibration.description)
    spec = replace(
        facts.spec_of(members[0].run, source, extent, positions, its_errors, trust),
        metrics={
            **as_values(judged),
            'calibration': coverage_of(test, trust),
            'strangers': described(training.pictures, ()),
            'stored': {'precision': choices.precision.value, 'shift': shift},
        },
        weights_sha256=draft.weights_sha256,
        created=created,
    )
    with whole_file(model_file) as partial:
        draft.save(spec, trust.reference, partial)
        # Before it is there under its name: no stop leaves it unlisted.
        list_as_trusted(partial, model_file)
        answers = outputs_of(draft.read(partial), images)
        parity = check_parity(outputs_of(network, images), answers, form.parity, 'the file')
    return Exported(spec, parity, network.uncertainty)


def _largest_shift(
    members: Sequence[Member], stored: Sequence[PoseNet], images: Tensor
) -> dict[str, float]:
    """How far storing moves answers: the largest of each number over the members."""
    shifts = [
        pose_shift(outputs_of(member.network, images), outputs_of(network, images))
        for member, network in zip(members, stored, strict=True)
    ]
    return {name: max(shift[name] for shift in shifts) for name in shifts[0]}


def _some_crops(samples: JudgedPictures, most: int) -> Tensor:
    return torch.from_numpy(samples.crops(samples.all_over(most)))


def _held_out_errors(predict: Predictor, samples: JudgedPictures) -> HeldOutErrors:
    """Errors on all samples, of which a few are in memory at once."""
    batches = [predict(samples.crops(numbers)) for numbers in samples.batches(BATCH)]
    T_map_camera = np.concatenate([answers.T_map_camera for answers in batches])
    errors = pose_error(T_map_camera, samples.T_map_camera)
    return facts.held_out_errors(errors, samples.description)
