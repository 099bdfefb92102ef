//! What the demo prints when it runs: where to look, and what to type there.

use std::fmt::Write;

use counterpart_protocol::staff::Role;

use crate::demo::RunningDemo;
use crate::hub::{COUPON_CODE, COUPON_PROMOTION, EXEMPT_CARD, MEMBER_CARD};
use crate::ledger::DemoMember;

/// Returns the lines to print once everything runs.
pub fn announcement(demo: &RunningDemo) -> String {
    let ledger = demo.ledger();
    let login = format!("{} / {}", ledger.operator, ledger.password);
    let (street, console) = (demo.street_url(), demo.doors().console.clone());
    let mut rows = vec![
        Row::of(
            "Start here",
            &street,
            "the map of the stores, trade, cut a line",
        ),
        Row::of("Hub console", &console, &login),
    ];
    for branch in demo.branches() {
        let (doors, members) = (branch.doors(), &branch.people().members);
        let people: Vec<String> = members.iter().map(person).collect();
        rows.push(Row::of("", "", ""));
        rows.push(Row::of(&doors.store, &doors.register, &people.join("  ")));
        rows.push(Row::of(
            "  devices",
            &branch.devices_url(),
            "scanner, printer, drawer, line",
        ));
        rows.push(Row::of(
            "  training",
            &doors.training,
            "the same PINs, other data",
        ));
        rows.push(Row::of(
            "  status",
            &doors.status,
            "links, devices, what waits",
        ));
    }
    rows.push(Row::of("", "", ""));
    let cards = format!("{MEMBER_CARD} a member, {EXEMPT_CARD} pays no tax");
    rows.push(Row::of("Cards", "scan or type them at a register", &cards));
    rows.push(Row::of(
        "Coupons",
        &format!("{console}/promotions/{COUPON_PROMOTION}/coupons"),
        &format!("{COUPON_CODE} for anybody; single-use ones there, as a file"),
    ));
    let folder = demo.folder().path().display().to_string();
    table(&rows, demo.branches().len(), &folder)
}

/// One line: a name, where it is, what to know there.
struct Row {
    name: String,
    address: String,
    note: String,
}

impl Row {
    fn of(name: &str, address: &str, note: &str) -> Self {
        Self {
            name: name.to_owned(),
            address: address.to_owned(),
            note: note.to_owned(),
        }
    }
}

/// A person and their PIN; managers are marked.
fn person(member: &DemoMember) -> String {
    let mark = match member.role {
        Role::Manager => "*",
        Role::Associate => "",
    };
    format!("{}{mark} {}", member.name, member.pin)
}

fn table(rows: &[Row], stores: usize, folder: &str) -> String {
    let width = |of: fn(&Row) -> usize| rows.iter().map(of).max().unwrap_or(0);
    let names = width(|row| row.name.chars().count());
    let addresses = width(|row| row.address.len());
    let mut text = match stores {
        1 => "\n  Counterpart runs: a hub and one store.\n\n".to_owned(),
        _ => format!("\n  Counterpart runs: a hub and {stores} stores.\n\n"),
    };
    let mut line = |written: String| {
        writeln!(text, "{}", written.trim_end()).expect("a string takes all that is written to it");
    };
    for Row {
        name,
        address,
        note,
    } in rows
    {
        line(format!("  {name:names$}   {address:addresses$}   {note}"));
    }
    line(String::new());
    line(format!(
        "  {:names$}   beside each register; * is the manager",
        "PINs"
    ));
    line(format!(
        "  {:names$}   {folder} (--reset starts over)",
        "Data"
    ));
    line(format!(
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
        let noor = DemoMember {
            name: "Noor".to_owned(),
            role: Role::Manager,
            pin: "4071".to_owned(),
        };
        let rows = [
            Row::of("Start here", "http://127.0.0.1:8430/", "the map"),
            Row::of("", "", ""),
            Row::of(
                "Utrecht",
                "http://127.0.0.1:8410/register/1",
                &person(&noor),
            ),
        ];
        assert_eq!(
            table(&rows, 1, ".counterpart"),
            "
  Counterpart runs: a hub and one store.

  Start here   http://127.0.0.1:8430/             the map

  Utrecht      http://127.0.0.1:8410/register/1   Noor* 4071

  PINs         beside each register; * is the manager
  Data         .counterpart (--reset starts over)
  Stop         Ctrl-C; the next start goes on from here
"
        );
    }
}
