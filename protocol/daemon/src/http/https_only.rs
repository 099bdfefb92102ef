//! What a browser is told that speaks plain HTTP to a port with TLS: the same page with `https://`.
//!
//! Without it the person sees a broken connection and thinks the store server is down. It reads the
//! head of one request and never what a request carries.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::time::Duration;

use axum_server::accept::Accept;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// The first byte of every TLS connection: a handshake record (RFC 8446 §5.1).
const HANDSHAKE: u8 = 0x16;
/// How long the first byte, and the head of a plain request, may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// The longest head read; what is longer is answered without its address.
const HEAD_BYTES_MAX: usize = 4 * 1024;

/// Lets TLS through and answers plain HTTP itself.
#[derive(Debug, Clone, Copy)]
pub(super) struct HttpsOnly;

impl<S: Send + 'static> Accept<TcpStream, S> for HttpsOnly {
    type Stream = TcpStream;
    type Service = S;
    type Future = Pin<Box<dyn Future<Output = io::Result<(TcpStream, S)>> + Send>>;

    fn accept(&self, mut stream: TcpStream, service: S) -> Self::Future {
        Box::pin(async move {
            let mut first = [0];
            let peeked = timeout(PATIENCE, stream.peek(&mut first)).await;
            let count = peeked.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))??;
            if count == 1 && first[0] != HANDSHAKE {
                timeout(PATIENCE, tell(&mut stream))
                    .await
                    .map_err(|_| io::Error::from(io::ErrorKind::TimedOut))??;
                return Err(io::Error::other("plain HTTP came to a port with TLS"));
            }
            Ok((stream, service))
        })
    }
}

async fn tell(stream: &mut TcpStream) -> io::Result<()> {
    let mut head = Vec::with_capacity(1_024);
    while head.len() < HEAD_BYTES_MAX && !head.windows(4).any(|end| end == b"\r\n\r\n") {
        if stream.read_buf(&mut head).await? == 0 {
            break;
        }
    }
    stream.write_all(answer(&head).as_bytes()).await?;
    stream.shutdown().await
}

fn answer(head: &[u8]) -> String {
    let text = "This port is served with TLS: write https:// before the address.\n";
    let status = match secure_address(head) {
        Some(address) => format!("308 Permanent Redirect\r\nLocation: {address}"),
        None => "400 Bad Request".to_owned(),
    };
    format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: {}\r\n\
         Connection: close\r\n\r\n{text}",
        text.len()
    )
}

/// Returns the address that was meant, if a page was asked for; what would change something is not
/// sent again in another place.
fn secure_address(head: &[u8]) -> Option<String> {
    let head = std::str::from_utf8(head).ok()?;
    let mut lines = head.split("\r\n");
    let mut request = lines.next()?.split(' ');
    let (method, path) = (request.next()?, request.next()?);
    let visible = |text: &str| text.bytes().all(|byte| byte.is_ascii_graphic());
    if !matches!(method, "GET" | "HEAD") || !path.starts_with('/') || !visible(path) {
        return None;
    }
    let host = lines.find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("host").then(|| value.trim())
    })?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte);
    (!host.is_empty() && host.bytes().all(plain)).then(|| format!("https://{host}{path}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(head: &str, address: Option<&str>) {
        assert_eq!(
            secure_address(head.as_bytes()).as_deref(),
            address,
            "{head:?}"
        );
    }

    #[test]
    fn a_page_is_sent_to_its_secure_address_and_nothing_else_is() {
        check(
            "GET /register/1?x=1 HTTP/1.1\r\nhost: till.shop:8410\r\n\r\n",
            Some("https://till.shop:8410/register/1?x=1"),
        );
        check(
            "HEAD / HTTP/1.1\r\nAccept: */*\r\nHost: [::1]:8410\r\n\r\n",
            Some("https://[::1]:8410/"),
        );
        check("POST /v1/sign-in HTTP/1.1\r\nHost: till.shop\r\n\r\n", None);
        check("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", None);
        check("GET / HTTP/1.1\r\n\r\n", None);
        check("GET //evil\u{7f} HTTP/1.1\r\nHost: a\r\n\r\n", None);
        check("nonsense", None);
    }

    #[test]
    fn the_answer_says_what_to_do() {
        let said = answer(b"GET /status HTTP/1.1\r\nHost: 10.0.0.5:8410\r\n\r\n");
        assert!(said.starts_with("HTTP/1.1 308 "), "{said}");
        assert!(
            said.contains("\r\nLocation: https://10.0.0.5:8410/status\r\n"),
            "{said}"
        );
        assert!(answer(b"\x80\x00").starts_with("HTTP/1.1 400 "));
    }
}
