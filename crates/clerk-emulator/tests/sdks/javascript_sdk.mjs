// Plays an impersonation with Clerk's JavaScript SDK: creates, redeems, verifies, lists and revokes.

import assert from "node:assert/strict";

import { createClerkClient, verifyToken } from "@clerk/backend";

const { CLERK_API_URL: apiUrl, CLERK_SECRET_KEY: secretKey, CLERK_JWT_KEY: jwtKey } = process.env;
const publishableKey = process.env.CLERK_PUBLISHABLE_KEY;
const telemetry = { disabled: true };
const clerk = createClerkClient({ secretKey, publishableKey, apiUrl, telemetry });

const actor = { sub: "user_2", reason: "ticket 42" };
const command = { userId: "user_1", actor, expiresInSeconds: 600 };

// Redeems a ticket as a native client does. The SDK is for backends, so it cannot.
async function signIn(ticket) {
  const body = new URLSearchParams({ strategy: "ticket", ticket });
  const url = `${apiUrl}/v1/client/sign_ins?_is_native=1`;
  const response = await fetch(url, { method: "POST", body });
  assert.ok(!response.ok || response.headers.get("authorization"));
  return response.json();
}

// A token that is revoked before it is used.

const created = await clerk.actorTokens.create(command);
assert.equal(created.status, "pending");
assert.deepEqual(created.actor, actor);
assert.ok(created.url.endsWith(created.token));
console.log("javascript: created", created.status);

const revoked = await clerk.actorTokens.revoke(created.id);
assert.equal(revoked.id, created.id);
assert.equal(revoked.status, "revoked");
console.log("javascript: revoked", revoked.status);

await assert.rejects(clerk.actorTokens.revoke(created.id), (refusal) => {
  assert.match(refusal.clerkTraceId, /^[0-9a-f]{32}$/);
  console.log("javascript: refused", refusal.status, refusal.errors[0].code);
  return true;
});

await assert.rejects(clerk.actorTokens.create({ userId: "user_1", actor: { sub: "" } }), (refusal) => {
  const [error] = refusal.errors;
  console.log("javascript: refused", refusal.status, error.code, JSON.stringify(error.meta));
  return true;
});

assert.equal((await signIn(created.token)).errors[0].code, "actor_token_revoked_code");

// A token that is used, and the session that it begins.

const used = await clerk.actorTokens.create(command);
const { response: attempt, client } = await signIn(used.token);
assert.equal(attempt.status, "complete");
const sessionId = attempt.created_session_id;
const [{ last_active_token: token }] = client.sessions;
console.log("javascript: signed in", attempt.status);

for (const options of [{ secretKey, apiUrl }, { jwtKey }]) {
  const claims = await verifyToken(token.jwt, options);
  assert.equal(claims.sub, "user_1");
  assert.equal(claims.sid, sessionId);
  assert.deepEqual(claims.act, actor);
}
await assert.rejects(verifyToken(`${token.jwt.slice(0, -4)}AAAA`, { jwtKey }));

for (const options of [{}, { jwtKey }, { authorizedParties: [apiUrl] }]) {
  const headers = { authorization: `Bearer ${token.jwt}` };
  const request = new Request("http://localhost:3000/", { headers });
  const state = await clerk.authenticateRequest(request, options);
  assert.ok(state.isAuthenticated, state.message);
  assert.equal(state.toAuth().userId, "user_1");
  assert.deepEqual(state.toAuth().actor, actor);
}
console.log("javascript: verified, with the keys over HTTP and with a PEM");

const { data, totalCount } = await clerk.sessions.getSessionList({ userId: "user_1", status: "active" });
assert.deepEqual([data.map((session) => session.id), totalCount], [[sessionId], 1]);
assert.deepEqual(data[0].actor, actor);
assert.equal((await clerk.sessions.getSession(sessionId)).status, "active");
const { jwt } = await clerk.sessions.getToken(sessionId);
assert.deepEqual((await verifyToken(jwt, { jwtKey })).act, actor);
console.log("javascript: listed", totalCount, "session");

assert.equal((await clerk.sessions.revokeSession(sessionId)).status, "revoked");
assert.equal((await clerk.sessions.getSessionList({ userId: "user_1", status: "active" })).totalCount, 0);
await assert.rejects(clerk.sessions.getToken(sessionId), { status: 404 });
console.log("javascript: revoked the session");
