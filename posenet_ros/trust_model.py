# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""`trust FILE...`: list model files as ones that may run here."""

import argparse
import sys
from pathlib import Path

from posenet_ros.model_archive import ONNX_SUFFIX, ModelArchive, read_archive, read_bytes
from posenet_ros.model_file import spec_of
from posenet_ros.model_spec import ModelFileError
from posenet_ros.trusted_models import TrustedModels, default_list


def trust_models(files: list[Path], place: Path) -> list[str]:
    """List model files and ONNX twins, and say of each in a line what it is.

    Nothing in them is run.  Raises ModelFileError for what is no model file or cannot be listed.
    """
    return [_trusted(file, TrustedModels(place)) for file in files]


def _trusted(file: Path, listed: TrustedModels) -> str:
    try:
        if file.suffix == ONNX_SUFFIX:
            archive, what = ModelArchive(read_bytes(file)), 'ONNX'
        else:
            archive = read_archive(file)
            spec = spec_of(archive)
            what = f"scene '{spec.scene}', made {spec.created}"
    except ModelFileError as error:
        raise ModelFileError(f"'{file}' cannot be trusted: {error}") from error
    listed.add(archive.sha256, file)
    return f"trusted: '{file}', {what}, sha256 {archive.sha256}"


def main() -> None:
    """List the files that are named."""
    parser = argparse.ArgumentParser(
        description='A model file is a program: list those that you know, so that they may run.'
    )
    parser.add_argument('models', type=Path, nargs='+', help='model files, .pt or .onnx')
    parser.add_argument(
        '--list', type=Path, default=default_list(), help='the list (default: %(default)s)'
    )
    arguments = parser.parse_args()
    try:
        print('\n'.join(trust_models(arguments.models, arguments.list)))
    except ModelFileError as error:
        sys.exit(f'trust: {error}')


if __name__ == '__main__':
    main()
