//! Who may sign in, and when a register stops listening to guesses.
//!
//! It hashes nothing: whether a PIN matches is found out beside it.

use counterpart_protocol::ids::StaffId;

/// Wrong PINs in a row that a person may type: five, because fingers slip.
const WRONG_MAX: u32 = 5;
/// The first pause after too many, in milliseconds: one minute; each further wrong PIN doubles it.
const PAUSE_MS: i64 = 60_000;
/// The longest pause, in milliseconds: a quarter of an hour. 10,000 PINs of four digits then take
/// more than a hundred days.
const PAUSE_MS_MAX: i64 = 15 * 60_000;
/// How long one sign-in lasts, in milliseconds: sixteen hours, the longest day in a shop.
pub(crate) const SESSION_MS_MAX: i64 = 16 * 3_600_000;

/// The guesses made at a register since the last right one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Attempts {
    /// Wrong PINs in a row.
    pub wrong: u32,
    /// Until when no PIN is taken, in milliseconds UTC.
    pub locked_until_ms: i64,
}

/// Why somebody is not signed in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignInRefused {
    /// Nobody has this PIN.
    #[error("no one here has this PIN: type it again{}", tries_left(*left))]
    WrongPin {
        /// How often it may be tried before the register pauses.
        left: u32,
    },
    /// The person chosen has another PIN.
    #[error("that is not the PIN of the person chosen: type it again{}", tries_left(*left))]
    NotTheirs {
        /// How often it may be tried before the register pauses.
        left: u32,
    },
    /// Too many wrong PINs.
    #[error("too many wrong PINs at this register: try again in {} s", seconds(*wait_ms))]
    LockedOut {
        /// How long it lasts.
        wait_ms: i64,
    },
    /// Several people have this PIN.
    #[error("several people have this PIN: choose your name, then type it again")]
    SeveralPeople,
    /// The person chosen is not on the list.
    #[error("this person is not on the store's list of staff: choose another")]
    NotOnRoster,
    /// There is no list of staff.
    #[error("the store has no list of staff yet: it comes from the hub, see Status")]
    NoRoster,
    /// There is no such register.
    #[error("this store has no register {register}")]
    NoSuchRegister {
        /// The number asked for.
        register: u16,
    },
}

impl Attempts {
    /// Decides whether a PIN may be tried now, and counts it as wrong until it proves right, so
    /// that guesses made at the same moment are all counted.
    ///
    /// # Errors
    /// [`SignInRefused::LockedOut`].
    pub(crate) fn charged(self, now_ms: i64) -> Result<Self, SignInRefused> {
        let wait_ms = self.locked_until_ms - now_ms;
        // A clock that was set back must not lock a shop for days.
        if wait_ms > 0 && wait_ms <= PAUSE_MS_MAX {
            return Err(SignInRefused::LockedOut { wait_ms });
        }
        let wrong = self.wrong.saturating_add(1);
        let locked_until_ms = match wrong.checked_sub(WRONG_MAX) {
            None => 0,
            Some(beyond) => {
                let pause = PAUSE_MS.saturating_mul(1_i64 << beyond.min(20));
                now_ms + pause.min(PAUSE_MS_MAX)
            }
        };
        Ok(Self {
            wrong,
            locked_until_ms,
        })
    }

    /// Returns how often a PIN may still be typed before the register pauses.
    #[must_use]
    pub(crate) fn left(self) -> u32 {
        WRONG_MAX.saturating_sub(self.wrong)
    }
}

/// Decides who signs in, given everybody whose PIN was the one typed.
///
/// # Errors
/// [`SignInRefused::WrongPin`], [`SignInRefused::SeveralPeople`].
pub(crate) fn the_one(matching: &[StaffId], attempts: Attempts) -> Result<StaffId, SignInRefused> {
    match matching {
        [] => Err(SignInRefused::WrongPin {
            left: attempts.left(),
        }),
        [only] => Ok(*only),
        [_, _, ..] => Err(SignInRefused::SeveralPeople),
    }
}

/// Tells whether a sign-in of `signed_in_at_ms` still counts.
#[must_use]
pub(crate) fn lasts(signed_in_at_ms: i64, now_ms: i64) -> bool {
    now_ms - signed_in_at_ms < SESSION_MS_MAX
}

fn tries_left(left: u32) -> String {
    match left {
        0 => "; this register now pauses for a minute".to_owned(),
        1 => "; one try is left".to_owned(),
        _ => String::new(),
    }
}

fn seconds(wait_ms: i64) -> i64 {
    (wait_ms + 999) / 1_000
}

#[cfg(test)]
mod tests {
    use super::{Attempts, PAUSE_MS_MAX, SESSION_MS_MAX, SignInRefused, lasts, the_one};
    use counterpart_protocol::ids::StaffId;

    fn after_wrong(times: u32, now_ms: i64) -> Attempts {
        (0..times).fold(Attempts::default(), |attempts, _| {
            attempts.charged(now_ms).expect("not locked yet")
        })
    }

    #[test]
    fn the_fifth_wrong_pin_pauses_the_register_for_a_minute() {
        let attempts = after_wrong(4, 1_000);
        assert_eq!((attempts.left(), attempts.locked_until_ms), (1, 0));
        let attempts = attempts.charged(1_000).unwrap();
        assert_eq!(attempts.left(), 0);
        let refused = attempts.charged(31_000).unwrap_err();
        assert_eq!(refused, SignInRefused::LockedOut { wait_ms: 30_000 });
        assert_eq!(
            refused.to_string(),
            "too many wrong PINs at this register: try again in 30 s"
        );
        assert!(attempts.charged(61_000).is_ok());
    }

    #[test]
    fn each_further_wrong_pin_doubles_the_pause_up_to_a_quarter_of_an_hour() {
        let mut attempts = after_wrong(5, 0);
        let mut pauses = Vec::new();
        for _ in 0..6 {
            let now_ms = attempts.locked_until_ms;
            attempts = attempts.charged(now_ms).unwrap();
            pauses.push((attempts.locked_until_ms - now_ms) / 60_000);
        }
        assert_eq!(pauses, [2, 4, 8, 15, 15, 15]);
    }

    #[test]
    fn a_clock_set_back_does_not_lock_the_shop_for_days() {
        let attempts = after_wrong(5, 90_000_000);
        assert!(attempts.charged(90_000_000 - PAUSE_MS_MAX).is_ok());
    }

    #[test]
    fn a_pin_means_one_person_or_nobody() {
        let (ada, ben) = (StaffId::from_parts(1, 1), StaffId::from_parts(1, 2));
        let attempts = after_wrong(1, 0);
        assert_eq!(the_one(&[ada], attempts), Ok(ada));
        assert_eq!(
            the_one(&[], attempts),
            Err(SignInRefused::WrongPin { left: 4 })
        );
        assert_eq!(
            the_one(&[ada, ben], attempts),
            Err(SignInRefused::SeveralPeople)
        );
    }

    #[test]
    fn a_sign_in_ends_after_the_longest_day() {
        assert!(lasts(0, SESSION_MS_MAX - 1));
        assert!(!lasts(0, SESSION_MS_MAX));
    }
}
