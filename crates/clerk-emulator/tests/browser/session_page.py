"""Opens the link of an actor token in a browser, reads the page, and ends the session."""

import json
import os
import urllib.request

from chromium import Chromium

origin = os.environ["CLERK_API_URL"]


def clerk(path, body=None):
    """Sends a request to the Backend API."""
    request = urllib.request.Request(
        f"{origin}/v1{path}",
        data=body and json.dumps(body).encode(),
        headers={
            "Authorization": f"Bearer {os.environ['CLERK_SECRET_KEY']}",
            "Content-Type": "application/json",
        },
    )
    with urllib.request.urlopen(request) as response:
        return json.load(response)


actor = {"sub": "user_2", "why": "<img src=x onerror=alert(1)>"}
token = clerk("/actor_tokens", {"user_id": "user_1", "actor": actor})

with Chromium() as tab:
    tab.open(token["url"])
    assert tab.html("h1") == "<h1>user_2 is signed in as user_1</h1>", tab.html("h1")
    assert "&lt;img src=x onerror=alert(1)&gt;" in tab.html("pre"), tab.html("pre")
    assert tab.html("img") is None and tab.html("script") is None
    [session] = clerk("/sessions?user_id=user_1")
    assert session["status"] == "active" and session["actor"] == actor, session
    print("browser: signed in as", session["user_id"])

    tab.click("button")
    assert tab.html("h1") == "<h1>user_2 is no longer signed in as user_1</h1>", tab.html("h1")
    assert tab.html("button") is None
    [session] = clerk("/sessions?user_id=user_1")
    assert session["status"] == "ended", session
    print("browser: session", session["status"])

    elsewhere = [url for url in tab.requested if not url.startswith(f"{origin}/")]
    assert not elsewhere and len(tab.requested) >= 3, (elsewhere, tab.requested)
    print("browser:", len(tab.requested), "requests, none elsewhere")
