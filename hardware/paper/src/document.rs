//! The document: what stands on a receipt, in order, without any printer command.
//!
//! It holds no drawer kick (a document may be printed again; a drawer must not open again) and
//! no width: the same document goes to 58 mm and 80 mm paper.

use crate::{Barcode, GridLine, Picture, Qr, Words, grid};

/// What stands on a receipt, from top to bottom.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Document {
    lines: Vec<Block>,
}

/// One thing on the paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// Text, wrapped at words.
    Text {
        /// The text.
        words: Words,
        /// How it looks and where it stands.
        style: Style,
    },
    /// A label on the left, a value on the right edge; the label wraps, the value never does
    /// unless it is wider than the paper.
    Columns {
        /// The label.
        left: Words,
        /// The value, usually an amount.
        right: Words,
        /// How both look; the alignment is not used.
        style: Style,
    },
    /// A line across the paper.
    Rule(RuleKind),
    /// A linear barcode, centred, its code below it.
    Barcode(Barcode),
    /// A QR code, centred.
    Qr(Qr),
    /// A picture; one wider than the paper is made smaller.
    Picture {
        /// Its dots.
        picture: Picture,
        /// Where it stands.
        align: Align,
    },
    /// Empty lines.
    Feed(u8),
    /// The end of this piece of paper.
    Cut,
}

/// Which line goes across the paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RuleKind {
    /// `-----`
    Single,
    /// `=====`
    Double,
}

/// How the characters of a line look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub struct Face {
    /// Emphasised.
    pub bold: bool,
    /// Twice as wide: each character takes twice its cells.
    pub wide: bool,
    /// Twice as tall.
    pub tall: bool,
}

/// Where text stands between the paper's edges.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum Align {
    /// At the left edge.
    #[default]
    Left,
    /// In the middle.
    Centre,
    /// At the right edge.
    Right,
}

/// How text looks and where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub struct Style {
    /// How it looks.
    pub face: Face,
    /// Where it stands.
    pub align: Align,
}

impl Style {
    /// Returns plain text at the left edge.
    pub fn plain() -> Self {
        Self::default()
    }

    /// Returns emphasised text at the left edge.
    pub fn bold() -> Self {
        Self {
            face: Face {
                bold: true,
                ..Face::default()
            },
            align: Align::Left,
        }
    }

    /// Returns plain text in the middle.
    pub fn centred() -> Self {
        Self::plain().align(Align::Centre)
    }

    /// Returns the look of a heading: bold, twice as wide and tall, in the middle.
    pub fn title() -> Self {
        Self {
            face: Face {
                bold: true,
                wide: true,
                tall: true,
            },
            align: Align::Centre,
        }
    }

    /// Returns this style, emphasised.
    pub fn and_bold(mut self) -> Self {
        self.face.bold = true;
        self
    }

    /// Returns this style, twice as tall.
    pub fn and_tall(mut self) -> Self {
        self.face.tall = true;
        self
    }

    /// Returns this style, twice as wide.
    pub fn and_wide(mut self) -> Self {
        self.face.wide = true;
        self
    }

    /// Returns this style at another place between the edges.
    pub fn align(mut self, align: Align) -> Self {
        self.align = align;
        self
    }
}

/// How wide the printable part of a roll is.
///
/// Font A is 12 dots wide on every printer of the Epson kind (TM-T20III technical reference,
/// "Character specifications"), so `columns * 12 <= dots`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Paper {
    /// Characters of font A on one line.
    pub columns: usize,
    /// Dots on one line.
    pub dots: usize,
}

impl Paper {
    /// 80 mm roll at 203 dpi, 72 mm printable.
    pub const MM80: Self = Self {
        columns: 48,
        dots: 576,
    };
    /// 80 mm roll at 180 dpi, or a printer set to 42 columns.
    pub const MM80_NARROW: Self = Self {
        columns: 42,
        dots: 512,
    };
    /// 58 mm roll at 203 dpi, 48 mm printable.
    pub const MM58: Self = Self {
        columns: 32,
        dots: 384,
    };
}

impl Document {
    /// Returns an empty document.
    pub fn new() -> Self {
        Self::default()
    }

    /// Returns the blocks from top to bottom.
    pub fn blocks(&self) -> &[Block] {
        &self.lines
    }

    /// Lays the document out on paper of `columns` characters; every renderer prints exactly
    /// these lines. Fewer than [`COLUMNS_MIN`](crate::COLUMNS_MIN) columns count as that many.
    pub fn grid(&self, columns: usize) -> Vec<GridLine> {
        grid::lay_out(&self.lines, columns)
    }

    /// Adds plain text at the left edge, wrapped at words.
    pub fn text(&mut self, text: &str) -> &mut Self {
        self.styled(text, Style::plain())
    }

    /// Adds plain text in the middle.
    pub fn centred(&mut self, text: &str) -> &mut Self {
        self.styled(text, Style::centred())
    }

    /// Adds text in a style, wrapped at words.
    pub fn styled(&mut self, text: &str, style: Style) -> &mut Self {
        self.push(Block::Text {
            words: Words::new(text),
            style,
        })
    }

    /// Adds a label and, at the right edge, its value.
    pub fn columns(&mut self, left: &str, right: &str) -> &mut Self {
        self.columns_styled(left, right, Style::plain())
    }

    /// Adds a label and its value in a style.
    pub fn columns_styled(&mut self, left: &str, right: &str, style: Style) -> &mut Self {
        self.push(Block::Columns {
            left: Words::new(left),
            right: Words::new(right),
            style,
        })
    }

    /// Adds a thin line across the paper.
    pub fn rule(&mut self) -> &mut Self {
        self.push(Block::Rule(RuleKind::Single))
    }

    /// Adds a double line across the paper.
    pub fn double_rule(&mut self) -> &mut Self {
        self.push(Block::Rule(RuleKind::Double))
    }

    /// Adds a barcode.
    pub fn barcode(&mut self, barcode: Barcode) -> &mut Self {
        self.push(Block::Barcode(barcode))
    }

    /// Adds a QR code.
    pub fn qr(&mut self, qr: Qr) -> &mut Self {
        self.push(Block::Qr(qr))
    }

    /// Adds a picture in the middle.
    pub fn picture(&mut self, picture: Picture) -> &mut Self {
        self.picture_at(picture, Align::Centre)
    }

    /// Adds a picture at a place between the edges.
    pub fn picture_at(&mut self, picture: Picture, align: Align) -> &mut Self {
        self.push(Block::Picture { picture, align })
    }

    /// Adds empty lines.
    pub fn feed(&mut self, lines: u8) -> &mut Self {
        self.push(Block::Feed(lines))
    }

    /// Ends this piece of paper.
    pub fn cut(&mut self) -> &mut Self {
        self.push(Block::Cut)
    }

    /// Adds every block of another document.
    pub fn append(&mut self, other: &Document) -> &mut Self {
        self.lines.extend_from_slice(&other.lines);
        self
    }

    fn push(&mut self, block: Block) -> &mut Self {
        self.lines.push(block);
        self
    }
}
