"""A Chromium without a window, driven through a pipe: no port, no driver, no package."""

import json
import os
import shutil
import subprocess
import tempfile


class Chromium:
    """A tab in which no script runs, and the addresses that it has requested."""

    def __init__(self):
        self.profile = tempfile.mkdtemp()
        commands, self.write_end = os.pipe()
        self.read_end, events = os.pipe()
        flags = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-background-networking",
            "--remote-debugging-pipe",
            f"--user-data-dir={self.profile}",
        ]
        # Chromium reads commands from descriptor 3 and writes events to descriptor 4.
        redirected = f'exec chromium "$@" 3<&{commands} 4>&{events}'
        self.process = subprocess.Popen(
            ["sh", "-c", redirected, "chromium", *flags],
            pass_fds=(commands, events),
            stderr=subprocess.DEVNULL,
        )
        os.close(commands)
        os.close(events)
        self.received = b""
        self.last_id = 0
        self.session = None
        self.requested = []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        attached = self.call("Target.attachToTarget", targetId=target, flatten=True)
        self.session = attached["sessionId"]
        for domain in ["Page", "Network", "DOM"]:
            self.call(f"{domain}.enable")
        self.call("Emulation.setScriptExecutionDisabled", value=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        shutil.rmtree(self.profile, ignore_errors=True)

    def open(self, url):
        """Opens a URL and waits until the page has loaded."""
        self.call("Page.navigate", url=url)
        self.wait_for("Page.loadEventFired")

    def click(self, selector):
        """Clicks on the middle of an element and waits until the next page has loaded."""
        node = self.find(selector)
        quad = self.call("DOM.getContentQuads", nodeId=node)["quads"][0]
        position = {"x": sum(quad[0::2]) / 4, "y": sum(quad[1::2]) / 4}
        for event in ["mousePressed", "mouseReleased"]:
            self.call(
                "Input.dispatchMouseEvent", type=event, button="left", clickCount=1, **position
            )
        self.wait_for("Page.loadEventFired")

    def html(self, selector):
        """Returns the HTML of an element, or None if there is none."""
        node = self.find(selector)
        return self.call("DOM.getOuterHTML", nodeId=node)["outerHTML"] if node else None

    def find(self, selector):
        root = self.call("DOM.getDocument")["root"]["nodeId"]
        return self.call("DOM.querySelector", nodeId=root, selector=selector)["nodeId"]

    def call(self, method, **params):
        self.last_id += 1
        message = {"id": self.last_id, "method": method, "params": params}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.write_end, json.dumps(message).encode() + b"\0")
        response = self.read_until(lambda event: event.get("id") == self.last_id)
        assert "result" in response, response
        return response["result"]

    def wait_for(self, method):
        return self.read_until(lambda event: event.get("method") == method)

    def read_until(self, is_wanted):
        while True:
            message, end, rest = self.received.partition(b"\0")
            if not end:
                chunk = os.read(self.read_end, 65536)
                assert chunk, "Chromium has exited"
                self.received += chunk
                continue
            self.received = rest
            event = json.loads(message)
            if event.get("method") == "Network.requestWillBeSent":
                self.requested.append(event["params"]["request"]["url"])
            if is_wanted(event):
                return event
