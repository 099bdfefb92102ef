//! How the pages are served: plain on loopback, else with TLS from the store's own authority.
//!
//! It knows no route but those of the spine.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use axum::middleware::{from_fn, from_fn_with_state};
use counterpart_daemon::http::openapi::{About, Document, described};
use counterpart_daemon::http::{
    Limits, Listener, Transport, bind, method_not_allowed, not_found, observed,
};
use counterpart_daemon::shutdown::Stage;
use counterpart_daemon::telemetry::Telemetry;
use counterpart_daemon::tls::{Authority, Identity, Protocols, TlsError, server_config};
use counterpart_daemon::web::problem_page::{self, ProblemPages};
use counterpart_daemon::web::reference;
use counterpart_daemon::web::shell::NavItem;
use counterpart_daemon::web::text::Texts;
use counterpart_daemon::web::{assets, security};
use utoipa_axum::router::OpenApiRouter;

use super::{EdgeError, LISTENERS_DEADLINE};
use crate::config::EdgeConfig;
use crate::context::Context;
use crate::web::{self, Control, Health};

/// The files of the store's own authority; browsers of the store trust its certificate.
const AUTHORITY_FILES: &str = "store-authority";
/// How long a certificate of the pages lives; a new one is made at every start. Browsers take
/// server certificates of up to 398 days only (CA/Browser Forum Baseline Requirements §6.3.2).
const CERTIFICATE_DAYS: u32 = 397;

/// An open port, and how it will be served.
pub(super) struct Serving {
    listener: Listener,
    transport: Transport,
    control: Control,
}

/// Opens the port before anything else starts, so that a second store server ends at once.
pub(super) fn prepare(config: &EdgeConfig) -> Result<Serving, EdgeError> {
    let listener = bind(config.listen, "--listen")?;
    let transport = if config.listen.ip().is_loopback() {
        Transport::Plain
    } else {
        Transport::tls(server_config(&identity(config)?, Protocols::Http1And2)?)
    };
    let entropy = config.entropy.as_ref();
    let control = Control::create(
        &config.data,
        listener.address(),
        scheme(&transport),
        entropy,
    )
    .map_err(|cause| EdgeError::Folder {
        path: config.data.display().to_string(),
        cause,
    })?;
    Ok(Serving {
        listener,
        transport,
        control,
    })
}

impl Serving {
    /// Serves until the stage stops; returns the address and its scheme.
    pub(super) fn start(
        self,
        context: &Context,
        slices: OpenApiRouter<Context>,
        telemetry: Telemetry,
        stage: &Stage,
    ) -> (SocketAddr, &'static str) {
        let address = self.listener.address();
        let scheme = scheme(&self.transport);
        let all = slices.merge(web::router(Health { telemetry }, self.control));
        let (router, document) = described(all, &about(context));
        let texts = Arc::new(Texts::new(&[]).expect("the kit's own words were read at the start"));
        let place = context.profile().name.clone();
        let back = NavItem {
            label: "Status".to_owned(),
            href: "/status".to_owned(),
            waiting: 0,
        };
        let router = router
            .merge(document.router())
            .merge(reference::router(
                &document,
                Arc::clone(&texts),
                &place,
                &back,
            ))
            .merge(assets::router())
            .fallback(not_found)
            .method_not_allowed_fallback(method_not_allowed)
            .with_state(context.clone());
        let limits = Limits::default();
        let pages = ProblemPages { texts, place };
        let router = limits
            .around(router)
            .layer(from_fn_with_state(pages, problem_page::for_people))
            .layer(from_fn(security::guard));
        let router = observed(router, "edge pages");
        let stop = stage.token();
        let (listener, transport) = (self.listener, self.transport);
        stage.spawn("pages", async move {
            let served = listener
                .serve(router, transport, limits, stop, LISTENERS_DEADLINE)
                .await;
            if let Err(error) = served {
                tracing::error!(error = %error, "the pages are no longer served");
            }
        });
        (address, scheme)
    }
}

/// Returns the description of the API of a store: of the slices and of the spine.
#[must_use]
pub fn document(context: &Context) -> Document {
    let all = super::slices::routes().merge(web::described_router());
    described(all, &about(context)).1
}

fn about(context: &Context) -> About {
    About {
        title: "Counterpart store edge",
        description: "One store: its registers, sales, tills and stock, with or without the hub. \
                      Sign in with `POST /v1/sign-in` and send the token with every request. \
                      Amounts are in minor units of the currency beside them, quantities in \
                      thousandths, times in RFC 3339 UTC. A refusal is a problem (RFC 9457) whose \
                      `type` a program decides by and whose `detail` says what to do.",
        version: env!("CARGO_PKG_VERSION"),
        cookie: web::cookie_name(context),
        token: "What `POST /v1/sign-in` answered.",
    }
}

/// Returns the store's own authority in PEM, if its pages have one.
pub(super) fn authority_pem(folder: &Path) -> Result<Option<String>, TlsError> {
    Ok(Identity::load(folder, AUTHORITY_FILES)?.map(|identity| identity.certificate_pem))
}

fn scheme(transport: &Transport) -> &'static str {
    match transport {
        Transport::Plain => "http",
        Transport::Tls(_) => "https",
    }
}

/// Makes the certificate of the pages, signed by the store's own authority.
fn identity(config: &EdgeConfig) -> Result<Identity, TlsError> {
    let now_ms = config.clock.now_ms();
    let authority = authority(&config.data, now_ms, config)?;
    let mut names = config.names.clone();
    if !config.listen.ip().is_unspecified() {
        names.push(config.listen.ip().to_string());
    }
    names.push("localhost".to_owned());
    names.push("127.0.0.1".to_owned());
    names.dedup();
    authority.issue_server(&names, now_ms, CERTIFICATE_DAYS, config.entropy.as_ref())
}

fn authority(folder: &Path, now_ms: i64, config: &EdgeConfig) -> Result<Authority, TlsError> {
    if let Some(identity) = Identity::load(folder, AUTHORITY_FILES)? {
        return Authority::load(identity);
    }
    let authority = Authority::create("Counterpart store", now_ms, config.entropy.as_ref())?;
    authority.identity().save(folder, AUTHORITY_FILES)?;
    tracing::info!(
        file = %folder.join(format!("{AUTHORITY_FILES}.pem")).display(),
        "made this store's own authority: let the store's browsers trust this file"
    );
    Ok(authority)
}
