//! Who changed what, when and from where: written in the transaction of the change.
//!
//! Where a request came from is remembered beside it, so that no handler has to hand it on. The
//! page that shows all this is the slice of users'.

use std::net::IpAddr;

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::params;
use counterpart_daemon::web::live::address_of;

use crate::context::Context;

tokio::task_local! {
    static CAME_FROM: Option<IpAddr>;
}

/// The most a row says about a change, in characters.
const ABOUT_CHARS_MAX: usize = 600;

/// Remembers where a request came from, for as long as it is worked on.
pub async fn remember_origin(request: Request, next: Next) -> Response {
    let from = address_of(request.extensions());
    CAME_FROM.scope(from, next.run(request)).await
}

/// A line of the audit log, ready to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Noted {
    who: String,
    command: String,
    about: String,
    outcome: &'static str,
    came_from: String,
}

impl Noted {
    /// Notes that `who` (a principal) did `command`, the address of the API that does it.
    #[must_use]
    pub fn done(who: &str, command: &str) -> Self {
        Self::ended(who, command, "done")
    }

    /// Notes that `who` was refused, with the problem's code.
    #[must_use]
    pub fn refused(who: &str, command: &str, code: &'static str) -> Self {
        Self::ended(who, command, code)
    }

    fn ended(who: &str, command: &str, outcome: &'static str) -> Self {
        let from = CAME_FROM.try_with(|from| *from).ok().flatten();
        Self {
            who: who.to_owned(),
            command: command
                .trim_start_matches("/v1")
                .trim_start_matches('/')
                .to_owned(),
            about: String::new(),
            outcome,
            came_from: from.map_or_else(|| "this machine".to_owned(), |from| from.to_string()),
        }
    }

    /// Adds what people want to know: which fields, which key; nothing secret, nothing personal.
    #[must_use]
    pub fn about(mut self, about: &str) -> Self {
        self.about = about.chars().take(ABOUT_CHARS_MAX).collect();
        self
    }

    /// Writes the line in the transaction of what it is about.
    ///
    /// # Errors
    /// Those of the database.
    pub fn write(&self, context: &Context, tx: &mut Tx) -> Result<(), DbError> {
        let area = self.command.split('/').next().unwrap_or_default();
        tx.execute(
            "INSERT INTO audit (audit_id, at_ms, who, area, command, outcome, about, came_from)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            params![
                context.new_id(),
                context.now_ms(),
                &self.who,
                area,
                &self.command,
                self.outcome,
                &self.about,
                &self.came_from,
            ],
        )?;
        Ok(())
    }

    /// Writes the line by itself: for refusals, and for what is done without a transaction.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn write_now(self, context: &Context) -> Result<(), DbError> {
        let within = context.clone();
        context.db().write(move |tx| self.write(&within, tx)).await
    }
}
