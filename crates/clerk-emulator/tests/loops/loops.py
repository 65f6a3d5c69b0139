"""Plays impersonations in a row, and watches the memory of the emulator with this process id."""

import http.client
import json
import os
import sys
import urllib.parse

LOOPS = 5_000
# By then, the emulator remembers as much as it ever will.
WARM_UP = 2_000
TOLERANCE_KIB = 1_024

[process_id] = sys.argv[1:]
connection = http.client.HTTPConnection(os.environ["CLERK_API_URL"].removeprefix("http://"))
key = {"Authorization": f"Bearer {os.environ['CLERK_SECRET_KEY']}"}


def send(method, path, body=None, headers={}):
    connection.request(method, path, body, headers)
    response = connection.getresponse()
    content = response.read()
    assert response.status == 200, (path, response.status, content)
    return json.loads(content), response.headers


def impersonate():
    command = json.dumps({"user_id": "user_1", "actor": {"sub": "user_2", "audit_id": "audit_1"}})
    as_json = key | {"Content-Type": "application/json"}
    token, _ = send("POST", "/v1/actor_tokens", command, as_json)

    form = urllib.parse.urlencode({"strategy": "ticket", "ticket": token["token"]})
    as_form = {"Content-Type": "application/x-www-form-urlencoded"}
    signed_in, headers = send("POST", "/v1/client/sign_ins?_is_native=1", form, as_form)
    session = signed_in["response"]["created_session_id"]

    client = {"Authorization": headers["Authorization"]}
    send("POST", f"/v1/client/sessions/{session}/tokens?_is_native=1", "", client)
    live, _ = send("GET", "/v1/sessions?user_id=user_1&status=active&limit=500", None, key)
    assert [listed["id"] for listed in live] == [session], live
    revoked, _ = send("POST", f"/v1/sessions/{session}/revoke", "", key)
    assert revoked["status"] == "revoked", revoked


def resident_kib():
    with open(f"/proc/{process_id}/status") as status:
        [line] = [line for line in status if line.startswith("VmRSS:")]
    return int(line.split()[1])


highest = 0
for number in range(1, LOOPS + 1):
    impersonate()
    if number <= WARM_UP:
        highest = max(highest, resident_kib())
    if number % 1_000 == 0:
        print(f"loops: {number:,} done, {resident_kib():,} KiB", flush=True)
grown = resident_kib() - highest
assert grown <= TOLERANCE_KIB, f"{grown} KiB more than in the first {WARM_UP} loops"
