//! The signer's side of the line protocol; `signer/line.rs` has the table of its questions.
//!
//! It shares no code with the driver: questions are read as plain JSON here.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::SignerFault;
use super::ledger::{Ledger, LedgerRefused, SignedTransaction};

/// The longest question that is read, in bytes.
const QUESTION_BYTES_MAX: usize = 16_384;
/// How long a client may take for its question, and to take its answer.
const CLIENT_LIMIT: Duration = Duration::from_secs(10);
/// What a device says whose other end speaks another language.
const NONSENSE: &str = "\u{2}OK 00 \u{3}\u{1}%%";

/// Reads one line; nothing when the client left, was too slow or sent too much.
pub(super) async fn read_question(client: &mut TcpStream) -> Option<Vec<u8>> {
    let reading = async {
        let (mut line, mut input) = (Vec::new(), [0; 1_024]);
        while line.len() <= QUESTION_BYTES_MAX {
            let count = client
                .read(&mut input)
                .await
                .ok()
                .filter(|count| *count > 0)?;
            line.extend_from_slice(&input[..count]);
            if let Some(end) = line.iter().position(|byte| *byte == b'\n') {
                line.truncate(end);
                return Some(line);
            }
        }
        None
    };
    timeout(CLIENT_LIMIT, reading).await.ok().flatten()
}

/// What is said, and whether it says that something was signed now.
pub(super) struct Reply {
    pub(super) text: String,
    pub(super) has_signed: bool,
}

/// Answers a question, signing on the way where that is asked.
pub(super) fn answer(
    question: &[u8],
    fault: SignerFault,
    ledger: &mut Ledger,
    now_ms: i64,
) -> Reply {
    let asked = serde_json::from_slice::<Value>(question).unwrap_or(Value::Null);
    let text = said(&asked, fault, ledger, now_ms);
    let has_signed = asked["ask"] == "sign" && text.starts_with("{\"signed\"");
    Reply { text, has_signed }
}

fn said(asked: &Value, fault: SignerFault, ledger: &mut Ledger, now_ms: i64) -> String {
    match fault {
        SignerFault::Garbage => return NONSENSE.to_owned(),
        SignerFault::Refuses => {
            return refused(
                "certificate_ended",
                "the certificate of this device has ended",
            );
        }
        SignerFault::None
        | SignerFault::Off
        | SignerFault::Slow(_)
        | SignerFault::DropsAfterSigning => {}
    }
    let text = |name: &str| asked[name].as_str();
    match (text("ask"), text("key")) {
        (Some("status"), _) => {
            json!({ "ready": { "serial": ledger.serial(), "valid_until_ms": null } }).to_string()
        }
        (Some("find"), Some(key)) => match ledger.find(key) {
            Some(found) => signed(found, ledger.serial()),
            None => json!({ "unknown": { "key": key } }).to_string(),
        },
        (Some("sign"), Some(key)) => {
            let (Some(receipt), Some(content)) = (text("receipt"), text("content")) else {
                return refused("not_understood", "the receipt or the content is missing");
            };
            match ledger.sign(key, receipt, content, now_ms) {
                Ok(made) => signed(&made, ledger.serial()),
                Err(LedgerRefused::OtherContent) => {
                    refused("other_content", "this key was used for other amounts")
                }
                Err(LedgerRefused::KeyUnusable) => refused(
                    "not_understood",
                    "a key has 1 to 64 visible ASCII characters",
                ),
                Err(LedgerRefused::Disk(error)) => {
                    tracing::error!(%error, "the virtual signer cannot write its journal");
                    refused("disk", "the journal cannot be written")
                }
            }
        }
        _ => refused("not_understood", "ask sign, find or status"),
    }
}

/// Sends an answer; a client that left does not hear it.
pub(super) async fn write_answer(client: &mut TcpStream, answer: &str) {
    let line = format!("{answer}\n");
    let sending = async {
        client.write_all(line.as_bytes()).await?;
        client.shutdown().await
    };
    // Whoever left before the answer asks again.
    let _heard = timeout(CLIENT_LIMIT, sending).await;
}

fn refused(code: &str, words: &str) -> String {
    json!({ "refused": { "code": code, "words": words } }).to_string()
}

fn signed(made: &SignedTransaction, serial: &str) -> String {
    json!({ "signed": {
        "key": made.key,
        "serial": serial,
        "transaction": made.transaction,
        "counter": made.counter,
        "began_at_ms": made.began_at_ms,
        "signed_at_ms": made.signed_at_ms,
        "value": made.value,
        "qr": made.qr(serial),
    } })
    .to_string()
}
