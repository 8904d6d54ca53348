# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Which web pages may talk to ours.

A browser lets any page of the world open a web socket to this machine; the headers Host and
Origin, which such a page cannot forge, tell them apart.  A name of somebody's own that points
to this machine (DNS rebinding) is told by Host: an address is no name.
"""

import ipaddress
import socket
from urllib.parse import urlsplit

LOOPBACK = 'localhost'


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach a server that is bound to this host."""
    return host == LOOPBACK or (_is_address(host) and ipaddress.ip_address(host).is_loopback)


def own_names() -> frozenset[str]:
    """The names of this machine."""
    name = socket.gethostname().lower()
    return frozenset({LOOPBACK, name, f'{name}.local'})


def refusal(origin: str | None, host: str | None, names: frozenset[str]) -> str:
    """Why a request with these headers is not answered; empty when it is.

    Without Origin it comes from no foreign page: it is the page itself, or no browser at all.
    """
    asked = urlsplit(f'//{host or ""}')
    if not asked.hostname or not (_is_address(asked.hostname) or asked.hostname in names):
        return f"this page does not answer to the name '{host}': use the machine's address"
    if origin is not None and urlsplit(origin).netloc.lower() != asked.netloc.lower():
        return f"a page of '{origin}' may not talk to this one"
    return ''


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
