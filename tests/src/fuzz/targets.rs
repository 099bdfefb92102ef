//! The honest inputs of each target, and what must hold of whatever becomes of them.

use counterpart_protocol::barcode::gs1::Elements;
use counterpart_protocol::barcode::{Aim, Gtin, Scanned, read, split_aim};
use counterpart_protocol::codes::{CodeSigner, PublicKey, SignedCode, TypedDigits};
use counterpart_protocol::documents::{
    ChangeHash, Expected, Segment, admit, admit_to_order, stored_fact,
};
use counterpart_protocol::facts::Fact;
use counterpart_protocol::orders::{Order, OrderFact, exceptions};
use counterpart_protocol::rights::effects;
use counterpart_protocol::sync::{
    Batch, Chain, Exchange, FeedHead, Reply, check_batch, lengthen, lengthen_reply, pack, unpack,
};
use sha2::{Digest as _, Sha256};

use super::Target;
use super::inputs::{
    ACTOR, DOCUMENT, InShort, SCANS, WRITER, changes, codes, frames, in_short, order_changes,
    packed, records,
};
use super::mutate::damage;
use crate::sim::dice::Dice;

/// The honest inputs of a target.
pub(super) struct Honest {
    target: Target,
    inputs: Vec<Vec<u8>>,
    /// The exchanges whose compressed parts are the inputs, if they are.
    said: Vec<InShort>,
    key: PublicKey,
}

/// Whether an input was taken for something, or what is wrong with what became of it.
type Tried = Result<bool, String>;

impl Honest {
    pub(super) fn new(target: Target) -> Self {
        let signer = CodeSigner::from_secret(&[7; 32]);
        let said = match target {
            Target::Short => in_short(),
            _ => Vec::new(),
        };
        let inputs = match target {
            Target::Record => records(),
            Target::Frames => frames(),
            Target::Short => said.iter().map(|one| one.parts.plain.clone()).collect(),
            Target::Guard => changes(),
            Target::OrderGuard => order_changes(),
            Target::Code => codes(&signer),
            Target::Barcode => SCANS.iter().map(|scan| scan.as_bytes().to_vec()).collect(),
        };
        Self {
            target,
            inputs,
            said,
            key: signer.public_key(),
        }
    }

    /// Returns a damaged honest input; the checks around its content are made right again most
    /// times, or the damage would never get past them.
    pub(super) fn damaged(&self, dice: &mut Dice) -> Vec<u8> {
        let at = dice.place(self.inputs.len());
        let mut bytes = self.inputs[at].clone();
        match self.target {
            Target::Short => {
                let mut noise = self.said[at].parts.noise.clone();
                if dice.happens(80) {
                    damage(&mut bytes, &self.inputs, dice);
                }
                if dice.happens(20) {
                    damage(&mut noise, &self.inputs, dice);
                }
                let mut body = packed(&bytes, &noise, &self.said[at].parts.known);
                if dice.happens(10) {
                    damage(&mut body, &self.inputs, dice);
                }
                body
            }
            Target::Frames => {
                damage(&mut bytes, &self.inputs, dice);
                let mut body = vec![1];
                body.extend(zstd::bulk::compress(&bytes, 3).expect("small inputs are compressed"));
                if dice.happens(20) {
                    damage(&mut body, &self.inputs, dice);
                }
                body
            }
            Target::Code if dice.happens(50) => {
                respell(&mut bytes, dice);
                bytes
            }
            Target::Guard | Target::OrderGuard => {
                damage(&mut bytes, &self.inputs, dice);
                if dice.happens(80) {
                    repair(&mut bytes);
                }
                bytes
            }
            Target::Record | Target::Code | Target::Barcode => {
                damage(&mut bytes, &self.inputs, dice);
                bytes
            }
        }
    }

    pub(super) fn try_it(&self, input: &[u8]) -> Tried {
        match self.target {
            Target::Record => record(input),
            Target::Frames => frame(input),
            Target::Short => self.short(input),
            Target::Guard => guard(input),
            Target::OrderGuard => order_guard(input),
            Target::Code => self.code(input),
            Target::Barcode => barcode(input),
        }
    }

    /// What was damaged is made whole to what was said, or not at all.
    fn short(&self, input: &[u8]) -> Tried {
        let mut taken = false;
        for one in &self.said {
            let whole = lengthen::<()>(input, &one.by, |_, _| Ok(Some(Chain::GENESIS)));
            if let Ok(Ok(exchange)) = whole {
                taken = true;
                if exchange != one.exchange {
                    return Err("another exchange than was said is believed".to_owned());
                }
            }
            if lengthen_reply(input, &one.exchange, ACTOR).is_some() {
                return Err("a reply nobody made is believed".to_owned());
            }
        }
        Ok(taken)
    }

    fn code(&self, input: &[u8]) -> Tried {
        let Ok(text) = std::str::from_utf8(input) else {
            return Ok(false);
        };
        let _is_one = SignedCode::is_one(text);
        let _key = SignedCode::key_of(text);
        let (_, digits) = TypedDigits::draw([1; 8], [2; 16]);
        let _fits = digits.check(text);
        match SignedCode::read(text, |id| (id == self.key.id()).then_some(self.key)) {
            Ok(_) if self.inputs.iter().any(|honest| honest == input) => Ok(true),
            Ok(code) => Err(format!("a code nobody signed is believed: {code:?}")),
            Err(_) => Ok(false),
        }
    }
}

fn record(input: &[u8]) -> Tried {
    let Ok(fact) = Fact::decode(input) else {
        return Ok(false);
    };
    use_it(&fact);
    // A field of a newer program is skipped; all else must spell itself as it was read.
    let again = fact.encode();
    match again == input || Fact::decode(&again).as_ref() == Ok(&fact) {
        true => Ok(true),
        false => Err("it spells itself differently".to_owned()),
    }
}

/// Reads everything that is read of a fact; what it says may be nonsense, a panic may not.
fn use_it(fact: &Fact) {
    let _json = fact.body_json();
    let _effects = effects(fact, WRITER.edge, Some(WRITER.edge));
    let stated = OrderFact {
        fact: fact.clone(),
        writer: WRITER,
        epoch: 1,
        seq: 1,
    };
    if let Ok(order) = Order::fold([&stated]) {
        let _status = order.status();
        let _raised = exceptions(std::slice::from_ref(&stated));
    }
}

fn frame(input: &[u8]) -> Tried {
    let mut taken = false;
    if let Ok(exchange) = unpack::<Exchange>(input) {
        taken = true;
        if let Ok(body) = pack(&exchange) {
            let again = unpack::<Exchange>(&body);
            if !again.is_ok_and(|again| again == exchange) {
                return Err("an exchange spells itself differently".to_owned());
            }
        }
        batch(exchange.up.as_ref())?;
    }
    if let Ok(reply) = unpack::<Reply>(input) {
        taken = true;
        batch(reply.down.as_ref())?;
    }
    Ok(taken)
}

/// What is taken in of a batch has the hashes it is chained under, or is known to be damaged.
fn batch(batch: Option<&Batch>) -> Result<(), String> {
    let Some(batch) = batch else { return Ok(()) };
    let Ok(intake) = check_batch(FeedHead::start(batch.feed), batch, |_| None) else {
        return Ok(());
    };
    let wrong = intake
        .new
        .iter()
        .find(|new| new.intact != (ChangeHash::of(&new.change) == new.record.change));
    let ends = intake
        .new
        .last()
        .is_none_or(|last| last.head.chain == batch.end_chain);
    match (wrong, ends) {
        (None, true) => Ok(()),
        _ => Err("a record came in under another hash or chain".to_owned()),
    }
}

fn guard(input: &[u8]) -> Tried {
    let mut taken = false;
    for seq in 1..=2 {
        let expected = Expected {
            document: DOCUMENT,
            actor: ACTOR,
            seq,
        };
        let Ok(admitted) = admit(input, &expected) else {
            continue;
        };
        taken = true;
        if stored_fact(input, ChangeHash::of(input)).as_ref() != Some(&admitted.fact) {
            return Err("what was let in is read as another fact later".to_owned());
        }
        use_it(&admitted.fact);
        if admitted.written_on.is_none() {
            // What stands alone must make a document that survives being saved and loaded.
            let changes = [input.to_vec()];
            let sound = Segment::resume(DOCUMENT, ACTOR, changes, admitted.head)
                .and_then(|segment| segment.check_sound());
            sound.map_err(|failed| format!("what was let in cannot be loaded: {failed}"))?;
        }
    }
    Ok(taken)
}

fn order_guard(input: &[u8]) -> Tried {
    let Ok(admitted) = admit_to_order(input) else {
        return Ok(false);
    };
    match stored_fact(input, ChangeHash::of(input)).as_ref() == Some(&admitted.fact) {
        true => {
            use_it(&admitted.fact);
            Ok(true)
        }
        false => Err("what was let in is read as another fact later".to_owned()),
    }
}

fn barcode(input: &[u8]) -> Tried {
    let whole = read(input, None);
    let split = split_aim(input).map(|(aim, rest): (Aim, &[u8])| read(rest, Some(aim)));
    let mut taken = false;
    for scanned in [Some(whole), split].into_iter().flatten().flatten() {
        taken = true;
        match scanned {
            Scanned::Gtin(gtin) if Gtin::read(&gtin.to_14()) != Ok(gtin) => {
                return Err(format!("{} reads as another number", gtin.to_14()));
            }
            Scanned::Text(text) if text.is_empty() || text.contains('\n') => {
                return Err(format!("{text:?} is no text a shop uses"));
            }
            Scanned::Elements(read) if Elements::read(&read.to_symbol()).as_ref() != Ok(&read) => {
                return Err(format!("{read} reads as something else"));
            }
            Scanned::Gtin(_) | Scanned::InStore(_) | Scanned::Elements(_) | Scanned::Text(_) => {}
        }
    }
    Ok(taken)
}

/// Replaces a letter of a code by another that a code may have.
fn respell(bytes: &mut [u8], dice: &mut Dice) {
    const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    for _ in 0..1 + dice.below(3) {
        let at = dice.place(bytes.len());
        bytes[at] = LETTERS[dice.place(LETTERS.len())];
    }
}

/// Makes length and checksum of a change right for the content it now has.
fn repair(bytes: &mut Vec<u8>) {
    /// Where the chunk's length begins: after magic, checksum and type.
    const LENGTH_AT: usize = 9;
    let Some(rest) = bytes.get(LENGTH_AT..) else {
        return;
    };
    let Some(last) = rest.iter().position(|byte| byte & 0x80 == 0) else {
        return;
    };
    let mut left = rest.len() - last - 1;
    let mut length = Vec::new();
    loop {
        let low = u8::try_from(left & 0x7f).expect("seven bits");
        left >>= 7;
        length.push(low | if left > 0 { 0x80 } else { 0 });
        if left == 0 {
            break;
        }
    }
    bytes.splice(LENGTH_AT..=LENGTH_AT + last, length);
    let hash = Sha256::digest(&bytes[8..]);
    bytes[4..8].copy_from_slice(&hash[..4]);
}
