# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The loader takes what fits and refuses the rest in one sentence."""

import json
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from forks import Fork
from model_files import SPEC, ColourNet, listed, write_model

from posenet_ros.model_file import DeviceError, choose_device, load_model
from posenet_ros.model_spec import ModelFileError, ModelSpec
from posenet_ros.refusal import PredictionRefusal


@pytest.fixture(scope='module')
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_model(tmp_path_factory.mktemp('model') / 'good.pt', ColourNet())


def crop_of(*rgb: int) -> np.ndarray:
    return np.full((224, 224, 3), rgb, np.uint8)


def test_prediction(good: Path) -> None:
    prediction = load_model(good).predict(crop_of(51, 102, 204))
    assert np.allclose(prediction.position, [2.0, 4.0, 8.0], atol=1e-5)
    assert np.allclose(prediction.q_xyzw, [0.5, -0.5, 0.5, -0.5])
    assert np.allclose(prediction.covariance, SPEC.covariance)
    assert prediction.feature.shape == (8,)


@pytest.mark.parametrize(
    ('rgb', 'words'), [((0, 0, 0), 'position \\[nan'), ((255, 255, 255), 'quaternion of length 0')]
)
def test_answers_that_are_no_pose(good: Path, rgb: tuple[int, int, int], words: str) -> None:
    with pytest.raises(PredictionRefusal, match=words):
        load_model(good).predict(crop_of(*rgb))


def test_spec_round_trip() -> None:
    assert ModelSpec.from_json(SPEC.to_json()) == SPEC
    without_camera = replace(SPEC, camera=None)
    assert ModelSpec.from_json(without_camera.to_json()) == without_camera


def with_metadata(good: Path, target: Path, text: str | None) -> Path:
    """Rewrite the file with other metadata, or with none."""
    with zipfile.ZipFile(good) as source, zipfile.ZipFile(target, 'w') as copy:
        for name in source.namelist():
            if not name.endswith('metadata.json'):
                copy.writestr(name, source.read(name))
            elif text is not None:
                copy.writestr(name, text)
    return listed(target)


def changed(**values: object) -> str:
    return json.dumps({**json.loads(SPEC.to_json()), **values})


def without(*names: str) -> str:
    values = json.loads(SPEC.to_json())
    return json.dumps({name: value for name, value in values.items() if name not in names})


def calibration(**values: object) -> str:
    known = json.loads(SPEC.to_json())['calibration']
    return changed(calibration={**known, **values})


INDEFINITE = np.diag([1.0, 1.0, 1.0, 1.0, 1.0, -1.0]).tolist()


@pytest.mark.parametrize(
    ('text', 'words'),
    [
        (None, 'no posenet_ros model, or a part of one: no metadata.json'),
        ('{', 'is not JSON'),
        ('[]', 'has no format_version'),
        (changed(format_version=4), 'newer than the format 3'),
        (changed(format_version=1), 'outdated format 1'),
        (changed(predicts='T_camera_map'), "predicts 'T_camera_map'"),
        (without('held_out_errors'), 'incomplete or malformed'),
        (without('extent', 'scene'), 'incomplete or malformed'),
        (changed(surprise=1), 'incomplete or malformed'),
        (changed(held_out_errors={'covariance': INDEFINITE, 'frames': 1, 'source': ''}),
         'not symmetric and positive definite'),
        (changed(held_out_errors={'covariance': [[1.0]], 'frames': 1, 'source': ''}),
         'not a finite 6x6 matrix'),
        (changed(extent={'minimum': [1, 1, 1], 'maximum': [0, 2, 2]}), 'is not a box'),
        (changed(frame_id=''), 'frame_id is empty'),
        (calibration(rotation=[1.0, 2.0]), 'has 3 levels and other radii'),
        (calibration(least=[0.1]), 'has 3 levels and other radii'),
        (calibration(scale=2.0), 'incomplete or malformed'),
        (calibration(covariance_factor=0.0), 'a number that is not above 0'),
        (calibration(disagreement=[0.1, -0.1]), 'adds what is no deviation'),
        (calibration(least=[float('nan'), 0.1]), 'adds what is no deviation'),
        (changed(weights_sha256='0' * 64), 'weights are not those'),
    ],
)  # fmt: skip
def test_bad_metadata(good: Path, tmp_path: Path, text: str | None, words: str) -> None:
    bad = with_metadata(good, tmp_path / 'bad.pt', text)
    with pytest.raises(ModelFileError, match=words) as raised:
        load_model(bad)
    assert str(bad) in str(raised.value)
    assert '\n' not in str(raised.value)


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match='there is no such file'):
        load_model(tmp_path / 'nothing.pt')


@pytest.mark.parametrize('content', [b'', b'PK\x03\x04 and then nothing', bytes(4096)])
def test_what_is_no_archive(tmp_path: Path, content: bytes) -> None:
    (tmp_path / 'bad.pt').write_bytes(content)
    with pytest.raises(ModelFileError, match='corrupt or no TorchScript file'):
        load_model(tmp_path / 'bad.pt')


@pytest.mark.parametrize('share', [0.2, 0.5, 0.9, 0.99])
def test_truncated_file(good: Path, tmp_path: Path, share: float) -> None:
    content = good.read_bytes()
    (tmp_path / 'bad.pt').write_bytes(content[: int(share * len(content))])
    with pytest.raises(ModelFileError):
        load_model(tmp_path / 'bad.pt')


def test_flipped_bits_are_noticed(good: Path, tmp_path: Path) -> None:
    """Bits of the weights; zip's checksums or the digest must notice each."""
    content = bytearray(good.read_bytes())
    place = content.find(np.float32(-0.5).tobytes())
    assert place > 0
    content[place] ^= 0x10
    (tmp_path / 'bad.pt').write_bytes(content)
    with pytest.raises(ModelFileError):
        load_model(tmp_path / 'bad.pt')


def test_state_dict_is_foreign(tmp_path: Path) -> None:
    torch.save(ColourNet().state_dict(), tmp_path / 'weights.pt')
    with pytest.raises(ModelFileError, match='no posenet_ros model'):
        load_model(tmp_path / 'weights.pt')


class TwoAnswers(ColourNet):
    def forward(self, images: torch.Tensor) -> tuple[torch.Tensor, ...]:
        return super().forward(images)[:2]


class ShortFeature(ColourNet):
    def forward(self, images: torch.Tensor) -> tuple[torch.Tensor, ...]:
        position, q_xyzw, covariance, feature = super().forward(images)
        return position, q_xyzw, covariance, feature[:, :5]


@pytest.mark.parametrize(
    ('network', 'words'),
    [(TwoAnswers(), 'does not take'), (ShortFeature(), 'its feature has shape')],
)
def test_networks_that_break_the_contract(
    tmp_path: Path, network: torch.nn.Module, words: str
) -> None:
    with pytest.raises(ModelFileError, match=words):
        load_model(write_model(tmp_path / 'bad.pt', network))


@pytest.mark.parametrize('name', ['gpu', 'cuda:', 'cuda:x', 'CUDA', '', 'cpu:0', 'mps'])
def test_unknown_devices(name: str) -> None:
    with pytest.raises(DeviceError, match='use auto, cpu, cuda'):
        choose_device(name)


@pytest.mark.skipif(torch.cuda.is_available(), reason='a CUDA device is here')
@pytest.mark.parametrize('name', ['auto', 'cuda', 'cuda:0', 'cuda:7'])
def test_without_cuda_it_is_the_cpu_with_a_note(name: str) -> None:
    device = choose_device(name)
    assert device.name == 'cpu'
    assert 'no CUDA device' in device.note


def test_describe_model(good: Path, tmp_path: Path) -> None:
    def run(*arguments: object) -> tuple[int, str]:
        process = Fork('posenet_ros.describe_model', [*map(str, arguments)])
        return process.wait(60.0), process.output

    code, described = run(good)
    assert code == 0, described
    assert 'test room' in described
    _, whole = run(good, '--json')
    digest = json.loads(whole)['weights_sha256']
    assert ModelSpec.from_json(whole) == replace(SPEC, weights_sha256=digest)
    code, missing = run(tmp_path / 'nothing.pt')
    assert code == 1
    assert missing.count('\n') == 1
    assert 'there is no such file' in missing
