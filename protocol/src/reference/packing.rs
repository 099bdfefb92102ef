//! Snapshots on the wire: packed whole, or as the difference to one the reader holds.
//!
//! A difference is a zstd frame whose prefix is the older snapshot (what `zstd --patch-from`
//! makes): it knows nothing of what is inside, so one form serves every kind. It proves nothing
//! either: whoever unpacks compares the hash with the published one.

use sha2::{Digest as _, Sha256};
use zstd::zstd_safe::{CCtx, CParameter, DCtx, compress_bound, get_error_name};

/// The largest snapshot, in bytes: 50,000 products are some 12 MB.
pub const SNAPSHOT_BYTES_MAX: usize = 64 * 1024 * 1024;
/// The name of the form in `A-IM` and `IM` (RFC 3229).
pub const DELTA_FORM: &str = "zstd-prefix";
/// zstd's level for snapshots: they are packed once and sent many times.
const LEVEL: i32 = 6;
/// The window reaches over the older snapshot and the newer one: 2²⁷ bytes.
const WINDOW_LOG: u32 = 27;

/// Why bytes are no packed snapshot.
#[derive(Debug, thiserror::Error)]
pub enum PackingFailed {
    /// It is larger than any snapshot.
    #[error("a snapshot has at most {SNAPSHOT_BYTES_MAX} bytes")]
    TooLarge,
    /// zstd refused.
    #[error("the snapshot cannot be packed or unpacked: {0}")]
    Zstd(&'static str),
}

fn zstd_said(code: usize) -> PackingFailed {
    PackingFailed::Zstd(get_error_name(code))
}

/// Packs a snapshot whole.
///
/// # Errors
/// [`PackingFailed`].
pub fn pack(plain: &[u8]) -> Result<Vec<u8>, PackingFailed> {
    compressed(None, plain)
}

/// Unpacks a snapshot; it never holds more than [`SNAPSHOT_BYTES_MAX`] bytes.
///
/// # Errors
/// [`PackingFailed`].
pub fn unpack(packed: &[u8]) -> Result<Vec<u8>, PackingFailed> {
    decompressed(None, packed)
}

/// Writes down what changed from `base` to `plain`.
///
/// # Errors
/// [`PackingFailed`].
pub fn delta(base: &[u8], plain: &[u8]) -> Result<Vec<u8>, PackingFailed> {
    compressed(Some(base), plain)
}

/// Applies a difference to `base`. The result is whatever the difference makes of it: compare its
/// hash before believing it.
///
/// # Errors
/// [`PackingFailed`].
pub fn apply(base: &[u8], delta: &[u8]) -> Result<Vec<u8>, PackingFailed> {
    decompressed(Some(base), delta)
}

/// Tells whether a snapshot has the hash it should have.
#[must_use]
pub fn is(plain: &[u8], sha256: &[u8; 32]) -> bool {
    Sha256::digest(plain).as_slice() == sha256
}

fn compressed(base: Option<&[u8]>, plain: &[u8]) -> Result<Vec<u8>, PackingFailed> {
    let largest = plain.len().max(base.map_or(0, <[u8]>::len));
    if largest > SNAPSHOT_BYTES_MAX {
        return Err(PackingFailed::TooLarge);
    }
    let mut context = CCtx::create();
    let mut set = |parameter| context.set_parameter(parameter).map_err(zstd_said);
    set(CParameter::CompressionLevel(LEVEL))?;
    set(CParameter::ChecksumFlag(true))?;
    if base.is_some() {
        set(CParameter::WindowLog(WINDOW_LOG))?;
        set(CParameter::EnableLongDistanceMatching(true))?;
    }
    if let Some(base) = base {
        context.ref_prefix(base).map_err(zstd_said)?;
    }
    let mut packed = Vec::with_capacity(compress_bound(plain.len()));
    context.compress2(&mut packed, plain).map_err(zstd_said)?;
    Ok(packed)
}

fn decompressed(base: Option<&[u8]>, packed: &[u8]) -> Result<Vec<u8>, PackingFailed> {
    // What the frame says of itself is only believed up to the bound.
    let said = zstd::zstd_safe::get_frame_content_size(packed)
        .map_err(|_| PackingFailed::Zstd("it is no frame"))?
        .ok_or(PackingFailed::Zstd("it does not say its size"))?;
    let size = usize::try_from(said).unwrap_or(usize::MAX);
    if size > SNAPSHOT_BYTES_MAX {
        return Err(PackingFailed::TooLarge);
    }
    let mut context = DCtx::create();
    if let Some(base) = base {
        context.ref_prefix(base).map_err(zstd_said)?;
    }
    let mut plain = Vec::with_capacity(size);
    context.decompress(&mut plain, packed).map_err(zstd_said)?;
    Ok(plain)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop, prop_assert_eq, proptest};

    use super::{PackingFailed, SNAPSHOT_BYTES_MAX, apply, delta, pack, unpack};

    fn sheet(rows: u32, changed: u32) -> Vec<u8> {
        let mut text = String::new();
        for row in 0..rows {
            let price = if row == changed { 1 } else { row * 7 % 9_973 };
            text += &format!("{{\"sku\":\"P-{row}\",\"name\":\"Thing {row}\",\"price\":{price}}},");
        }
        text.into_bytes()
    }

    #[test]
    fn one_changed_price_of_thousands_is_a_small_difference() {
        let (old, new) = (sheet(20_000, 0), sheet(20_000, 9_000));
        let (whole, difference) = (pack(&new).unwrap(), delta(&old, &new).unwrap());
        assert_eq!(unpack(&whole).unwrap(), new);
        assert_eq!(apply(&old, &difference).unwrap(), new);
        assert!(
            difference.len() * 100 < whole.len(),
            "{} of {} bytes",
            difference.len(),
            whole.len()
        );
    }

    #[test]
    fn a_difference_to_another_base_is_not_taken_for_the_snapshot() {
        let (old, new) = (sheet(500, 0), sheet(500, 20));
        let difference = delta(&old, &new).unwrap();
        match apply(&sheet(500, 33), &difference) {
            Ok(other) => assert_ne!(other, new),
            Err(PackingFailed::Zstd(_) | PackingFailed::TooLarge) => {}
        }
    }

    #[test]
    fn a_bomb_is_refused_before_it_inflates() {
        let bomb = zstd::bulk::compress(&vec![0; SNAPSHOT_BYTES_MAX + 1], 1).unwrap();
        assert!(matches!(unpack(&bomb), Err(PackingFailed::TooLarge)));
        assert!(matches!(apply(b"x", &bomb), Err(PackingFailed::TooLarge)));
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            // Only the absence of a panic is asserted: nearly all random bytes are refused.
            let _first = unpack(&bytes);
            let _second = apply(b"something older", &bytes);
        }

        #[test]
        fn a_difference_leads_from_any_bytes_to_any_others(
            old in prop::collection::vec(any::<u8>(), 0..400),
            new in prop::collection::vec(any::<u8>(), 0..400),
        ) {
            prop_assert_eq!(apply(&old, &delta(&old, &new).unwrap()).unwrap(), new);
        }
    }
}
