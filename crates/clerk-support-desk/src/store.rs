use std::{
    path::Path,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::BoxError;
use clerk_actor_tokens::ActorTokenId;
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Row, params, types::FromSqlError};
use tokio::task::spawn_blocking;

use crate::impersonation::{Impersonation, LINK_LIFETIME, SESSION_LIFETIME, Wish};

type Result<T> = std::result::Result<T, BoxError>;

/// How long after its row a token may be created. It covers the timeout of the call, and clocks
/// that differ.
const SLACK: Duration = Duration::from_secs(60);

/// The audit table, in a SQLite database.
#[derive(Clone)]
pub struct Store(Arc<Mutex<Connection>>);

impl Store {
    /// Opens a database, and creates the file and the table if they do not exist.
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        let connection = Connection::open(path)?;
        connection.execute_batch(include_str!("store.sql"))?;
        Ok(Self(Arc::new(Mutex::new(connection))))
    }

    /// Returns an id for a form.
    pub(crate) async fn form_id(&self) -> Result<String> {
        let sql = "SELECT lower(hex(randomblob(16)))";
        self.run(move |connection| connection.query_row(sql, [], |row| row.get(0))).await
    }

    /// Writes the row of an impersonation, which is in doubt until the row says more. Returns
    /// `None` if the form already has a row.
    pub(crate) async fn insert(&self, wish: Wish, now: Timestamp) -> Result<Option<Impersonation>> {
        let sql = "INSERT INTO impersonations
                (form_id, engineer, user_id, reason, started_at, link_until, until)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
            ON CONFLICT (form_id) DO NOTHING RETURNING *";
        self.run(move |connection| {
            let Wish { form_id, engineer, user_id, reason } = wish;
            let link_until = now + SLACK + LINK_LIFETIME;
            let until = link_until + SESSION_LIFETIME;
            let values =
                params![form_id, engineer, user_id.as_ref(), reason, now, link_until, until];
            connection.query_row(sql, values, read).optional()
        })
        .await
    }

    /// Records the token of an impersonation, which is no longer in doubt.
    pub(crate) async fn set_token(&self, id: &str, token: &ActorTokenId) -> Result<()> {
        let sql = "UPDATE impersonations SET actor_token_id = ?2 WHERE id = ?1";
        self.update(sql, id, token.to_string()).await
    }

    /// Records that an impersonation has certainly not started.
    pub(crate) async fn set_refused(&self, id: &str, at: Timestamp) -> Result<()> {
        let sql = "UPDATE impersonations SET refused_at = ?2 WHERE id = ?1";
        self.update(sql, id, at.to_string()).await
    }

    /// Records that an impersonation has ended, unless it ended before.
    pub(crate) async fn set_ended(&self, id: &str, at: Timestamp) -> Result<()> {
        let sql = "UPDATE impersonations SET ended_at = ?2 WHERE id = ?1 AND ended_at IS NULL";
        self.update(sql, id, at.to_string()).await
    }

    pub(crate) async fn get(&self, id: String) -> Result<Option<Impersonation>> {
        let sql = "SELECT * FROM impersonations WHERE id = ?1";
        self.run(move |connection| connection.query_row(sql, [id], read).optional()).await
    }

    /// Returns the newest rows, but first all those of impersonations that may be live.
    pub(crate) async fn list(&self, now: Timestamp) -> Result<Vec<Impersonation>> {
        let sql = "SELECT * FROM impersonations ORDER BY
            (until > ?1 AND refused_at IS NULL AND ended_at IS NULL) DESC, started_at DESC
            LIMIT 100";
        self.run(move |connection| connection.prepare(sql)?.query_map([now], read)?.collect()).await
    }

    async fn update(&self, sql: &'static str, id: &str, value: String) -> Result<()> {
        let values = [id.to_owned(), value];
        self.run(move |connection| connection.execute(sql, values).map(drop)).await
    }

    /// Uses the connection on a thread that may block.
    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T> {
        let connection = Arc::clone(&self.0);
        let work = move || work(&connection.lock().unwrap_or_else(PoisonError::into_inner));
        Ok(spawn_blocking(work).await??)
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<Impersonation> {
    let user_id: String = row.get("user_id")?;
    let token: Option<String> = row.get("actor_token_id")?;
    Ok(Impersonation {
        id: row.get("id")?,
        engineer: row.get("engineer")?,
        user_id: user_id.parse().map_err(FromSqlError::other)?,
        reason: row.get("reason")?,
        started_at: row.get("started_at")?,
        link_until: row.get("link_until")?,
        until: row.get("until")?,
        actor_token_id: token.map(|id| id.parse()).transpose().map_err(FromSqlError::other)?,
        refused_at: row.get("refused_at")?,
        ended_at: row.get("ended_at")?,
    })
}
