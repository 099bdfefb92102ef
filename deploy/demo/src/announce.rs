//! What the demo prints when it runs: where to look, and what to type there.

use std::fmt::Write;

use counterpart_protocol::staff::Role;

use crate::demo::RunningDemo;
use crate::ledger::DemoMember;

/// Returns the lines to print once everything runs.
pub fn announcement(demo: &RunningDemo) -> String {
    let (doors, ledger) = (demo.doors(), demo.ledger());
    let login = format!("{} / {}", ledger.operator, ledger.password);
    let devices = demo.devices_url();
    let rows = [
        (
            "Start here",
            devices.as_str(),
            "scanner, printer, drawer, line to the hub",
        ),
        (
            "Register",
            doors.register.as_str(),
            "sign in with a PIN below",
        ),
        (
            "Store status",
            doors.status.as_str(),
            "links, devices, what waits",
        ),
        ("Hub console", doors.console.as_str(), login.as_str()),
    ];
    let folder = demo.folder().path().display().to_string();
    table(&doors.store, &rows, &ledger.members, &folder)
}

fn table(store: &str, rows: &[(&str, &str, &str)], staff: &[DemoMember], folder: &str) -> String {
    let width = |of: fn(&(&str, &str, &str)) -> usize| rows.iter().map(of).max().unwrap_or(0);
    let (names, addresses) = (width(|row| row.0.len()), width(|row| row.1.len()));
    let mut text = format!("\n  Counterpart runs: a hub, and the store {store}.\n\n");
    let mut line = |written: std::fmt::Arguments<'_>| {
        writeln!(text, "{written}").expect("a string takes all that is written to it");
    };
    for (name, address, note) in rows {
        line(format_args!(
            "  {name:names$}   {address:addresses$}   {note}"
        ));
    }
    line(format_args!(""));
    for (at, member) in staff.iter().enumerate() {
        let head = if at == 0 { "PINs" } else { "" };
        let role = match member.role {
            Role::Manager => "manager",
            Role::Associate => "associate",
        };
        let (name, pin) = (&member.name, &member.pin);
        line(format_args!("  {head:names$}   {pin}  {name:8}{role}"));
    }
    line(format_args!(""));
    line(format_args!(
        "  {:names$}   {folder} (--reset starts over)",
        "Data"
    ));
    line(format_args!(
        "  {:names$}   Ctrl-C; the next start goes on from here",
        "Stop"
    ));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_aligned() {
        let rows = [
            ("Start here", "http://127.0.0.1:8420/", "scanner"),
            ("Hub", "http://127.0.0.1:8400/", "admin / amber-kettle-4821"),
        ];
        let staff = [
            ("Noor", Role::Manager, "4071"),
            ("Iris", Role::Associate, "1357"),
        ];
        let staff = staff.map(|(name, role, pin)| DemoMember {
            name: name.to_owned(),
            role,
            pin: pin.to_owned(),
        });
        let text = table("Utrecht", &rows, &staff, ".counterpart");
        assert_eq!(
            text,
            "
  Counterpart runs: a hub, and the store Utrecht.

  Start here   http://127.0.0.1:8420/   scanner
  Hub          http://127.0.0.1:8400/   admin / amber-kettle-4821

  PINs         4071  Noor    manager
               1357  Iris    associate

  Data         .counterpart (--reset starts over)
  Stop         Ctrl-C; the next start goes on from here
"
        );
    }
}
