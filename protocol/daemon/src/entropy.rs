//! The only place that asks for randomness, so that a test or a simulator can repeat a run.
//!
//! It makes no ids and no keys: it fills bytes, and whoever needs an id builds it from them.

use std::sync::{Arc, Mutex, PoisonError};

use sha2::{Digest, Sha256};

/// Fills bytes that nobody can predict.
pub trait Entropy: Send + Sync {
    /// Overwrites every byte of `bytes`.
    fn fill(&self, bytes: &mut [u8]);
}

/// A source of randomness that several tasks and threads hold.
pub type SharedEntropy = Arc<dyn Entropy>;

/// Returns `N` fresh bytes.
#[must_use]
pub fn random_bytes<const N: usize>(entropy: &dyn Entropy) -> [u8; N] {
    let mut bytes = [0; N];
    entropy.fill(&mut bytes);
    bytes
}

/// The operating system's generator, fit for keys and secrets.
#[derive(Debug, Clone, Copy, Default)]
pub struct OsEntropy;

impl OsEntropy {
    /// Returns the system's generator, ready to be shared.
    #[must_use]
    pub fn shared() -> SharedEntropy {
        Arc::new(Self)
    }
}

impl Entropy for OsEntropy {
    /// Fills `bytes` from the operating system.
    ///
    /// # Panics
    ///
    /// When the system has no generator: going on would make keys that can be guessed.
    #[expect(clippy::disallowed_methods, reason = "this is the one place that may")]
    fn fill(&self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("every supported system has a random generator");
    }
}

/// A generator that repeats itself for the same seed: for tests and simulators, never for keys.
///
/// Block `n` of its output is SHA-256 of the seed and `n`, both as eight big-endian bytes.
#[derive(Debug)]
pub struct SeededEntropy {
    seed: u64,
    next: Mutex<u64>,
}

impl SeededEntropy {
    /// Returns a generator that always yields the same bytes for the same `seed`.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self {
            seed,
            next: Mutex::new(0),
        }
    }

    /// Returns such a generator, ready to be shared.
    #[must_use]
    pub fn shared(seed: u64) -> SharedEntropy {
        Arc::new(Self::new(seed))
    }
}

impl Entropy for SeededEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        for chunk in bytes.chunks_mut(32) {
            let block = Sha256::new()
                .chain_update(self.seed.to_be_bytes())
                .chain_update(next.to_be_bytes())
                .finalize();
            chunk.copy_from_slice(&block[..chunk.len()]);
            *next = next.wrapping_add(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_seed_always_tells_the_same_story() {
        let (first, second) = (SeededEntropy::new(7), SeededEntropy::new(7));
        let (a, b): ([u8; 70], [u8; 70]) = (random_bytes(&first), random_bytes(&second));
        assert_eq!(a, b);
        assert_ne!(
            a,
            random_bytes(&first),
            "the second draw differs from the first"
        );
        assert_ne!(a, random_bytes(&SeededEntropy::new(8)));
    }

    #[test]
    fn the_system_does_not_repeat_itself() {
        assert_ne!(
            random_bytes::<32>(&OsEntropy),
            random_bytes::<32>(&OsEntropy)
        );
    }
}
