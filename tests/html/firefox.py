"""Drive Firefox by WebDriver BiDi, which it speaks itself: no driver and no other program is needed.

The protocol is https://www.w3.org/TR/webdriver-bidi/: commands and events as JSON over one WebSocket.
"""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tornado.websocket import WebSocketClientConnection, websocket_connect

PATIENCE = 60.0
"""Seconds that Firefox may take for one answer."""
PREFERENCES = {
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "app.normandy.enabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "services.settings.server": "data:,",
    "browser.safebrowsing.update.enabled": False,
}
"""What keeps Firefox from asking other hosts."""


class Firefox:
    """Firefox with one tab."""

    def __init__(self, loop: asyncio.AbstractEventLoop, socket: WebSocketClientConnection) -> None:
        self._loop = loop
        self._socket = socket
        self._number = 0
        self.log: list[str] = []
        """Warnings and errors on the console since the last `open`, those of scripts among them."""
        self.failed: list[str] = []
        """Addresses that could not be loaded, or not with success, since the last `open`."""
        self._command("session.new", capabilities={})
        self._command("session.subscribe", events=["log.entryAdded", "network.fetchError", "network.responseCompleted"])
        self._tab = self._command("browsingContext.getTree")["contexts"][0]["context"]

    def open(self, address: str) -> None:
        """Load a page and wait until it is complete."""
        self.log.clear()
        self.failed.clear()
        self._command("browsingContext.navigate", context=self._tab, url=address, wait="complete")

    def evaluate(self, expression: str) -> Any:
        """Return the value of an expression on the page, as JSON has it; a promise is awaited."""
        wrapped = f"Promise.resolve(({expression})).then(value => JSON.stringify(value ?? null))"
        answer = self._command("script.evaluate", expression=wrapped, target={"context": self._tab}, awaitPromise=True)
        assert answer["type"] == "success", answer["exceptionDetails"]["text"]
        return json.loads(answer["result"]["value"])

    def wait_for(self, condition: str) -> None:
        """Wait until an expression is true on the page; fail after ten seconds."""
        waiting = (
            "new Promise(done => { const start = Date.now(); const look = () => {"
            f" const is = !!({condition}); if (is || Date.now() - start > 10000) done(is); else setTimeout(look, 50);"
            " }; look(); })"
        )
        assert self.evaluate(waiting), f"never true: {condition}"

    def hover(self, selector: str) -> None:
        """Move the pointer onto the first element that a selector matches."""
        element = f"document.querySelector({json.dumps(selector)})"
        self.evaluate(f"{element}.scrollIntoView({{block: 'center', behavior: 'instant'}}) ?? true")
        box = self.evaluate(f"{element}.getClientRects()[0]")
        middle = {"x": round(box["x"] + box["width"] / 2), "y": round(box["y"] + box["height"] / 2)}
        actions = [{"type": "pointerMove", "x": 0, "y": 0}, {"type": "pointerMove", **middle}]
        pointer = {"type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"}, "actions": actions}
        self._command("input.performActions", context=self._tab, actions=[pointer])

    def _command(self, method: str, **params: Any) -> Any:
        return self._loop.run_until_complete(asyncio.wait_for(self._ask(method, params), PATIENCE))

    async def _ask(self, method: str, params: dict[str, Any]) -> Any:
        self._number += 1
        await self._socket.write_message(json.dumps({"id": self._number, "method": method, "params": params}))
        while True:
            text = await self._socket.read_message()
            assert text is not None, "Firefox has closed the connection"
            message = json.loads(text)
            if message.get("id") == self._number:
                assert message["type"] == "success", message
                return message["result"]
            self._note(message)

    def _note(self, event: dict[str, Any]) -> None:
        params = event.get("params", {})
        if event.get("method") == "log.entryAdded" and params["level"] in ("warn", "error"):
            self.log.append(f"{params['level']}: {params['text']}")
        # Firefox itself stops a load that it begins anew.
        elif event.get("method") == "network.fetchError" and params["errorText"] != "NS_BINDING_ABORTED":
            self.failed.append(f"{params['request']['url']}: {params['errorText']}")
        elif event.get("method") == "network.responseCompleted" and params["response"]["status"] >= 400:
            self.failed.append(f"{params['request']['url']}: {params['response']['status']}")


@contextmanager
def running(profile: Path) -> Iterator[Firefox]:
    """Start Firefox with a new profile, and yield it."""
    program = shutil.which("firefox-esr") or shutil.which("firefox")
    assert program, "there is no Firefox"
    lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in PREFERENCES.items()]
    (profile / "user.js").write_text("".join(lines), "utf-8")
    command = [program, "--headless", "--no-remote", "--profile", str(profile), "--remote-debugging-port", "0"]
    loop = asyncio.new_event_loop()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
        try:
            address = _listening(process)
            socket = loop.run_until_complete(_connected(f"{address}/session"))
            yield Firefox(loop, socket)
            socket.close()
        finally:
            process.terminate()
            loop.close()


async def _connected(address: str) -> WebSocketClientConnection:
    return await websocket_connect(address)


def _listening(process: subprocess.Popen[str]) -> str:
    assert process.stderr is not None
    said = []
    for line in process.stderr:
        said.append(line)
        match = re.search(r"WebDriver BiDi listening on (ws://\S+)", line)
        if match:
            return match[1]
    raise AssertionError(f"Firefox does not listen: {''.join(said)}")
