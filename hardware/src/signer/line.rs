//! The driver of signers that speak our own line protocol, such as [`crate::VirtualSigner`].
//!
//! One question a connection, one line of JSON each way, ended by a line feed:
//!
//! | Question | Answers |
//! |---|---|
//! | `{"ask":"sign","key":K,"receipt":R,"content":C}` | `signed`, `refused` |
//! | `{"ask":"find","key":K}` | `signed`, `unknown`, `refused` |
//! | `{"ask":"status"}` | `ready`, `refused` |
//!
//! `{"signed":{"key","serial","transaction","counter","began_at_ms","signed_at_ms","value","qr"}}`,
//! `{"unknown":{"key"}}`, `{"ready":{"serial","valid_until_ms"}}`,
//! `{"refused":{"code","words"}}`. The serial is the device's public key (Ed25519, 64 hexadecimal
//! digits), the value the signature over [`signed_text`], so that nothing is believed that does not
//! verify.

use std::time::Duration;

use data_encoding::HEXLOWER;
use ed25519_dalek::{Signature as Ed25519, VerifyingKey};
use serde::{Deserialize, Serialize};

use super::{SignFailed, SignRefusal, SignRequest, Signature, Signer, SignerAnswer, SignerStatus};
use crate::port::{Port, PortAddress, PortError};

/// How long connecting may take; on a shop's own wires it takes a few milliseconds.
const CONNECT_LIMIT: Duration = Duration::from_secs(2);
/// How long an answer may take at most; whoever has a customer waiting drops the call earlier.
const ANSWER_LIMIT: Duration = Duration::from_secs(15);
/// The longest answer that is read, in bytes: a signature with its QR text takes 1 KB.
const ANSWER_BYTES_MAX: usize = 8_192;

/// A signer reached over TCP or a serial line.
#[derive(Debug, Clone)]
pub struct LineSigner {
    address: PortAddress,
}

#[derive(Debug, Serialize)]
#[serde(tag = "ask", rename_all = "snake_case")]
enum Question<'a> {
    Sign {
        key: &'a str,
        receipt: &'a str,
        content: &'a str,
    },
    Find {
        key: &'a str,
    },
    Status,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Answer {
    Signed(SignedAnswer),
    Unknown { key: String },
    Ready(ReadyAnswer),
    Refused { code: String, words: String },
}

#[derive(Debug, Deserialize)]
struct SignedAnswer {
    key: String,
    serial: String,
    transaction: u64,
    counter: u64,
    began_at_ms: i64,
    signed_at_ms: i64,
    value: String,
    qr: Option<String>,
}

#[derive(Debug, Deserialize)]
struct ReadyAnswer {
    serial: String,
    valid_until_ms: Option<i64>,
}

/// Returns the text a signer of this protocol signs: all it says of the transaction, and the
/// content it was asked to sign.
#[must_use]
pub fn signed_text(key: &str, signature: &Signature, content: &str) -> String {
    format!(
        "counterpart signer 1\n{key}\n{}\n{}\n{}\n{}\n{content}",
        signature.transaction, signature.counter, signature.began_at_ms, signature.signed_at_ms
    )
}

impl LineSigner {
    /// Makes the driver of the signer at `address`; nothing is opened before it is asked.
    #[must_use]
    pub fn new(address: PortAddress) -> Self {
        Self { address }
    }

    async fn ask(&self, question: &Question<'_>) -> Result<Answer, SignFailed> {
        let mut port = Port::open(&self.address, CONNECT_LIMIT)
            .await
            .map_err(SignFailed::Unreachable)?;
        let mut line = serde_json::to_vec(question).expect("text is JSON");
        line.push(b'\n');
        let written = port.write_all(&line, ANSWER_LIMIT).await;
        written.map_err(SignFailed::Lost)?;
        let answered = read_line(&mut port).await?;
        serde_json::from_slice(&answered).map_err(|_| SignFailed::Garbled("not an answer we know"))
    }
}

async fn read_line(port: &mut Port) -> Result<Vec<u8>, SignFailed> {
    let reading = async {
        let (mut line, mut input) = (Vec::new(), [0; 1_024]);
        loop {
            let count = port
                .read(&mut input, ANSWER_LIMIT)
                .await
                .map_err(SignFailed::Lost)?;
            line.extend_from_slice(&input[..count]);
            if let Some(end) = line.iter().position(|byte| *byte == b'\n') {
                line.truncate(end);
                return Ok(line);
            }
            if line.len() > ANSWER_BYTES_MAX {
                return Err(SignFailed::Garbled("more than an answer takes"));
            }
        }
    };
    // A peer that sends a byte now and then must not hold us for ever.
    let read = tokio::time::timeout(ANSWER_LIMIT, reading).await;
    read.map_err(|_| SignFailed::Lost(PortError::TimedOut))?
}

impl Signer for LineSigner {
    fn sign<'a>(&'a self, request: &'a SignRequest) -> SignerAnswer<'a, Signature> {
        Box::pin(async move {
            let content = request.content();
            let question = Question::Sign {
                key: &request.key,
                receipt: &request.receipt,
                content: &content,
            };
            match self.ask(&question).await? {
                Answer::Signed(signed) => believed(signed, request),
                Answer::Refused { code, words } => Err(refused(&code, words)),
                Answer::Unknown { .. } | Answer::Ready(_) => Err(OTHER_QUESTION),
            }
        })
    }

    fn find<'a>(&'a self, request: &'a SignRequest) -> SignerAnswer<'a, Option<Signature>> {
        Box::pin(async move {
            match self.ask(&Question::Find { key: &request.key }).await? {
                Answer::Signed(signed) => believed(signed, request).map(Some),
                Answer::Unknown { key } if key == request.key => Ok(None),
                Answer::Refused { code, words } => Err(refused(&code, words)),
                Answer::Unknown { .. } | Answer::Ready(_) => Err(OTHER_QUESTION),
            }
        })
    }

    fn status(&self) -> SignerAnswer<'_, SignerStatus> {
        Box::pin(async move {
            match self.ask(&Question::Status).await? {
                Answer::Ready(ready) => Ok(SignerStatus {
                    serial: ready.serial,
                    valid_until_ms: ready.valid_until_ms,
                }),
                Answer::Refused { code, words } => Err(refused(&code, words)),
                Answer::Signed(_) | Answer::Unknown { .. } => Err(OTHER_QUESTION),
            }
        })
    }
}

const OTHER_QUESTION: SignFailed = SignFailed::Garbled("the answer to another question");

fn refused(code: &str, words: String) -> SignFailed {
    SignFailed::Refused(match code {
        "certificate_ended" => SignRefusal::CertificateEnded,
        "other_content" => SignRefusal::OtherContent,
        _ => SignRefusal::Other(words),
    })
}

/// Checks that an answer is about `request` and that its signature verifies.
fn believed(answer: SignedAnswer, request: &SignRequest) -> Result<Signature, SignFailed> {
    if answer.key != request.key {
        return Err(OTHER_QUESTION);
    }
    let bytes = |hex: &str| HEXLOWER.decode(hex.as_bytes()).ok();
    let value = bytes(&answer.value).ok_or(SignFailed::Garbled("a value that is no number"))?;
    let signature = Signature {
        transaction: answer.transaction,
        counter: answer.counter,
        began_at_ms: answer.began_at_ms,
        signed_at_ms: answer.signed_at_ms,
        algorithm: "ed25519".to_owned(),
        value,
        qr: answer.qr,
        serial: answer.serial,
    };
    let public = bytes(&signature.serial)
        .and_then(|bytes| <[u8; 32]>::try_from(bytes).ok())
        .and_then(|bytes| VerifyingKey::from_bytes(&bytes).ok());
    let made = Ed25519::from_slice(&signature.value).ok();
    let (Some(public), Some(made)) = (public, made) else {
        return Err(SignFailed::Garbled("a serial or a value of no device"));
    };
    let text = signed_text(&request.key, &signature, &request.content());
    let verified = public.verify_strict(text.as_bytes(), &made);
    verified.map_err(|_| SignFailed::Garbled("a signature that does not fit the sale"))?;
    Ok(signature)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request() -> SignRequest {
        SignRequest {
            key: "K1".to_owned(),
            register: 1,
            receipt: "1-1-000001".to_owned(),
            paid_at_ms: 5,
            currency: "EUR".to_owned(),
            total_minor: 129,
            taxed: Vec::new(),
            paid: Vec::new(),
        }
    }

    fn answer(key: &str, serial: &str, value: &str) -> SignedAnswer {
        SignedAnswer {
            key: key.to_owned(),
            serial: serial.to_owned(),
            transaction: 1,
            counter: 1,
            began_at_ms: 5,
            signed_at_ms: 6,
            value: value.to_owned(),
            qr: None,
        }
    }

    #[track_caller]
    fn check(answer: SignedAnswer, expected: &str) {
        let failed = believed(answer, &request()).unwrap_err();
        assert_eq!(failed.to_string(), expected);
        assert!(failed.may_have_signed());
    }

    #[test]
    fn what_does_not_verify_is_not_believed() {
        let zeros = "00".repeat(32);
        let nonsense = |what| format!("the signing device answered nonsense: {what}");
        check(
            answer("K2", &zeros, ""),
            &nonsense("the answer to another question"),
        );
        check(
            answer("K1", &zeros, "?"),
            &nonsense("a value that is no number"),
        );
        check(
            answer("K1", "ab", &"00".repeat(64)),
            &nonsense("a serial or a value of no device"),
        );
        // RFC 8032, section 7.1, test 1: a real key, and a signature it never made.
        let public = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
        check(
            answer("K1", public, &"00".repeat(64)),
            &nonsense("a signature that does not fit the sale"),
        );
    }
}
