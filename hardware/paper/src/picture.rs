//! A picture in dots, as a thermal head prints it: black or nothing.
//!
//! It reads no file format; grey levels become dots here, by Floyd and Steinberg's rule.

/// A picture of black dots, a bit a dot, each row in whole bytes, the first dot the highest bit.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Picture {
    width: usize,
    rows: Vec<u8>,
}

impl Picture {
    /// Returns white paper of `width` by `height` dots.
    pub fn blank(width: usize, height: usize) -> Self {
        Self {
            width,
            rows: vec![0; width.div_ceil(8) * height],
        }
    }

    /// Returns the picture whose rows these bytes are; nothing when they are no whole rows. Bits
    /// beyond `width` count as white.
    pub fn of_rows(width: usize, rows: Vec<u8>) -> Option<Self> {
        let across = width.div_ceil(8);
        if across == 0 || !rows.len().is_multiple_of(across) {
            return None;
        }
        let mut picture = Self { width, rows };
        let spare = across * 8 - width;
        for row in picture.rows.chunks_mut(across) {
            row[across - 1] &= 0xFF_u8 << spare;
        }
        Some(picture)
    }

    /// Returns grey levels (0 is black, 255 is white; row by row) as dots: what a dot is too dark
    /// or too light is given to its neighbours (R. Floyd, L. Steinberg, 1976: 7, 3, 5 and 1
    /// sixteenths). Levels that fill no whole row are left out.
    pub fn dithered(width: usize, grey: &[u8]) -> Self {
        let height = grey.len().checked_div(width).unwrap_or(0);
        let mut picture = Self::blank(width, height);
        // Two spare columns, so that no neighbour has to be asked for.
        let mut owed = vec![0_i32; width + 2];
        for row in 0..height {
            let mut below = vec![0_i32; width + 2];
            for column in 0..width {
                let level = i32::from(grey[row * width + column]) + owed[column + 1] / 16;
                let dark = level < 128;
                if dark {
                    picture.darken(column, row);
                }
                let error = level - if dark { 0 } else { 255 };
                owed[column + 2] += error * 7;
                below[column] += error * 3;
                below[column + 1] += error * 5;
                below[column + 2] += error;
            }
            owed = below;
        }
        picture
    }

    /// Returns how many dots it is wide.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Returns how many dots it is high.
    pub fn height(&self) -> usize {
        self.rows
            .len()
            .checked_div(self.bytes_across())
            .unwrap_or(0)
    }

    /// Returns how many bytes a row takes.
    pub fn bytes_across(&self) -> usize {
        self.width.div_ceil(8)
    }

    /// Returns the rows, one after the other.
    pub fn rows(&self) -> &[u8] {
        &self.rows
    }

    /// Returns whether there is a dot; beyond the edges there is none.
    pub fn is_dark(&self, column: usize, row: usize) -> bool {
        let byte = self.rows.get(row * self.bytes_across() + column / 8);
        column < self.width && byte.is_some_and(|byte| byte & (0x80 >> (column % 8)) != 0)
    }

    /// Sets a dot; beyond the edges it is lost.
    pub fn darken(&mut self, column: usize, row: usize) {
        let place = row * self.bytes_across() + column / 8;
        if column < self.width
            && let Some(byte) = self.rows.get_mut(place)
        {
            *byte |= 0x80 >> (column % 8);
        }
    }

    /// Sets every dot of another picture, its first one at `column` and `row`.
    pub fn put(&mut self, other: &Self, column: usize, row: usize) {
        for (x, y) in other.dots() {
            self.darken(column + x, row + y);
        }
    }

    /// Returns it with so many white dots before each row.
    pub fn moved_right(&self, dots: usize) -> Self {
        let mut moved = Self::blank(self.width + dots, self.height());
        moved.put(self, dots, 0);
        moved
    }

    /// Returns it no wider than `width_max`: smaller by a whole number, a dot where half of what
    /// it stands for is dark.
    pub fn within(&self, width_max: usize) -> Self {
        let part = self.width.div_ceil(width_max.max(1));
        if part <= 1 {
            return self.clone();
        }
        let (width, height) = (self.width / part, self.height() / part);
        let mut small = Self::blank(width, height);
        for row in 0..height {
            for column in 0..width {
                let inside = (0..part * part)
                    .filter(|place| {
                        let (x, y) = (column * part + place % part, row * part + place / part);
                        self.is_dark(x, y)
                    })
                    .count();
                if inside * 2 >= part * part {
                    small.darken(column, row);
                }
            }
        }
        small
    }

    /// Returns the columns and rows of its dots.
    pub fn dots(&self) -> impl Iterator<Item = (usize, usize)> {
        let (width, height) = (self.width, self.height());
        let all = (0..height).flat_map(move |row| (0..width).map(move |column| (column, row)));
        all.filter(|(column, row)| self.is_dark(*column, *row))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(picture: &Picture) -> Vec<String> {
        let row = |y| {
            let dot = |x| if picture.is_dark(x, y) { '#' } else { '.' };
            (0..picture.width()).map(dot).collect()
        };
        (0..picture.height()).map(row).collect()
    }

    #[test]
    fn dots_stand_where_they_were_put() {
        let mut picture = Picture::blank(10, 2);
        picture.darken(0, 0);
        picture.darken(9, 1);
        picture.darken(10, 0);
        picture.darken(0, 2);
        assert_eq!(drawn(&picture), ["#.........", ".........#"]);
        assert_eq!(picture.rows(), [0x80, 0, 0, 0x40]);
        assert_eq!(drawn(&picture.moved_right(2))[0], "..#.........");
    }

    #[test]
    fn rows_are_whole_and_nothing_stands_beyond_the_edge() {
        let picture = Picture::of_rows(3, vec![0xFF, 0x40]).unwrap();
        assert_eq!(drawn(&picture), ["###", ".#."]);
        assert_eq!(Picture::of_rows(9, vec![1, 2, 3]), None);
        assert_eq!(Picture::of_rows(0, vec![]), None);
    }

    #[test]
    fn grey_becomes_as_many_dots_as_it_is_dark() {
        for level in [0_u8, 64, 128, 192, 255] {
            let picture = Picture::dithered(64, &[level; 64 * 64]);
            let dark = picture.dots().count() * 255;
            let wanted = 64 * 64 * usize::from(255 - level);
            let off = dark.abs_diff(wanted);
            assert!(off < 64 * 64 * 4, "{level}: {dark} instead of {wanted}");
        }
        assert_eq!(Picture::dithered(0, &[]).height(), 0);
    }

    #[test]
    fn what_is_wider_than_the_paper_becomes_smaller() {
        let wide = Picture::of_rows(16, vec![0xFF, 0x0F, 0xFF, 0x0F]).unwrap();
        assert_eq!(drawn(&wide.within(8)), ["####..##"]);
        assert_eq!(wide.within(16), wide);
    }
}
