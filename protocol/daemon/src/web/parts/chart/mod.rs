//! Plots drawn on the server as SVG, coloured by the page's tokens, with their numbers below.
//!
//! Values are integers in any unit; the reader's texts for them come with the data. Everything is
//! integer arithmetic in tenths of a drawing unit: a plot needs no more, and the house has no
//! floats.

mod scale;

use std::fmt::Write;

use maud::{Markup, Render, html};

use self::scale::{Scale, tenths};
use crate::web::text::Lang;

const WIDTH: i64 = 620;
const HEIGHT: i64 = 240;
const LEFT: i64 = 56;
const RIGHT: i64 = 96;
const TOP: i64 = 14;
const BOTTOM: i64 = 30;

/// Height of a line of text, in tenths.
const LABEL_HEIGHT: i64 = 150;

/// At most this many labels stand below a plot; more would touch at 390 px.
const LABELS_MAX: usize = 8;

/// One line of a plot.
#[derive(Clone, Debug)]
pub struct Series<'a> {
    /// Its name, written at its end.
    pub label: &'a str,
    /// One value for each time; a gap is `None`.
    pub values: Vec<Option<i64>>,
}

/// Lines over time. The first is the present, drawn strong; others are dashed comparisons.
#[derive(Clone, Debug)]
pub struct LineChart<'a> {
    lang: &'a Lang,
    title: &'a str,
    times: Vec<String>,
    series: Vec<Series<'a>>,
    written: fn(&Lang, i64) -> String,
}

impl<'a> LineChart<'a> {
    /// Makes a plot of `series` over `times` (already written for the reader).
    pub fn new(
        lang: &'a Lang,
        title: &'a str,
        times: Vec<String>,
        series: Vec<Series<'a>>,
    ) -> Self {
        Self {
            lang,
            title,
            times,
            series,
            written: |lang, value| lang.count(value),
        }
    }

    /// Chooses how values are written; plain counts unless said.
    #[must_use]
    pub fn written(mut self, written: fn(&Lang, i64) -> String) -> Self {
        self.written = written;
        self
    }

    fn scale(&self) -> Scale {
        Scale::over(
            self.series
                .iter()
                .flat_map(|series| series.values.iter().copied().flatten()),
        )
    }

    fn x(&self, index: usize) -> i64 {
        along(index, self.times.len().saturating_sub(1))
    }

    /// Places each line's name at its last value; names that would touch step down a line.
    fn end_labels(&self, scale: &Scale) -> Vec<(i64, i64, &'a str)> {
        let mut labels: Vec<(i64, i64, &str)> = Vec::new();
        for series in &self.series {
            let Some((x, y)) = self.last(series, scale) else {
                continue;
            };
            let mut height = y;
            while labels.iter().any(|(other_x, other, _)| {
                (other - height).abs() < LABEL_HEIGHT && (other_x - x).abs() < RIGHT * 10
            }) {
                height += LABEL_HEIGHT;
            }
            labels.push((x, height, series.label));
        }
        labels
    }

    fn plot(&self) -> Markup {
        let scale = self.scale();
        let newest = self
            .series
            .first()
            .and_then(|series| self.last(series, &scale));
        html! {
            svg viewBox={ "0 0 " (WIDTH) " " (HEIGHT) } role="img" aria-label=(self.title) {
                (grid(&scale, |value| (self.written)(self.lang, value)))
                (time_labels(&self.times, |index| self.x(index)))
                @for (index, series) in self.series.iter().enumerate().rev() {
                    path.plot-line data-series=(index) d=(self.path(series, &scale)) {}
                }
                @if let Some((x, y)) = newest {
                    circle.plot-now cx=(tenths(x)) cy=(tenths(y)) r="4" {}
                }
                @for (x, y, label) in self.end_labels(&scale) {
                    text.plot-end x=(tenths(x + 100)) y=(tenths(y + 40)) { (label) }
                }
            }
        }
    }

    fn last(&self, series: &Series<'_>, scale: &Scale) -> Option<(i64, i64)> {
        let index = series.values.iter().rposition(Option::is_some)?;
        Some((self.x(index), y(scale, series.values[index]?)))
    }

    fn path(&self, series: &Series<'_>, scale: &Scale) -> String {
        line_path(
            &series.values,
            |index| self.x(index),
            |value| y(scale, value),
        )
    }
}

impl Render for LineChart<'_> {
    fn render(&self) -> Markup {
        let heads: Vec<&str> = self.series.iter().map(|series| series.label).collect();
        let rows = self.times.iter().enumerate().map(|(index, time)| {
            let cells = self.series.iter().map(|series| {
                let value = series.values.get(index).copied().flatten();
                value.map_or("–".to_owned(), |value| (self.written)(self.lang, value))
            });
            (time.as_str(), cells.collect())
        });
        figure(self.title, self.plot(), numbers(self.lang, &heads, rows))
    }
}

/// One bar for each time: sales by hour.
#[derive(Clone, Debug)]
pub struct Bars<'a> {
    lang: &'a Lang,
    title: &'a str,
    bars: Vec<(String, i64)>,
    written: fn(&Lang, i64) -> String,
}

impl<'a> Bars<'a> {
    /// Makes a bar plot of `(time, value)` pairs.
    pub fn new(lang: &'a Lang, title: &'a str, bars: Vec<(String, i64)>) -> Self {
        Self {
            lang,
            title,
            bars,
            written: |lang, value| lang.count(value),
        }
    }

    /// Chooses how values are written; plain counts unless said.
    #[must_use]
    pub fn written(mut self, written: fn(&Lang, i64) -> String) -> Self {
        self.written = written;
        self
    }

    fn plot(&self) -> Markup {
        let scale = Scale::over(self.bars.iter().map(|(_, value)| *value));
        let count = i64::try_from(self.bars.len().max(1)).unwrap_or(i64::MAX);
        let step = (WIDTH - LEFT - 10) * 10 / count;
        let middle = |index: usize| LEFT * 10 + step * as_i64(index) + step / 2;
        let times: Vec<String> = self.bars.iter().map(|(time, _)| time.clone()).collect();
        let base = y(&scale, 0);
        html! {
            svg viewBox={ "0 0 " (WIDTH) " " (HEIGHT) } role="img" aria-label=(self.title) {
                (grid(&scale, |value| (self.written)(self.lang, value)))
                @for (index, (_, value)) in self.bars.iter().enumerate() {
                    @let top = y(&scale, *value);
                    rect.plot-bar x=(tenths(middle(index) - step * 3 / 8))
                        y=(tenths(top.min(base))) width=(tenths(step * 3 / 4))
                        height=(tenths((base - top).abs())) rx="2" {}
                }
                (time_labels(&times, middle))
            }
        }
    }
}

impl Render for Bars<'_> {
    fn render(&self) -> Markup {
        let rows = self
            .bars
            .iter()
            .map(|(time, value)| (time.as_str(), vec![(self.written)(self.lang, *value)]));
        figure(
            self.title,
            self.plot(),
            numbers(self.lang, &[self.title], rows),
        )
    }
}

/// Draws a small line without axes for a stat tile; the number beside it says the rest.
pub fn sparkline(values: &[i64]) -> Markup {
    let scale = Scale::over(values.iter().copied());
    let last = as_i64(values.len().saturating_sub(1)).max(1);
    let points: Vec<Option<i64>> = values.iter().copied().map(Some).collect();
    let path = line_path(
        &points,
        |index| 20 + as_i64(index) * 1_160 / last,
        |value| 300 - scale.share(value, 280),
    );
    html! {
        svg.sparkline viewBox="0 0 120 32" aria-hidden="true" focusable="false"
            preserveAspectRatio="none" {
            path.plot-line data-series="0" d=(path) {}
        }
    }
}

/// Shows the numbers of a plot; a row is its time and its cells.
fn numbers<'a>(
    lang: &Lang,
    heads: &[&str],
    rows: impl Iterator<Item = (&'a str, Vec<String>)>,
) -> Markup {
    html! {
        details.plot-numbers {
            summary { (lang.word("kit-chart-numbers")) }
            div.table-frame {
                table.table {
                    thead {
                        tr {
                            th scope="col" { (lang.word("kit-chart-time")) }
                            @for head in heads { th scope="col" data-numeric { (head) } }
                        }
                    }
                    tbody {
                        @for (time, cells) in rows {
                            tr {
                                th scope="row" { (time) }
                                @for cell in cells { td data-numeric { (cell) } }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn figure(title: &str, plot: Markup, numbers: Markup) -> Markup {
    html! {
        figure.plot {
            figcaption { (title) }
            (plot)
            (numbers)
        }
    }
}

fn grid(scale: &Scale, written: impl Fn(i64) -> String) -> Markup {
    html! {
        @for value in scale.ticks() {
            @let height = tenths(y(scale, value));
            line.plot-grid x1=(LEFT) x2=(WIDTH - RIGHT + 86) y1=(height) y2=(height) {}
            text.plot-tick x=(LEFT - 8) y=(tenths(y(scale, value) + 40)) { (written(value)) }
        }
    }
}

fn time_labels(times: &[String], x: impl Fn(usize) -> i64) -> Markup {
    let every = times.len().div_ceil(LABELS_MAX).max(1);
    html! {
        @for (index, time) in times.iter().enumerate().step_by(every) {
            text.plot-time x=(tenths(x(index))) y=(HEIGHT - 8) { (time) }
        }
    }
}

/// Writes the path of a line with gaps, in tenths made decimal.
fn line_path(values: &[Option<i64>], x: impl Fn(usize) -> i64, y: impl Fn(i64) -> i64) -> String {
    let mut path = String::new();
    let mut pen = 'M';
    for (index, value) in values.iter().enumerate() {
        let Some(value) = value else {
            pen = 'M';
            continue;
        };
        write!(path, "{pen}{} {}", tenths(x(index)), tenths(y(*value)))
            .expect("writing into a String never fails");
        pen = 'L';
    }
    path
}

fn along(index: usize, last: usize) -> i64 {
    LEFT * 10 + (WIDTH - LEFT - RIGHT) * 10 * as_i64(index) / as_i64(last).max(1)
}

fn y(scale: &Scale, value: i64) -> i64 {
    (HEIGHT - BOTTOM) * 10 - scale.share(value, (HEIGHT - BOTTOM - TOP) * 10)
}

fn as_i64(count: usize) -> i64 {
    i64::try_from(count).expect("a plot has far fewer points than an i64 counts")
}
