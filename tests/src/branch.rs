//! One more store of a world's hub, with a line of its own to be cut.
//!
//! It has one register without devices: what it is for is orders and stock.

use std::net::{Ipv4Addr, SocketAddr};

use counterpart_demo::line::Line;
use counterpart_edge::{Edge, EdgeConfig, RunningEdge};

use crate::shop::Till;
use crate::whole;
use crate::world::{FLOAT_MINOR, PIN, World, can_sell};

/// A second store, or a third.
pub struct Branch {
    config: EdgeConfig,
    edge: RunningEdge,
    /// The line from this store to the hub.
    pub line: Line,
}

impl Branch {
    /// Adds a store at the world's hub, enrols its edge and starts it.
    ///
    /// # Panics
    ///
    /// When anything of this fails.
    pub async fn open(world: &World, store: &str) -> Self {
        let console = world.console().await;
        let added = console.add_store(store).await;
        added.unwrap_or_else(|error| panic!("{store} is not added: {error}"));
        let member = console.add_member(store, ("Robin", "manager", PIN)).await;
        member.unwrap_or_else(|error| panic!("nobody works at {store}: {error}"));
        let code = console.enrolment_code(store).await;
        let code = code.unwrap_or_else(|error| panic!("there is no code for {store}: {error}"));
        let anywhere = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let line = Line::open(anywhere, world.hub().sync_address()).await;
        let line = line.expect("a port is free");
        let config = EdgeConfig {
            listen: anywhere,
            clock: world.clock.clone(),
            hub_address: Some(format!("https://{}", line.address())),
            ..EdgeConfig::new(world.folder().join(store))
        };
        let hub = format!("https://127.0.0.1:{}", world.hub().public_address().port());
        let enrolled = counterpart_edge::enrol(&config, &hub, &code).await;
        enrolled.expect("a fresh code enrols");
        let edge = Edge::start(config.clone()).await;
        let edge = edge.unwrap_or_else(|error| panic!("{store} does not start: {error}"));
        can_sell(&edge.url()).await;
        Self { config, edge, line }
    }

    /// Signs the person who sells in and opens the till.
    ///
    /// # Panics
    ///
    /// When the edge refuses.
    pub async fn open_till(&self) -> Till {
        let till = Till::sign_in(&self.edge.url(), 1, PIN).await;
        let till = till.unwrap_or_else(|error| panic!("cannot sign in: {error}"));
        let opened = till.open(FLOAT_MINOR).await;
        opened.unwrap_or_else(|error| panic!("the till does not open: {error}"));
        till
    }

    /// Mends the line, and lets the store ask its hub at once.
    pub fn mend(&self) {
        self.line.mend();
        self.edge.context().link().ask_now();
    }

    /// Stops the edge in order and expects what it holds to be whole.
    ///
    /// # Panics
    ///
    /// When something of it had to be cut off.
    pub async fn close(self) {
        let report = self.edge.shutdown().await;
        assert!(
            report.cut_off.is_empty(),
            "did not stop: {:?}",
            report.cut_off
        );
        whole::edge(&self.config).await;
    }
}
