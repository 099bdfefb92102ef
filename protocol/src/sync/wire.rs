//! Frames as bytes: one version byte, then a zstd frame of canonical CBOR, bounded both ways.

use minicbor::{Decode, Encode};

use super::comparison::{ComparisonAsked, ComparisonTold};
use super::frames::{Exchange, Reply};
use super::recovery::{RecoveryAsked, RecoveryTold};

/// The first byte of every body: a form both sides know.
const FORM: u8 = 1;
/// The largest body as sent, in bytes.
pub const BODY_BYTES_MAX: usize = 1024 * 1024;
/// The largest body once inflated, in bytes; what would grow larger is refused while inflating.
pub const PLAIN_BYTES_MAX: usize = 4 * 1024 * 1024;
/// zstd's level: 3 packs a batch of sales to a quarter at 0.2 ms (evidence/automerge.md, table A).
const LEVEL: i32 = 3;

/// A body that may be packed: the two directions of an exchange, a recovery and a comparison.
pub trait WireBody: Encode<()> + for<'b> Decode<'b, ()> {}
impl WireBody for Exchange {}
impl WireBody for Reply {}
impl WireBody for RecoveryAsked {}
impl WireBody for RecoveryTold {}
impl WireBody for ComparisonAsked {}
impl WireBody for ComparisonTold {}

/// Why a body cannot be packed or unpacked.
#[derive(Debug, thiserror::Error)]
pub enum WireFailed {
    /// It is larger than agreed.
    #[error("the body is larger than the {0} bytes agreed")]
    TooLarge(usize),
    /// It is of a form this program does not know.
    #[error("the body has the unknown form {0:?}")]
    UnknownForm(Option<u8>),
    /// It cannot be compressed or inflated.
    #[error("the body cannot be inflated")]
    Compression(#[source] std::io::Error),
    /// It holds no frames this program can read.
    #[error("the body holds no readable frames")]
    Frames(#[source] minicbor::decode::Error),
    /// It is in short, and does not lead to what its sender said.
    #[error("the body is in short and cannot be made whole")]
    Short,
}

/// Packs frames into a body.
///
/// # Errors
/// [`WireFailed::TooLarge`] when the body would exceed [`BODY_BYTES_MAX`].
pub fn pack<T: WireBody>(frames: &T) -> Result<Vec<u8>, WireFailed> {
    let plain = minicbor::to_vec(frames).expect("encoding into memory cannot fail");
    if plain.len() > PLAIN_BYTES_MAX {
        return Err(WireFailed::TooLarge(PLAIN_BYTES_MAX));
    }
    let packed = zstd::bulk::compress(&plain, LEVEL).map_err(WireFailed::Compression)?;
    if packed.len() >= BODY_BYTES_MAX {
        return Err(WireFailed::TooLarge(BODY_BYTES_MAX));
    }
    let mut body = Vec::with_capacity(packed.len() + 1);
    body.push(FORM);
    body.extend_from_slice(&packed);
    Ok(body)
}

/// Unpacks a body into frames; it never holds more than [`PLAIN_BYTES_MAX`] bytes.
///
/// # Errors
/// [`WireFailed`], saying which check it failed.
pub fn unpack<T: WireBody>(body: &[u8]) -> Result<T, WireFailed> {
    if body.len() > BODY_BYTES_MAX {
        return Err(WireFailed::TooLarge(BODY_BYTES_MAX));
    }
    let packed = match body.split_first() {
        Some((&FORM, packed)) => packed,
        other => return Err(WireFailed::UnknownForm(other.map(|(form, _)| *form))),
    };
    let plain = zstd::bulk::decompress(packed, PLAIN_BYTES_MAX).map_err(WireFailed::Compression)?;
    minicbor::decode(&plain).map_err(WireFailed::Frames)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop, proptest};

    use super::{PLAIN_BYTES_MAX, WireFailed, pack, unpack};
    use crate::documents::Actor;
    use crate::ids::{EdgeNumber, Incarnation};
    use crate::sync::{Exchange, FeedHead, FeedId, Hello};

    fn exchange() -> Exchange {
        let hello = Hello {
            protocol: 1,
            edge: EdgeNumber(7),
            incarnation: Incarnation(1),
            actor: Actor([1; 16]),
            up: FeedHead::start(FeedId(1)),
            down: FeedHead::start(FeedId(1)),
            wall_ms: 1_763_890_000_000,
            days: Vec::new(),
            forked_at: None,
            met: None,
            refused: None,
        };
        Exchange {
            hello,
            ack: None,
            up: None,
            back: None,
        }
    }

    #[test]
    fn frames_read_back_as_they_were_sent() {
        let body = pack(&exchange()).unwrap();
        assert_eq!(unpack::<Exchange>(&body).unwrap(), exchange());
    }

    #[test]
    fn a_bomb_is_refused_while_it_inflates() {
        let bomb = zstd::bulk::compress(&vec![0; PLAIN_BYTES_MAX + 1], 3).unwrap();
        let body = [vec![1], bomb].concat();
        assert!(matches!(
            unpack::<Exchange>(&body),
            Err(WireFailed::Compression(_))
        ));
        assert!(matches!(
            unpack::<Exchange>(&[]),
            Err(WireFailed::UnknownForm(None))
        ));
        assert!(matches!(
            unpack::<Exchange>(&[9, 9]),
            Err(WireFailed::UnknownForm(Some(9)))
        ));
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            // Only the absence of a panic is asserted: nearly all random bytes are refused.
            let _first = unpack::<Exchange>(&bytes);
            let body = [vec![1], zstd::bulk::compress(&bytes, 3).unwrap()].concat();
            let _second = unpack::<Exchange>(&body);
        }
    }
}
