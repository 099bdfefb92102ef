//! Waiting for something that will happen, with a deadline and a name, instead of sleeping.
//!
//! It asserts no time: a deadline here says "it never came", not "it was slow".

use std::fmt::Debug;
use std::time::Duration;

use tokio::time::MissedTickBehavior;

/// How long a thing that must happen may take before a journey calls it lost. A thousand times
/// what it takes on a quiet machine, because two cores are shared with a browser and a compiler;
/// and twice the longest pause of an edge between two calls to its hub (60 s), which a line that
/// was cut for half a minute has reached: a mended line is only noticed with the next call.
pub const PATIENCE: Duration = Duration::from_secs(120);

/// How often a thing is looked at that cannot tell by itself.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// Waits until `look` answers something, and returns it.
///
/// # Panics
///
/// When [`PATIENCE`] is over, naming `what` was awaited.
#[track_caller]
pub fn until<T, Looked>(
    what: impl Into<String>,
    look: impl FnMut() -> Looked,
) -> impl Future<Output = T>
where
    Looked: Future<Output = Option<T>>,
{
    until_within(PATIENCE, what, look)
}

/// Like [`until`], with a deadline of its own.
///
/// # Panics
///
/// When `patience` is over, naming `what` was awaited and who waited.
#[track_caller]
pub fn until_within<T, Looked>(
    patience: Duration,
    what: impl Into<String>,
    mut look: impl FnMut() -> Looked,
) -> impl Future<Output = T>
where
    Looked: Future<Output = Option<T>>,
{
    let (caller, what) = (std::panic::Location::caller(), what.into());
    async move {
        let looking = async {
            let mut ticks = tokio::time::interval(LOOK_EVERY);
            ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
            loop {
                ticks.tick().await;
                if let Some(found) = look().await {
                    return found;
                }
            }
        };
        match tokio::time::timeout(patience, looking).await {
            Ok(found) => found,
            Err(_) => panic!("{caller}: waited {patience:?} in vain for {what}"),
        }
    }
}

/// Waits until `look` answers what `wanted` accepts, and returns it; a failure shows the last
/// answer, which is what one wants to know then.
///
/// # Panics
///
/// When [`PATIENCE`] is over.
#[track_caller]
pub fn until_seen<T, Looked>(
    what: impl Into<String>,
    mut look: impl FnMut() -> Looked,
    wanted: impl Fn(&T) -> bool,
) -> impl Future<Output = T>
where
    T: Debug,
    Looked: Future<Output = T>,
{
    let (caller, what) = (std::panic::Location::caller(), what.into());
    async move {
        let mut last = None;
        let looking = async {
            let mut ticks = tokio::time::interval(LOOK_EVERY);
            ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
            loop {
                ticks.tick().await;
                let seen = look().await;
                if wanted(&seen) {
                    return seen;
                }
                last = Some(seen);
            }
        };
        match tokio::time::timeout(PATIENCE, looking).await {
            Ok(seen) => seen,
            Err(_) => {
                panic!("{caller}: waited {PATIENCE:?} in vain for {what}; last seen: {last:#?}")
            }
        }
    }
}

/// Waits for something that tells by itself, such as a virtual device, and returns what it told.
///
/// # Panics
///
/// When it does not tell within [`PATIENCE`], naming `what` was awaited.
#[track_caller]
pub fn told<T>(
    what: impl Into<String>,
    telling: impl Future<Output = T>,
) -> impl Future<Output = T> {
    let (caller, what) = (std::panic::Location::caller(), what.into());
    async move {
        let told = tokio::time::timeout(PATIENCE, telling).await;
        told.unwrap_or_else(|_| panic!("{caller}: waited {PATIENCE:?} in vain for {what}"))
    }
}
