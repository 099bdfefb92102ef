//! A fiscal signer on a TCP port: it signs with a real key, counts without a gap and remembers over
//! its own restarts; faults are set on the handle.

mod ledger;
mod wire;

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, watch};
use tokio::task::{JoinHandle, JoinSet};
use tokio_util::sync::CancellationToken;

use crate::port::PortAddress;

use ledger::Ledger;
pub use ledger::SignedTransaction;

/// How long the port waits before it is opened again when another program took it.
const REBIND_PAUSE: Duration = Duration::from_millis(50);

/// Tells the time of day in milliseconds UTC; this crate reads no clock for it.
pub type TimeOfDay = Arc<dyn Fn() -> i64 + Send + Sync>;

/// How a virtual signer is made.
#[derive(Clone)]
pub struct VirtualSignerOptions {
    /// Where it listens; port 0 for any free one.
    pub listen: SocketAddr,
    /// Where it keeps its key and its journal; made if it is missing.
    pub folder: PathBuf,
    /// The secret of its key, used when the folder has none yet.
    pub secret: [u8; 32],
    /// The clock it stamps with.
    pub time: TimeOfDay,
}

/// What is wrong with a virtual signer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SignerFault {
    /// Nothing.
    #[default]
    None,
    /// It has no power: nobody listens.
    Off,
    /// It signs, and answers so much later.
    Slow(Duration),
    /// Its certificate has ended: it refuses.
    Refuses,
    /// It answers what no signer answers.
    Garbage,
    /// It signs and hangs up before the answer; other questions it answers.
    DropsAfterSigning,
}

/// A handle on a virtual signer; cheap to clone. It goes on until [`VirtualSigner::shutdown`] or
/// until the last handle is dropped.
#[derive(Debug, Clone)]
pub struct VirtualSigner {
    shared: Arc<Shared>,
    _last_handle: Arc<tokio_util::sync::DropGuard>,
}

struct Shared {
    ledger: Mutex<Ledger>,
    fault: Mutex<SignerFault>,
    time: TimeOfDay,
    touched: Notify,
    revision: watch::Sender<u64>,
    address: SocketAddr,
    closing: CancellationToken,
    task: Mutex<Option<JoinHandle<()>>>,
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("VirtualSigner")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

impl VirtualSigner {
    /// Switches a signer on; needs a runtime.
    ///
    /// # Errors
    /// The system's, when the folder cannot be used or the address not be listened on;
    /// `InvalidData` when its journal was changed by somebody else.
    pub async fn spawn(options: VirtualSignerOptions) -> io::Result<Self> {
        let ledger = Ledger::open(&options.folder, &options.secret)?;
        let listener = TcpListener::bind(options.listen).await?;
        let closing = CancellationToken::new();
        let shared = Arc::new(Shared {
            ledger: Mutex::new(ledger),
            fault: Mutex::default(),
            time: options.time,
            touched: Notify::new(),
            revision: watch::Sender::new(0),
            address: listener.local_addr()?,
            closing: closing.clone(),
            task: Mutex::new(None),
        });
        let task = tokio::spawn(run(Arc::clone(&shared), listener));
        *shared.task.lock().expect("nobody panics holding it") = Some(task);
        Ok(Self {
            shared,
            _last_handle: Arc::new(closing.drop_guard()),
        })
    }

    /// Returns its address as an installer would write it.
    #[must_use]
    pub fn port_address(&self) -> PortAddress {
        PortAddress::Tcp {
            host: self.shared.address.ip().to_string(),
            port: self.shared.address.port(),
        }
    }

    /// Returns its serial number: its public key in hexadecimal.
    #[must_use]
    pub fn serial(&self) -> String {
        self.shared.ledger().serial().to_owned()
    }

    /// Returns all it ever signed, in order.
    #[must_use]
    pub fn signed(&self) -> Vec<SignedTransaction> {
        self.shared.ledger().signed().to_vec()
    }

    /// Returns what is wrong with it.
    #[must_use]
    pub fn fault(&self) -> SignerFault {
        self.shared.fault()
    }

    /// Puts a fault into it, or takes it away.
    pub fn set_fault(&self, fault: SignerFault) {
        *self.shared.fault.lock().expect("nobody panics holding it") = fault;
        self.shared.touched.notify_one();
        self.shared.announce();
    }

    /// Returns a number that grows with every change, to wait on.
    #[must_use]
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.shared.revision.subscribe()
    }

    /// Switches it off for good and waits until its port is free.
    ///
    /// # Panics
    /// Never: nobody panics holding its locks.
    pub async fn shutdown(&self) {
        self.shared.closing.cancel();
        let task = self.shared.task.lock();
        let task = task.expect("nobody panics holding it").take();
        if let Some(task) = task
            && let Err(error) = task.await
        {
            tracing::error!(%error, "the virtual signer's task ended by itself");
        }
    }
}

impl Shared {
    fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().expect("nobody panics holding it")
    }

    fn fault(&self) -> SignerFault {
        *self.fault.lock().expect("nobody panics holding it")
    }

    fn announce(&self) {
        self.revision.send_modify(|revision| *revision += 1);
    }
}

async fn run(shared: Arc<Shared>, listener: TcpListener) {
    let mut listener = Some(listener);
    let mut clients = JoinSet::new();
    let closing = shared.closing.clone();
    while !closing.is_cancelled() {
        if shared.fault() == SignerFault::Off {
            listener = None;
            clients.shutdown().await;
            tokio::select! {
                () = closing.cancelled() => {}
                () = shared.touched.notified() => {}
            }
            continue;
        }
        let Some(open) = &listener else {
            match TcpListener::bind(shared.address).await {
                Ok(bound) => listener = Some(bound),
                Err(error) => {
                    tracing::warn!(%error, "the virtual signer cannot listen again yet");
                    tokio::time::sleep(REBIND_PAUSE).await;
                }
            }
            continue;
        };
        tokio::select! {
            () = closing.cancelled() => {}
            // Whoever waits for an answer under the old fault is hung up on.
            () = shared.touched.notified() => clients.shutdown().await,
            Some(_) = clients.join_next() => {}
            accepted = open.accept() => match accepted {
                Ok((client, _)) => { clients.spawn(serve(Arc::clone(&shared), client)); }
                Err(error) => tracing::debug!(%error, "a client left at once"),
            },
        }
    }
    clients.shutdown().await;
}

/// Answers one question.
async fn serve(shared: Arc<Shared>, mut client: TcpStream) {
    let Some(question) = wire::read_question(&mut client).await else {
        return;
    };
    let fault = shared.fault();
    if fault == SignerFault::Off {
        return;
    }
    let working = Arc::clone(&shared);
    // The journal is forced to disk before anybody hears of a signature.
    let answering = tokio::task::spawn_blocking(move || {
        let now_ms = (working.time)();
        wire::answer(&question, fault, &mut working.ledger(), now_ms)
    });
    let Ok(answer) = answering.await else {
        return;
    };
    shared.announce();
    match fault {
        SignerFault::DropsAfterSigning if answer.has_signed => return,
        SignerFault::Slow(delay) => tokio::time::sleep(delay).await,
        SignerFault::None
        | SignerFault::Off
        | SignerFault::Refuses
        | SignerFault::Garbage
        | SignerFault::DropsAfterSigning => {}
    }
    wire::write_answer(&mut client, &answer.text).await;
}
