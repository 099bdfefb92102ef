//! The server that the test processes of this machine share. The first that needs it starts it; it
//! goes by itself when none has used it for a while, so a run that is broken off leaves nothing.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use crate::config::given_server;
use crate::server::{self, Disk};

/// Looks every half minute whether anybody has used the server within ten.
const WATCH: &str = r#"
while sleep 30; do
    [ -n "$(find "$1/used" -mmin -10 2>/dev/null)" ] && continue
    "$2" --pgdata "$1/data" -m immediate stop
    exit
done"#;

/// Returns the address of the shared server, which runs.
pub(crate) fn address() -> String {
    static ADDRESS: OnceLock<String> = OnceLock::new();
    let address = ADDRESS.get_or_init(|| given_server().unwrap_or_else(start_or_join));
    if given_server().is_none() {
        note_use(&folder());
    }
    address.clone()
}

fn folder() -> PathBuf {
    // One for each version of this harness, so that two checkouts do not fight.
    std::env::temp_dir().join("counterpart-test-postgres-1")
}

fn start_or_join() -> String {
    let lock = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(folder().with_extension("lock"))
        .expect("the folder for temporary files can be written");
    lock.lock().expect("a file can be locked");
    let folder = folder();
    if !server::runs(&folder) {
        // What a killed server leaves is not worth mending.
        if folder.exists() {
            fs::remove_dir_all(&folder).expect("what is left can be removed");
        }
        fs::create_dir(&folder).expect("the folder for temporary files can be written");
        note_use(&folder);
        server::make(&folder);
        server::start(&folder, Disk::Trusted, None);
        watch(&folder);
    }
    note_use(&folder);
    server::address(&folder, None)
}

fn note_use(folder: &Path) {
    // Gone only if the server is, and then a test says so.
    let _ = fs::write(folder.join("used"), "");
}

/// Leaves a process behind that stops the server when nobody uses it.
fn watch(folder: &Path) {
    let stop = server::as_server_user("pg_ctl");
    let program = stop
        .get_args()
        .last()
        .map_or_else(|| stop.get_program().to_owned(), std::ffi::OsStr::to_owned);
    let mut command = Command::new("setsid");
    command.args(["sh", "-c", WATCH, "watch"]).arg(folder);
    if stop.get_program() == "runuser" {
        command = Command::new("setsid");
        command
            .args([
                "runuser", "-u", "postgres", "--", "sh", "-c", WATCH, "watch",
            ])
            .arg(folder);
    }
    command
        .arg(program)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    #[expect(
        clippy::zombie_processes,
        reason = "it outlives the test that starts it"
    )]
    command.spawn().expect("setsid is part of every Linux");
}
