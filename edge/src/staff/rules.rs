//! Who may sign in, and when a register stops listening to guesses.
//!
//! It hashes nothing: whether a PIN matches is found out beside it.

mod gates;

use counterpart_protocol::ids::StaffId;

pub use gates::Gates;
pub(crate) use gates::{Approver, Limits, Verdict, decide, names_approver};

/// How many wrong PINs a place takes, and how slowly it forgets them. Nothing else makes it forget:
/// whoever knows one PIN must not wipe away their guesses at another.
#[derive(Debug, Clone, Copy)]
struct Budget {
    /// Wrong PINs that may be typed at once.
    wrong_max: u32,
    /// How long until one of them is forgotten, in milliseconds.
    forgotten_ms: i64,
}

/// Five at a register, because fingers slip, and one more every five minutes.
const AT_REGISTER: Budget = Budget {
    wrong_max: 5,
    forgotten_ms: 5 * 60_000,
};
/// Twenty at all registers together, and one more every three minutes: to try the 10,000 PINs of
/// four digits then takes three weeks, day and night, however many registers there are.
const IN_STORE: Budget = Budget {
    wrong_max: 20,
    forgotten_ms: 3 * 60_000,
};
/// How long one sign-in lasts, in milliseconds: sixteen hours, the longest day in a shop.
pub(crate) const SESSION_MS_MAX: i64 = 16 * 3_600_000;

/// The wrong PINs of a place that are not forgotten yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Guesses {
    /// When the last of them is, in milliseconds UTC.
    pub forgotten_at_ms: i64,
}

/// The wrong PINs of a register and of all registers together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Attempts {
    /// Those typed at the register.
    pub register: Guesses,
    /// Those typed anywhere in the store.
    pub store: Guesses,
}

/// What a place still takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Left {
    /// How many PINs may be typed now.
    tries: u32,
    /// How long until the next one may, in milliseconds, if that is none.
    wait_ms: i64,
}

/// Where too many wrong PINs were typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// At the register.
    Register,
    /// At all registers together.
    Store,
}

/// Why somebody is not signed in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignInRefused {
    /// Nobody has this PIN.
    #[error("no one here has this PIN: type it again{}", tries_left(*left))]
    WrongPin {
        /// What the register still takes.
        left: Left,
    },
    /// The person chosen has another PIN.
    #[error("that is not the PIN of the person chosen: type it again{}", tries_left(*left))]
    NotTheirs {
        /// What the register still takes.
        left: Left,
    },
    /// Nobody has this badge.
    #[error("nobody here has this badge: type the PIN{}", tries_left(*left))]
    WrongBadge {
        /// What the register still takes.
        left: Left,
    },
    /// The badge was taken back.
    #[error("this badge was taken back: ask for a new one, and type the PIN{}", tries_left(*left))]
    BadgeRevoked {
        /// What the register still takes.
        left: Left,
    },
    /// The badge was not read whole.
    #[error("the badge was read wrong: scan it again{}", tries_left(*left))]
    BadgeMisread {
        /// What the register still takes.
        left: Left,
    },
    /// Too many wrong PINs.
    #[error("too many wrong PINs {}: try again in {}", where_of(*place), in_words(*wait_ms))]
    LockedOut {
        /// Where.
        place: Place,
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

impl SignInRefused {
    /// Tells whether what was typed or shown was nobody's: it counts, and an approval that fails by
    /// it is a fact.
    #[must_use]
    pub(crate) const fn is_wrong(&self) -> bool {
        match self {
            Self::WrongPin { .. }
            | Self::NotTheirs { .. }
            | Self::WrongBadge { .. }
            | Self::BadgeRevoked { .. }
            | Self::BadgeMisread { .. } => true,
            Self::LockedOut { .. }
            | Self::SeveralPeople
            | Self::NotOnRoster
            | Self::NoRoster
            | Self::NoSuchRegister { .. } => false,
        }
    }
}

impl Budget {
    /// Counts one more wrong PIN, or returns how long to wait for that, in milliseconds.
    fn charged(self, guesses: Guesses, now_ms: i64) -> Result<Guesses, i64> {
        let full_at_ms = now_ms + self.full_ms();
        // A clock that was set back must not lock a shop for days.
        let begun_ms = guesses.forgotten_at_ms.clamp(now_ms, full_at_ms);
        let forgotten_at_ms = begun_ms + self.forgotten_ms;
        match forgotten_at_ms - full_at_ms {
            wait_ms if wait_ms > 0 => Err(wait_ms),
            _ => Ok(Guesses { forgotten_at_ms }),
        }
    }

    fn given_back(self, guesses: Guesses) -> Guesses {
        Guesses {
            forgotten_at_ms: guesses.forgotten_at_ms - self.forgotten_ms,
        }
    }

    fn left(self, guesses: Guesses, now_ms: i64) -> Left {
        let room_ms = (now_ms + self.full_ms() - guesses.forgotten_at_ms).clamp(0, self.full_ms());
        Left {
            tries: u32::try_from(room_ms / self.forgotten_ms).unwrap_or(0),
            wait_ms: self.forgotten_ms - room_ms % self.forgotten_ms,
        }
    }

    const fn full_ms(self) -> i64 {
        self.wrong_max as i64 * self.forgotten_ms
    }
}

impl Attempts {
    /// Decides whether a PIN may be tried now, and counts it as wrong until it proves right, so
    /// that guesses made at the same moment are all counted.
    ///
    /// # Errors
    /// [`SignInRefused::LockedOut`].
    pub(crate) fn charged(self, now_ms: i64) -> Result<Self, SignInRefused> {
        let locked_out = |place| move |wait_ms| SignInRefused::LockedOut { place, wait_ms };
        let register = AT_REGISTER.charged(self.register, now_ms);
        let store = IN_STORE.charged(self.store, now_ms);
        Ok(Self {
            register: register.map_err(locked_out(Place::Register))?,
            store: store.map_err(locked_out(Place::Store))?,
        })
    }

    /// Takes back one that was charged, because the PIN was right.
    #[must_use]
    pub(crate) fn given_back(self) -> Self {
        Self {
            register: AT_REGISTER.given_back(self.register),
            store: IN_STORE.given_back(self.store),
        }
    }

    /// Returns what may still be tried at the register.
    #[must_use]
    pub(crate) fn left(self, now_ms: i64) -> Left {
        let register = AT_REGISTER.left(self.register, now_ms);
        let store = IN_STORE.left(self.store, now_ms);
        let scarce = |left: &Left| (left.tries, -left.wait_ms);
        std::cmp::min_by_key(register, store, scarce)
    }
}

/// Decides who signs in, given everybody whose PIN was the one typed.
///
/// # Errors
/// [`SignInRefused::WrongPin`], [`SignInRefused::SeveralPeople`].
pub(crate) fn the_one(matching: &[StaffId], left: Left) -> Result<StaffId, SignInRefused> {
    match matching {
        [] => Err(SignInRefused::WrongPin { left }),
        [only] => Ok(*only),
        [_, _, ..] => Err(SignInRefused::SeveralPeople),
    }
}

/// Tells whether a sign-in of `signed_in_at_ms` still counts.
#[must_use]
pub(crate) fn lasts(signed_in_at_ms: i64, now_ms: i64) -> bool {
    now_ms - signed_in_at_ms < SESSION_MS_MAX
}

fn tries_left(left: Left) -> String {
    match left.tries {
        0 => format!("; the next try is in {}", in_words(left.wait_ms)),
        1 => "; one try is left".to_owned(),
        _ => String::new(),
    }
}

const fn where_of(place: Place) -> &'static str {
    match place {
        Place::Register => "at this register",
        Place::Store => "in this store",
    }
}

fn in_words(wait_ms: i64) -> String {
    let seconds = (wait_ms + 999) / 1_000;
    match (seconds / 60, seconds % 60) {
        (0, seconds) => format!("{seconds} s"),
        (minutes, 0) => format!("{minutes} min"),
        (minutes, seconds) => format!("{minutes} min {seconds} s"),
    }
}

#[cfg(test)]
mod tests {
    use super::{AT_REGISTER, Attempts, IN_STORE, Left, Place, SESSION_MS_MAX, SignInRefused};
    use super::{lasts, the_one};
    use counterpart_protocol::ids::StaffId;

    fn after_wrong(times: u32, now_ms: i64) -> Attempts {
        (0..times).fold(Attempts::default(), |attempts, _| {
            attempts.charged(now_ms).expect("not locked yet")
        })
    }

    #[track_caller]
    fn check_locked(attempts: Attempts, now_ms: i64, place: Place, wait_ms: i64, words: &str) {
        let refused = attempts.charged(now_ms).unwrap_err();
        assert_eq!(refused, SignInRefused::LockedOut { place, wait_ms });
        assert_eq!(refused.to_string(), words);
    }

    #[test]
    fn five_wrong_pins_lock_the_register_and_one_is_forgotten_every_five_minutes() {
        let attempts = after_wrong(4, 1_000);
        assert_eq!(attempts.left(1_000).tries, 1);
        let attempts = attempts.charged(1_000).unwrap();
        let left = attempts.left(1_000);
        assert_eq!((left.tries, left.wait_ms), (0, 300_000));
        check_locked(
            attempts,
            21_000,
            Place::Register,
            280_000,
            "too many wrong PINs at this register: try again in 4 min 40 s",
        );
        let attempts = attempts.charged(301_000).unwrap();
        check_locked(
            attempts,
            301_000,
            Place::Register,
            300_000,
            "too many wrong PINs at this register: try again in 5 min",
        );
    }

    #[test]
    fn a_right_pin_takes_back_its_own_try_and_no_guess() {
        let guessed = after_wrong(4, 0);
        let signed_in = guessed.charged(0).unwrap().given_back();
        assert_eq!(signed_in, guessed);
        assert!(signed_in.charged(0).unwrap().charged(0).is_err());
    }

    #[test]
    fn guesses_at_many_registers_are_counted_together() {
        let mut store = Attempts::default().store;
        for _ in 0..4 {
            let mut at_one = Attempts {
                store,
                ..Attempts::default()
            };
            for _ in 0..5 {
                at_one = at_one.charged(0).unwrap();
            }
            store = at_one.store;
        }
        let fresh_register = Attempts {
            store,
            ..Attempts::default()
        };
        check_locked(
            fresh_register,
            130_000,
            Place::Store,
            50_000,
            "too many wrong PINs in this store: try again in 50 s",
        );
        let left = fresh_register.left(130_000);
        assert_eq!((left.tries, left.wait_ms), (0, 50_000));
    }

    #[test]
    fn every_pin_of_four_digits_takes_weeks() {
        for (budget, days) in [(AT_REGISTER, 34), (IN_STORE, 20)] {
            let tries = 10_000 - i64::from(budget.wrong_max);
            assert!(tries * budget.forgotten_ms >= days * 86_400_000);
        }
    }

    #[test]
    fn a_clock_set_back_does_not_lock_the_shop_for_days() {
        let attempts = after_wrong(5, 90 * 86_400_000);
        let refused = attempts.charged(0).unwrap_err();
        let place = Place::Register;
        let wait_ms = 300_000;
        assert_eq!(refused, SignInRefused::LockedOut { place, wait_ms });
        assert_eq!(attempts.left(0).tries, 0);
    }

    #[test]
    fn a_pin_means_one_person_or_nobody() {
        let (ada, ben) = (StaffId::from_parts(1, 1), StaffId::from_parts(1, 2));
        let left = after_wrong(1, 0).left(0);
        assert_eq!(left.tries, 4);
        assert_eq!(the_one(&[ada], left), Ok(ada));
        assert_eq!(the_one(&[], left), Err(SignInRefused::WrongPin { left }));
        assert_eq!(
            the_one(&[ada, ben], left),
            Err(SignInRefused::SeveralPeople)
        );
    }

    #[test]
    fn what_is_left_is_said_when_it_is_little() {
        #[track_caller]
        fn check(tries: u32, wait_ms: i64, words: &str) {
            let left = Left { tries, wait_ms };
            assert_eq!(SignInRefused::WrongPin { left }.to_string(), words);
        }
        check(2, 1, "no one here has this PIN: type it again");
        check(
            1,
            1,
            "no one here has this PIN: type it again; one try is left",
        );
        check(
            0,
            299_001,
            "no one here has this PIN: type it again; the next try is in 5 min",
        );
    }

    #[test]
    fn a_sign_in_ends_after_the_longest_day() {
        assert!(lasts(0, SESSION_MS_MAX - 1));
        assert!(!lasts(0, SESSION_MS_MAX));
    }
}
