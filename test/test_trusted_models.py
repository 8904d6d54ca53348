# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Only what is listed runs, and what is checked is what runs."""

import os
import re
import shlex
import subprocess
import zipfile
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path

import pytest
import torch
from forks import ROOT, Fork
from harness import Camera, bench, wait_until
from model_files import SPEC, ColourNet, SlowNet, write_model
from rcl_interfaces.msg import Parameter, ParameterType, ParameterValue, SetParametersResult
from rcl_interfaces.srv import SetParameters

from posenet_ros import model_archive
from posenet_ros.model_file import load_model, load_module, read_spec
from posenet_ros.model_spec import ModelFileError
from posenet_ros.trusted_models import SHIPPED, TrustedModels, default_list


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return write_model(tmp_path / 'it is mine.pt', ColourNet())


def digest_of(file: Path) -> str:
    return sha256(file.read_bytes()).hexdigest()


def nobody(tmp_path: Path) -> TrustedModels:
    return TrustedModels(tmp_path / 'lists' / 'trusted')


def command_in(sentence: str) -> list[str]:
    found = re.search(r'(?:ros2 run posenet_ros|posenet) trust ([^`]*)`', sentence)
    assert found, sentence
    return shlex.split(found[1])


def test_what_is_not_listed_is_refused_with_the_command_that_mends_it(
    model: Path, tmp_path: Path
) -> None:
    listed = nobody(tmp_path)
    with pytest.raises(ModelFileError, match=f'its sha256 {digest_of(model)} is not') as refusal:
        load_model(model, trusted=listed)
    assert '\n' not in str(refusal.value)
    assert not listed.file.exists()
    command = Fork('posenet_ros.trust_model', command_in(str(refusal.value)))
    assert command.wait(60.0) == 0, command.output
    assert f"scene '{SPEC.scene}'" in command.output
    assert load_model(model, trusted=listed).spec.scene == SPEC.scene
    assert listed.file.stat().st_mode & 0o777 == 0o600
    checked = subprocess.run(['sha256sum', '-c', str(listed.file)], capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout


def test_nothing_of_an_unlisted_file_reaches_torch(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    monkeypatch.setattr(torch.jit, 'load', lambda *given, **named: asked.append(given))
    for load in (load_model, load_module):
        with pytest.raises(ModelFileError, match='not in the list'):
            load(model, trusted=nobody(tmp_path))
    assert not asked


def test_one_place_hands_files_to_torch() -> None:
    sources = [*ROOT.glob('posenet_ros/**/*.py'), *ROOT.glob('training/posenet_training/**/*.py')]
    loading = {file.name for file in [*sources, *ROOT.glob('simulation/**/*.py')]
               if 'jit.load(' in file.read_text()}  # fmt: skip
    assert loading == {'model_file.py'}


def test_the_bytes_that_were_checked_are_loaded(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever changes the file after the check changes nothing."""
    stranger = ColourNet()
    stranger.rotation.copy_(torch.tensor([0.5, 0.5, 0.5, 0.5]))
    other = write_model(tmp_path / 'other.pt', stranger).read_bytes()
    check = TrustedModels.check

    def check_then_change(self: TrustedModels, digest: str, path: Path) -> None:
        check(self, digest, path)
        path.write_bytes(other)

    monkeypatch.setattr(TrustedModels, 'check', check_then_change)
    module = load_module(model)
    assert module.rotation.tolist() == [0.5, -0.5, 0.5, -0.5]


def test_the_shipped_model_needs_no_list(tmp_path: Path) -> None:
    demo = ROOT / 'models' / 'demo.pt'
    assert digest_of(demo) in SHIPPED
    load_module(demo, nobody(tmp_path))
    nobody(tmp_path).add(digest_of(demo), demo)
    assert not nobody(tmp_path).file.exists()


def test_many_may_list_at_a_time(tmp_path: Path) -> None:
    digests = [sha256(bytes([number])).hexdigest() for number in range(40)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda d: nobody(tmp_path).add(d, Path(f'/{d}\n.pt')), [*digests, *digests]))
    lines = nobody(tmp_path).file.read_text().splitlines()
    assert sorted(line.split()[0] for line in lines) == sorted(digests)
    assert [file.name for file in nobody(tmp_path).file.parent.iterdir()] == ['trusted']


def test_a_list_that_anybody_may_write_is_no_list(model: Path, tmp_path: Path) -> None:
    listed = nobody(tmp_path)
    listed.add(digest_of(model), model)
    listed.file.chmod(0o666)
    with pytest.raises(ModelFileError, match=r'anybody may write the list .*chmod o-w'):
        load_model(model, trusted=listed)


@pytest.mark.parametrize(
    ('content', 'words'), [(b'\xff\xfe', 'it is no text'), (None, 'Is a directory')]
)
def test_a_list_that_cannot_be_read(
    model: Path, tmp_path: Path, content: bytes | None, words: str
) -> None:
    listed = TrustedModels(tmp_path / 'odd')
    if content is None:
        listed.file.mkdir()
    else:
        listed.file.write_bytes(content)
    with pytest.raises(ModelFileError, match=f"odd' cannot be read \\({words}\\)"):
        load_model(model, trusted=listed)


def test_a_list_that_cannot_be_written_says_where_else(model: Path, tmp_path: Path) -> None:
    (tmp_path / 'file').write_text('')
    listed = TrustedModels(tmp_path / 'file' / 'trusted')
    with pytest.raises(ModelFileError, match=r'cannot be written .*POSENET_TRUSTED_MODELS'):
        listed.add(digest_of(model), model)


def test_where_the_list_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv('POSENET_TRUSTED_MODELS')
    monkeypatch.delenv('XDG_CONFIG_HOME', raising=False)
    assert default_list() == Path.home() / '.config/posenet_ros/trusted_models'
    monkeypatch.setenv('XDG_CONFIG_HOME', '/elsewhere')
    assert default_list() == Path('/elsewhere/posenet_ros/trusted_models')


def test_size_and_structure(model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os.mkfifo(tmp_path / 'pipe')
    for place in (tmp_path / 'pipe', Path('/dev/zero')):
        with pytest.raises(ModelFileError, match='no plain file'):
            read_spec(place)
    with zipfile.ZipFile(tmp_path / 'bomb.pt', 'w', zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr('bomb/extra/metadata.json', b' ' * 17_000_000)
    with pytest.raises(ModelFileError, match=r'its metadata.json of 17 MB is larger than 16 MB'):
        read_spec(tmp_path / 'bomb.pt')
    twice = tmp_path / 'twice.pt'
    twice.write_bytes(model.read_bytes())
    with zipfile.ZipFile(twice, 'a') as archive, pytest.warns(UserWarning, match='Duplicate'):
        archive.writestr(archive.namelist()[0], b'another')
    with pytest.raises(ModelFileError, match='is in it twice'):
        read_spec(twice)
    # Some parts are stored compressed.
    monkeypatch.setattr(model_archive, 'MOST_BYTES', model.stat().st_size)
    with pytest.raises(ModelFileError, match='more than 0 MB'):
        read_spec(model)


def test_trust_lists_nothing_that_is_no_model(tmp_path: Path) -> None:
    torch.save(ColourNet().state_dict(), tmp_path / 'weights.pt')
    listed = nobody(tmp_path)
    arguments = [str(tmp_path / 'weights.pt'), '--list', str(listed.file)]
    command = Fork('posenet_ros.trust_model', arguments)
    assert command.wait(60.0) == 1
    assert command.output.count('\n') == 1
    assert 'cannot be trusted: it is no posenet_ros model' in command.output
    assert not listed.file.exists()


def test_posenet_trust(model: Path, tmp_path: Path) -> None:
    listed = nobody(tmp_path)
    arguments = ['trust', str(model), '--list', str(listed.file)]
    command = Fork('posenet_training.cli', arguments)
    assert command.wait(60.0) == 0, command.output
    assert digest_of(model) in listed.file.read_text()


def test_the_node_refuses_and_nobody_can_change_its_list(model: Path, tmp_path: Path) -> None:
    listed, stranger = nobody(tmp_path), write_model(tmp_path / 'stranger.pt', SlowNet(0))
    listed.add(digest_of(model), model)
    with bench(model_path=model, trusted_models=listed.file) as (node, robot):
        node.wait_for_line("model of 'test room' is ready")
        assert 'read-only' in changed(robot, 'trusted_models', str(default_list())).reason
        assert changed(robot, 'model_path', str(stranger)).successful
        node.wait_for_line('is not in the list of trusted models')
        words = command_in(node.output)
        assert words == [str(stranger), '--list', str(listed.file)]
        wait_until(lambda: robot.diagnostic_value('model') == str(model), 5.0, 'the old model')


def changed(robot: Camera, name: str, text: str) -> SetParametersResult:
    value = ParameterValue(type=ParameterType.PARAMETER_STRING, string_value=text)
    request = SetParameters.Request(parameters=[Parameter(name=name, value=value)])
    return robot.call(SetParameters, 'relocalizer/set_parameters', request).results[0]
