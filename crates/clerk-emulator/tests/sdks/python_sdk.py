"""Plays an impersonation with Clerk's Python SDK: creates, redeems, verifies, lists and revokes."""

import os

import httpx
from clerk_backend_api import Clerk, models
from clerk_backend_api.security import authenticate_request, verify_token
from clerk_backend_api.security.types import (
    AuthenticateRequestOptions,
    TokenVerificationError,
    VerifyTokenOptions,
)

api_url = os.environ["CLERK_API_URL"]
secret_key = os.environ["CLERK_SECRET_KEY"]
jwt_key = os.environ["CLERK_JWT_KEY"]

actor = {"sub": "user_2", "reason": "ticket 42"}
command = {"user_id": "user_1", "actor": actor, "expires_in_seconds": 600}


def sign_in(ticket):
    """Redeems a ticket as a native client does. The SDK is for backends, so it cannot."""
    response = httpx.post(
        f"{api_url}/v1/client/sign_ins",
        params={"_is_native": 1},
        data={"strategy": "ticket", "ticket": ticket},
    )
    assert response.is_error or response.headers["authorization"]
    return response.json()


with Clerk(bearer_auth=secret_key, server_url=f"{api_url}/v1") as clerk:
    # A token that is revoked before it is used.

    created = clerk.actor_tokens.create(request=command)
    assert created.status == models.ActorTokenStatus.PENDING, created.status
    assert created.id.startswith("act_"), created.id
    assert created.token and created.url and created.url.endswith(created.token)
    print("python: created", created.status.value)

    revoked = clerk.actor_tokens.revoke(actor_token_id=created.id)
    assert revoked.id == created.id and revoked.status == models.ActorTokenStatus.REVOKED
    print("python: revoked", revoked.status.value)

    try:
        clerk.actor_tokens.revoke(actor_token_id=created.id)
        raise AssertionError("the second revoke was not refused")
    except models.ClerkErrors as refusal:
        print("python: refused", refusal.status_code, refusal.data.errors[0].code)

    try:
        clerk.actor_tokens.create(request={"user_id": "user_1", "actor": {"sub": ""}})
        raise AssertionError("an empty sub was not refused")
    except models.ClerkErrors as refusal:
        error = refusal.data.errors[0]
        print("python: refused", refusal.status_code, error.code, error.meta)

    assert sign_in(created.token)["errors"][0]["code"] == "actor_token_revoked_code"

    # A token that is used, and the session that it begins.

    used = clerk.actor_tokens.create(request=command)
    signed_in = sign_in(used.token)
    attempt = signed_in["response"]
    assert attempt["status"] == "complete", attempt
    session_id = attempt["created_session_id"]
    [session] = signed_in["client"]["sessions"]
    jwt = session["last_active_token"]["jwt"]
    print("python: signed in", attempt["status"])

    for keys in [{"secret_key": secret_key, "api_url": api_url}, {"jwt_key": jwt_key}]:
        claims = verify_token(jwt, VerifyTokenOptions(**keys, authorized_parties=[api_url]))
        assert claims["sub"] == "user_1" and claims["sid"] == session_id, claims
        assert claims["act"] == actor, claims
    try:
        verify_token(f"{jwt[:-4]}AAAA", VerifyTokenOptions(jwt_key=jwt_key))
        raise AssertionError("a forged token was not refused")
    except TokenVerificationError:
        pass

    request = httpx.Request("GET", "http://localhost:3000/", headers={"Authorization": f"Bearer {jwt}"})
    options = AuthenticateRequestOptions(secret_key=secret_key, jwt_key=jwt_key)
    state = authenticate_request(request, options)
    assert state.is_signed_in, state.message
    assert state.payload["act"] == actor, state.payload
    print("python: verified, with the keys over HTTP and with a PEM")

    [listed] = clerk.sessions.list(user_id="user_1", status="active")
    assert listed.id == session_id and listed.status == "active", listed
    assert clerk.sessions.get(session_id=session_id).user_id == "user_1"
    token = clerk.sessions.create_token(session_id=session_id, expires_in_seconds=30)
    assert verify_token(token.jwt, VerifyTokenOptions(jwt_key=jwt_key))["sid"] == session_id
    print("python: listed", listed.status)

    assert clerk.sessions.revoke(session_id=session_id).status == "revoked"
    assert clerk.sessions.list(user_id="user_1", status="active") == []
    print("python: revoked the session")
