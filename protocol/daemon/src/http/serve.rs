//! Opens a port and serves a router on it, plain or with TLS, until it is told to stop.
//!
//! Plain is for loopback only (architecture.md, decision 5): whoever calls decides, and `app.rs`
//! refuses a plain listener elsewhere.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum_server::tls_rustls::{RustlsAcceptor, RustlsConfig};
use axum_server::{Handle, Server};
use rustls::ServerConfig;
use tokio_util::sync::CancellationToken;

use super::https_only::HttpsOnly;
use super::limits::Limits;

/// Streams of one HTTP/2 connection at once: a browser's tabs, an edge's exchanges.
const STREAMS_MAX: u32 = 64;

/// How bytes travel.
#[derive(Clone)]
pub enum Transport {
    /// As they are.
    Plain,
    /// In TLS; the settings can be exchanged while serving, when a certificate is renewed.
    Tls(RustlsConfig),
}

impl Transport {
    /// Returns TLS with these settings, of `tls::server_config` for example.
    #[must_use]
    pub fn tls(config: Arc<ServerConfig>) -> Self {
        Self::Tls(RustlsConfig::from_config(config))
    }
}

/// Why a daemon can't serve.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The port belongs to another program.
    #[error("port {port} is taken by another program: stop it or choose another with {flag}")]
    PortTaken {
        /// The port.
        port: u16,
        /// The flag that chooses the port.
        flag: &'static str,
    },
    /// Ports below 1024 need a privilege.
    #[error("port {port} needs a privilege this program does not have: choose another with {flag}")]
    PortForbidden {
        /// The port.
        port: u16,
        /// The flag that chooses the port.
        flag: &'static str,
    },
    /// The address can't be listened on.
    #[error("could not listen on {address}: check that it belongs to this machine")]
    Bind {
        /// The address.
        address: SocketAddr,
        /// What the system said.
        #[source]
        cause: io::Error,
    },
    /// Serving ended by itself.
    #[error("could not go on serving on {address}")]
    Serve {
        /// The address.
        address: SocketAddr,
        /// What the system said.
        #[source]
        cause: io::Error,
    },
}

/// An open port that nobody serves yet.
#[derive(Debug)]
pub struct Listener {
    socket: TcpListener,
    address: SocketAddr,
}

/// Opens a port; 0 lets the system choose. `flag` is named in the error, `--port` for example.
///
/// # Errors
///
/// [`ServeError::PortTaken`], [`ServeError::PortForbidden`], [`ServeError::Bind`].
pub fn bind(address: SocketAddr, flag: &'static str) -> Result<Listener, ServeError> {
    let port = address.port();
    let opened = TcpListener::bind(address).and_then(|socket| {
        let address = socket.local_addr()?;
        Ok(Listener { socket, address })
    });
    opened.map_err(|cause| match cause.kind() {
        io::ErrorKind::AddrInUse => ServeError::PortTaken { port, flag },
        io::ErrorKind::PermissionDenied => ServeError::PortForbidden { port, flag },
        _ => ServeError::Bind { address, cause },
    })
}

impl Listener {
    /// Returns the address with the port that is open.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves `router` until `stop` is cancelled; then takes no more connections and gives open
    /// requests until `deadline` passes. Event streams and long polls must end by their own token
    /// before that, or they are cut.
    ///
    /// # Errors
    ///
    /// [`ServeError::Serve`].
    pub async fn serve(
        self,
        router: Router,
        transport: Transport,
        limits: Limits,
        stop: CancellationToken,
        deadline: Duration,
    ) -> Result<(), ServeError> {
        let address = self.address;
        let handle = Handle::new();
        let mut server = axum_server::from_tcp(self.socket)
            .map_err(|cause| ServeError::Serve { address, cause })?
            .handle(handle.clone())
            .first_request_timeout(limits.header_timeout)
            .accept_error_handler(count_refused);
        bound(&mut server, limits);
        let service = router.into_make_service_with_connect_info::<SocketAddr>();
        let served = async {
            match transport {
                Transport::Plain => server.serve(service).await,
                Transport::Tls(config) => {
                    server
                        .acceptor(RustlsAcceptor::new(config).acceptor(HttpsOnly))
                        .serve(service)
                        .await
                }
            }
        };
        tokio::pin!(served);
        let ended = tokio::select! {
            ended = &mut served => ended,
            () = stop.cancelled() => {
                handle.graceful_shutdown(Some(deadline));
                served.await
            }
        };
        ended.map_err(|cause| ServeError::Serve { address, cause })
    }
}

/// Bounds the headers, and the time until the first request, of every connection.
fn bound<A>(server: &mut Server<SocketAddr, A>, limits: Limits) {
    let header_bytes = usize::try_from(limits.header_bytes_max).expect("32 bits fit");
    let builder = server.http_builder();
    builder
        .http1()
        .max_buf_size(header_bytes)
        .max_headers(limits.header_count_max)
        .header_read_timeout(limits.header_timeout);
    builder
        .http2()
        .max_header_list_size(limits.header_bytes_max)
        .max_concurrent_streams(STREAMS_MAX)
        .keep_alive_interval(limits.header_timeout)
        .keep_alive_timeout(limits.header_timeout);
}

/// Counts connections that came to nothing: a failed handshake most of all.
fn count_refused(peer: Option<&SocketAddr>, error: &io::Error) {
    metrics::counter!("counterpart_http_connections_refused").increment(1);
    let peer = peer.map(ToString::to_string);
    tracing::debug!(peer, error = %error, "a connection was refused");
}
