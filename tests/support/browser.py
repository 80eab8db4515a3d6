"""A headless Chromium, driven over its debugging pipe: what a person would see, and no more.

The pipe needs nothing but Chromium itself: messages are JSON, each ended by a zero byte.
"""

import base64
import contextlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Any

FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run "
    "--disable-background-networking --disable-component-update --disable-sync "
    "--disable-dev-shm-usage --hide-scrollbars --remote-debugging-pipe"
)
SECONDS = 30

LAUNCH = """
import fcntl, os, sys
pipe = [fcntl.fcntl(int(end), fcntl.F_DUPFD, 10) for end in sys.argv[1:3]]
os.dup2(pipe[0], 3)
os.dup2(pipe[1], 4)
os.execv(sys.argv[3], sys.argv[3:])
"""
"""Chromium reads its pipe from descriptor 3 and writes to 4."""


class Navigated(Exception):
    """Another page was loaded before the old one could answer."""


class Browser:
    """`with Browser(chromium, profile_folder) as browser:`"""

    def __init__(self, program: Path, profile: Path, size: tuple[int, int] = (1400, 900)) -> None:
        self.command = [str(program), *FLAGS.split(), f"--user-data-dir={profile}", "about:blank"]
        self.size = size
        self.number = 0
        self.session: dict[str, str] = {}
        self.unread = b""
        self.complaints: list[str] = []
        """What the console has shown in red since `watch`: errors, and what the policy forbids."""

    def __enter__(self) -> "Browser":
        its_input, our_output = os.pipe()
        our_input, its_output = os.pipe()
        self.process = subprocess.Popen(
            [sys.executable, "-c", LAUNCH, str(its_input), str(its_output), *self.command],
            pass_fds=(its_input, its_output),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(its_input)
        os.close(its_output)
        self.output = os.fdopen(our_output, "wb", buffering=0)
        self.input = os.fdopen(our_input, "rb", buffering=0)
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        attached = self.call("Target.attachToTarget", targetId=target, flatten=True)
        self.session = {"sessionId": attached["sessionId"]}
        self.look(self.size)
        return self

    def look(self, size: tuple[int, int], *, dark: bool = False) -> None:
        """At pages as on a screen of that size, bright or dark."""
        self.size = width, height = size
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", features=[scheme])

    def watch(self) -> None:
        """From now on the console is read."""
        self.call("Runtime.enable")
        self.call("Log.enable")

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.output.close()  # which ends it
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.input.close()

    def call(self, method: str, **parameters: Any) -> Any:
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters, **self.session}
        self.output.write(json.dumps(message).encode() + b"\0")
        while True:
            answer = self.read()
            if answer.get("id") == self.number:
                if "navigated" in answer.get("error", {}).get("message", ""):
                    raise Navigated(method)
                assert "error" not in answer, answer
                return answer["result"]

    def read(self) -> dict[str, Any]:
        while b"\0" not in self.unread:
            read = self.input.read(1 << 16)
            assert read, "Chromium has ended"
            self.unread += read
        text, _, self.unread = self.unread.partition(b"\0")
        message = json.loads(text)
        if complaint := _complaint(message.get("method"), message.get("params", {})):
            self.complaints.append(complaint)
        return message

    def evaluate(self, expression: str) -> Any:
        """Its value; a promise's, when it is fulfilled."""
        answer = self.call(
            "Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True
        )
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def wait_for(self, expression: str) -> Any:
        """The expression's value, as soon as it is true."""
        deadline = time.monotonic() + SECONDS
        while time.monotonic() < deadline:
            with contextlib.suppress(Navigated):
                if value := self.evaluate(expression):
                    return value
            time.sleep(0.05)
        raise AssertionError(f"never became true: {expression}\n{self.text('body')[:2000]}")

    def open(self, url: str) -> None:
        self.evaluate("window.isOld = true")
        if self.call("Page.navigate", url=url).get("loaderId"):  # not for a fragment of the same
            self.wait_for("!window.isOld && document.readyState === 'complete'")

    def text(self, selector: str) -> str:
        """As it is rendered."""
        return self.evaluate(f"document.querySelector({json.dumps(selector)})?.innerText") or ""

    def wait_for_text(self, selector: str, text: str) -> str:
        """Waits until `text` is to be read in the element; returns all that is."""
        quoted = json.dumps(selector)
        self.wait_for(
            f"(document.querySelector({quoted})?.innerText || '').includes({json.dumps(text)})"
        )
        return self.text(selector)

    def click(self, selector: str, text: str = "") -> None:
        """A real click on the last visible element that fits and reads `text`, or holds it."""
        x, y = self.wait_for(
            f"""(() => {{
                const fitting = [...document.querySelectorAll({json.dumps(selector)})]
                    .filter(e => e.innerText.includes({json.dumps(text)}) && e.offsetParent);
                const exact = fitting.findLast(e => e.innerText.trim() === {json.dumps(text)});
                const element = exact || fitting.at(-1);
                if (!element) return null;
                element.scrollIntoView({{block: "nearest"}});
                const box = element.getBoundingClientRect();
                return [box.x + box.width / 2, box.y + box.height / 2];
            }})()"""
        )
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def write(self, selector: str, text: str) -> None:
        """Types into a field in place of what stands there."""
        self.wait_for(f"document.querySelector({json.dumps(selector)}) !== null")
        self.evaluate(f"document.querySelector({json.dumps(selector)}).select()")
        self.call("Input.insertText", text=text)

    def press(self, key: str) -> None:
        for kind in ("rawKeyDown", "char", "keyUp"):
            text = {"text": "\r"} if key == "Enter" and kind == "char" else {}
            if kind != "char" or text:
                code = {"Enter": 13, "Tab": 9, "ArrowDown": 40, "ArrowUp": 38, "Escape": 27}[key]
                self.call(
                    "Input.dispatchKeyEvent",
                    type=kind,
                    key=key,
                    windowsVirtualKeyCode=code,
                    **text,
                )

    def screenshot(self, file: Path, height: int | None = None) -> None:
        """height: of the upper part that is wanted, from where the page is scrolled to."""
        width, full = self.size
        clip = {
            "x": 0,
            "y": self.evaluate("scrollY"),
            "width": width,
            "height": height or full,
            "scale": 1,
        }
        picture = self.call("Page.captureScreenshot", format="png", clip=clip)
        file.write_bytes(base64.b64decode(picture["data"]))


def _complaint(method: str | None, told: dict[str, Any]) -> str:
    if method == "Runtime.exceptionThrown":
        details = told["exceptionDetails"]
        return str(details.get("exception", {}).get("description", details["text"]))
    if method == "Runtime.consoleAPICalled" and told["type"] in ("error", "assert"):
        return " ".join(str(one.get("value")) for one in told["args"])
    if method == "Log.entryAdded" and told["entry"]["level"] == "error":
        return f"{told['entry']['text']} {told['entry'].get('url', '')}"
    return ""
