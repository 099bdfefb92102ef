//! A TCP port a virtual device listens on, which goes away when the device has no power.
//!
//! What is answered is the device's.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::task::{JoinHandle, JoinSet};
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::port::PortAddress;

/// How long the port waits before it is opened again when another program took it.
const REBIND_PAUSE: Duration = Duration::from_millis(50);

/// Whether a virtual device has power.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Power {
    On,
    Off,
}

/// A device that can be connected to.
pub(super) trait Server: Send + Sync + 'static {
    /// Tells whether anybody listens.
    fn power(&self) -> Power;

    /// Talks with one client until it leaves.
    fn serve(self: Arc<Self>, client: TcpStream) -> impl Future<Output = ()> + Send;
}

/// The listening side; it goes on until [`Socket::shutdown`] or until it is dropped.
#[derive(Debug)]
pub(super) struct Socket {
    address: SocketAddr,
    touched: Arc<Notify>,
    closing: CancellationToken,
    task: Mutex<Option<JoinHandle<()>>>,
    _last: DropGuard,
}

impl Socket {
    pub(super) async fn listen(listen: SocketAddr, server: Arc<impl Server>) -> io::Result<Self> {
        let listener = TcpListener::bind(listen).await?;
        let address = listener.local_addr()?;
        let closing = CancellationToken::new();
        let touched = Arc::new(Notify::new());
        let task = tokio::spawn(run(
            server,
            (listener, address),
            closing.clone(),
            Arc::clone(&touched),
        ));
        Ok(Self {
            address,
            touched,
            closing: closing.clone(),
            task: Mutex::new(Some(task)),
            _last: closing.drop_guard(),
        })
    }

    pub(super) fn port_address(&self) -> PortAddress {
        PortAddress::Tcp {
            host: self.address.ip().to_string(),
            port: self.address.port(),
        }
    }

    /// Looks again whether the device has power.
    pub(super) fn touch(&self) {
        self.touched.notify_one();
    }

    pub(super) async fn shutdown(&self) {
        self.closing.cancel();
        let task = self.task.lock().expect("nobody panics holding it").take();
        if let Some(task) = task
            && let Err(error) = task.await
        {
            tracing::error!(%error, "a virtual device's task ended by itself");
        }
    }
}

async fn run<S: Server>(
    server: Arc<S>,
    (listener, address): (TcpListener, SocketAddr),
    closing: CancellationToken,
    touched: Arc<Notify>,
) {
    let mut listener = Some(listener);
    let mut clients = JoinSet::new();
    while !closing.is_cancelled() {
        if server.power() == Power::Off {
            listener = None;
            clients.shutdown().await;
            tokio::select! {
                () = closing.cancelled() => {}
                () = touched.notified() => {}
            }
            continue;
        }
        let Some(open) = &listener else {
            match TcpListener::bind(address).await {
                Ok(bound) => listener = Some(bound),
                Err(error) => {
                    tracing::warn!(%error, "a virtual device cannot listen again yet");
                    tokio::time::sleep(REBIND_PAUSE).await;
                }
            }
            continue;
        };
        tokio::select! {
            () = closing.cancelled() => {}
            () = touched.notified() => {}
            Some(_) = clients.join_next() => {}
            accepted = open.accept() => match accepted {
                Ok((client, _)) => { clients.spawn(Arc::clone(&server).serve(client)); }
                Err(error) => tracing::debug!(%error, "a client left at once"),
            },
        }
    }
    clients.shutdown().await;
}
