//! Finds out why a hub hung up on us: shakes hands once more, says nothing, and listens.
//!
//! In TLS 1.3 a hub judges our certificate after our half of the handshake is done. Whoever sends a
//! request at once gets a broken line, and the hub's reason is lost with what was unread; whoever
//! waits hears it. It carries no data and changes nothing.

use std::io::{Error, Read as _};
use std::net::{TcpStream, ToSocketAddrs as _};
use std::sync::Arc;
use std::time::Duration;

use counterpart_daemon::tls::{DistrustReason, distrust_reason};
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, Stream};

/// How long each step may take.
const LIMIT: Duration = Duration::from_secs(2);

/// Where a hub is, and how we show ourselves to it.
#[derive(Clone)]
pub(super) struct Door {
    host: String,
    port: u16,
    tls: Arc<ClientConfig>,
}

impl Door {
    /// Reads the address `https://host:port`; nothing when it is none.
    pub(super) fn of(address: &str, tls: Arc<ClientConfig>) -> Option<Self> {
        let url = reqwest::Url::parse(address).ok()?;
        Some(Self {
            host: url.host_str()?.trim_matches(['[', ']']).to_owned(),
            port: url.port_or_known_default()?,
            tls,
        })
    }

    /// Returns why the two ends do not trust each other, if that is the trouble.
    pub(super) async fn why_shut(&self) -> Option<DistrustReason> {
        let door = self.clone();
        let knocked = tokio::task::spawn_blocking(move || door.knock().err());
        let error = knocked.await.ok()??;
        distrust_reason(&error)
    }

    fn knock(&self) -> Result<(), Error> {
        let name = ServerName::try_from(self.host.clone()).map_err(Error::other)?;
        let mut session = ClientConnection::new(self.tls.clone(), name).map_err(Error::other)?;
        let addresses = (self.host.as_str(), self.port).to_socket_addrs()?;
        let mut refused = Error::other("the name has no address");
        for address in addresses {
            match TcpStream::connect_timeout(&address, LIMIT) {
                Ok(mut line) => {
                    line.set_read_timeout(Some(LIMIT))?;
                    line.set_write_timeout(Some(LIMIT))?;
                    let mut first = [0];
                    // Bytes or silence: the door is open. An alert is an error that says why.
                    return Stream::new(&mut session, &mut line)
                        .read(&mut first)
                        .map(|_| ());
                }
                Err(error) => refused = error,
            }
        }
        Err(refused)
    }
}
