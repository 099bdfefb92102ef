//! The driver of terminals that speak nexo over the store's own network, with TLS.
//!
//! One connection a request. Each message is JSON behind its length, four bytes with the highest
//! first (nexo Sale to POI protocol, transport over TCP). What comes that is no answer to the
//! question, such as a wish to show something, is passed over.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde_json::Value;

use super::nexo::{self, Condition, Parties, Result3};
use super::{
    IntentId, PayRequest, PayState, PaymentTerminal, ReverseRequest, TerminalAnswer,
    TerminalFailed, TerminalHealth, TerminalTotals, TlsTrust,
};
use crate::clock;
use crate::port::{Port, PortAddress, PortError};

/// The longest message: a payment with its receipts has some 10 KB.
const MESSAGE_BYTES_MAX: usize = 256 * 1024;

/// Everything an installer says about a terminal.
#[derive(Debug, Clone)]
pub struct NexoTerminalConfig {
    /// Where it is.
    pub address: PortAddress,
    /// Whom its certificate must come from; nothing only for a terminal on this very machine.
    pub tls: Option<TlsTrust>,
    /// What this till is called there.
    pub sale_id: String,
    /// What the terminal is called.
    pub poi_id: String,
    /// How many decimals the shop's currency has.
    pub decimals: u8,
    /// Where the names of questions begin to count; another number at each start of the program,
    /// because a terminal may refuse a name it has heard before.
    pub question_seed: u64,
    /// How long connecting may take.
    pub connect_limit: Duration,
    /// How long a customer may take to pay, and the bank to close a period. Adyen's local interface
    /// asks to wait 120 s before the status is asked for.
    pub pay_limit: Duration,
    /// How long any other answer may take.
    pub answer_limit: Duration,
}

/// Two are equal when they name the same terminal in the same way; where the names of questions
/// begin to count differs each time one is made.
impl PartialEq for NexoTerminalConfig {
    fn eq(&self, other: &Self) -> bool {
        let Self {
            address,
            tls,
            sale_id,
            poi_id,
            decimals,
            question_seed: _,
            connect_limit,
            pay_limit,
            answer_limit,
        } = self;
        (address, tls, sale_id, poi_id, decimals)
            == (
                &other.address,
                &other.tls,
                &other.sale_id,
                &other.poi_id,
                &other.decimals,
            )
            && (connect_limit, pay_limit, answer_limit)
                == (&other.connect_limit, &other.pay_limit, &other.answer_limit)
    }
}

impl Eq for NexoTerminalConfig {}

/// A terminal that speaks nexo.
#[derive(Debug)]
pub struct NexoTerminal {
    config: NexoTerminalConfig,
    parties: Parties,
    questions: AtomicU64,
}

/// Whether any byte of a request has left.
enum Asked {
    NotBegun(TerminalFailed),
    Lost(TerminalFailed),
    Answer(Value),
}

impl NexoTerminalConfig {
    /// Returns the usual settings of a terminal in a country whose currency has two decimals.
    #[must_use]
    pub fn new(address: PortAddress, sale_id: &str, poi_id: &str) -> Self {
        Self {
            address,
            tls: None,
            sale_id: sale_id.to_owned(),
            poi_id: poi_id.to_owned(),
            decimals: 2,
            question_seed: 0,
            connect_limit: Duration::from_secs(3),
            pay_limit: Duration::from_secs(120),
            answer_limit: Duration::from_secs(10),
        }
    }
}

impl NexoTerminal {
    /// Makes the driver; nothing is opened before it is asked.
    #[must_use]
    pub fn new(config: NexoTerminalConfig) -> Self {
        let parties = Parties {
            sale_id: config.sale_id.clone(),
            poi_id: config.poi_id.clone(),
        };
        let questions = AtomicU64::new(config.question_seed);
        Self {
            config,
            parties,
            questions,
        }
    }

    /// Names a question that is no payment: terminals keep no record of those.
    fn question(&self) -> IntentId {
        let count = self.questions.fetch_add(1, Ordering::Relaxed) % 1_000_000_000;
        format!("Q{count:09}")
            .parse()
            .expect("Q and nine digits name an intent")
    }

    async fn ask(&self, message: &Value, service: &IntentId, name: &str, limit: Duration) -> Asked {
        let opened = match &self.config.tls {
            Some(tls) => Port::open_tls(&self.config.address, tls, self.config.connect_limit).await,
            None => Port::open(&self.config.address, self.config.connect_limit).await,
        };
        let mut port = match opened {
            Ok(port) => port,
            Err(error) => return Asked::NotBegun(TerminalFailed::Unreachable(error)),
        };
        let asked = converse(&mut port, message, service, name, limit).await;
        port.close(Duration::from_millis(200)).await;
        match asked {
            Ok(answer) => Asked::Answer(answer),
            Err(failed) => Asked::Lost(failed),
        }
    }

    /// Asks something that moves no money.
    async fn answered(
        &self,
        message: &Value,
        (service, name): (&IntentId, &str),
        limit: Duration,
    ) -> Result<Value, TerminalFailed> {
        match self.ask(message, service, name, limit).await {
            Asked::Answer(answer) => Ok(answer),
            Asked::NotBegun(failed) | Asked::Lost(failed) => Err(failed),
        }
    }

    /// Tells what an answer to something that moves money means.
    fn concluded(
        asked: Asked,
        read: impl FnOnce(&Value) -> Option<PayState>,
    ) -> Result<PayState, TerminalFailed> {
        match asked {
            Asked::NotBegun(failed) => Err(failed),
            Asked::Lost(failed) => {
                tracing::warn!(error = %failed, "nobody knows what became of a payment");
                Ok(PayState::Unknown)
            }
            Asked::Answer(body) => match (nexo::result(&body), read(&body)) {
                // It says itself that it did not begin.
                (Some(Result3::Failure(Condition::Busy, _)), _) => Err(TerminalFailed::Busy),
                (_, Some(state)) => Ok(state),
                (_, None) => Ok(PayState::Unknown),
            },
        }
    }
}

async fn converse(
    port: &mut Port,
    message: &Value,
    service: &IntentId,
    name: &str,
    limit: Duration,
) -> Result<Value, TerminalFailed> {
    let body = serde_json::to_vec(message).expect("text is JSON");
    let length = u32::try_from(body.len()).expect("a request has some hundred bytes");
    let mut bytes = length.to_be_bytes().to_vec();
    bytes.extend(body);
    port.write_all(&bytes, limit)
        .await
        .map_err(TerminalFailed::Lost)?;
    let until = clock::now() + limit;
    let (mut heard, mut input) = (Vec::new(), [0; 4096]);
    loop {
        while let Some(message) = take_message(&mut heard)? {
            if let Some(answer) = nexo::response(&message, service, name) {
                return Ok(answer.clone());
            }
        }
        let left = until.saturating_duration_since(clock::now());
        let count = port
            .read(&mut input, left)
            .await
            .map_err(TerminalFailed::Lost)?;
        heard.extend_from_slice(&input[..count]);
    }
}

/// Takes a whole message off the front of what was heard.
fn take_message(heard: &mut Vec<u8>) -> Result<Option<Value>, TerminalFailed> {
    let Some((length, rest)) = heard.split_first_chunk::<4>() else {
        return Ok(None);
    };
    let length = usize::try_from(u32::from_be_bytes(*length)).unwrap_or(usize::MAX);
    if length > MESSAGE_BYTES_MAX {
        return Err(TerminalFailed::Garbled("a message longer than any"));
    }
    let Some(body) = rest.get(..length) else {
        return Ok(None);
    };
    let message = serde_json::from_slice(body).map_err(|_| TerminalFailed::Garbled("no JSON"))?;
    heard.drain(..4 + length);
    Ok(Some(message))
}

impl PaymentTerminal for NexoTerminal {
    fn pay<'a>(&'a self, request: &'a PayRequest) -> TerminalAnswer<'a, PayState> {
        Box::pin(async move {
            let message = self.parties.payment(request);
            let limit = self.config.pay_limit;
            let asked = self
                .ask(&message, &request.intent, "PaymentResponse", limit)
                .await;
            Self::concluded(asked, |body| {
                nexo::paid(body, Some(&request.currency), request.decimals)
            })
        })
    }

    fn status<'a>(&'a self, intent: &'a IntentId) -> TerminalAnswer<'a, PayState> {
        Box::pin(async move {
            let question = self.question();
            let message = self.parties.status(&question, intent);
            let answer = self
                .answered(
                    &message,
                    (&question, "TransactionStatusResponse"),
                    self.config.answer_limit,
                )
                .await?;
            match nexo::result(&answer) {
                Some(Result3::Failure(Condition::InProgress, _)) => Ok(PayState::Processing),
                // It never heard of it: nothing was paid, and nothing will be.
                Some(Result3::Failure(Condition::NotFound, _)) => Ok(PayState::Cancelled),
                Some(Result3::Failure(Condition::Busy, _)) => Err(TerminalFailed::Busy),
                Some(Result3::Failure(_, words)) => Err(TerminalFailed::Refused(words)),
                None => Err(TerminalFailed::Garbled("a status without a result")),
                Some(Result3::Success) => {
                    let repeated = &answer["RepeatedMessageResponse"];
                    let service = repeated["MessageHeader"]["ServiceID"].as_str();
                    if service != Some(intent.to_string().as_str()) {
                        return Err(TerminalFailed::Garbled("the status of another payment"));
                    }
                    let bodies = &repeated["RepeatedResponseMessageBody"];
                    let decimals = self.config.decimals;
                    let state = match bodies.get("ReversalResponse") {
                        Some(body) => nexo::reversed(body, decimals),
                        None => nexo::paid(&bodies["PaymentResponse"], None, decimals),
                    };
                    state.ok_or(TerminalFailed::Garbled("a status without an outcome"))
                }
            }
        })
    }

    fn abort<'a>(&'a self, intent: &'a IntentId) -> TerminalAnswer<'a, ()> {
        Box::pin(async move {
            let question = self.question();
            let message = self.parties.abort(&question, intent);
            // An abort is not answered; what it did is told by the payment's own answer.
            let limit = Duration::from_millis(500);
            match self.ask(&message, &question, "AbortResponse", limit).await {
                Asked::NotBegun(failed) => Err(failed),
                Asked::Answer(_)
                | Asked::Lost(TerminalFailed::Lost(PortError::TimedOut | PortError::Gone)) => {
                    Ok(())
                }
                Asked::Lost(failed) => Err(failed),
            }
        })
    }

    fn reverse<'a>(&'a self, request: &'a ReverseRequest) -> TerminalAnswer<'a, PayState> {
        Box::pin(async move {
            let message = self.parties.reversal(request);
            let limit = self.config.pay_limit;
            let asked = self
                .ask(&message, &request.intent, "ReversalResponse", limit)
                .await;
            Self::concluded(asked, |body| nexo::reversed(body, request.decimals))
        })
    }

    fn reconcile<'a>(&'a self, intent: &'a IntentId) -> TerminalAnswer<'a, TerminalTotals> {
        Box::pin(async move {
            let message = self.parties.reconciliation(intent);
            // It asks its bank, which takes as long as a payment may.
            let asked = (intent, "ReconciliationResponse");
            let answer = self
                .answered(&message, asked, self.config.pay_limit)
                .await?;
            match nexo::result(&answer) {
                Some(Result3::Success) => nexo::totals(&answer, self.config.decimals)
                    .ok_or(TerminalFailed::Garbled("totals that do not add up")),
                Some(Result3::Failure(Condition::Busy, _)) => Err(TerminalFailed::Busy),
                Some(Result3::Failure(_, words)) => Err(TerminalFailed::Refused(words)),
                None => Err(TerminalFailed::Garbled("totals without a result")),
            }
        })
    }

    fn health(&self) -> TerminalAnswer<'_, TerminalHealth> {
        Box::pin(async move {
            let question = self.question();
            let message = self.parties.diagnosis(&question);
            let answer = self
                .answered(
                    &message,
                    (&question, "DiagnosisResponse"),
                    self.config.answer_limit,
                )
                .await?;
            nexo::health(&answer).ok_or(TerminalFailed::Garbled("a diagnosis without a status"))
        })
    }
}
