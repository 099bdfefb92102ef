//! The hub's sync endpoint as calls: exchange, wake, reference data, names of customers.
//!
//! Every call has a timeout and a bound on what it takes; why one failed is a [`HubTrouble`].

mod exchanging;

use std::sync::Arc;
use std::time::Duration;

use axum::http::StatusCode;
use counterpart_daemon::clock::SharedClock;
use counterpart_daemon::http::ProblemBody;
use counterpart_daemon::tls::{Identity, Protocols, TlsError, client_config};
use counterpart_protocol::coupons::{CouponAnswer, CouponAsked};
use counterpart_protocol::customers::{
    ContactsAsked, ContactsTold, CustomersAsked, CustomersJoined, CustomersTold, JoinedTaken,
};
use counterpart_protocol::reference::packing::{DELTA_FORM, SNAPSHOT_BYTES_MAX};
use counterpart_protocol::reference::{ReferenceKind, hash_of, hash_text};
use counterpart_protocol::stored::{StoredAnswer, StoredAsked};
use counterpart_protocol::sync::FeedHead;
use reqwest::header::{CONTENT_TYPE, ETAG, IF_NONE_MATCH, RETRY_AFTER};
use reqwest::{Client, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::handshake::Door;
use super::trouble::HubTrouble;

/// How long a connection may take to come about.
const CONNECT: Duration = Duration::from_secs(5);
/// How long the hub may hold a wake-up call open, in seconds.
const WAKE_S: u64 = 25;
/// What a slow line may add to that.
const WAKE_GRACE: Duration = Duration::from_secs(10);
/// How long a snapshot may take: 20 MB over a slow shop line.
const SNAPSHOT: Duration = Duration::from_secs(180);
/// How long an answer may take: a bell that rings waits for names, and rings without them.
const ASKED: Duration = Duration::from_secs(3);
/// The largest answer read: a hundred names of eighty characters and their addresses, written out.
const ANSWER_BYTES_MAX: usize = 256 * 1024;
/// The largest problem read.
const PROBLEM_BYTES_MAX: usize = 64 * 1024;

/// The hub's sync endpoint; clones share its connections.
#[derive(Clone)]
pub struct HubClient {
    http: Client,
    base: String,
    door: Option<Door>,
    clock: SharedClock,
    certificate_ends_at_ms: i64,
}

/// Why a client could not be made.
#[derive(Debug, thiserror::Error)]
pub enum HubClientFailed {
    /// Key or certificates cannot be used.
    #[error("could not use this store's certificate: enrol it again")]
    Tls(#[from] TlsError),
    /// The HTTP client could not be made.
    #[error("could not prepare the connection to the hub")]
    Http(#[source] reqwest::Error),
}

/// Why a wake-up call came back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Woken {
    /// The hub has news.
    News,
    /// Its time was over.
    Quiet,
}

/// Which reference data is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// The snapshot with this hash, which a fact of the hub named.
    Named([u8; 32]),
    /// The newest there is.
    Newest,
}

/// Reference data as the hub sent it; not checked yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetched {
    /// The hash the hub says the snapshot has.
    pub sha256: [u8; 32],
    /// Which publication it says it is, 0 if it says nothing.
    pub version: u64,
    /// What it sent.
    pub form: FetchedForm,
}

/// The forms reference data comes in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FetchedForm {
    /// Nothing: what this store holds is what was asked for.
    Unchanged,
    /// The snapshot, packed.
    Packed(Vec<u8>),
    /// What changed since the snapshot this store holds.
    Delta(Vec<u8>),
}

impl HubClient {
    /// Makes the client of the hub at `base` (`https://hub.example:8401`) that trusts only the
    /// authority `authority_pem` and shows `identity`.
    ///
    /// # Errors
    ///
    /// [`HubClientFailed`].
    pub fn new(
        base: &str,
        authority_pem: &str,
        identity: &Identity,
        clock: SharedClock,
    ) -> Result<Self, HubClientFailed> {
        let tls = client_config(authority_pem, Some(identity), Protocols::Http1And2)?;
        let door = Door::of(base, Arc::new(tls.clone()));
        let http = Client::builder()
            .tls_backend_preconfigured(tls)
            .connect_timeout(CONNECT)
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(HubClientFailed::Http)?;
        Ok(Self {
            http,
            base: base.trim_end_matches('/').to_owned(),
            door,
            clock,
            certificate_ends_at_ms: identity.not_after_ms()?,
        })
    }

    /// Returns the end of this store's certificate, in milliseconds UTC.
    #[must_use]
    pub fn certificate_ends_at_ms(&self) -> i64 {
        self.certificate_ends_at_ms
    }

    /// Waits until the hub's feed goes further than `held`, or for 25 s.
    ///
    /// # Errors
    ///
    /// [`HubTrouble`].
    pub async fn wake(&self, held: FeedHead) -> Result<Woken, HubTrouble> {
        let (feed, after) = (held.feed.0, held.seq);
        let call = self
            .http
            .get(format!(
                "{}/sync/v1/wake?feed={feed}&after={after}&timeout_s={WAKE_S}",
                self.base
            ))
            .timeout(Duration::from_secs(WAKE_S) + WAKE_GRACE);
        let answer = self.send(call).await?;
        Ok(match answer.status() {
            StatusCode::NO_CONTENT => Woken::Quiet,
            _ => Woken::News,
        })
    }

    /// Fetches reference data: whole, or what changed since the snapshot with the hash `held`.
    ///
    /// # Errors
    ///
    /// [`HubTrouble::OtherVersion`] when the hub does not keep, or names, what was asked for; the
    /// other [`HubTrouble`]s.
    pub async fn reference(
        &self,
        kind: ReferenceKind,
        wanted: Wanted,
        held: Option<[u8; 32]>,
    ) -> Result<Fetched, HubTrouble> {
        let mut url = format!("{}/sync/v1/reference/{kind}", self.base);
        if let Wanted::Named(sha256) = &wanted {
            url = format!("{url}/{}", hash_text(sha256));
        }
        let mut call = self.http.get(url).timeout(SNAPSHOT);
        if let Some(held) = &held {
            call = call
                .header(IF_NONE_MATCH, format!("\"{}\"", hash_text(held)))
                .header("a-im", DELTA_FORM);
        }
        let answer = match call.send().await {
            Ok(answer) => answer,
            Err(error) => return Err(self.explain(&error).await),
        };
        let status = answer.status();
        if status == StatusCode::NOT_FOUND {
            return Err(HubTrouble::OtherVersion);
        }
        if !status.is_success() && status != StatusCode::NOT_MODIFIED {
            return Err(self.refusal(answer).await);
        }
        let header = |name: &str| answer.headers().get(name).and_then(|tag| tag.to_str().ok());
        let offered = header(ETAG.as_str()).and_then(hash_of);
        let version = header("x-reference-version").and_then(|text| text.parse().ok());
        let sha256 = match (offered, wanted) {
            (Some(offered), Wanted::Named(named)) if offered != named => {
                return Err(HubTrouble::OtherVersion);
            }
            (Some(offered), Wanted::Named(_) | Wanted::Newest) => offered,
            (None, Wanted::Named(named)) => named,
            (None, Wanted::Newest) => {
                let sentence = "it sent reference data without a hash".to_owned();
                return Err(HubTrouble::NoHub(sentence));
            }
        };
        let form = match status {
            StatusCode::NOT_MODIFIED => FetchedForm::Unchanged,
            StatusCode::IM_USED => {
                FetchedForm::Delta(self.bytes(answer, SNAPSHOT_BYTES_MAX).await?)
            }
            _ => FetchedForm::Packed(self.bytes(answer, SNAPSHOT_BYTES_MAX).await?),
        };
        Ok(Fetched {
            sha256,
            version: version.unwrap_or(0),
            form,
        })
    }

    /// Asks what customers are called.
    ///
    /// # Errors
    ///
    /// [`HubTrouble`], also of a hub that is too old to know the question.
    pub async fn customers(&self, asked: &CustomersAsked) -> Result<CustomersTold, HubTrouble> {
        self.ask("customers", asked).await
    }

    /// Asks how customers of the book are called and reached.
    ///
    /// # Errors
    ///
    /// [`HubTrouble`], also of a hub that is too old to know the question.
    pub async fn customer_contacts(
        &self,
        asked: &ContactsAsked,
    ) -> Result<ContactsTold, HubTrouble> {
        self.ask("customers/contacts", asked).await
    }

    /// Tells who joined at the tills.
    ///
    /// # Errors
    ///
    /// [`HubTrouble`], also of a hub that is too old to be told.
    pub async fn customers_joined(
        &self,
        joined: &CustomersJoined,
    ) -> Result<JoinedTaken, HubTrouble> {
        self.ask("customers/joined", joined).await
    }

    /// Asks about a gift card or a credit. Whoever asks bounds how long they wait.
    ///
    /// # Errors
    ///
    /// [`HubTrouble`], also of a hub that is too old to know the question.
    pub async fn stored(&self, asked: &StoredAsked) -> Result<StoredAnswer, HubTrouble> {
        self.ask("stored", asked).await
    }

    /// Asks about an issued coupon. Whoever asks bounds how long they wait.
    ///
    /// # Errors
    ///
    /// [`HubTrouble`], also of a hub that is too old to know the question.
    pub async fn coupons(&self, asked: &CouponAsked) -> Result<CouponAnswer, HubTrouble> {
        self.ask("coupons", asked).await
    }

    /// Asks something that is answered while a person waits. What the parser says of a wrong answer
    /// may quote it: it is not passed on.
    async fn ask<A: Serialize, T: DeserializeOwned>(
        &self,
        what: &str,
        asked: &A,
    ) -> Result<T, HubTrouble> {
        let body = serde_json::to_vec(asked).map_err(|error| HubTrouble::Own(error.to_string()))?;
        let call = self
            .http
            .post(format!("{}/sync/v1/{what}", self.base))
            .header(CONTENT_TYPE, "application/json")
            .timeout(ASKED)
            .body(body);
        let answer = self.send(call).await?;
        let body = self.bytes(answer, ANSWER_BYTES_MAX).await?;
        serde_json::from_slice(&body)
            .map_err(|_| HubTrouble::NoHub(format!("its answer about {what} cannot be read")))
    }

    async fn send(&self, call: reqwest::RequestBuilder) -> Result<Response, HubTrouble> {
        let answer = match call.send().await {
            Ok(answer) => answer,
            Err(error) => return Err(self.explain(&error).await),
        };
        if answer.status().is_success() {
            return Ok(answer);
        }
        Err(self.refusal(answer).await)
    }

    /// Explains a call that brought no answer.
    async fn explain(&self, error: &reqwest::Error) -> HubTrouble {
        tracing::debug!(error = %error, "a call to the hub failed");
        let trouble = HubTrouble::of_call(error);
        if trouble == HubTrouble::TimedOut {
            return trouble;
        }
        // A hub may close the line before its reason is read: our own certificate's date may be it,
        // or the hub says it to whoever shakes hands and waits.
        let now_ms = self.clock.now_ms();
        let over_ms = now_ms.saturating_sub(self.certificate_ends_at_ms);
        if over_ms > 0 {
            let days = over_ms / 86_400_000;
            return HubTrouble::CertificateOver { days };
        }
        match &self.door {
            Some(door) if trouble == HubTrouble::Unreachable && !error.is_connect() => {
                let reason = door.why_shut().await;
                reason.map_or(trouble, HubTrouble::Distrusted)
            }
            Some(_) | None => trouble,
        }
    }

    async fn refusal(&self, answer: Response) -> HubTrouble {
        let status = answer.status();
        let retry_after = answer
            .headers()
            .get(RETRY_AFTER)
            .and_then(|value| value.to_str().ok())
            .and_then(|seconds| seconds.parse().ok())
            .map(Duration::from_secs);
        let said = match self.bytes(answer, PROBLEM_BYTES_MAX).await {
            Ok(body) => serde_json::from_slice::<ProblemBody>(&body).ok(),
            Err(_) => None,
        };
        match (status, said) {
            (StatusCode::TOO_MANY_REQUESTS, _) => HubTrouble::Busy { retry_after },
            (status, _) if status.is_server_error() => HubTrouble::Busy { retry_after },
            (
                StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN | StatusCode::CONFLICT,
                Some(problem),
            ) => HubTrouble::Refused(problem.detail),
            (status, Some(problem)) => {
                HubTrouble::NoHub(format!("{}: {}", status.as_u16(), problem.detail))
            }
            (status, None) => HubTrouble::NoHub(format!("it answered {}", status.as_u16())),
        }
    }

    async fn bytes(&self, mut answer: Response, bytes_max: usize) -> Result<Vec<u8>, HubTrouble> {
        let mut bytes = Vec::new();
        loop {
            let some = match answer.chunk().await {
                Ok(Some(some)) => some,
                Ok(None) => return Ok(bytes),
                Err(error) => return Err(self.explain(&error).await),
            };
            if bytes.len() + some.len() > bytes_max {
                let sentence = format!("it sent more than {bytes_max} bytes");
                return Err(HubTrouble::NoHub(sentence));
            }
            bytes.extend_from_slice(&some);
        }
    }
}
