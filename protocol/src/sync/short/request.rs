//! The edge's exchange in short, and how the hub makes it whole.

use super::fold::{Out, unzigzag, zigzag};
use super::records::{Before, Context};
use super::squeeze::{inflate, squeeze};
use super::{PROOF_BYTES, batch_after, proof};
use crate::documents::{Actor, take};
use crate::ids::{EdgeNumber, Incarnation};
use crate::sync::frames::{Ack, Exchange, Hello, PROTOCOL_VERSION};
use crate::sync::{Chain, FeedHead, FeedId};

/// It acknowledges the hub's feed as far as it holds it.
const ACK: u8 = 1;
/// The acknowledgement has verdicts.
const VERDICTS: u8 = 2;
/// It says what it knows of the hub's generations.
const MET: u8 = 4;
/// Its feed goes further than the batch.
const BEYOND: u8 = 8;
/// It says which of its records it knows to be set aside.
const REFUSED: u8 = 16;

/// What the hub holds of the edge that speaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EdgeHeld {
    /// The edge, by its certificate.
    pub edge: EdgeNumber,
    /// The actor of its newest life.
    pub actor: Actor,
    /// How far the feed of that life is held.
    pub held: FeedHead,
    /// The last records of it, at most [`super::BEFORE_RECORDS`], in their order.
    pub before: Vec<Before>,
}

/// A message in short cannot be made whole by what is held: it is to be said whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("what is held does not lead to what was said: it is to be said whole")]
pub struct SayWhole;

/// Says an exchange in short; nothing if it says what only a whole one can. Digests of days are
/// left out of a short exchange, so now and then one has to be whole; see [`super::ShortTalk`].
///
/// `before` are the last records before the batch, as [`EdgeHeld::before`].
#[must_use]
pub fn shorten(exchange: &Exchange, before: &[Before]) -> Option<Vec<u8>> {
    let (out, known) = write(exchange, before)?;
    squeeze(&out, &known)
}

/// What an exchange in short is made of: for whoever makes a dictionary or measures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parts {
    /// What the compressor gets.
    pub plain: Vec<u8>,
    /// What goes beside it, because none can do anything about it.
    pub noise: Vec<u8>,
    /// What the compressor is told beforehand, behind the dictionary.
    pub known: Vec<u8>,
}

/// Returns what [`shorten`] packs.
#[must_use]
pub fn unsqueezed(exchange: &Exchange, before: &[Before]) -> Option<Parts> {
    let (Out { plain, noise }, known) = write(exchange, before)?;
    Some(Parts {
        plain,
        noise,
        known,
    })
}

fn write(exchange: &Exchange, before: &[Before]) -> Option<(Out, Vec<u8>)> {
    let said = without_days(exchange)?;
    let (hello, batch) = (&said.hello, said.up.as_ref()?);
    let (mut context, known) = Context::after(hello.actor, before);
    let mut out = Out::default();
    let verdicts = said.ack.as_ref().filter(|ack| !ack.verdicts.is_empty());
    let last_seq = batch.first_seq - 1 + batch.records.len() as u64;
    let beyond = hello.up.seq.checked_sub(last_seq)?;
    let mut flags = 0;
    for (flag, set) in [
        (ACK, said.ack.is_some()),
        (VERDICTS, verdicts.is_some()),
        (MET, hello.met.is_some()),
        (BEYOND, beyond > 0),
        (REFUSED, hello.refused.is_some()),
    ] {
        flags |= if set { flag } else { 0 };
    }
    out.plain.push(flags);
    out.number(u64::from(hello.down.feed.0));
    out.number(hello.down.seq);
    if beyond > 0 {
        out.number(beyond);
        out.noise.extend_from_slice(&hello.up.chain.0);
    }
    if let Some(met) = &hello.met {
        out.text(&minicbor::to_vec(met).ok()?);
    }
    if let Some(refused) = &hello.refused {
        out.text(&minicbor::to_vec(refused).ok()?);
    }
    if let Some(ack) = verdicts {
        out.text(&minicbor::to_vec(&ack.verdicts).ok()?);
    }
    context.put_all(&batch.records, batch.first_seq, &mut out);
    let time = context.seen.time_ms().cast_signed();
    out.number(zigzag(hello.wall_ms.wrapping_sub(time)));
    out.noise.extend_from_slice(&proof(&said));
    Some((out, known))
}

/// Returns the exchange as it will be made whole, if it has nothing that is only said whole.
fn without_days(exchange: &Exchange) -> Option<Exchange> {
    let hello = &exchange.hello;
    let batch = exchange.up.as_ref()?;
    let plain = hello.protocol == PROTOCOL_VERSION
        && hello.forked_at.is_none()
        && exchange.back.is_none()
        && batch.hashes.is_none()
        && batch.first_seq > 0
        && batch.feed == hello.up.feed
        && batch.feed.0 == hello.incarnation.0
        && exchange
            .ack
            .as_ref()
            .is_none_or(|ack| ack.held == hello.down);
    plain.then(|| Exchange {
        hello: Hello {
            days: Vec::new(),
            ..hello.clone()
        },
        ..exchange.clone()
    })
}

/// Makes an exchange whole. `down_chain` returns the chain of the hub's feed for this edge after a
/// record, if it holds it.
///
/// # Errors
/// [`SayWhole`] when what is held does not lead to what the edge said; those of `down_chain`.
pub fn lengthen<E>(
    body: &[u8],
    by: &EdgeHeld,
    down_chain: impl FnOnce(FeedId, u64) -> Result<Option<Chain>, E>,
) -> Result<Result<Exchange, SayWhole>, E> {
    let Some(read) = read(body, by) else {
        return Ok(Err(SayWhole));
    };
    let (feed, seq) = (read.exchange.hello.down.feed, read.exchange.hello.down.seq);
    let Some(chain) = down_chain(feed, seq)? else {
        return Ok(Err(SayWhole));
    };
    let mut exchange = read.exchange;
    exchange.hello.down.chain = chain;
    if let Some(ack) = &mut exchange.ack {
        ack.held.chain = chain;
    }
    Ok(match proof(&exchange) == read.proof {
        true => Ok(exchange),
        false => Err(SayWhole),
    })
}

/// An exchange but for the chain of the hub's feed.
struct Read {
    exchange: Exchange,
    proof: [u8; PROOF_BYTES],
}

fn read(body: &[u8], by: &EdgeHeld) -> Option<Read> {
    let (mut context, known) = Context::after(by.actor, &by.before);
    let inflated = inflate(body, &known)?;
    let mut from = inflated.open();
    let flags = from.byte()?;
    let down = FeedHead {
        feed: FeedId(u32::try_from(from.number()?).ok()?),
        seq: from.number()?,
        chain: Chain::GENESIS,
    };
    let beyond = match flags & BEYOND {
        0 => None,
        _ => Some((from.number()?, Chain(from.noise()?))),
    };
    let met = match flags & MET {
        0 => None,
        _ => Some(minicbor::decode(from.text()?).ok()?),
    };
    let refused = match flags & REFUSED {
        0 => None,
        _ => Some(minicbor::decode(from.text()?).ok()?),
    };
    let verdicts = match flags & VERDICTS {
        0 => Vec::new(),
        _ => minicbor::decode(from.text()?).ok()?,
    };
    let records = context.take_all(by.held.seq.checked_add(1)?, &mut from)?;
    let time = context.seen.time_ms().cast_signed();
    let wall_ms = time.wrapping_add(unzigzag(from.number()?));
    let proof = from.noise()?;
    if !from.plain.is_empty() || take(&mut from.noise, 1).is_some() {
        return None;
    }
    let (batch, end) = batch_after(by.held, records)?;
    let up = match beyond {
        None => end,
        Some((count, chain)) => FeedHead {
            seq: end.seq.checked_add(count)?,
            chain,
            ..end
        },
    };
    let hello = Hello {
        protocol: PROTOCOL_VERSION,
        edge: by.edge,
        incarnation: Incarnation(by.held.feed.0),
        actor: by.actor,
        up,
        down,
        wall_ms,
        days: Vec::new(),
        forked_at: None,
        met,
        refused,
    };
    let ack = (flags & ACK != 0).then_some(Ack {
        held: down,
        verdicts,
    });
    let exchange = Exchange {
        hello,
        ack,
        up: Some(batch),
        back: None,
    };
    Some(Read { exchange, proof })
}
