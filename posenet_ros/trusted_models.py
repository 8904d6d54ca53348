# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The list of the model files that may run here: a model file is a program.

Its lines are those of `sha256sum`, a digest and a name for people.
"""

import fcntl
import os
import shlex
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from posenet_ros.model_spec import ModelFileError
from posenet_ros.whole_file import whole_file

# Another place for the list, as for tests and services.
VARIABLE = 'POSENET_TRUSTED_MODELS'
# models/demo.pt
SHIPPED = frozenset({'11db6443d301d9dde3d976f0fd9056eba41ce9b1722fea5099cc1db69e0fbf4f'})


def default_list() -> Path:
    """Where the user's list is kept (XDG Base Directory Specification)."""
    configuration = os.environ.get('XDG_CONFIG_HOME') or '~/.config'
    place = os.environ.get(VARIABLE) or f'{configuration}/posenet_ros/trusted_models'
    return Path(place).expanduser()


@dataclass(frozen=True)
class TrustedModels:
    """A list on disk; one that is not there is empty, and what is shipped needs no line."""

    file: Path = field(default_factory=default_list)

    def check(self, digest: str, path: Path) -> None:
        """Raise ModelFileError, which names the command that mends it, for a file not listed."""
        if digest in SHIPPED or digest in self._digests():
            return
        raise ModelFileError(
            f'its sha256 {digest} is not in the list of trusted models; a model file is a '
            f'program, so if you know who made it, run `{self._command(path)}`'
        )

    def add(self, digest: str, path: Path) -> None:
        """List a model file under its name; raises ModelFileError when that cannot be written."""
        if digest in SHIPPED:
            return
        try:
            with self._locked():
                if digest in self._digests():
                    return
                lines = self.file.read_text() if self.file.exists() else ''
                # A name is one line of the list, whatever is in it.
                name = str(path.absolute()).encode('unicode_escape').decode()
                with whole_file(self.file) as partial:
                    partial.write_text(f'{lines}{digest}  {name}\n')
                    partial.chmod(0o600)
        except OSError as error:
            raise ModelFileError(
                f"the list of trusted models '{self.file}' cannot be written ({error.strerror}): "
                f'name another place for it in the environment, as {VARIABLE}'
            ) from error

    def _digests(self) -> set[str]:
        try:
            with self.file.open() as file:
                if os.fstat(file.fileno()).st_mode & stat.S_IWOTH:
                    raise ModelFileError(
                        f"anybody may write the list of trusted models '{self.file}': chmod o-w "
                        f'{shlex.quote(str(self.file))}'
                    )
                return {line.split()[0] for line in file if line.strip()}
        except FileNotFoundError:
            return set()
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else 'it is no text'
            raise ModelFileError(
                f"the list of trusted models '{self.file}' cannot be read ({reason})"
            ) from error

    def _command(self, path: Path) -> str:
        program = 'ros2 run posenet_ros trust' if shutil.which('ros2') else 'posenet trust'
        # A service may run as another user, whose list is elsewhere.
        places = (shlex.quote(str(place.absolute())) for place in (path, self.file))
        return f'{program} {" --list ".join(places)}'

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Keep others from adding at the same time."""
        self.file.parent.mkdir(parents=True, exist_ok=True)
        folder = os.open(self.file.parent, os.O_RDONLY)
        try:
            fcntl.flock(folder, fcntl.LOCK_EX)
            yield
        finally:
            os.close(folder)
