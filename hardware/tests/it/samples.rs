//! `hardware-check sample`: what an installer gets as files.

use std::process::{Command, Output};

use counterpart_hardware::{Profiles, SampleReceipt, encode};

fn sample(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hardware-check"));
    command.arg("sample").args(arguments).output().unwrap()
}

#[test]
fn a_receipt_is_written_as_bytes_text_and_picture() {
    let folder = tempfile::tempdir().unwrap();
    for profile in Profiles::usual().names() {
        let out = folder.path().join(format!("{profile}.bin"));
        let to = out.to_str().unwrap();
        let done = sample(&["--profile", profile, "--lang", "el", "--out", to]);
        assert!(done.status.success(), "{done:?}");
        let receipt = SampleReceipt::in_language("el").unwrap();
        let known = Profiles::usual().by_name(profile).unwrap();
        let document = receipt.document().unwrap();
        assert_eq!(
            std::fs::read(&out).unwrap(),
            encode(&document, &known).bytes
        );
        let words = std::fs::read_to_string(out.with_extension("txt")).unwrap();
        assert!(words.contains("Φούρνος Ωμέγα"), "{words}");
        let picture = std::fs::read(out.with_extension("png")).unwrap();
        let wide = u32::from_be_bytes(picture[16..20].try_into().unwrap());
        assert!(picture.starts_with(b"\x89PNG"));
        let margins = 48;
        assert_eq!(
            wide,
            u32::from(known.paper.columns as u16) * 12 + margins,
            "{profile}"
        );
    }
}

#[test]
fn a_language_there_is_not_is_refused_with_those_there_are() {
    let refused = sample(&["--lang", "xx", "--out", "nowhere.bin"]);
    assert!(!refused.status.success());
    let said = String::from_utf8(refused.stderr).unwrap();
    assert!(
        said.contains("[possible values: en, de, fr, pl, tr, el, cs, ja, en-IN]"),
        "{said}"
    );
}

#[test]
fn the_usual_profiles_are_a_file_to_change_and_use() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_hardware-check"));
    let written = command.arg("profiles").output().unwrap();
    let usual = String::from_utf8(written.stdout).unwrap();
    let own = usual.replace("name = \"epson-80mm\"", "name = \"kitchen\"");
    let own = own.replace("\"epson-80mm\"", "\"kitchen\"");
    let own = own.replace("columns = 48\ndots = 576", "columns = 42\ndots = 512");
    let (file, out) = (
        folder.path().join("printers.toml"),
        folder.path().join("receipt.bin"),
    );
    std::fs::write(&file, own).unwrap();
    let (file, to) = (file.to_str().unwrap(), out.to_str().unwrap());
    let done = sample(&["--profiles", file, "--profile", "kitchen", "--out", to]);
    assert!(done.status.success(), "{done:?}");
    let words = std::fs::read_to_string(out.with_extension("txt")).unwrap();
    assert_eq!(
        words.lines().map(|line| line.chars().count()).max(),
        Some(42)
    );
    let refused = sample(&["--profile", "kitchen", "--out", to]);
    let sentence = "there is no printer profile \"kitchen\": choose one of epson-80mm, epson-58mm, \
                    generic-80mm, clone-80mm\n";
    assert_eq!(String::from_utf8(refused.stderr).unwrap(), sentence);
}
