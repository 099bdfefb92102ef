//! The line between a store and its hub, with a hand on the plug.
//!
//! A TCP relay that the edge is told to be its hub: TLS goes through untouched, and every fault of
//! a network can be had by a call. Nothing here is random: what breaks, breaks when it is told to.

mod relay;
mod state;

pub use state::{Direction, LineState, Passage};

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_util::sync::{CancellationToken, DropGuard};

use self::state::Fuse;

/// A handle on a line; cheap to clone. The line ends with [`Line::shutdown`] or its last handle.
#[derive(Debug, Clone)]
pub struct Line {
    shared: Arc<Shared>,
    _last_handle: Arc<DropGuard>,
}

#[derive(Debug)]
struct Shared {
    state: watch::Sender<LineState>,
    leads_to: Mutex<SocketAddr>,
    fuse: Mutex<Option<Fuse>>,
    address: SocketAddr,
    closing: CancellationToken,
    task: Mutex<Option<JoinHandle<()>>>,
}

impl Line {
    /// Lays a line from `listen` (port 0 for any free one) to `leads_to`; needs a runtime.
    ///
    /// # Errors
    ///
    /// The system's, when `listen` cannot be listened on.
    pub async fn open(listen: SocketAddr, leads_to: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind(listen).await?;
        let closing = CancellationToken::new();
        let shared = Arc::new(Shared {
            state: watch::Sender::new(LineState::default()),
            leads_to: Mutex::new(leads_to),
            fuse: Mutex::new(None),
            address: listener.local_addr()?,
            closing: closing.clone(),
            task: Mutex::new(None),
        });
        let task = tokio::spawn(relay::run(Arc::clone(&shared), listener));
        *held(&shared.task) = Some(task);
        Ok(Self {
            shared,
            _last_handle: Arc::new(closing.drop_guard()),
        })
    }

    /// Returns where the store's end of the line is.
    pub fn address(&self) -> SocketAddr {
        self.shared.address
    }

    /// Returns how the line is and what it has carried.
    pub fn state(&self) -> LineState {
        self.shared.state.borrow().clone()
    }

    /// Returns the state to wait on; it changes with every piece that is carried.
    pub fn changes(&self) -> watch::Receiver<LineState> {
        self.shared.state.subscribe()
    }

    /// Waits until `reached` holds and returns what is then so; the caller sets the deadline.
    pub async fn until(&self, reached: impl FnMut(&LineState) -> bool) -> LineState {
        let mut changes = self.changes();
        let state = changes.wait_for(reached).await;
        state.expect("this handle keeps the sender").clone()
    }

    /// Leads new connections somewhere else, when the hub has moved.
    pub fn lead_to(&self, leads_to: SocketAddr) {
        *held(&self.shared.leads_to) = leads_to;
    }

    /// Cuts the line, as when a router between them loses its power: what is open is reset, and
    /// what is opened is reset at once.
    pub fn cut(&self) {
        self.pass(Passage::Cut);
    }

    /// Lets nobody listen at the end of the line: new connections are refused, open ones reset.
    pub fn refuse(&self) {
        self.pass(Passage::Refusing);
    }

    /// Lets connections stand and open, and nothing move: a cable pulled out, a half-open line.
    pub fn stall(&self) {
        self.pass(Passage::Stalled);
    }

    /// Lets only `open` through; what goes the other way waits.
    pub fn pass_only(&self, open: Direction) {
        self.pass(Passage::OneWay(open));
    }

    /// Ends the one connection that carries byte number `bytes` in `direction`, counted from now:
    /// so many bytes arrive, none after them.
    pub fn drop_after(&self, direction: Direction, bytes: u64) {
        *held(&self.shared.fuse) = Some(Fuse { direction, bytes });
    }

    /// Makes every piece of either direction `delay` late, in order.
    pub fn delay(&self, delay: Duration) {
        self.shared.state.send_modify(|state| state.delay = delay);
    }

    /// Makes the line as it should be, but for its delay: what waited in it goes on.
    pub fn mend(&self) {
        *held(&self.shared.fuse) = None;
        self.pass(Passage::Open);
    }

    /// Takes the line away and waits until its port is free.
    pub async fn shutdown(&self) {
        self.shared.closing.cancel();
        let task = held(&self.shared.task).take();
        if let Some(task) = task
            && let Err(error) = task.await
        {
            tracing::error!(%error, "the line's task ended by itself");
        }
    }

    fn pass(&self, passage: Passage) {
        self.shared
            .state
            .send_modify(|state| state.passage = passage);
    }
}

/// Locks what no holder leaves half-changed, whatever became of the one before.
fn held<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
