"""Uses the desk as a support engineer does, and takes pictures of its pages.

The create whose response is lost is one that the emulator cannot respond to: it is stopped until the
client's time is over.
"""

import base64
import os
import signal
import sys

from chromium import Chromium

desk, emulator, pictures = sys.argv[1], int(sys.argv[2]), sys.argv[3]


def enter(tab, name, text):
    tab.call("DOM.focus", nodeId=tab.find(f"[name={name}]"))
    tab.call("Input.insertText", text=text)


def start(tab, user, reason):
    tab.open(desk)
    enter(tab, "user_id", user)
    enter(tab, "reason", reason)
    tab.click(".start button")
    return tab.html("h1")


def picture(tab, name, width, height):
    size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
    tab.call("Emulation.setDeviceMetricsOverride", **size)
    data = tab.call("Page.captureScreenshot", format="png")["data"]
    with open(f"{pictures}/{name}.png", "wb") as file:
        file.write(base64.b64decode(data))


with Chromium() as tab:
    assert "Impersonation started" in start(tab, "user_alma", "Ticket 4711: the export hangs")
    tab.click(".end")
    assert tab.html("h1") == "<h1>Impersonation ended</h1>", tab.html("h1")
    picture(tab, "ended", 900, 300)

    assert "not the id" in start(tab, "user/bert", "Ticket 4712: cannot sign in")
    picture(tab, "failure", 900, 300)

    os.kill(emulator, signal.SIGSTOP)
    assert "It may have started" in start(tab, "user_bert", "Ticket 4712: sees the wrong invoice")
    os.kill(emulator, signal.SIGCONT)
    picture(tab, "in-doubt", 900, 400)

    assert "Impersonation started" in start(tab, "user_cleo", "Ticket 4713: a \"<b>bold</b>\" title")
    picture(tab, "started", 900, 450)
    link = tab.find("a.button")
    attributes = tab.call("DOM.getAttributes", nodeId=link)["attributes"]
    url = attributes[attributes.index("href") + 1]

    tab.open(desk)
    assert len(tab.html("tbody").split("<tr")) == 4, tab.html("tbody")
    assert "may be live until" in tab.html("tbody")
    assert tab.html("b") is None and tab.html("script") is None
    picture(tab, "support-desk", 1100, 480)
    picture(tab, "narrow", 400, 900)
    tab.call("Emulation.clearDeviceMetricsOverride")

    tab.open(url)
    assert tab.html("h1") == "<h1>user_support is signed in as user_cleo</h1>", tab.html("h1")
    tab.open(desk)
    for _ in range(2):
        tab.click(".end")
        print("browser:", tab.html("h1"))
        tab.open(desk)
    assert len(tab.html("tbody").split("<button")) == 2, tab.html("tbody")
