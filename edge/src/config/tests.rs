//! What an installer may write, and what is said about the rest.

use std::time::Duration;

use counterpart_daemon::config::{ConfigFile, Sources, load};
use counterpart_hardware::{
    AimIds, CodePage, DisplayDialect, DrawerPin, FrameEnd, Framing, PdfPrinting, Profiles,
    ScaleProtocol, SensorLevel,
};

use super::{LISTEN, Settings};
use crate::devices::LabelUses;

fn settings(text: &str) -> Settings {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("edge.toml");
    std::fs::write(&path, text).unwrap();
    load(&Sources::none().file(ConfigFile::Named(path))).unwrap()
}

#[track_caller]
fn check_refused(text: &str, sentence: &str) {
    let refused = settings(text)
        .check()
        .err()
        .expect("these settings must be refused");
    assert_eq!(refused.to_string(), sentence);
}

#[test]
fn without_settings_there_is_one_register_on_loopback() {
    let config = settings("").check().unwrap();
    assert_eq!(config.listen, LISTEN);
    assert_eq!(config.registers.len(), 1);
    assert!(config.registers[0].printer.is_none());
}

#[test]
fn registers_come_with_their_devices_in_the_order_of_their_numbers() {
    let config = settings(
        r#"
        [[registers]]
        id = 2
        name = "Garden"

        [[registers]]
        id = 1
        [registers.scanner]
        address = "serial:/dev/pos/scanner-1"
        [registers.printer]
        address = "tcp:10.0.0.21:9100"
        profile = "epson-58mm"
        drawer_pin = 5
        drawer_open_level = "high"
        "#,
    )
    .check()
    .unwrap();
    let [first, second] = config.registers.as_slice() else {
        panic!("two registers were set");
    };
    assert_eq!(
        (first.name.as_str(), second.name.as_str()),
        ("Register 1", "Garden")
    );
    let printer = first.printer.as_ref().unwrap();
    assert_eq!(printer.profile.name, "epson-58mm");
    assert_eq!(printer.drawer.pin, DrawerPin::Pin5);
    assert_eq!(printer.drawer.open_level, Some(SensorLevel::High));
}

#[test]
fn a_register_may_have_two_scanners_one_of_them_a_keyboard() {
    let config = settings(
        r#"
        [[registers]]
        id = 1
        [registers.scanner]
        address = "serial:/dev/pos/scanner-1"
        [registers.hand_scanner]
        address = "evdev:/dev/pos/hand-1?layout=de"
        end = "tab"
        [registers.label_printer]
        address = "tcp:10.0.0.22:9100"
        prints = ["cartons"]
        "#,
    )
    .check()
    .unwrap();
    let counter = &config.registers[0].counter;
    let hand = counter.hand_scanner.as_ref().unwrap();
    assert_eq!(hand.address.to_string(), "evdev:/dev/pos/hand-1?layout=de");
    assert_eq!(hand.framing.end, FrameEnd::Byte(b'\t'));
    assert_eq!(hand.framing.gap, Duration::from_millis(100));
    assert!(counter.labels.cartons && !counter.labels.pickups);
    let usual = settings("[[registers]]\nid = 1").check().unwrap();
    assert_eq!(usual.registers[0].counter.labels, LabelUses::default());
    check_refused(
        "[[registers]]\nid = 1\nhand_scanner = { address = \"/dev/input/event3\" }",
        "the scanner of register 1: the address \"/dev/input/event3\" starts with none of serial:, \
         evdev: and tcp:",
    );
    check_refused(
        "[[registers]]\nid = 1\nscanner = { address = \"evdev:/dev/pos/s\" }\nhand_scanner = { \
         address = \"evdev:/dev/pos/s\" }",
        "register 1 uses evdev:/dev/pos/s, which another register uses already: give each its own \
         device",
    );
}

#[test]
fn a_printer_may_be_one_of_a_file_of_ones_own() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("printers.toml");
    let set = |profile: &str| {
        format!(
            "printer_profiles = \"{}\"\n[[registers]]\nid = 1\n[registers.printer]\naddress = \
             \"usb:/dev/pos/printer-1\"\nprofile = \"{profile}\"",
            file.display()
        )
    };
    let own = "[[printer]]\nname = \"kitchen\"\nlike = \"clone-80mm\"\ncolumns = 42\n";
    std::fs::write(&file, own).unwrap();
    let config = settings(&set("kitchen")).check().unwrap();
    let printer = config.registers[0].printer.as_ref().unwrap();
    assert_eq!(printer.profile.paper.columns, 42);
    assert_eq!(printer.address.to_string(), "usb:/dev/pos/printer-1");
    check_refused(
        &set("bar"),
        "the printer of register 1 has the profile \"bar\": choose one of epson-80mm, epson-58mm, \
         generic-80mm, clone-80mm, kitchen",
    );
    std::fs::write(&file, "[[printer]]\nname = \"kitchen\"").unwrap();
    check_refused(
        &set("kitchen"),
        &format!(
            "the printer profiles {}: the printer \"kitchen\" says nothing of its columns: write \
             it, or what it is like",
            file.display()
        ),
    );
}

#[test]
fn a_wrong_register_is_named() {
    check_refused(
        "[[registers]]\nid = 1\n[[registers]]\nid = 1",
        "register 1 is set twice, or its number is not at least 1: number them 1, 2, 3, …",
    );
    check_refused(
        "[[registers]]\nid = 3\nprinter = { address = \"10.0.0.21\" }",
        "the printer of register 3: the address \"10.0.0.21\" starts with none of tcp:, serial: and \
         usb:",
    );
    let choices = Profiles::usual().names().join(", ");
    check_refused(
        "[[registers]]\nid = 1\nprinter = { address = \"tcp:p:9100\", profile = \"star\" }",
        &format!("the printer of register 1 has the profile \"star\": choose one of {choices}"),
    );
    check_refused(
        "[[registers]]\nid = 1\nprinter = { address = \"tcp:p:9100\", drawer_pin = 3 }",
        "the drawer of register 1 is on pin 3: it can be 2 or 5",
    );
    check_refused(
        "[[registers]]\nid = 1\nprinter = { address = \"tcp:p:9100\" }\n\
         [[registers]]\nid = 2\nprinter = { address = \"tcp:p:9100\" }",
        "register 2 uses tcp:p:9100, which another register uses already: give each its own device",
    );
}

fn scanner(lines: &str) -> String {
    format!("[[registers]]\nid = 1\n[registers.scanner]\naddress = \"serial:/dev/s\"\n{lines}")
}

#[track_caller]
fn check_framing(lines: &str, prefix: Option<u8>, end: FrameEnd, gap_ms: u64) {
    let config = settings(&scanner(lines)).check().unwrap();
    let expected = Framing {
        prefix,
        end,
        gap: Duration::from_millis(gap_ms),
        ..Framing::default()
    };
    assert_eq!(
        config.registers[0].scanner.as_ref().unwrap().framing,
        expected
    );
}

#[test]
fn a_scanner_may_send_identifiers_or_not() {
    #[track_caller]
    fn check(lines: &str, aim: AimIds) {
        let config = settings(&scanner(lines)).check().unwrap();
        assert_eq!(config.registers[0].scanner.as_ref().unwrap().aim, aim);
    }
    check("", AimIds::Detected);
    check("aim = \"detect\"", AimIds::Detected);
    check("aim = \"on\"", AimIds::Sent);
    check("aim = \"off\"", AimIds::Off);
}

#[test]
fn a_scanner_may_begin_and_end_its_codes_as_it_does() {
    check_framing("", None, FrameEnd::LineEnd, 50);
    check_framing("end = \"stx_etx\"", Some(2), FrameEnd::Byte(3), 50);
    check_framing(
        "end = \"tab\"\nprefix = 0x02",
        Some(2),
        FrameEnd::Byte(9),
        50,
    );
    check_framing("end = \"gap\"\ngap_ms = 80", None, FrameEnd::Gap, 80);
}

#[test]
fn a_framing_that_cannot_work_is_named() {
    check_refused(
        &scanner("end = \"etx\"\nprefix = 3"),
        "the scanner of register 1 has the prefix 0x03, which does not go with its end: with \
         `stx_etx` the prefix is 0x02, else it is another byte than the end",
    );
    check_refused(
        &scanner("gap_ms = 0"),
        "the scanner of register 1 has a gap of 0 ms: it can be 1 to 2000",
    );
}

#[test]
fn a_signer_is_none_unless_set_and_a_wrong_one_is_said() {
    assert!(settings("").check().unwrap().signer.is_none());
    let none = "[signer]\nkind = \"none\"";
    assert!(settings(none).check().unwrap().signer.is_none());
    let set = "[signer]\nkind = \"virtual\"\naddress = \"tcp:127.0.0.1:9500\"";
    let signer = settings(set).check().unwrap().signer.unwrap();
    assert_eq!(signer.limit, Duration::from_secs(3));
    check_refused(
        "[signer]\nkind = \"virtual\"",
        "the address of the signer: the address \"\" starts with none of tcp:, serial: and usb:",
    );
    check_refused(
        &format!("{set}\nlimit_ms = 60000"),
        "the limit of the signer is 60000 ms: it can be 100 to 10000",
    );
}

#[test]
fn a_counter_has_what_is_set_up_and_nothing_else() {
    let config = settings(
        r#"
        in_store_codes = ["21IIIIIWWWWWC"]

        [[registers]]
        id = 1
        [registers.scale]
        address = "serial:/dev/pos/scale-1?bits=7&parity=even"
        [registers.display]
        address = "serial:/dev/pos/display-1"
        dialect = "cd5220"
        code_page = 852
        idle = ["Corner shop", "Willkommen"]
        [registers.label_printer]
        address = "tcp:10.0.0.22:9100"
        pdf = "direct"
        [registers.terminal]
        address = "tcp:127.0.0.1:8443"
        poi_id = "P400-1"
        "#,
    )
    .check()
    .unwrap();
    assert_eq!(config.in_store_codes.len(), 1);
    let counter = &config.registers[0].counter;
    assert_eq!(
        counter.scale.as_ref().unwrap().protocol,
        ScaleProtocol::Toledo8217
    );
    let display = counter.display.as_ref().unwrap();
    assert_eq!(display.dialect, DisplayDialect::Cd5220);
    assert_eq!(display.page, (CodePage::Pc852, 18));
    assert_eq!(display.idle.lines(), ["Corner shop", "Willkommen"]);
    let labels = counter.label_printer.as_ref().unwrap();
    assert_eq!(labels.pdf, PdfPrinting::Direct);
    let terminal = counter.terminal.as_ref().unwrap();
    assert_eq!(terminal.sale_id, "TILL-1");
    assert_eq!(counter.addresses().len(), 4);
    assert!(
        settings("").check().unwrap().registers[0]
            .counter
            .addresses()
            .is_empty()
    );
}

#[test]
fn what_is_wrong_with_a_counter_is_said() {
    let register = |device: &str| format!("[[registers]]\nid = 1\n{device}");
    check_refused(
        "in_store_codes = [\"21IIIII\"]",
        "the setting \"in_store_codes\": '21IIIII' has not 8, 12 or 13 places",
    );
    check_refused(
        &register("[registers.display]\naddress = \"serial:/dev/x\"\ncode_page = 932"),
        "the display of register 1 has the code page 932: choose one of 437, 737, 775, 850, 852, \
         857, 858, 866, 1252",
    );
    check_refused(
        &register("[registers.scale]\naddress = \"/dev/ttyUSB0\""),
        "the scale of register 1: the address \"/dev/ttyUSB0\" starts with none of tcp:, serial: \
         and usb:",
    );
    check_refused(
        &register("[registers.printer]\naddress = \"tcp:10.0.0.21:9100\"\nlogo = \"/dev/null\""),
        "the logo /dev/null of register 1: it is neither a PNG nor a PBM file: save it as PNG",
    );
    let away = "[registers.terminal]\naddress = \"tcp:10.0.0.30:8443\"\npoi_id = \"P400-1\"";
    check_refused(
        &register(away),
        "the terminal of register 1: off this machine it is believed only by its certificate: set \
         `authority`",
    );
    check_refused(
        &register("[registers.terminal]\naddress = \"serial:/dev/x\"\npoi_id = \"P400-1\""),
        "the terminal of register 1: it is reached over the network: tcp:HOST:PORT",
    );
    let twice = "[registers.scanner]\naddress = \"serial:/dev/x\"\n[registers.scale]\naddress = \
                 \"serial:/dev/x\"";
    check_refused(
        &register(twice),
        "register 1 uses serial:/dev/x, which another register uses already: give each its own \
         device",
    );
}
