# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""`python -m benchmarks.faults.limited LIMIT MODULE ARGUMENT...`: a module that lacks something.

LIMIT is memory=MB, which may be taken on top of what its imports have, or rights=none: then root
too needs the permissions that files give.
"""

import ctypes
import importlib
import resource
import runpy
import sys
from pathlib import Path

# Of linux/capability.h: version 3, CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH.
VERSION = 0x20080522
OVERRULING = 1 << 1 | 1 << 2


def main() -> None:
    """Take it away, then become the module."""
    limit, module, *arguments = sys.argv[1:]
    importlib.import_module(module)
    kind, _, value = limit.partition('=')
    if kind == 'memory':
        pages = int(Path('/proc/self/statm').read_text().split()[0])
        most = pages * resource.getpagesize() + int(value) * 1_000_000
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
    else:
        drop_rights()
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name='__main__', alter_sys=True)


def drop_rights() -> None:
    """Give up what lets root pass by the permissions of files; see capset(2)."""
    header = (ctypes.c_uint32 * 2)(VERSION, 0)
    # Effective, permitted and inheritable, of the lower and of the upper capabilities.
    data = (ctypes.c_uint32 * 6)()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.capget(header, data) == 0:
        for place in range(3):
            data[place] &= ~OVERRULING & 0xFFFFFFFF
        if libc.capset(header, data) == 0:
            return
    raise OSError(ctypes.get_errno(), 'capabilities cannot be dropped')


if __name__ == '__main__':
    main()
