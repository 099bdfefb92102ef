//! Calling a daemon's JSON interface as another program does: over a socket, with a key for every
//! command, and knowing a refusal from an answer that never came.
//!
//! It knows no path; [`crate::shop`] and [`crate::console`] do.

use std::fmt;
use std::time::Duration;

use counterpart_daemon::http::ProblemBody;
use counterpart_daemon::tls::install_crypto_provider;
use reqwest::{Client, Method, RequestBuilder, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::wait;

/// The header every command carries its id in.
pub const KEY_HEADER: &str = "Idempotency-Key";

/// How long one call may take; a page's script gives up after 3 s, a program may be patient.
const ANSWER_WITHIN: Duration = Duration::from_secs(20);

/// One caller of one daemon.
#[derive(Debug, Clone)]
pub struct Caller {
    http: Client,
    base: String,
    /// Other processes of the same daemon, to be asked in turn by a patient caller.
    others: Vec<String>,
    bearer: Option<String>,
    patience: Patience,
}

/// What a caller does when no answer comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Patience {
    /// It tells who called.
    Once,
    /// It asks the same again, a command under the same key, until an answer comes: what a till's
    /// page does after a power cut, and a channel that may not lose an order.
    UntilAnswered,
}

/// Why a call did not bring what was asked for.
#[derive(Debug)]
pub enum NotDone {
    /// The daemon said no, in words.
    Refused(Box<ProblemBody>),
    /// Nobody knows: no answer came, or only a part of one. The same command may be sent again.
    Unanswered(reqwest::Error),
    /// An answer came that is not what this interface promises.
    Unreadable(String),
}

impl fmt::Display for NotDone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(problem) => {
                write!(f, "{} {}: {}", problem.status, problem.kind, problem.detail)
            }
            Self::Unanswered(error) => write!(f, "no answer: {error}"),
            Self::Unreadable(text) => write!(f, "an answer nobody promised: {text}"),
        }
    }
}

impl NotDone {
    /// Returns the refusal.
    ///
    /// # Panics
    ///
    /// When it was none.
    #[must_use]
    #[track_caller]
    pub fn problem(self) -> ProblemBody {
        match self {
            Self::Refused(problem) => *problem,
            other => panic!("wanted a refusal, got: {other}"),
        }
    }

    /// Returns whether the same command may still have been done, or be done on the next try: no
    /// answer, or one that says "not now" (503).
    #[must_use]
    pub fn is_unknown(&self) -> bool {
        match self {
            Self::Unanswered(_) => true,
            Self::Refused(problem) => problem.status == StatusCode::SERVICE_UNAVAILABLE.as_u16(),
            Self::Unreadable(_) => false,
        }
    }
}

impl Caller {
    /// Returns a caller of the daemon at `base`, such as `http://127.0.0.1:8410`.
    ///
    /// # Panics
    ///
    /// When the HTTP client cannot be made.
    #[must_use]
    pub fn of(base: impl Into<String>) -> Self {
        install_crypto_provider();
        let http = Client::builder()
            .timeout(ANSWER_WITHIN)
            // A daemon that was killed and started again must be met on a new connection.
            .pool_max_idle_per_host(4)
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .expect("a plain client can always be made");
        Self {
            http,
            base: base.into(),
            others: Vec::new(),
            bearer: None,
            patience: Patience::Once,
        }
    }

    /// Returns the same caller with what it was given at sign-in.
    #[must_use]
    pub fn with_token(&self, token: impl Into<String>) -> Self {
        Self {
            bearer: Some(token.into()),
            ..self.clone()
        }
    }

    /// Returns the same caller of a daemon that has moved.
    #[must_use]
    pub fn moved_to(&self, base: impl Into<String>) -> Self {
        Self {
            base: base.into(),
            ..self.clone()
        }
    }

    /// Returns the same caller with another patience.
    #[must_use]
    pub fn with_patience(&self, patience: Patience) -> Self {
        Self {
            patience,
            ..self.clone()
        }
    }

    /// Returns the same caller, who asks at `base` too when no answer comes: patiently.
    #[must_use]
    pub fn or_at(&self, base: impl Into<String>) -> Self {
        let mut patient = self.with_patience(Patience::UntilAnswered);
        patient.others.push(base.into());
        patient
    }

    /// Returns the address it calls, without a slash at the end.
    #[must_use]
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Asks for something.
    ///
    /// # Errors
    ///
    /// [`NotDone`].
    pub async fn ask<T: DeserializeOwned>(&self, path: &str) -> Result<T, NotDone> {
        let ask = |caller: Self| async move { answer(caller.request(Method::GET, path)).await };
        self.patiently(path, ask).await
    }

    /// Sends a command; `key` stays the same when it is sent again.
    ///
    /// # Errors
    ///
    /// [`NotDone`].
    pub async fn command<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        key: &str,
        body: &impl Serialize,
    ) -> Result<T, NotDone> {
        let send = |caller: Self| {
            let request = caller.request(method.clone(), path);
            answer(request.header(KEY_HEADER, key).json(body))
        };
        self.patiently(path, send).await
    }

    /// Calls once, or until there is an answer, at each address in turn.
    async fn patiently<T, Called>(
        &self,
        path: &str,
        mut call: impl FnMut(Self) -> Called,
    ) -> Result<T, NotDone>
    where
        Called: Future<Output = Result<T, NotDone>>,
    {
        if self.patience == Patience::Once {
            return call(self.clone()).await;
        }
        let bases: Vec<&String> = [&self.base].into_iter().chain(&self.others).collect();
        let mut turns = bases.iter().cycle();
        let what = format!("an answer to {path}");
        wait::until(what, || {
            let base = turns.next().expect("a cycle has no end");
            let called = call(self.moved_to(base.as_str()));
            async move {
                match called.await {
                    Err(unknown) if unknown.is_unknown() => None,
                    known => Some(known),
                }
            }
        })
        .await
    }

    /// Asks for a page or a file as it is, with its status.
    ///
    /// # Errors
    ///
    /// Those of the connection.
    pub async fn fetch(&self, path: &str) -> Result<(StatusCode, String), reqwest::Error> {
        let answer = self.request(Method::GET, path).send().await?;
        let status = answer.status();
        Ok((status, answer.text().await?))
    }

    /// Starts a request by hand, for what the methods above do not say.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.base));
        match &self.bearer {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }
}

/// Sends a request and reads what was promised: a value, or a problem.
async fn answer<T: DeserializeOwned>(request: RequestBuilder) -> Result<T, NotDone> {
    let answer = request.send().await.map_err(NotDone::Unanswered)?;
    let status = answer.status();
    let text = answer.text().await.map_err(NotDone::Unanswered)?;
    let unreadable = |error| NotDone::Unreadable(format!("{status} {text}: {error}"));
    if status.is_success() {
        let value = if text.is_empty() { "null" } else { &text };
        return serde_json::from_str(value).map_err(unreadable);
    }
    let problem = serde_json::from_str(&text).map_err(unreadable)?;
    Err(NotDone::Refused(problem))
}
