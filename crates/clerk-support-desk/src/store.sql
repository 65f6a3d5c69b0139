CREATE TABLE IF NOT EXISTS impersonations (
    id             TEXT PRIMARY KEY DEFAULT ('audit_' || lower(hex(randomblob(12)))),
    form_id        TEXT NOT NULL UNIQUE,
    engineer       TEXT NOT NULL,
    user_id        TEXT NOT NULL,
    reason         TEXT NOT NULL CHECK (trim(reason) <> ''),
    -- Times are like 2026-01-31T12:00:00Z, in whole seconds, so that they compare as strings.
    started_at     TEXT NOT NULL,
    link_until     TEXT NOT NULL,
    until          TEXT NOT NULL,
    actor_token_id TEXT,
    refused_at     TEXT,
    ended_at       TEXT
) STRICT;
