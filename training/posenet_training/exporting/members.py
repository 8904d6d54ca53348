# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""From runs to the network of a model file: what each claims, and whether they go together."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from posenet_ros.model_spec import HeldOutErrors
from posenet_training.errors import ExportError
from posenet_training.exporting.choices import Uncertainty
from posenet_training.exporting.claims import (
    Claim,
    ConstantClaim,
    DropoutClaim,
    LearnedClaim,
    PointsClaim,
)
from posenet_training.exporting.facts import Run
from posenet_training.exporting.network import ExportedEnsemble, ExportedNetwork, ExportedPoseNet
from posenet_training.module import load_network
from posenet_training.network import PoseNet
from posenet_training.spread import has_learned_uncertainty


@dataclass(frozen=True)
class Member:
    """A run that becomes a model file, alone or with others; folder: of the run."""

    folder: Path
    run: Run

    @property
    def network(self) -> PoseNet:
        """Its averaged network, as trained."""
        return self.run[0]


def read_members(checkpoint_files: Sequence[Path]) -> list[Member]:
    """Load runs; raises FileNotFoundError where one has no checkpoint.

    Raises ExportError when their trunks look at pictures of different sizes.
    """
    members = [Member(file.parent, load_network(file)) for file in checkpoint_files]
    first = members[0]
    for other in members[1:]:
        if other.network.side != first.network.side:
            raise ExportError(
                f"the network of '{other.folder}' looks at {other.network.side} pixels a side, "
                f"that of '{first.folder}' at {first.network.side}: the runs of an ensemble look "
                'at the same picture, train them with the same sides'
            )
    return members


def exported_network(
    members: Sequence[Member],
    stored: Sequence[PoseNet],
    wanted: Uncertainty | None,
    errors: Sequence[HeldOutErrors],
) -> ExportedNetwork:
    """The network of the file: one alone, or an ensemble.

    wanted: None leaves each run what it has learned, or held-out errors where that is nothing.
    stored, errors: the members' networks as the file stores them, and their held-out errors.
    Raises ExportError for a claim that a run cannot make.
    """
    networks = [
        ExportedPoseNet(network, claim_of(member, network, wanted, its_errors))
        for member, network, its_errors in zip(members, stored, errors, strict=True)
    ]
    return networks[0] if len(networks) == 1 else ExportedEnsemble(networks)


def claim_of(
    member: Member, network: PoseNet, wanted: Uncertainty | None, errors: HeldOutErrors
) -> Claim:
    """What a run's network claims."""
    if network.coordinates is not None:
        return _claim_of_points(member, wanted, errors)
    _, recipe, checkpoint = member.run
    if wanted is Uncertainty.points:
        raise ExportError(
            f"'{member.folder}' answers by regression, no points of the map say how sure it is: "
            'train with --recipe coordinates, or export with --uncertainty learned'
        )
    learned = has_learned_uncertainty(checkpoint)
    if wanted is Uncertainty.learned and not learned:
        raise ExportError(
            f"'{member.folder}' has not learned its uncertainty: do so with `posenet train SCENE "
            f'--out {member.folder} --resume`, or export with --uncertainty constant'
        )
    if wanted is Uncertainty.dropout and not recipe.network.dropout:
        raise ExportError(
            f"'{member.folder}' was trained without dropout, its network knows no spread: export "
            'with --uncertainty constant, or train with --set network.dropout=0.3'
        )
    if wanted is Uncertainty.dropout:
        return DropoutClaim(recipe.network.dropout)
    if wanted is Uncertainty.learned or (wanted is None and learned):
        return LearnedClaim(network.deviations)
    return ConstantClaim(np.array(errors.covariance))


def _claim_of_points(
    member: Member, wanted: Uncertainty | None, errors: HeldOutErrors
) -> PointsClaim | ConstantClaim:
    if wanted in (None, Uncertainty.points):
        return PointsClaim()
    if wanted is Uncertainty.constant:
        return ConstantClaim(np.array(errors.covariance))
    raise ExportError(
        f"'{member.folder}' answers by points of the map, neither dropout nor the learned layer "
        'says how sure those are: export with --uncertainty points'
    )
