# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What the robot takes in: pictures, parameters, model files."""

import io
import json
from array import array
from contextlib import suppress
from pathlib import Path

import numpy as np
from PIL import Image as PilImage
from sensor_msgs.msg import CompressedImage, Image

from benchmarks.fuzz.inputs import Input, Target
from benchmarks.parts import part
from posenet_ros.eye import look
from posenet_ros.model_archive import ModelArchive, read_archive
from posenet_ros.model_file import REFERENCE_FILE, spec_of
from posenet_ros.model_spec import METADATA_FILE, ModelFileError, ModelSpec
from posenet_ros.parameter_table import TABLE
from posenet_ros.preprocess import crop_window
from posenet_ros.reference import Reference
from posenet_ros.refusal import Refusal
from posenet_ros.trusted_models import TrustedModels


def images(folder: Path) -> Target:
    """Picture messages, raw by their fields and compressed by their bytes."""
    rgb = np.random.default_rng(1).integers(0, 256, (48, 64, 3), np.uint8)
    seeds = {}
    for kind in ('JPEG', 'PNG'):
        stream = io.BytesIO()
        PilImage.fromarray(rgb).save(stream, kind)
        seeds[kind.lower()] = stream.getvalue()
    for encoding, size in (('rgb8', 3), ('mono16', 2), ('bayer_rggb8', 1), ('uyvy', 2)):
        fields = {'encoding': encoding, 'width': 64, 'height': 48, 'step': 64 * size}
        seeds[f'raw-{encoding}'] = json.dumps({**fields, 'bytes': 64 * 48 * size}).encode()

    def try_it(given: Input) -> None:
        message = _compressed(given) if not given.kind.startswith('raw') else _raw(given)
        if message is None:
            return
        with suppress(Refusal):
            crop = look(message, crop_window)
            assert crop.shape == (224, 224, 3), crop.shape
            assert crop.dtype == np.uint8

    return Target(seeds, try_it)


def _compressed(given: Input) -> CompressedImage:
    return CompressedImage(format=given.kind, data=array('B', given.content))


def _raw(given: Input) -> Image | None:
    """A message, where the fields are such as a message can have."""
    try:
        fields = json.loads(given.content)
        count = fields.pop('bytes')
        # Elsewhere DDS itself refuses them.
        if not isinstance(fields.get('encoding'), str) or any(
            type(value) is not int or not 0 <= value < 2**32
            for name, value in fields.items()
            if name != 'encoding'
        ):
            return None
        return Image(**fields, data=array('B', bytes(min(int(count), 10_000_000))))
    except (ValueError, TypeError, AssertionError, AttributeError, KeyError, OverflowError):
        return None


def parameters(folder: Path) -> Target:
    """Values of the table's parameters, as JSON."""
    seeds = {entry.name: json.dumps(entry.default).encode() for entry in TABLE}
    entries = {entry.name: entry for entry in TABLE}

    def try_it(given: Input) -> None:
        entry = entries[given.kind]
        try:
            value = json.loads(given.content)
        except (ValueError, RecursionError):
            return
        with suppress(ValueError):
            taken = entry.check(value)
            assert type(taken) is type(entry.default), taken
            assert not isinstance(taken, float | int) or entry.minimum <= taken <= entry.maximum
            assert not entry.choices or taken in entry.choices

    return Target(seeds, try_it)


def models(folder: Path) -> Target:
    """Model files, the texts and arrays in them, and the list of those that are trusted."""
    files = part('model_files')
    file = files.write_model(folder / 'model.pt', files.ColourNet())
    archive = ModelArchive(file.read_bytes())
    seeds = {
        'file': archive.content,
        'metadata': archive.extra(METADATA_FILE),
        'reference': archive.extra(REFERENCE_FILE),
        'list': f'{archive.sha256}  {file}\n'.encode(),
    }
    place = folder / 'given'

    def try_it(given: Input) -> None:
        place.write_bytes(given.content)
        with suppress(ModelFileError):
            if given.kind == 'file':
                _whole(spec_of(read_archive(place)))
            elif given.kind == 'metadata':
                _metadata(given.content)
            elif given.kind == 'list':
                TrustedModels(place).check(64 * 'a', file)
                raise AssertionError('a digest that no line holds is trusted')
            else:
                with suppress(ValueError):
                    Reference.from_bytes(given.content)

    return Target(seeds, try_it)


def _metadata(content: bytes) -> None:
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return
    _whole(ModelSpec.from_json(text))


def _whole(spec: ModelSpec) -> None:
    """What the node relies on."""
    from posenet_ros.describe_model import describe

    assert np.all(np.isfinite(spec.covariance))
    assert isinstance(spec.scene, str), spec.scene
    assert isinstance(spec.frame_id, str), spec.frame_id
    assert np.all(np.isfinite(np.array(spec.coverage, np.float64)))
    if spec.camera is not None:
        numbers = (spec.camera.fx, spec.camera.fy, spec.camera.cx, spec.camera.cy)
        assert all(np.isfinite(number) for number in numbers), spec.camera
        assert spec.camera.width > 0, spec.camera
        assert spec.camera.height > 0, spec.camera
    for name, limit in vars(spec.gates).items():
        assert isinstance(limit, int | float), name
        assert not np.isnan(limit), name
    describe(spec)
