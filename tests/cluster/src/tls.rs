//! What a server needs to be spoken to over TLS: a port, a key and a certificate.

use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use rcgen::{CertificateParams, KeyPair};

use crate::server::{give_to_server, is_root};

/// The one host its certificate names.
const HOST: &str = "localhost";

/// Writes a key and a certificate that vouches for itself into a server's folder.
pub(crate) fn certify(data: &Path) {
    let key = KeyPair::generate().expect("a key can be made");
    let params = CertificateParams::new(vec![HOST.to_owned()]).expect("a host can be named");
    let made = params.self_signed(&key).expect("a key signs");
    fs::write(certificate(data), made.pem()).expect("the folder can be written");
    fs::write(key_file(data), key.serialize_pem()).expect("the folder can be written");
    for file in [certificate(data), key_file(data)] {
        // The server uses no key that others may read.
        let only_owner = fs::Permissions::from_mode(0o600);
        fs::set_permissions(&file, only_owner).expect("the owner decides");
        if is_root() {
            give_to_server(&file);
        }
    }
}

/// Returns a port nobody listens on; somebody may take it before the server does.
pub(crate) fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port is free");
    listener.local_addr().expect("it has an address").port()
}

/// Returns the file of the certificate in a server's folder.
pub(crate) fn certificate(data: &Path) -> PathBuf {
    data.join("server.crt")
}

fn key_file(data: &Path) -> PathBuf {
    data.join("server.key")
}
