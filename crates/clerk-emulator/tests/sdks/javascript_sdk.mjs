// Creates and revokes an actor token with Clerk's JavaScript SDK.

import assert from "node:assert/strict";

import { createClerkClient } from "@clerk/backend";

const clerk = createClerkClient({
  secretKey: process.env.CLERK_SECRET_KEY,
  apiUrl: process.env.CLERK_API_URL,
  telemetry: { disabled: true },
});

const created = await clerk.actorTokens.create({
  userId: "user_1",
  actor: { sub: "user_2", reason: "ticket 42" },
  expiresInSeconds: 600,
});
assert.equal(created.status, "pending");
assert.deepEqual(created.actor, { sub: "user_2", reason: "ticket 42" });
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
