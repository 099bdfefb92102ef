//! Receipts in many languages on printers with many tables and with few: what comes off is read
//! back and compared, character by character.

use counterpart_hardware::r#virtual::PrintedLine;
use counterpart_hardware::{
    CodePage, Cut, Outcome, PrintedReceipt, PrinterConfig, PrinterLink, Profile, SampleReceipt,
    VirtualPrinter, VirtualPrinterOptions, encode, logo,
};
use counterpart_paper::{Document, Face, Paper, text};
use unifont::get_glyph;

use crate::world::{patient, within};

fn receipt(language: &str) -> Document {
    SampleReceipt::in_language(language)
        .unwrap()
        .document()
        .unwrap()
}

/// Every kind of printer, each on both papers and with a cutter.
fn printers() -> Vec<Profile> {
    let only_437 = Profile {
        name: "only PC437".to_owned(),
        pages: vec![(CodePage::Pc437, 0)],
        ..Profile::generic_80mm()
    };
    let models = [
        Profile::epson_80mm(),
        Profile::generic_80mm(),
        Profile::clone_80mm(),
        only_437,
    ];
    let papers = [Paper::MM80, Paper::MM58];
    let all = models.into_iter().flat_map(|model| {
        papers.map(|paper| Profile {
            paper,
            cut: Cut::Full,
            ..model.clone()
        })
    });
    all.collect()
}

async fn print(document: &Document, profile: &Profile) -> PrintedReceipt {
    let options = VirtualPrinterOptions {
        paper: profile.paper,
        ..VirtualPrinterOptions::default()
    };
    let twin = VirtualPrinter::spawn(options).await.unwrap();
    let mut config = PrinterConfig::new(twin.port_address(), profile.clone());
    config.timeouts = patient();
    let encoded = encode(document, profile);
    assert_eq!(encoded.substitutions, [], "{}", profile.name);
    let outcome = within(PrinterLink::new(config).print(&encoded.into())).await;
    assert!(!matches!(outcome, Outcome::NotStarted(_)), "{outcome:?}");
    let seen = within(twin.until(|seen| !seen.receipts.is_empty())).await;
    assert_eq!(seen.not_understood, Vec::<Vec<u8>>::new());
    within(twin.shutdown()).await;
    seen.receipts[0].as_ref().clone()
}

/// What people type instead, where a printer has no such sign.
fn look_alike(sign: char) -> Option<char> {
    match sign {
        '–' => Some('-'),
        '·' | '•' => Some('*'),
        '“' | '”' | '„' => Some('"'),
        '’' => Some('\''),
        _ => None,
    }
}

/// Whether a reader sees what was meant: the same character, one drawn the same (a Greek Α and a
/// Latin A), or what people type instead of a sign the printer lacks.
fn means(meant: char, read: char, profile: &Profile) -> bool {
    let in_a_table = profile
        .pages
        .iter()
        .any(|(page, _)| page.byte_of(meant).is_some());
    let drawn = |character| get_glyph(character);
    meant == read
        || drawn(meant).is_some_and(|glyph| drawn(read) == Some(glyph))
        || (!in_a_table && look_alike(meant) == Some(read))
}

#[tokio::test]
async fn every_character_of_every_language_comes_off_every_printer() {
    for profile in printers() {
        for language in SampleReceipt::LANGUAGES {
            let document = receipt(language);
            let printed = print(&document, &profile).await;
            let meant = text(&document, profile.paper.columns);
            let (name, columns) = (&profile.name, profile.paper.columns);
            let place = format!("{language} on {name}, {columns} columns:\n{}", printed.text);
            let (read, lines) = (printed.text.lines(), meant.lines());
            assert_eq!(read.clone().count(), lines.clone().count(), "{place}");
            for (line, meant) in read.zip(lines) {
                assert_eq!(
                    line.chars().count(),
                    meant.chars().count(),
                    "{line}\n{place}"
                );
                for (read, meant) in line.chars().zip(meant.chars()) {
                    assert!(
                        means(meant, read, &profile),
                        "{read} for {meant} in {place}"
                    );
                }
            }
            assert!(
                !printed.text.contains('?') || meant.contains('?'),
                "{place}"
            );
            assert!(printed.png().starts_with(b"\x89PNG"), "{place}");
        }
    }
}

#[tokio::test]
async fn what_is_drawn_keeps_its_look_and_stays_on_the_paper() {
    let clone = Profile::clone_80mm();
    let printed = print(&receipt("pl"), &clone).await;
    let drawn: Vec<(&str, Face)> = printed
        .lines
        .iter()
        .filter_map(|line| match line {
            PrintedLine::Picture { words, picture, .. } => {
                assert!(picture.width() <= clone.paper.dots, "{words:?}");
                words.as_ref().map(|(text, face)| (text.as_str(), *face))
            }
            PrintedLine::Text { .. } | PrintedLine::Barcode { .. } | PrintedLine::Qr { .. } => None,
        })
        .collect();
    let looks = |bold, wide, tall| Face { bold, wide, tall };
    assert_eq!(drawn[0], ("       Żabi Sklep", looks(true, true, true)));
    assert!(
        drawn.contains(&(
            "DO ZAPŁATY                               9,00 zł",
            looks(true, false, true)
        )),
        "{drawn:?}"
    );
    assert!(
        drawn.contains(&("Dziękujemy • źródło", looks(true, false, false))),
        "{drawn:?}"
    );
    assert!(
        drawn.contains(&("Śledź w śmietanie", looks(false, true, false))),
        "{drawn:?}"
    );
}

#[tokio::test]
async fn a_logo_stands_at_the_top_once_and_in_the_middle() {
    // A frame of 200 by 120 dots with a hole, as PBM text.
    let dots = (0..120).flat_map(|row| {
        (0..200).map(move |column| {
            let inside = (20..180).contains(&column) && (20..100).contains(&row);
            if inside { "0 " } else { "1 " }
        })
    });
    let file = format!("P1 200 120\n{}", dots.collect::<String>());
    let profile = Profile::epson_80mm();
    let twin = VirtualPrinter::spawn(VirtualPrinterOptions::default())
        .await
        .unwrap();
    let mut config = PrinterConfig::new(twin.port_address(), profile.clone());
    config.logo = Some(logo(file.as_bytes(), profile.paper).unwrap());
    within(twin.shutdown()).await;
    let document = config.headed(&receipt("de"));
    let printed = print(&document, &profile).await;
    assert_eq!(printed.text, text(&document, profile.paper.columns));
    let pictures: Vec<_> = printed
        .lines
        .iter()
        .filter_map(|line| match line {
            PrintedLine::Picture {
                picture,
                words: None,
                ..
            } => Some(picture),
            PrintedLine::Picture { .. }
            | PrintedLine::Text { .. }
            | PrintedLine::Barcode { .. }
            | PrintedLine::Qr { .. } => None,
        })
        .collect();
    assert_eq!(pictures.len(), 1, "in one piece, however it was sent");
    let (picture, before) = (pictures[0], (576 - 200) / 2);
    assert_eq!(picture.height(), 120);
    assert_eq!(picture.dots().count(), 200 * 120 - 160 * 80);
    assert!(picture.is_dark(before, 0) && !picture.is_dark(before - 1, 0));
    assert!(picture.is_dark(before + 199, 119) && !picture.is_dark(before + 100, 60));
}
