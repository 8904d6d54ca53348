# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The model file, loaded as the node would."""

import re
from pathlib import Path

from posenet_ros.doctor.finding import Finding, fault, good


def model(path: Path) -> Finding:
    """Whether a node can work with the model file or the folder of them."""
    from posenet_ros.model_file import choose_device
    from posenet_ros.model_spec import ModelFileError
    from posenet_ros.models import load_models

    try:
        models = load_models(path, '', choose_device('auto').name)
    except ModelFileError as error:
        return fault('model', str(error), _mend(str(error), path))
    known = ', '.join(
        f"'{scene}' in frame '{regressor.spec.frame_id}'"
        for scene, regressor in models.regressors.items()
    )
    return good('model', f'{path}: {known}')


def _mend(sentence: str, path: Path) -> str:
    # A refusal that one command mends names it.
    named = re.findall(r'`([^`]* [^`]*)`', sentence)
    if named:
        return str(named[-1])
    return f'posenet export RUN {path}' + ('' if path.exists() else '  (or copy it there)')
