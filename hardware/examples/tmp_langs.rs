//! Temporary.
use counterpart_hardware::*;
use counterpart_paper::{Document, Paper, Style};
/// What a receipt says in one language.
struct Words {
    title: &'static str,
    lines: &'static [(&'static str, &'static str)],
    total: &'static str,
    thanks: &'static str,
}

const LANGUAGES: &[(&str, Words)] = &[
    (
        "German",
        Words {
            title: "Bäckerei Größ",
            lines: &[("Weißbrot – 750 g", "3,20 €"), ("Äpfel „Öko“ …", "2,49 €")],
            total: "SUMME · EUR",
            thanks: "Vielen Dank für Ihren Einkauf!",
        },
    ),
    (
        "French",
        Words {
            title: "Épicerie du Cœur",
            lines: &[
                ("Crème brûlée – œufs frais", "4,90 €"),
                ("Maïs, Noël, où ?", "1,05 €"),
            ],
            total: "TOTAL À PAYER",
            thanks: "Merci de votre visite · à bientôt…",
        },
    ),
    (
        "Polish",
        Words {
            title: "Żabi Sklep",
            lines: &[
                ("Śledź w śmietanie", "12,80 zł"),
                ("Łosoś, ćwikła, gęś – pół", "9,99 zł"),
            ],
            total: "DO ZAPŁATY",
            thanks: "Dziękujemy • źródło",
        },
    ),
    (
        "Turkish",
        Words {
            title: "Şişli Çarşı",
            lines: &[
                ("İnce çiğ köfte – ığdır", "45,00 ₺"),
                ("Şeker, güğüm…", "7,50 ₺"),
            ],
            total: "TOPLAM ÖDENEN",
            thanks: "Teşekkür ederiz · yine bekleriz",
        },
    ),
    (
        "Greek",
        Words {
            title: "Φούρνος Ωμέγα",
            lines: &[
                ("Ψωμί ολικής – 500 γρ", "1,80 €"),
                ("Γάλα πλήρες, ξινό", "2,35 €"),
            ],
            total: "ΣΥΝΟΛΟ",
            thanks: "Ευχαριστούμε · Άνοιξη",
        },
    ),
    (
        "Czech",
        Words {
            title: "Železářství",
            lines: &[
                ("Příliš žluťoučký kůň", "129 Kč"),
                ("Úpěl ďábelské ódy – ště", "45 Kč"),
            ],
            total: "CELKEM · KČ",
            thanks: "Děkujeme za nákup…",
        },
    ),
    (
        "Japanese",
        Words {
            title: "日本堂",
            lines: &[("牛乳 1L", "198円"), ("おにぎり（鮭）カフェ", "150円")],
            total: "合計 – 税込",
            thanks: "ありがとうございました",
        },
    ),
    (
        "Hindi shop, in English",
        Words {
            title: "Spice ₹ow",
            lines: &[
                ("Rice – 5 kg • basmati", "₹ 410.00"),
                ("Café “Tea” …", "₹ 12.50"),
            ],
            total: "TOTAL ₹",
            thanks: "Thank you – come again · ₹",
        },
    ),
];

fn receipt(words: &Words) -> Document {
    let mut receipt = Document::new();
    receipt.styled(words.title, Style::title()).rule();
    for (label, value) in words.lines {
        receipt.columns(label, value);
    }
    receipt
        .double_rule()
        .columns_styled(words.total, words.lines[0].1, Style::bold().and_tall())
        .styled(words.thanks, Style::bold())
        .styled(words.lines[1].0, Style::plain().and_wide())
        .centred(words.thanks)
        .cut();
    receipt
}

#[tokio::main]
async fn main() {
    for (name, profile) in [
        ("epson", Profile::epson_80mm()),
        ("clone", Profile::clone_80mm()),
    ] {
        for (width, paper) in [(80, Paper::MM80), (58, Paper::MM58)] {
            let profile = Profile {
                paper,
                cut: Cut::Full,
                ..profile.clone()
            };
            let mut all = Document::new();
            let grey: Vec<u8> = (0..300 * 100)
                .map(|p| {
                    let (x, y) = (p % 300, p / 300);
                    let d = (x as i64 - 150).pow(2) / 9 + (y as i64 - 50).pow(2);
                    if d < 2400 {
                        (d / 12).min(255) as u8
                    } else {
                        255
                    }
                })
                .collect();
            all.picture(counterpart_paper::Picture::dithered(300, &grey));
            for (_, words) in LANGUAGES {
                all.append(&receipt(words));
            }
            let mut doc = Document::new();
            for block in all.blocks() {
                match block {
                    counterpart_paper::Block::Cut => {
                        doc.rule();
                    }
                    counterpart_paper::Block::Text { words, style } => {
                        doc.styled(words.as_str(), *style);
                    }
                    counterpart_paper::Block::Columns { left, right, style } => {
                        doc.columns_styled(left.as_str(), right.as_str(), *style);
                    }
                    counterpart_paper::Block::Rule(_) => {
                        doc.rule();
                    }
                    counterpart_paper::Block::Picture { picture, .. } => {
                        doc.picture(picture.clone());
                    }
                    _ => {}
                }
            }
            doc.cut();
            let options = VirtualPrinterOptions {
                paper,
                ..VirtualPrinterOptions::default()
            };
            let twin = VirtualPrinter::spawn(options).await.unwrap();
            let mut config = PrinterConfig::new(twin.port_address(), profile.clone());
            config.timeouts.answer = std::time::Duration::from_secs(20);
            let encoded = encode(&doc, &profile);
            println!("{name} {width}: {} bytes", encoded.bytes.len());
            PrinterLink::new(config).print(&encoded.into()).await;
            let seen = twin.until(|seen| !seen.receipts.is_empty()).await;
            std::fs::write(format!("/tmp/w/{name}-{width}.png"), seen.receipts[0].png()).unwrap();
            std::fs::write(format!("/tmp/w/{name}-{width}.txt"), &seen.receipts[0].text).unwrap();
            std::fs::write(format!("/tmp/w/{name}-{width}.svg"), &seen.receipts[0].svg).unwrap();
        }
    }
}
