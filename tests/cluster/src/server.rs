//! One server: made, started, stopped, killed.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

use crate::tls;

/// Where Debian keeps the programs, one folder a version.
const PROGRAMS: &str = "/usr/lib/postgresql";
/// Names the socket of a server that listens on no port.
const PORT: u16 = 5432;
/// Who may sign in: `locked` with a password, everybody else as they say; over a port with TLS.
const ACCESS: &str = "local all locked scram-sha-256\nlocal all all trust\n\
    hostssl all all 127.0.0.1/32 trust\n";
/// Texts are ordered as people do, so that an order by bytes must be asked for.
const LOCALE: [&str; 3] = [
    "--locale=C.UTF-8",
    "--locale-provider=icu",
    "--icu-locale=en-US",
];

/// A server with a folder of its own, stopped when this goes.
#[derive(Debug)]
pub struct Server {
    folder: TempDir,
    disk: Disk,
    /// The port of this machine it also listens on, with TLS only.
    port: Option<u16>,
}

/// What a server does before it says that something is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Disk {
    /// It waits for the disk, as a retailer's does.
    Waits,
    /// It does not: a killed process loses nothing, and tests are quicker.
    Trusted,
}

impl Server {
    /// Makes a server and starts it.
    ///
    /// # Panics
    ///
    /// When there is no PostgreSQL on this machine, or it does not start.
    #[must_use]
    pub fn start() -> Self {
        Self::start_on(Disk::Trusted)
    }

    /// Makes a server that is as durable as a retailer's, and starts it: for benches.
    ///
    /// # Panics
    ///
    /// As [`Server::start`].
    #[must_use]
    pub fn durable() -> Self {
        Self::start_on(Disk::Waits)
    }

    /// Makes a server that also listens on a port of this machine, for those who speak TLS, and
    /// starts it.
    ///
    /// # Panics
    ///
    /// As [`Server::start`].
    #[must_use]
    pub fn with_tls() -> Self {
        let folder = new_folder();
        tls::certify(&data(folder.path()));
        let server = Self {
            port: Some(tls::free_port()),
            folder,
            disk: Disk::Trusted,
        };
        server.start_again();
        server
    }

    fn start_on(disk: Disk) -> Self {
        let server = Self {
            folder: new_folder(),
            disk,
            port: None,
        };
        server.start_again();
        server
    }

    /// Returns its address, without a database.
    #[must_use]
    pub fn address(&self) -> String {
        address(self.folder.path(), self.port)
    }

    /// Returns the address of its port at the host of this name, without a database.
    ///
    /// # Panics
    ///
    /// When it was made without TLS.
    #[must_use]
    pub fn tls_address(&self, host: &str) -> String {
        let port = self.port.expect("the server was made with TLS");
        format!("postgres://postgres@{host}:{port}")
    }

    /// Returns the file of the certificate it shows, which is good for `localhost` only.
    #[must_use]
    pub fn certificate(&self) -> PathBuf {
        tls::certificate(&data(self.folder.path()))
    }

    /// Starts it after a stop.
    ///
    /// # Panics
    ///
    /// When it does not start.
    pub fn start_again(&self) {
        start(self.folder.path(), self.disk, self.port);
    }

    /// Stops it as a power cut does: nothing is finished, nobody is told.
    ///
    /// # Panics
    ///
    /// When it does not run.
    pub fn stop_at_once(&self) {
        control(self.folder.path(), &["-m", "immediate", "stop"]);
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // A test may have stopped it.
        let _ = try_control(self.folder.path(), &["-m", "immediate", "stop"]);
    }
}

fn new_folder() -> TempDir {
    let folder = TempDir::with_prefix("counterpart-postgres-").expect("a folder can be made");
    make(folder.path());
    folder
}

/// Makes the files of a server in an empty folder.
pub(crate) fn make(folder: &Path) {
    if is_root() {
        // The server refuses to be root's.
        give_to_server(folder);
    }
    let mut command = as_server_user("initdb");
    command
        .arg("--pgdata")
        .arg(data(folder))
        .args([
            "--username=postgres",
            "--auth=trust",
            "--encoding=UTF8",
            "--no-sync",
        ])
        .args(LOCALE);
    run(&mut command);
    fs::write(data(folder).join("pg_hba.conf"), ACCESS).expect("the folder can be written");
}

/// Makes a file or folder the server's user's.
pub(crate) fn give_to_server(place: &Path) {
    run(Command::new("chown").arg("postgres:").arg(place));
}

/// Starts a server and waits until it answers, on this port as well if there is one.
pub(crate) fn start(folder: &Path, disk: Disk, port: Option<u16>) {
    let waits = match disk {
        Disk::Waits => "on",
        Disk::Trusted => "off",
    };
    let listens = match port {
        Some(_) => "-c listen_addresses=127.0.0.1 -c ssl=on",
        None => "-c listen_addresses=''",
    };
    let named = port.unwrap_or(PORT);
    let settings = format!(
        "{listens} -c unix_socket_directories='{}' -c port={named} -c fsync={waits} \
         -c full_page_writes={waits} -c max_connections=300 -c shared_buffers=64MB \
         -c deadlock_timeout=200ms",
        folder.display()
    );
    let log = data(folder).join("server.log");
    let log = log.to_str().expect("the folder's name is text");
    control(
        folder,
        &["-w", "-t", "120", "-l", log, "-o", &settings, "start"],
    );
}

/// Tells whether a server runs in a folder.
pub(crate) fn runs(folder: &Path) -> bool {
    data(folder).exists() && try_control(folder, &["status"])
}

pub(crate) fn data(folder: &Path) -> PathBuf {
    folder.join("data")
}

/// Returns the address of a server's socket.
pub(crate) fn address(folder: &Path, port: Option<u16>) -> String {
    let socket = folder.to_str().expect("the folder's name is text");
    let port = port.unwrap_or(PORT);
    format!("postgres://postgres@{}:{port}", socket.replace('/', "%2F"))
}

fn control(folder: &Path, arguments: &[&str]) {
    let mut command = as_server_user("pg_ctl");
    command.arg("--pgdata").arg(data(folder)).args(arguments);
    run(&mut command);
}

fn try_control(folder: &Path, arguments: &[&str]) -> bool {
    let mut command = as_server_user("pg_ctl");
    command.arg("--pgdata").arg(data(folder)).args(arguments);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// Returns a command of PostgreSQL's, run by its own user if we are root.
pub(crate) fn as_server_user(program: &str) -> Command {
    let program = programs().join(program);
    let mut command = if is_root() {
        let mut command = Command::new("runuser");
        command.args(["-u", "postgres", "--"]).arg(program);
        command
    } else {
        Command::new(program)
    };
    // A server inherits what its starter has open: it must not keep a test's pipes.
    command.stdin(Stdio::null()).current_dir("/");
    command
}

/// Returns the folder of the newest version's programs.
fn programs() -> PathBuf {
    let versions = fs::read_dir(PROGRAMS).into_iter().flatten().flatten();
    let newest = versions
        .filter_map(|version| version.file_name().to_str()?.parse::<u32>().ok())
        .max();
    let newest = newest.expect(
        "PostgreSQL is not installed, and its tests cannot run: apt-get install postgresql",
    );
    Path::new(PROGRAMS).join(newest.to_string()).join("bin")
}

fn run(command: &mut Command) {
    // The server outlives its starter and would keep a pipe open for ever.
    let folder = tempfile::tempdir().expect("a folder can be made");
    let said = folder.path().join("said");
    let file = || fs::File::options().create(true).append(true).open(&said);
    command
        .stdout(file().expect("a file can be made"))
        .stderr(file().expect("a file can be made"));
    let status = command.status();
    let done = status.as_ref().is_ok_and(std::process::ExitStatus::success);
    let said = fs::read_to_string(&said).unwrap_or_default();
    assert!(done, "{command:?}: {status:?}\n{said}");
}

pub(crate) fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0)
}
