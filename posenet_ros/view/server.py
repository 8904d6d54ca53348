# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The server of the page: viser, kept to this machine unless told otherwise."""

import inspect
import io
import socket
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, redirect_stdout
from typing import Any

import viser
import websockets.asyncio.server as websockets

from posenet_ros.view.origin import is_loopback, own_names, refusal


class Server(viser.ViserServer):
    """A viser server that is never shared through somebody else's machine."""

    def request_share_url(self, verbose: bool = True) -> str | None:
        """Refuse: any client may ask for a tunnel from the internet."""
        return None


def serve(host: str, port: int) -> Server:
    """Start the server; raises ValueError with one sentence where it cannot listen."""
    _check_free(host, port)
    with _guarded(), redirect_stdout(io.StringIO()):  # it announces itself, as we do
        server = Server(host=host, port=port, label='posenet_ros', verbose=False)
    server.gui.configure_theme(show_logo=False, show_share_button=False, control_width='large')
    server.gui.main_panel.dock_right()
    return server


def address(host: str, port: int) -> str:
    """Where the page is, for people; an open server's by the name of its machine."""
    name = socket.gethostname() if host in ('', '0.0.0.0', '::') else host
    return f'http://[{name}]:{port}' if ':' in name else f'http://{name}:{port}'


def openness(host: str, port: int) -> str:
    """What whoever opens the page to the network should know; empty when it is not open."""
    if is_loopback(host):
        return ''
    return (
        f"host '{host}' opens the page to the network: whoever reaches port {port} sees the "
        "camera's pictures and may ask for relocalization"
    )


def _check_free(host: str, port: int) -> None:
    # viser would take the next port, or wait for ever.
    try:
        family, kind, _, _, where = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with closing(socket.socket(family, kind)) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(where)
    except OSError as error:
        raise ValueError(
            f"cannot listen on port {port} of '{host}' ({error.strerror}): give another port or "
            'host'
        ) from error


@contextmanager
def _guarded() -> Iterator[None]:
    """Let a server that is started meanwhile ask `refusal` first: viser has no hook for it."""
    serve_unguarded = websockets.serve
    names = own_names()

    def serve_guarded(
        *arguments: Any, process_request: Callable[..., Any], **options: Any
    ) -> websockets.serve:
        async def ask(connection: Any, request: Any) -> Any:
            headers = request.headers
            reason = refusal(headers.get('Origin'), headers.get('Host'), names)
            if reason:
                return connection.respond(403, reason + '\n')
            answer = process_request(connection, request)
            return await answer if inspect.isawaitable(answer) else answer

        return serve_unguarded(*arguments, process_request=ask, **options)

    websockets.serve = serve_guarded  # type: ignore[assignment,misc]
    try:
        yield
    finally:
        websockets.serve = serve_unguarded  # type: ignore[misc]
