//! How the pages are served: plain on loopback, else with TLS from the store's own authority.
//!
//! It knows no route but those of the spine.

use std::path::Path;
use std::sync::Arc;

use axum::middleware::{from_fn, from_fn_with_state};
use counterpart_daemon::http::openapi::{About, Document, described};
use counterpart_daemon::http::{
    Limits, Listener, Transport, bind, method_not_allowed, not_found, observed,
};
use counterpart_daemon::shutdown::Stage;
use counterpart_daemon::web::problem_page::{self, ProblemPages};
use counterpart_daemon::web::reference;
use counterpart_daemon::web::shell::NavItem;
use counterpart_daemon::web::text::{Lang, Locale, Texts};
use counterpart_daemon::web::{assets, security};
use utoipa_axum::router::OpenApiRouter;

use super::certificate::PagesCertificate;
use super::{EdgeError, LISTENERS_DEADLINE};
use crate::config::EdgeConfig;
use crate::context::{Context, Pages};
use crate::staff;
use crate::web::{self, Control, trust};

/// An open port, and how it will be served.
pub(super) struct Serving {
    listener: Listener,
    transport: Transport,
    certificate: Option<PagesCertificate>,
    control: Control,
}

/// Opens the port before anything else starts, so that a second store server ends at once.
/// The certificate is that of the shop's data in `keys`: a browser that trusts the shop's pages
/// trusts those of its training.
pub(super) fn prepare(config: &EdgeConfig, keys: &Path) -> Result<Serving, EdgeError> {
    let listener = bind(config.listen, "--listen")?;
    let certificate = match config.listen.ip().is_loopback() {
        true => None,
        false => Some(PagesCertificate::make(&EdgeConfig {
            data: keys.to_owned(),
            ..config.clone()
        })?),
    };
    let transport = certificate
        .as_ref()
        .map_or(Transport::Plain, PagesCertificate::transport);
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
        certificate,
        control,
    })
}

impl Serving {
    /// Serves until the stage stops; returns where.
    pub(super) fn start(
        self,
        context: &Context,
        slices: OpenApiRouter<Context>,
        stage: &Stage,
    ) -> Pages {
        let pages = self.pages();
        let all = slices.merge(web::router(self.control));
        let (router, document) = described(all, &about(context));
        let texts = Arc::new(Texts::new(&[]).expect("the kit's own words were read at the start"));
        let place = context.profile().name.clone();
        let back = NavItem {
            label: "Status".to_owned(),
            href: "/status".to_owned(),
            waiting: 0,
        };
        let router = match &self.certificate {
            Some(certificate) => {
                context.machine().note_pages(certificate.ends_at_ms());
                let lang = Lang::new(Arc::clone(&texts), Locale::En);
                router.merge(trust::router(&lang, &place, certificate.authority()))
            }
            None => router,
        };
        if let Some(certificate) = self.certificate {
            stage.spawn(
                "certificate",
                certificate.keep(context.clone(), stage.token()),
            );
        }
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
            .with_state(context.clone())
            .layer(from_fn_with_state(context.clone(), staff::in_place));
        let limits = Limits::default();
        let problems = ProblemPages {
            texts,
            place,
            banner: web::banner(context),
        };
        let router = limits
            .around(router)
            .layer(from_fn_with_state(problems, problem_page::for_people))
            .layer(from_fn(security::guard));
        let router = observed(router, "edge pages");
        let stop = stage.token();
        let (listener, transport) = (self.listener, self.transport);
        let gone = context.machine().gone().clone();
        stage.spawn("pages", async move {
            let served = listener
                .serve(router, transport, limits, stop, LISTENERS_DEADLINE)
                .await;
            if let Err(error) = served {
                tracing::error!(error = %error, "the pages are no longer served");
                gone.note("pages");
            }
        });
        pages
    }

    /// Returns where it will be served.
    pub(super) fn pages(&self) -> Pages {
        Pages {
            address: self.listener.address(),
            scheme: scheme(&self.transport),
        }
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
                      What needs a manager is refused with 403 until one's PIN is sent along, in \
                      the header `Approval-Pin` or in the command's own field for it. \
                      Amounts are in minor units of the currency beside them, quantities in \
                      thousandths, times in RFC 3339 UTC. A refusal is a problem (RFC 9457) whose \
                      `type` a program decides by and whose `detail` says what to do.",
        version: env!("CARGO_PKG_VERSION"),
        cookie: web::cookie_name(context),
        token: "What `POST /v1/sign-in` answered.",
    }
}

fn scheme(transport: &Transport) -> &'static str {
    match transport {
        Transport::Plain => "http",
        Transport::Tls(_) => "https",
    }
}
