//! A document becomes the bytes of one printer model; pure, so that a job can be stored.
//!
//! It makes no layout (the document's grid does) and sends nothing.

use counterpart_paper::{Document, Face, GridLine, cells};

use super::commands::CommandWriter;
use super::{CodePage, Profile, StatusReplies, raster};

/// The bytes of a document for one printer model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Encoded {
    /// What is sent.
    pub bytes: Vec<u8>,
    /// How many bytes at the start put no ink on paper: a job that failed within them can be
    /// sent again without anybody seeing it.
    pub first_ink: usize,
    /// Characters that are printed as `?`: no table of the printer has them, and they cannot be
    /// drawn.
    pub substitutions: Vec<Substitution>,
}

/// A character that is printed as `?`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Substitution {
    /// The line it stands on, counted from 1.
    pub line: usize,
    /// The character.
    pub character: char,
}

/// Turns a document into the bytes of a printer model.
///
/// ```
/// use counterpart_hardware::{Profile, encode};
/// use counterpart_paper::Document;
///
/// let mut receipt = Document::new();
/// for line in 1..=60 {
///     receipt.columns(&format!("Oat milk 1 l, crate {line}"), "14.94");
/// }
/// receipt.cut();
/// let encoded = encode(&receipt, &Profile::epson_80mm());
/// assert!(encoded.substitutions.is_empty());
/// // 60 lines of 48 characters and their ends, the start and the cut.
/// assert_eq!(encoded.bytes.len(), 60 * 49 + encoded.first_ink + 4);
/// ```
pub fn encode(document: &Document, profile: &Profile) -> Encoded {
    let mut run = Run::start(profile);
    let first_ink = run.writer.len();
    for (place, line) in document.grid(profile.paper.columns).iter().enumerate() {
        match line {
            GridLine::Text { text, face } => run.text(text, *face, place + 1),
            GridLine::Barcode {
                barcode,
                module_dots,
            } => {
                run.face(Face::default());
                run.writer.centre();
                run.writer.barcode(barcode, *module_dots);
                run.writer.left();
            }
            GridLine::Qr { qr, module_dots } => {
                run.face(Face::default());
                run.writer.centre();
                run.writer.qr(qr, *module_dots);
                run.writer.left();
            }
            GridLine::Picture {
                picture,
                before_dots,
            } => {
                run.face(Face::default());
                run.writer.picture(&picture.moved_right(*before_dots));
            }
            GridLine::Cut => {
                run.face(Face::default());
                run.writer.cut(profile.cut);
            }
        }
    }
    let bytes = run.writer.into_bytes();
    Encoded {
        bytes,
        first_ink,
        substitutions: run.substitutions,
    }
}

struct Run<'a> {
    profile: &'a Profile,
    writer: CommandWriter,
    face: Face,
    page: CodePage,
    substitutions: Vec<Substitution>,
}

impl<'a> Run<'a> {
    fn start(profile: &'a Profile) -> Self {
        let mut writer = CommandWriter::new();
        writer.initialise();
        if profile.status == StatusReplies::PushedAndPolled {
            writer.report_changes();
        }
        // A profile without tables prints what every printer has at the start.
        let (page, number) = profile
            .pages
            .first()
            .copied()
            .unwrap_or((CodePage::Pc437, 0));
        writer.select_page(number);
        Self {
            profile,
            writer,
            face: Face::default(),
            page,
            substitutions: Vec::new(),
        }
    }

    fn face(&mut self, face: Face) {
        self.writer.change_face(self.face, face);
        self.face = face;
    }

    fn text(&mut self, text: &str, face: Face, line: usize) {
        if text.chars().any(|character| self.must_be_drawn(character)) {
            return self.drawn(text, face, line);
        }
        if !text.is_empty() {
            self.face(face);
        }
        let mut bytes = Vec::with_capacity(text.len());
        for (place, character) in text.char_indices() {
            match self.page.byte_of(character) {
                Some(byte) => bytes.push(byte),
                None => match self.page_for(&text[place..], character) {
                    Some((page, number)) => {
                        self.flush(&mut bytes);
                        self.writer.select_page(number);
                        self.page = page;
                        let byte = page.byte_of(character).expect("chosen because it has one");
                        bytes.push(byte);
                    }
                    None => self.substitute(character, line, &mut bytes),
                },
            }
        }
        self.flush(&mut bytes);
        self.writer.line_feed();
    }

    /// Prints the whole line as a picture: `GS v 0` works at the beginning of a line only.
    fn drawn(&mut self, text: &str, face: Face, line: usize) {
        let undrawn = text
            .chars()
            .filter(|character| !raster::can_draw(*character));
        let lost = undrawn.map(|character| Substitution { line, character });
        self.substitutions.extend(lost);
        // The look of what follows is chosen when it comes: a picture has its own.
        self.writer.picture(&raster::draw(text, face));
    }

    fn must_be_drawn(&self, character: char) -> bool {
        let mut pages = self.profile.pages.iter().map(|(page, _)| *page);
        let has = |page: CodePage| page.byte_of(character).is_some();
        !has(self.page)
            && !pages.any(has)
            && look_alike(character).is_none()
            && raster::can_draw(character)
    }

    fn flush(&mut self, bytes: &mut Vec<u8>) {
        if !bytes.is_empty() {
            self.writer.characters(bytes);
            bytes.clear();
        }
    }

    /// Chooses, among the pages that have `character`, the one that has most of what follows.
    fn page_for(&self, rest: &str, character: char) -> Option<(CodePage, u8)> {
        let reach = |page: CodePage| rest.chars().filter(|c| page.byte_of(*c).is_some()).count();
        let mut best: Option<(usize, (CodePage, u8))> = None;
        for slot in &self.profile.pages {
            if slot.0.byte_of(character).is_none() {
                continue;
            }
            let found = reach(slot.0);
            // The first of equals: a profile lists its pages by preference.
            if best.is_none_or(|(reached, _)| found > reached) {
                best = Some((found, *slot));
            }
        }
        best.map(|(_, slot)| slot)
    }

    /// Keeps the layout: what would have taken two cells becomes two question marks.
    fn substitute(&mut self, character: char, line: usize, bytes: &mut Vec<u8>) {
        if let Some(alike) = look_alike(character) {
            bytes.push(alike);
            return;
        }
        bytes.extend(std::iter::repeat_n(b'?', cells(character)));
        self.substitutions.push(Substitution { line, character });
    }
}

/// Returns the ASCII character people write instead; typography, never letters.
pub(crate) fn look_alike(character: char) -> Option<u8> {
    match character {
        '‘' | '’' | '‚' | '‛' | '′' | 'ʼ' | '´' => Some(b'\''),
        '“' | '”' | '„' | '‟' | '″' => Some(b'"'),
        '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' => Some(b'-'),
        '•' | '·' | '∙' | '●' => Some(b'*'),
        '×' => Some(b'x'),
        '‹' => Some(b'<'),
        '›' => Some(b'>'),
        '⁄' => Some(b'/'),
        '¦' => Some(b'|'),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
