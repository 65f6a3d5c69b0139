"""Creates and revokes an actor token with Clerk's Python SDK."""

import os

from clerk_backend_api import Clerk, models

with Clerk(
    bearer_auth=os.environ["CLERK_SECRET_KEY"],
    server_url=os.environ["CLERK_API_URL"] + "/v1",
) as clerk:
    created = clerk.actor_tokens.create(
        request={
            "user_id": "user_1",
            "actor": {"sub": "user_2", "reason": "ticket 42"},
            "expires_in_seconds": 600,
        }
    )
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
