//! The installed programs with their configuration files, on one machine: what a journey needs that
//! kills them.
//!
//! The line and the devices live in the test, so that they outlive what is killed.

use std::fmt::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use counterpart_demo::line::Line;
use counterpart_hardware::{PrintSpeed, VirtualCounter};
use counterpart_postgres_cluster::Database;
use tempfile::TempDir;

use crate::console::{Console, PASSWORD};
use crate::goods::{self, Good};
use crate::process::{Ended, Program, Running, free_ports};
use crate::shop::Till;
use crate::whole;
use crate::world::{self, FLOAT_MINOR, PIN};

/// A hub and a store as they are installed.
pub struct Installation {
    /// The line from the store to its hub.
    pub line: Line,
    /// The store's one counter.
    pub counter: VirtualCounter,
    /// What is sold here.
    pub goods: Vec<Good>,
    /// The hub's program.
    pub hub: Program,
    /// The store's program.
    pub edge: Program,
    sync: SocketAddr,
    hub_url: String,
    hub_public_url: String,
    edge_url: String,
    folder: TempDir,
    _database: Option<Database>,
}

/// One more process of an installation's hub, on the same database.
pub struct AnotherHub {
    /// Its program.
    pub program: Program,
    /// Where its console answers.
    pub url: String,
    /// Where it takes edges.
    pub sync: SocketAddr,
}

impl Installation {
    /// Writes the configuration files, starts the hub, founds and enrols the store, and starts its
    /// edge; the till can be opened then.
    ///
    /// # Panics
    ///
    /// When anything of this fails.
    pub async fn begin(goods: u32) -> (Self, Running, Running) {
        Self::begin_on(None, goods).await
    }

    /// As [`Installation::begin`], with the hub's data in this database, if it is not a file.
    ///
    /// # Panics
    ///
    /// When anything of this fails.
    pub async fn begin_on(database: Option<Database>, goods: u32) -> (Self, Running, Running) {
        let installed = Self::prepare(database, goods).await;
        let hub = installed.hub.start().await;
        let code = world::found(&installed.console().await, &installed.goods).await;
        let enrolled = installed.enrol(&code);
        assert!(enrolled.status.success(), "not enrolled: {enrolled:?}");
        let edge = installed.edge.start().await;
        world::can_sell(&installed.edge_url).await;
        (installed, hub, edge)
    }

    /// Writes the configuration files; nothing runs yet.
    ///
    /// # Panics
    ///
    /// When the folder or the devices cannot be made.
    pub async fn before_the_store(goods: u32) -> Self {
        Self::prepare(None, goods).await
    }

    async fn prepare(database: Option<Database>, goods: u32) -> Self {
        let folder = TempDir::new().expect("a temporary folder can be made");
        let ports = free_ports(4);
        let at = |which: usize| SocketAddr::from(([127, 0, 0, 1], ports[which]));
        let line = Line::open(SocketAddr::from(([127, 0, 0, 1], 0)), at(1)).await;
        let line = line.expect("a port is free");
        let counter = VirtualCounter::set_up(folder.path(), 1, PrintSpeed::AtOnce).await;
        let counter = counter.expect("a virtual counter can be set up");
        let mut hub_file = hub_settings([at(0), at(1), at(2)], &line);
        if let Some(database) = &database {
            let url = database.url();
            writeln!(hub_file, "database = \"{url}\"").expect("a string takes everything");
        }
        write(folder.path(), "counterpart-hub.toml", &hub_file);
        let edge_file = edge_settings(at(3), &counter);
        write(folder.path(), "counterpart-edge.toml", &edge_file);
        let (hub_url, edge_url) = (format!("http://{}", at(2)), format!("http://{}", at(3)));
        Self {
            line,
            counter,
            goods: goods::shelf(goods),
            hub: Program::new("counterpart-hub", ["run"], folder.path(), &hub_url),
            edge: Program::new("counterpart-edge", ["run"], folder.path(), &edge_url),
            hub_url,
            hub_public_url: format!("https://{}", at(0)),
            edge_url,
            folder,
            sync: at(1),
            _database: database,
        }
    }

    /// Enrols the store by a code, with the store's own program.
    #[must_use]
    pub fn enrol(&self, code: &str) -> Ended {
        let arguments = ["enrol", "--hub", &self.hub_public_url, "--code", code];
        self.edge_does(&arguments)
    }

    /// Runs the store's program with these arguments to its end.
    #[must_use]
    pub fn edge_does(&self, arguments: &[&str]) -> Ended {
        let arguments = arguments.iter().copied();
        Program::new("counterpart-edge", arguments, self.folder.path(), "").run()
    }

    /// Runs the hub's program with these arguments to its end.
    #[must_use]
    pub fn hub_does(&self, arguments: &[&str]) -> Ended {
        let arguments = arguments.iter().copied();
        Program::new("counterpart-hub", arguments, self.folder.path(), "").run()
    }

    /// Asks both programs, running or not, whether what they hold is whole.
    ///
    /// # Panics
    ///
    /// When something is broken.
    pub fn is_whole(&self) {
        whole::said(&self.edge_does(&["verify"]));
        whole::said(&self.hub_does(&["verify"]));
    }

    /// Signs the first operator in at the hub's console.
    ///
    /// # Panics
    ///
    /// When the hub refuses.
    pub async fn console(&self) -> Console {
        let console = Console::sign_in(&self.hub_url).await;
        console.unwrap_or_else(|error| panic!("cannot sign in at the hub: {error}"))
    }

    /// Signs the person who sells in and opens the till.
    ///
    /// # Panics
    ///
    /// When the edge refuses.
    pub async fn open_till(&self) -> Till {
        let till = Till::sign_in(&self.edge_url, 1, PIN).await;
        let till = till.unwrap_or_else(|error| panic!("cannot sign in: {error}"));
        let opened = till.open(FLOAT_MINOR).await;
        opened.unwrap_or_else(|error| panic!("the till does not open: {error}"));
        till
    }

    /// Describes one more process of the hub, with the keys and the database of the first.
    #[must_use]
    pub fn another_hub(&self) -> AnotherHub {
        let ports = free_ports(3);
        let at = |which: usize| SocketAddr::from(([127, 0, 0, 1], ports[which]));
        let url = format!("http://{}", at(2));
        let listens = [
            ("--public-listen", at(0)),
            ("--sync-listen", at(1)),
            ("--loopback-listen", at(2)),
        ];
        let mut arguments = vec!["run".to_owned()];
        for (flag, address) in listens {
            arguments.extend([flag.to_owned(), address.to_string()]);
        }
        AnotherHub {
            program: Program::new("counterpart-hub", arguments, self.folder.path(), &url),
            url,
            sync: at(1),
        }
    }

    /// Returns where the hub takes edges, behind the line.
    #[must_use]
    pub fn hub_sync(&self) -> SocketAddr {
        self.sync
    }

    /// Returns where the store answers.
    #[must_use]
    pub fn edge_url(&self) -> &str {
        &self.edge_url
    }

    /// Returns where the hub's console answers on this machine.
    #[must_use]
    pub fn hub_url(&self) -> &str {
        &self.hub_url
    }

    /// Returns where the hub takes enrolments, with TLS.
    #[must_use]
    pub fn hub_public_url(&self) -> &str {
        &self.hub_public_url
    }

    /// Returns the folder the programs are started in.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Returns the folder of the edge's data.
    #[must_use]
    pub fn edge_folder(&self) -> PathBuf {
        self.folder.path().join("edge")
    }

    /// Returns the folder of the hub's data.
    #[must_use]
    pub fn hub_folder(&self) -> PathBuf {
        self.folder.path().join("hub")
    }
}

fn hub_settings([public, sync, loopback]: [SocketAddr; 3], line: &Line) -> String {
    let line = line.address();
    format!(
        "data = \"hub\"\n\
         public_listen = \"{public}\"\n\
         sync_listen = \"{sync}\"\n\
         loopback_listen = \"{loopback}\"\n\
         sync_address = \"https://{line}\"\n\
         first_admin_password = \"{PASSWORD}\"\n"
    )
}

fn edge_settings(listen: SocketAddr, counter: &VirtualCounter) -> String {
    let mut text = format!("data = \"edge\"\nlisten = \"{listen}\"\n\n[[registers]]\nid = 1\n");
    let (scanner, printer) = (counter.scanner_address(), counter.printer_address());
    write!(
        text,
        "\n[registers.scanner]\naddress = \"{scanner}\"\n\
         \n[registers.printer]\naddress = \"{printer}\"\ndrawer_open_level = \"high\"\n"
    )
    .expect("a string takes everything");
    text
}

fn write(folder: &Path, name: &str, text: &str) {
    std::fs::write(folder.join(name), text).expect("a file can be written in the folder");
}
