"""The app as a server application: Streamlit's own, with one line added to its first page.

On a link to a page (`/data_health`) Streamlit's browser code looks for its server below that path first, which leaves
two "404" errors in the console of everybody who opens a link. The added line tells it where the server is.
"""

from __future__ import annotations

from pathlib import Path

from starlette.middleware import Middleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.starlette import App

from tower.ui.compiled_loops import load_in_background

APP_FILE = Path(__file__).resolve().parents[2] / "app.py"
SERVER_ADDRESS = b"<script>window.__streamlit = {BACKEND_BASE_URL: window.location.origin}</script>"
HEAD = b"<head>"


class ServerAddress:
    """Adds the server's address to HTML answers; everything else passes through as it is."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET" or not _asks_for_a_page(scope):
            await self.app(scope, receive, send)
            return
        # The page is small; compressed, it could not be changed.
        readable = [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]
        held: list[Message] = []

        async def send_with_address(message: Message) -> None:
            if message["type"] == "http.response.start" and _is_html(message):
                held.append(message)
            elif held and message["type"] == "http.response.body":
                held.append(message)
                if not message.get("more_body", False):
                    await _send_html(held, send)
            else:
                await send(message)

        await self.app({**scope, "headers": readable}, receive, send_with_address)


def _asks_for_a_page(scope: Scope) -> bool:
    accepted: bytes = dict(scope["headers"]).get(b"accept", b"")
    return b"text/html" in accepted


def _is_html(message: Message) -> bool:
    content_type: bytes = dict(message["headers"]).get(b"content-type", b"")
    return message["status"] == 200 and content_type.startswith(b"text/html")


async def _send_html(held: list[Message], send: Send) -> None:
    start, *parts = held
    body = b"".join(part.get("body", b"") for part in parts).replace(HEAD, HEAD + SERVER_ADDRESS, 1)
    kept = [(name, value) for name, value in start["headers"] if name not in {b"content-length", b"etag"}]
    await send({**start, "headers": [*kept, (b"content-length", str(len(body)).encode())]})
    await send({"type": "http.response.body", "body": body})


load_in_background(APP_FILE.parent)
app = App(str(APP_FILE), middleware=[Middleware(ServerAddress)])
