//! How much of something one caller holds: requests of an address, streams of a session.
//!
//! It bounds what one of them can take from all others; how much there is in all is bounded beside
//! it.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, PoisonError};

/// What every caller holds; clones share it. It remembers only callers who hold something.
#[derive(Debug)]
pub(crate) struct Shares<K> {
    held: Arc<Mutex<BTreeMap<K, usize>>>,
}

/// One thing held by one caller, given back when it is dropped.
#[derive(Debug)]
pub(crate) struct Share<K: Ord + Clone> {
    of: Shares<K>,
    caller: K,
}

impl<K> Default for Shares<K> {
    fn default() -> Self {
        Self {
            held: Arc::default(),
        }
    }
}

impl<K> Clone for Shares<K> {
    fn clone(&self) -> Self {
        Self {
            held: Arc::clone(&self.held),
        }
    }
}

impl<K: Ord + Clone> Shares<K> {
    /// Takes one for `caller`, unless it holds `most` already.
    pub(crate) fn try_take(&self, caller: K, most: usize) -> Option<Share<K>> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let count = held.get(&caller).copied().unwrap_or(0);
        if count >= most {
            return None;
        }
        held.insert(caller.clone(), count + 1);
        Some(Share {
            of: self.clone(),
            caller,
        })
    }
}

impl<K: Ord + Clone> Drop for Share<K> {
    fn drop(&mut self) {
        let mut held = self.of.held.lock().unwrap_or_else(PoisonError::into_inner);
        match held.get(&self.caller).copied().unwrap_or(0) {
            0 | 1 => held.remove(&self.caller),
            count => held.insert(self.caller.clone(), count - 1),
        };
    }
}

/// Returns the address that is counted as one caller: a household or a machine has a whole /64 of
/// IPv6 (RFC 6177), so its addresses there are one.
pub(crate) fn caller(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::V6(match address.is_loopback() {
                true => address,
                false => Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0),
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Shares, caller};

    #[test]
    fn a_caller_takes_so_much_and_no_more_and_others_still_get_theirs() {
        let shares = Shares::default();
        let first = shares.try_take("ada", 2);
        let _second = shares.try_take("ada", 2).expect("one is left");
        assert!(shares.try_take("ada", 2).is_none());
        let ben = shares.try_take("ben", 2);
        assert!(ben.is_some());
        drop(first);
        assert!(shares.try_take("ada", 2).is_some(), "it was given back");
        drop(ben);
        assert_eq!(shares.held.lock().unwrap().len(), 1, "only ada holds one");
    }

    #[test]
    fn the_addresses_of_one_machine_are_one_caller() {
        #[track_caller]
        fn check(address: &str, counted: &str) {
            let counted: std::net::IpAddr = counted.parse().unwrap();
            assert_eq!(caller(address.parse().unwrap()), counted);
        }
        check("192.0.2.7", "192.0.2.7");
        check("::ffff:192.0.2.7", "192.0.2.7");
        check("2001:db8:1:2:aaaa::7", "2001:db8:1:2::");
        check("::1", "::1");
    }
}
