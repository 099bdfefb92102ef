//! Tables: a caption, sticky heads, numbers at the end side, rows that lead somewhere.
//!
//! It shows the rows it is given in their order; sorting, filtering and paging are the server's.

use maud::{Markup, Render, html};

use super::badge::Tone;

/// On which side a column's values stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    /// Words: the side where reading starts.
    Start,
    /// Numbers: the other side, in tabular figures.
    End,
}

/// One column.
#[derive(Clone, Copy, Debug)]
pub struct Column<'a> {
    /// Its head.
    pub label: &'a str,
    /// The side its values stand on.
    pub align: Align,
}

impl<'a> Column<'a> {
    /// Makes a column of words.
    pub fn words(label: &'a str) -> Self {
        Self {
            label,
            align: Align::Start,
        }
    }

    /// Makes a column of numbers.
    pub fn numbers(label: &'a str) -> Self {
        Self {
            label,
            align: Align::End,
        }
    }
}

/// One row; its first cell is its head.
#[derive(Clone, Debug)]
pub struct Row {
    id: String,
    cells: Vec<Markup>,
    href: Option<String>,
    tone: Option<Tone>,
}

impl Row {
    /// Makes a row with an id unique on its page, so that a patch finds it again.
    pub fn new(id: impl Into<String>, cells: Vec<Markup>) -> Self {
        Self {
            id: id.into(),
            cells,
            href: None,
            tone: None,
        }
    }

    /// Leads to a page; the first cell becomes the link.
    #[must_use]
    pub fn href(mut self, href: impl Into<String>) -> Self {
        self.href = Some(href.into());
        self
    }

    /// Marks the row's edge with a tone.
    #[must_use]
    pub fn tone(mut self, tone: Tone) -> Self {
        self.tone = Some(tone);
        self
    }
}

/// A table to be put into markup.
#[derive(Clone, Debug)]
pub struct Table<'a> {
    caption: &'a str,
    columns: &'a [Column<'a>],
    rows: Vec<Row>,
    empty: Option<Markup>,
    foot: Option<Row>,
}

impl<'a> Table<'a> {
    /// Makes a table named by its caption, which is read aloud and not shown.
    pub fn new(caption: &'a str, columns: &'a [Column<'a>], rows: Vec<Row>) -> Self {
        Self {
            caption,
            columns,
            rows,
            empty: None,
            foot: None,
        }
    }

    /// Says what to show when there is no row.
    #[must_use]
    pub fn empty(mut self, empty: impl Render) -> Self {
        self.empty = Some(empty.render());
        self
    }

    /// Adds a row of totals.
    #[must_use]
    pub fn foot(mut self, foot: Row) -> Self {
        self.foot = Some(foot);
        self
    }

    fn row(&self, row: &Row) -> Markup {
        html! {
            tr id=(row.id) data-tone=[row.tone.map(Tone::name)] {
                @for (index, (cell, column)) in row.cells.iter().zip(self.columns).enumerate() {
                    @let numeric = column.align == Align::End;
                    @if index == 0 {
                        th scope="row" data-numeric[numeric] data-head=(column.label) {
                            @match &row.href {
                                Some(href) => a href=(href) { (cell) },
                                None => (cell),
                            }
                        }
                    } @else {
                        td data-numeric[numeric] data-head=(column.label) { (cell) }
                    }
                }
            }
        }
    }
}

impl Render for Table<'_> {
    fn render(&self) -> Markup {
        if self.rows.is_empty()
            && let Some(empty) = &self.empty
        {
            return empty.clone();
        }
        html! {
            div.table-frame {
                table.table {
                    caption.unseen { (self.caption) }
                    thead {
                        tr {
                            @for column in self.columns {
                                th scope="col" data-numeric[column.align == Align::End] {
                                    (column.label)
                                }
                            }
                        }
                    }
                    tbody { @for row in &self.rows { (self.row(row)) } }
                    @if let Some(foot) = &self.foot { tfoot { (self.row(foot)) } }
                }
            }
        }
    }
}
