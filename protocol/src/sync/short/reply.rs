//! The hub's reply in short, and how the edge makes it whole from what it asked.

use super::fold::{Out, unzigzag, zigzag};
use super::records::Context;
use super::squeeze::{inflate, squeeze};
use super::{PROOF_BYTES, batch_after, proof};
use crate::documents::{Actor, take};
use crate::sync::frames::{Ack, Exchange, PROTOCOL_VERSION, Reply, Welcome};
use crate::sync::{Chain, FeedHead};

/// The hub holds all the edge has.
const ALL: u8 = 1;
/// The hub's feed ends where the edge will be with this reply.
const NO_MORE: u8 = 2;
/// It says what became of the batch.
const ACK: u8 = 4;
/// And of records of it that were not simply stored.
const VERDICTS: u8 = 8;
/// It was restored at some time.
const GENERATION: u8 = 16;
/// The edge had earlier lives.
const EARLIER: u8 = 32;
/// It has records.
const DOWN: u8 = 64;

/// Says a reply in short to an edge that asked in short; nothing if it says what only a whole one
/// can.
#[must_use]
pub fn shorten_reply(reply: &Reply, asked: &Exchange) -> Option<Vec<u8>> {
    let (welcome, hello) = (&reply.welcome, &asked.hello);
    let plain = welcome.protocol == PROTOCOL_VERSION
        && welcome.days_differ.is_empty()
        && welcome.fenced_by.is_none()
        && reply.refused.is_none()
        && welcome.up.feed == hello.up.feed
        && welcome.down.feed == hello.down.feed
        && reply.ack.as_ref().is_none_or(|ack| ack.held == welcome.up);
    if !plain {
        return None;
    }
    let (mut context, _) = Context::after(welcome.actor, &[]);
    let mut out = Out::default();
    let down = reply.down.as_ref();
    let then = match down {
        None => hello.down,
        Some(batch) => {
            let (again, end) = batch_after(hello.down, batch.records.clone())?;
            (again == *batch).then_some(end)?
        }
    };
    let verdicts = reply.ack.as_ref().filter(|ack| !ack.verdicts.is_empty());
    let mut flags = 0;
    for (flag, set) in [
        (ALL, welcome.up == hello.up),
        (NO_MORE, welcome.down == then),
        (ACK, reply.ack.is_some()),
        (VERDICTS, verdicts.is_some()),
        (GENERATION, welcome.generation.is_some()),
        (EARLIER, welcome.earlier.is_some()),
        (DOWN, down.is_some()),
    ] {
        flags |= if set { flag } else { 0 };
    }
    out.plain.push(flags);
    out.number(u64::from(welcome.short?));
    for (expected, head) in [(flags & ALL, welcome.up), (flags & NO_MORE, welcome.down)] {
        if expected == 0 {
            out.number(head.seq);
            out.noise.extend_from_slice(&head.chain.0);
        }
    }
    if let Some(ack) = verdicts {
        out.text(&minicbor::to_vec(&ack.verdicts).ok()?);
    }
    if let Some(generation) = &welcome.generation {
        out.text(&minicbor::to_vec(generation).ok()?);
    }
    if let Some(earlier) = &welcome.earlier {
        out.text(&minicbor::to_vec(earlier).ok()?);
    }
    if let Some(batch) = down {
        context.put_all(&batch.records, batch.first_seq, &mut out);
    }
    out.number(zigzag(welcome.wall_ms.wrapping_sub(hello.wall_ms)));
    out.noise.extend_from_slice(&proof(reply));
    squeeze(&out, &[])
}

/// Makes a reply whole from what was asked and the actor the hub has; nothing if that does not
/// lead to what the hub said.
#[must_use]
pub fn lengthen_reply(body: &[u8], asked: &Exchange, actor: Actor) -> Option<Reply> {
    let hello = &asked.hello;
    let inflated = inflate(body, &[])?;
    let mut from = inflated.open();
    let flags = from.byte()?;
    let short = u32::try_from(from.number()?).ok()?;
    let mut stated = |expected: u8, of: FeedHead| -> Option<Option<FeedHead>> {
        if flags & expected != 0 {
            return Some(None);
        }
        Some(Some(FeedHead {
            seq: from.number()?,
            chain: Chain(from.noise()?),
            ..of
        }))
    };
    let up = stated(ALL, hello.up)?.unwrap_or(hello.up);
    let down = stated(NO_MORE, hello.down)?;
    let verdicts = match flags & VERDICTS {
        0 => Vec::new(),
        _ => minicbor::decode(from.text()?).ok()?,
    };
    let generation = match flags & GENERATION {
        0 => None,
        _ => Some(minicbor::decode(from.text()?).ok()?),
    };
    let earlier = match flags & EARLIER {
        0 => None,
        _ => Some(minicbor::decode(from.text()?).ok()?),
    };
    let (batch, end) = match flags & DOWN {
        0 => (None, hello.down),
        _ => {
            let (mut context, _) = Context::after(actor, &[]);
            let records = context.take_all(hello.down.seq.checked_add(1)?, &mut from)?;
            let (batch, end) = batch_after(hello.down, records)?;
            (Some(batch), end)
        }
    };
    let wall_ms = hello.wall_ms.wrapping_add(unzigzag(from.number()?));
    let proven: [u8; PROOF_BYTES] = from.noise()?;
    if !from.plain.is_empty() || take(&mut from.noise, 1).is_some() {
        return None;
    }
    let welcome = Welcome {
        protocol: PROTOCOL_VERSION,
        actor,
        down: down.unwrap_or(end),
        up,
        wall_ms,
        days_differ: Vec::new(),
        fenced_by: None,
        earlier,
        generation,
        short: Some(short),
    };
    let ack = (flags & ACK != 0).then_some(Ack { held: up, verdicts });
    let reply = Reply {
        welcome,
        ack,
        refused: None,
        down: batch,
    };
    (proof(&reply) == proven).then_some(reply)
}
