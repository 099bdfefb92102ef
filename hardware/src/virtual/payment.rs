//! A payment terminal on a TCP port that follows a script: approve, decline, say nothing, approve
//! and drop the reply, approve off line.
//!
//! It speaks nexo from the protocol's paper and shares no code with the driver. It keeps a list of
//! what customers paid, by which a test can tell that nobody paid twice.

mod book;

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard};

use serde_json::{Value, json};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::{Notify, watch};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;

use super::socket::{Power, Server, Socket};
use crate::port::PortAddress;
use book::{Inside, half_of};

/// What the customer, the bank and the cable do with the next payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TerminalAct {
    /// The customer pays.
    #[default]
    Approve,
    /// The bank says no.
    Decline,
    /// The customer presses the red key.
    Cancel,
    /// The terminal takes the request and answers nothing; nobody pays.
    TimeOut,
    /// The customer pays, and the answer is lost.
    ApproveButDropReply,
    /// The customer pays, and the answer never comes while the line stands.
    ApproveButHoldReply,
    /// The customer pays while the bank cannot be asked.
    ApproveOffline,
    /// The customer stands there until the till gives up.
    WaitForAbort,
    /// The customer pays half: a gift card with too little on it.
    ApproveHalf,
}

/// What is wrong with a virtual terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TerminalFault {
    /// Nothing.
    #[default]
    None,
    /// It has no power: nobody listens.
    Off,
    /// It is in the middle of something else.
    Busy,
    /// It answers what no terminal answers.
    Garbage,
}

/// Something a customer paid, or got back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TerminalEntry {
    /// The `ServiceID` of the request.
    pub intent: String,
    /// The terminal's own number.
    pub transaction: String,
    /// How much, as it stood in the request.
    pub amount: String,
    /// Whether it was paid, or given back.
    pub kind: TerminalEntryKind,
}

/// Which way the money went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TerminalEntryKind {
    /// From the customer.
    Paid,
    /// From the customer, not yet forwarded to the bank.
    PaidOffline,
    /// To the customer.
    Reversed,
}

/// A handle on a virtual terminal; cheap to clone. It goes on until [`VirtualTerminal::shutdown`]
/// or until the last handle is dropped.
#[derive(Debug, Clone)]
pub struct VirtualTerminal {
    machine: Arc<Machine>,
    socket: Arc<Socket>,
}

struct Machine {
    inside: Mutex<Inside>,
    revision: watch::Sender<u64>,
    aborted: Notify,
    tls: Option<TlsAcceptor>,
}

impl std::fmt::Debug for Machine {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("VirtualTerminal")
            .finish_non_exhaustive()
    }
}

impl VirtualTerminal {
    /// Switches a terminal on, with a certificate or without; needs a runtime.
    ///
    /// # Errors
    /// The system's, when the address cannot be listened on.
    pub async fn spawn(listen: SocketAddr, tls: Option<Arc<ServerConfig>>) -> io::Result<Self> {
        let machine = Arc::new(Machine {
            inside: Mutex::default(),
            revision: watch::Sender::new(0),
            aborted: Notify::new(),
            tls: tls.map(TlsAcceptor::from),
        });
        let socket = Socket::listen(listen, Arc::clone(&machine)).await?;
        Ok(Self {
            machine,
            socket: Arc::new(socket),
        })
    }

    /// Returns its address as an installer would write it.
    #[must_use]
    pub fn port_address(&self) -> PortAddress {
        self.socket.port_address()
    }

    /// Puts an act at the end of the script; without one, customers pay.
    pub fn then(&self, act: TerminalAct) {
        self.machine.change(|inside| inside.script.push_back(act));
    }

    /// Returns what customers paid and got back, in order.
    #[must_use]
    pub fn entries(&self) -> Vec<TerminalEntry> {
        self.machine.inside().entries.clone()
    }

    /// Returns what it was asked for, in order: the name of each payment and giving back it heard
    /// of.
    #[must_use]
    pub fn asked(&self) -> Vec<String> {
        let inside = self.machine.inside();
        inside.answers.iter().map(|(id, ..)| id.clone()).collect()
    }

    /// Returns what is wrong with it.
    #[must_use]
    pub fn fault(&self) -> TerminalFault {
        self.machine.inside().fault
    }

    /// Puts a fault into it, or takes it away.
    pub fn set_fault(&self, fault: TerminalFault) {
        self.machine.change(|inside| inside.fault = fault);
        self.socket.touch();
    }

    /// Returns a number that grows with every change, to wait on.
    #[must_use]
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.machine.revision.subscribe()
    }

    /// Switches it off for good and waits until its port is free.
    pub async fn shutdown(&self) {
        self.socket.shutdown().await;
    }
}

impl Machine {
    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().expect("nobody panics holding it")
    }

    fn change<T>(&self, change: impl FnOnce(&mut Inside) -> T) -> T {
        let result = change(&mut self.inside());
        self.revision.send_modify(|revision| *revision += 1);
        result
    }

    async fn talk(&self, mut client: impl AsyncRead + AsyncWrite + Unpin) {
        loop {
            let mut length = [0; 4];
            if client.read_exact(&mut length).await.is_err() {
                return;
            }
            let length = usize::try_from(u32::from_be_bytes(length)).unwrap_or(usize::MAX);
            let mut body = vec![0; length.min(1 << 20)];
            if client.read_exact(&mut body).await.is_err() {
                return;
            }
            let Ok(message) = serde_json::from_slice::<Value>(&body) else {
                return;
            };
            let Some(answer) = self.answer(&message["SaleToPOIRequest"]).await else {
                return;
            };
            let bytes = serde_json::to_vec(&answer).expect("text is JSON");
            let length = u32::try_from(bytes.len()).expect("an answer has some hundred bytes");
            let framed = [&length.to_be_bytes()[..], &bytes].concat();
            if client.write_all(&framed).await.is_err() {
                return;
            }
        }
    }

    /// Returns what is answered; nothing when the line is dropped instead.
    async fn answer(&self, request: &Value) -> Option<Value> {
        let header = &request["MessageHeader"];
        let service = header["ServiceID"].as_str()?.to_owned();
        let category = header["MessageCategory"].as_str()?;
        match self.inside().fault {
            TerminalFault::Garbage => return Some(json!({"hello": "world"})),
            TerminalFault::Busy if category != "Diagnosis" => {
                let body = json!({"Response": {"Result": "Failure", "ErrorCondition": "Busy"}});
                return Some(enveloped(header, &format!("{category}Response"), &body));
            }
            TerminalFault::Busy | TerminalFault::None | TerminalFault::Off => {}
        }
        match category {
            "Payment" => self.pay(header, &service, &request["PaymentRequest"]).await,
            "Reversal" => {
                self.reverse(header, &service, &request["ReversalRequest"])
                    .await
            }
            "TransactionStatus" => {
                let asked = &request["TransactionStatusRequest"]["MessageReference"]["ServiceID"];
                let body = self.inside().status(asked.as_str()?);
                Some(enveloped(header, "TransactionStatusResponse", &body))
            }
            "Abort" => {
                self.aborted.notify_one();
                None
            }
            "Reconciliation" => {
                let body = self.change(Inside::reconcile);
                Some(enveloped(header, "ReconciliationResponse", &body))
            }
            "Diagnosis" => {
                let busy = self.inside().fault == TerminalFault::Busy;
                let status = if busy { "Busy" } else { "OK" };
                let body = json!({
                    "Response": {"Result": "Success"},
                    "POIStatus": {"GlobalStatus": status},
                });
                Some(enveloped(header, "DiagnosisResponse", &body))
            }
            _ => None,
        }
    }

    async fn pay(&self, header: &Value, service: &str, request: &Value) -> Option<Value> {
        let amounts = &request["PaymentTransaction"]["AmountsReq"];
        let (currency, amount) = (amounts["Currency"].as_str()?, &amounts["RequestedAmount"]);
        // One intent, one payment: the same answer again.
        let before = self
            .inside()
            .answers
            .iter()
            .find(|(id, ..)| id == service)
            .cloned();
        if let Some((_, name, body)) = before {
            return Some(enveloped(header, name, &body?));
        }
        let act = self.change(|inside| {
            inside
                .answers
                .push((service.to_owned(), "PaymentResponse", None));
            inside.script.pop_front().unwrap_or_default()
        });
        let refused = |condition: &str, words: &str| {
            json!({"Response": {
                "Result": "Failure", "ErrorCondition": condition, "AdditionalResponse": words,
            }})
        };
        let body = match act {
            TerminalAct::TimeOut => {
                self.change(|inside| {
                    inside.answered(
                        service,
                        &refused("UnreachableHost", "the bank did not answer"),
                    );
                });
                // Longer than anybody waits; the task ends with its socket.
                return std::future::pending().await;
            }
            TerminalAct::WaitForAbort => {
                self.aborted.notified().await;
                refused("Aborted", "given up at the till")
            }
            TerminalAct::Cancel => refused("Cancel", "cancelled by the customer"),
            TerminalAct::Decline => refused("Refusal", "declined by the bank"),
            TerminalAct::Approve
            | TerminalAct::ApproveButDropReply
            | TerminalAct::ApproveButHoldReply => self
                .change(|inside| inside.take(service, currency, amount, TerminalEntryKind::Paid)),
            TerminalAct::ApproveHalf => {
                let half = half_of(amount);
                self.change(|inside| inside.take(service, currency, &half, TerminalEntryKind::Paid))
            }
            TerminalAct::ApproveOffline => self.change(|inside| {
                inside.take(service, currency, amount, TerminalEntryKind::PaidOffline)
            }),
        };
        self.change(|inside| inside.answered(service, &body));
        let answer = enveloped(header, "PaymentResponse", &body);
        delivered(act, answer).await
    }

    /// Gives money back. Of the script, what is about an answer on its way counts here too, and a
    /// bank that says no.
    async fn reverse(&self, header: &Value, service: &str, request: &Value) -> Option<Value> {
        let known = |inside: &Inside| inside.answers.iter().any(|(id, ..)| id == service);
        let act = self.change(|inside| match inside.script.front() {
            Some(
                TerminalAct::Decline
                | TerminalAct::ApproveButDropReply
                | TerminalAct::ApproveButHoldReply,
            ) if !known(inside) => inside.script.pop_front().unwrap_or_default(),
            _ => TerminalAct::Approve,
        });
        let body = self.change(|inside| {
            if let Some((.., Some(body))) = inside.answers.iter().find(|(id, ..)| id == service) {
                return body.clone();
            }
            let of =
                request["OriginalPOITransaction"]["POITransactionID"]["TransactionID"].as_str();
            let paid = act != TerminalAct::Decline
                && inside.entries.iter().any(|entry| {
                    Some(entry.transaction.as_str()) == of
                        && entry.kind != TerminalEntryKind::Reversed
                });
            let body = if paid {
                let amount = request["ReversedAmount"].clone();
                let transaction = inside.book(service, &amount, TerminalEntryKind::Reversed);
                json!({
                    "Response": {"Result": "Success"},
                    "POIData": {"POITransactionID": transaction},
                    "ReversedAmount": amount,
                })
            } else {
                json!({"Response": {"Result": "Failure", "ErrorCondition": "NotFound",
                    "AdditionalResponse": "there is no such payment"}})
            };
            inside
                .answers
                .push((service.to_owned(), "ReversalResponse", Some(body.clone())));
            body
        });
        delivered(act, enveloped(header, "ReversalResponse", &body)).await
    }
}

/// Sends an answer on its way; the cable decides whether it comes.
async fn delivered(act: TerminalAct, answer: Value) -> Option<Value> {
    match act {
        TerminalAct::ApproveButDropReply => None,
        // Longer than anybody waits; the task ends with its socket.
        TerminalAct::ApproveButHoldReply => std::future::pending().await,
        TerminalAct::Approve
        | TerminalAct::Decline
        | TerminalAct::Cancel
        | TerminalAct::TimeOut
        | TerminalAct::ApproveOffline
        | TerminalAct::WaitForAbort
        | TerminalAct::ApproveHalf => Some(answer),
    }
}

impl Server for Machine {
    fn power(&self) -> Power {
        match self.inside().fault {
            TerminalFault::Off => Power::Off,
            TerminalFault::None | TerminalFault::Busy | TerminalFault::Garbage => Power::On,
        }
    }

    async fn serve(self: Arc<Self>, client: TcpStream) {
        match &self.tls {
            None => self.talk(client).await,
            Some(acceptor) => match acceptor.accept(client).await {
                Ok(client) => self.talk(client).await,
                Err(error) => tracing::debug!(%error, "a till does not believe this terminal"),
            },
        }
    }
}

fn enveloped(header: &Value, name: &str, body: &Value) -> Value {
    let mut header = header.clone();
    header["MessageType"] = json!("Response");
    json!({"SaleToPOIResponse": {"MessageHeader": header, name: body}})
}
