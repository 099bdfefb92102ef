//! Certificates and codes; handshakes over real sockets.

mod codes;
mod handshakes;

use super::{Authority, EdgeName, Identity, PeerCertificate, PeerRefused, TlsError};
use crate::clock::{Clock, SystemClock};
use crate::entropy::SeededEntropy;

const DAY_MS: i64 = 86_400_000;

fn authority(seed: u64) -> Authority {
    let now_ms = SystemClock.now_ms();
    Authority::create("counterpart test hub", now_ms, &SeededEntropy::new(seed)).unwrap()
}

fn edge_7() -> EdgeName {
    EdgeName {
        edge_number: 7,
        store: "harbour-street".to_owned(),
    }
}

/// Certifies edge 7 for `days` counted from `now_ms`.
fn client(authority: &Authority, now_ms: i64, days: u32) -> Identity {
    let request = super::make_key_and_csr().unwrap();
    let entropy = SeededEntropy::new(77);
    let signed = authority.sign_client(&request.csr_pem, &edge_7(), now_ms, days, &entropy);
    Identity {
        certificate_pem: signed.unwrap(),
        key_pem: request.key_pem,
    }
}

fn der(identity: &Identity) -> Vec<u8> {
    identity.certificates().unwrap()[0].to_vec()
}

#[test]
fn an_edges_certificate_says_which_edge_of_which_store() {
    let now_ms = 1_700_000_000_000;
    let identity = client(&authority(1), now_ms, 90);
    let peer = PeerCertificate::from_der(&der(&identity)).unwrap();
    assert_eq!(peer.edge, edge_7());
    assert_eq!(peer.fingerprint, identity.fingerprint().unwrap());
    assert_eq!(peer.not_after_ms, now_ms + 90 * DAY_MS);
    assert_eq!(peer.serial.len(), 32);
    assert_eq!(peer.days_left(now_ms), 90);
    assert_eq!(peer.days_left(now_ms + DAY_MS - 1), 89);
    assert_eq!(peer.days_left(now_ms + 90 * DAY_MS), 0);
    assert_eq!(peer.days_left(now_ms + 90 * DAY_MS + 1), -1);
    assert_eq!(identity.days_left(now_ms).unwrap(), 90);
}

#[test]
fn two_certificates_never_share_a_serial_number() {
    let (authority, now_ms) = (authority(1), SystemClock.now_ms());
    let entropy = SeededEntropy::new(5);
    let request = super::make_key_and_csr().unwrap();
    let serials: Vec<String> = (0..2)
        .map(|_| {
            let signed = authority.sign_client(&request.csr_pem, &edge_7(), now_ms, 1, &entropy);
            let key_pem = String::new();
            let identity = Identity {
                certificate_pem: signed.unwrap(),
                key_pem,
            };
            PeerCertificate::from_der(&der(&identity)).unwrap().serial
        })
        .collect();
    assert_ne!(serials[0], serials[1]);
}

#[test]
fn a_servers_certificate_is_no_edges() {
    let names = ["hub.example".to_owned()];
    let entropy = SeededEntropy::new(2);
    let server = authority(1)
        .issue_server(&names, SystemClock.now_ms(), 90, &entropy)
        .unwrap();
    assert_eq!(
        PeerCertificate::from_der(&der(&server)),
        Err(PeerRefused::NoEdge)
    );
    assert_eq!(
        PeerCertificate::from_der(b"no certificate"),
        Err(PeerRefused::Unreadable)
    );
}

#[test]
fn a_request_that_was_changed_or_is_none_is_refused() {
    let authority = authority(1);
    let entropy = SeededEntropy::new(3);
    let sign = |csr: &str, store: &str| {
        let edge = EdgeName {
            edge_number: 1,
            store: store.to_owned(),
        };
        authority.sign_client(csr, &edge, SystemClock.now_ms(), 1, &entropy)
    };
    let request = super::make_key_and_csr().unwrap();
    assert!(sign(&request.csr_pem, "a-store").is_ok());
    assert!(matches!(
        sign("", "a-store"),
        Err(TlsError::RequestRefused { .. })
    ));
    // One bit of the request's body, so that its own signature no longer fits.
    let mut lines: Vec<String> = request.csr_pem.lines().map(str::to_owned).collect();
    let flipped = if lines[2].starts_with('A') { "B" } else { "A" };
    lines[2].replace_range(..1, flipped);
    assert!(matches!(
        sign(&lines.join("\n"), "a-store"),
        Err(TlsError::RequestRefused { .. })
    ));
    for store in ["", "Harbour", "a:b", "a store", "ä", &"x".repeat(65)] {
        let refused = sign(&request.csr_pem, store);
        assert!(
            matches!(refused, Err(TlsError::NameRefused { .. })),
            "{store}"
        );
    }
}

#[test]
fn a_server_needs_names_that_machines_can_look_up() {
    let (authority, entropy) = (authority(1), SeededEntropy::new(4));
    let issue =
        |name: &str| authority.issue_server(&[name.to_owned()], SystemClock.now_ms(), 1, &entropy);
    for name in ["localhost", "127.0.0.1", "::1", "till-1.shop.example"] {
        assert!(issue(name).is_ok(), "{name}");
    }
    for name in ["", "two words", "ümlaut.example", "http://hub"] {
        let refused = issue(name).expect_err(name);
        let sentence = format!("\"{name}\" is no DNS name or IP address");
        assert_eq!(refused.to_string(), sentence);
    }
}

#[test]
fn an_authority_that_was_saved_goes_on_where_it_stopped() {
    let folder = tempfile::tempdir().unwrap();
    assert!(
        Identity::load(folder.path(), "authority")
            .unwrap()
            .is_none()
    );
    let first = authority(1);
    first.identity().save(folder.path(), "authority").unwrap();
    let loaded = Identity::load(folder.path(), "authority").unwrap().unwrap();
    let second = Authority::load(loaded).unwrap();
    assert_eq!(second.fingerprint(), first.fingerprint());
    assert_eq!(second.certificate_pem(), first.certificate_pem());
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        for name in ["authority.pem", "authority.key"] {
            let file = std::fs::metadata(folder.path().join(name)).unwrap();
            assert_eq!(file.permissions().mode() & 0o777, 0o600, "{name}");
        }
    }
}

#[test]
fn half_an_identity_is_refused_and_so_is_a_damaged_one() {
    let folder = tempfile::tempdir().unwrap();
    authority(1).identity().save(folder.path(), "edge").unwrap();
    std::fs::write(folder.path().join("edge.key"), "no key").unwrap();
    let refused = Identity::load(folder.path(), "edge").unwrap_err();
    assert_eq!(
        refused.to_string(),
        "the private key is not a readable PEM text"
    );
    std::fs::remove_file(folder.path().join("edge.key")).unwrap();
    let refused = Identity::load(folder.path(), "edge").unwrap_err();
    assert!(matches!(&refused, TlsError::HalfMissing { path } if path.ends_with("edge.key")));
}

#[test]
fn a_key_of_another_certificate_is_refused() {
    let mixed = Identity {
        certificate_pem: client(&authority(1), SystemClock.now_ms(), 1).certificate_pem,
        key_pem: super::make_key_and_csr().unwrap().key_pem,
    };
    let refused = super::server_config(&mixed, super::Protocols::Http1).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "the key and certificate of the server can't be used together"
    );
}

#[test]
fn no_key_is_ever_shown() {
    let identity = client(&authority(1), SystemClock.now_ms(), 1);
    let shown = format!("{identity:?}");
    assert!(shown.contains("Fingerprint("), "{shown}");
    assert!(!shown.contains("PRIVATE"), "{shown}");
}
