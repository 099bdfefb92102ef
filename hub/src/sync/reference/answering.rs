//! What an edge that asks for reference data is answered: nothing new, what changed, or the whole.
//!
//! ```text
//! GET …/{kind}            the newest        If-None-Match: "held"   ─► 304
//! GET …/{kind}/{sha256}   that one, for ever  + A-IM: zstd-prefix   ─► 226 what changed (RFC 3229)
//!                                           else                    ─► 200 the whole, packed
//! ```

use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::http::{Path, Problem};
use counterpart_daemon::tls::PeerCertificate;
use counterpart_protocol::ids::EdgeNumber;
use counterpart_protocol::reference::packing::{self, DELTA_FORM, PackingFailed};
use counterpart_protocol::reference::{ReferenceKind, ReferenceRefused, Told, hash_of, hash_text};

use super::contents::{self, Content, Difference};
use super::{Announced, Scope};
use crate::context::Context;
use crate::sync::exchange::known;
use crate::sync::refusals::SyncFailed;

/// Says which publication a snapshot is.
const VERSION_HEADER: HeaderName = HeaderName::from_static("x-reference-version");
const A_IM: HeaderName = HeaderName::from_static("a-im");
const IM: HeaderName = HeaderName::from_static("im");
const DELTA_BASE: HeaderName = HeaderName::from_static("delta-base");
/// Bytes under their hash never change.
const IMMUTABLE: HeaderValue = HeaderValue::from_static("private, max-age=31536000, immutable");
/// Whoever asks for the newest asks again.
const ASK_AGAIN: HeaderValue = HeaderValue::from_static("private, no-cache");

/// Answers `GET /sync/v1/reference/{kind}`: the newest this edge reads.
pub(in crate::sync) async fn newest(
    State(context): State<Context>,
    peer: PeerCertificate,
    Path(kind): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    answer(&context, &peer, &kind, None, &headers).await
}

/// Answers `GET /sync/v1/reference/{kind}/{sha256}`: one publication, as long as it is kept.
pub(in crate::sync) async fn by_hash(
    State(context): State<Context>,
    peer: PeerCertificate,
    Path((kind, sha256)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let wanted = hash_of(&sha256)
        .ok_or_else(|| Problem::not_found("a snapshot is named by 64 hexadecimal digits"))?;
    answer(&context, &peer, &kind, Some(wanted), &headers).await
}

/// What an edge said it holds.
struct Asked {
    held: Vec<[u8; 32]>,
    takes_deltas: bool,
}

impl Asked {
    fn of(headers: &HeaderMap) -> Self {
        let list = |name: HeaderName| {
            let values = headers.get_all(name).into_iter();
            let texts = values.filter_map(|value| value.to_str().ok().map(str::to_owned));
            texts.collect::<Vec<String>>().join(",")
        };
        let held = list(IF_NONE_MATCH);
        Self {
            // An edge holds one or two; a list of thousands is not read to its end.
            held: held.split(',').take(8).filter_map(hash_of).collect(),
            takes_deltas: list(A_IM).split(',').any(|form| form.trim() == DELTA_FORM),
        }
    }
}

/// What was found for an edge.
enum Found {
    Nothing,
    Unchanged(Announced),
    Whole(Announced, Content),
    Delta(Announced, Base, Content),
}

/// A publication the edge holds.
struct Base {
    sha256: [u8; 32],
    content: Content,
    difference: Difference,
}

async fn answer(
    context: &Context,
    peer: &PeerCertificate,
    kind: &str,
    wanted: Option<[u8; 32]>,
    headers: &HeaderMap,
) -> Result<Response, Problem> {
    let refused = |refused: ReferenceRefused| Problem::not_found(refused.to_string());
    let kind: ReferenceKind = kind.parse().map_err(refused)?;
    let edge = EdgeNumber(peer.edge.edge_number);
    let asked = Asked::of(headers);
    let found = context
        .db()
        .read(move |tx| find(tx, edge, kind, wanted, &asked));
    let cached = match wanted {
        Some(_) => IMMUTABLE,
        None => ASK_AGAIN,
    };
    let (status, announced, base, body) = match found.await? {
        Found::Nothing => {
            if wanted.is_none() && kind.announced() == Told::ByAsking {
                // It asks again in a moment, and finds what the upkeep wrote for it by then.
                context.upkeep().wake.notify_one();
            }
            let detail = match wanted {
                None => format!("the hub has published no {kind} for this store yet"),
                Some(_) => format!("the hub does not keep this {kind}: ask for the newest"),
            };
            return Err(Problem::not_found(detail));
        }
        Found::Unchanged(announced) => (StatusCode::NOT_MODIFIED, announced, None, Vec::new()),
        Found::Whole(announced, content) => {
            let packed = packed(content).await?;
            (StatusCode::OK, announced, None, packed)
        }
        Found::Delta(announced, base, content) => {
            let base_sha256 = base.sha256;
            match difference(context, &announced, base, content).await? {
                Ok(delta) => (StatusCode::IM_USED, announced, Some(base_sha256), delta),
                Err(whole) => (StatusCode::OK, announced, None, whole),
            }
        }
    };
    let tag = |sha256: &[u8; 32]| {
        HeaderValue::from_str(&format!("\"{}\"", hash_text(sha256)))
            .expect("hexadecimal digits fit a header")
    };
    let marks = [
        (ETAG, tag(&announced.sha256)),
        (VERSION_HEADER, HeaderValue::from(announced.version)),
        (CACHE_CONTROL, cached),
    ];
    if status == StatusCode::NOT_MODIFIED {
        return Ok((status, marks).into_response());
    }
    let form = [(CONTENT_TYPE, HeaderValue::from_static("application/zstd"))];
    Ok(match base {
        None => (status, marks, form, body).into_response(),
        Some(base) => {
            let from = [
                (IM, HeaderValue::from_static(DELTA_FORM)),
                (DELTA_BASE, tag(&base)),
            ];
            (status, marks, form, from, body).into_response()
        }
    })
}

fn find(
    tx: &mut Tx,
    number: EdgeNumber,
    kind: ReferenceKind,
    wanted: Option<[u8; 32]>,
    asked: &Asked,
) -> Result<Found, SyncFailed> {
    let edge = known(tx, number)?;
    let scope = Scope::of(kind, &edge.store_id);
    let kept = contents::kept(tx, kind, &scope)?;
    let found = match wanted {
        None => kept.first(),
        Some(wanted) => kept.iter().find(|one| one.sha256 == wanted),
    };
    let Some(found) = found.copied() else {
        return Ok(Found::Nothing);
    };
    if asked.held.contains(&found.sha256) {
        return Ok(Found::Unchanged(found));
    }
    let Some(content) = contents::content(tx, found.sha256)? else {
        return Ok(Found::Nothing);
    };
    let base = kept.iter().find(|one| asked.held.contains(&one.sha256));
    let Some(base) = base.filter(|_| asked.takes_deltas) else {
        return Ok(Found::Whole(found, content));
    };
    let difference = contents::difference(tx, base.sha256, found.sha256)?;
    let base_content = match difference {
        Difference::NotWorth => None,
        Difference::Unmade | Difference::Made(_) => contents::content(tx, base.sha256)?,
    };
    Ok(match base_content {
        None => Found::Whole(found, content),
        Some(base_content) => {
            let base = Base {
                sha256: base.sha256,
                content: base_content,
                difference,
            };
            Found::Delta(found, base, content)
        }
    })
}

/// Returns what changed, made now if nobody asked for it before; or the whole, if that is smaller.
async fn difference(
    context: &Context,
    to: &Announced,
    base: Base,
    content: Content,
) -> Result<Result<Vec<u8>, Vec<u8>>, Problem> {
    match base.difference {
        Difference::Made(bytes) => return Ok(Ok(bytes)),
        Difference::NotWorth => return Ok(Err(packed(content).await?)),
        Difference::Unmade => {}
    }
    let making = tokio::task::spawn_blocking(move || {
        let whole = content.packed()?;
        let delta = packing::delta(&base.content.plain()?, &packing::unpack(&whole)?)?;
        Ok::<_, PackingFailed>(match delta.len() < whole.len() {
            true => Ok(delta),
            false => Err(whole),
        })
    });
    let made = made(making.await)?;
    let (from, to, kept) = (base.sha256, to.sha256, made.clone().ok());
    let keeping = context.db().write(move |tx| {
        contents::keep_difference(tx, from, to, kept.as_deref())?;
        Ok::<_, DbError>(())
    });
    if let Err(error) = keeping.await {
        tracing::warn!(%error, "could not keep a difference: it is made again for the next edge");
    }
    Ok(made)
}

async fn packed(content: Content) -> Result<Vec<u8>, Problem> {
    made(tokio::task::spawn_blocking(move || content.packed()).await)
}

fn made<T>(made: Result<Result<T, PackingFailed>, tokio::task::JoinError>) -> Result<T, Problem> {
    match made {
        Ok(Ok(made)) => Ok(made),
        Ok(Err(failed)) => Err(Problem::failed("reference_damaged", failed.to_string())),
        Err(_) => Err(Problem::failed("stopping", "the hub is stopping")),
    }
}
