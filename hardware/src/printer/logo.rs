//! A shop's logo: a PNG or PBM file becomes the dots that stand at the top of its receipts.
//!
//! It is made as small as the paper, never larger, and printed once a receipt; nothing is kept in
//! the printer's own memory, which a change of the printer would lose.

use counterpart_paper::{Paper, Picture};
use png::{BitDepth, ColorType, Transformations};
use thiserror::Error;

/// The highest logo, in dots: 30 mm at 203 dpi. More is paper for nothing.
const HEIGHT_MAX: usize = 240;
/// The largest file and the largest side that are read, in bytes and dots.
const FILE_BYTES_MAX: usize = 4 * 1024 * 1024;
const SIDE_MAX: usize = 4_096;

/// Why a file is no logo.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum LogoRefused {
    /// It is neither PNG nor PBM.
    #[error("it is neither a PNG nor a PBM file: save it as PNG")]
    FormatUnknown,
    /// It cannot be read to its end.
    #[error("it is damaged: {0}; save it again")]
    Damaged(String),
    /// It has no dots, or more than any logo.
    #[error("it is too large or empty: at most {SIDE_MAX} dots a side and 4 MB")]
    Size,
}

/// Grey levels, row by row; 0 is black.
struct Grey {
    width: usize,
    levels: Vec<u8>,
}

/// Reads a PNG or PBM file and returns its dots for a paper: as wide as the file says, at most as
/// wide as the paper and 30 mm high. What is transparent is white.
///
/// # Errors
/// [`LogoRefused`].
pub fn logo(file: &[u8], paper: Paper) -> Result<Picture, LogoRefused> {
    if file.len() > FILE_BYTES_MAX {
        return Err(LogoRefused::Size);
    }
    let grey = match file {
        [0x89, b'P', b'N', b'G', ..] => of_png(file)?,
        [b'P', b'1' | b'4', ..] => of_pbm(file)?,
        _ => return Err(LogoRefused::FormatUnknown),
    };
    let small = fitted(&grey, paper.dots);
    Ok(Picture::dithered(small.width, &small.levels))
}

fn of_png(file: &[u8]) -> Result<Grey, LogoRefused> {
    let damaged = |error: png::DecodingError| LogoRefused::Damaged(error.to_string());
    let mut decoder = png::Decoder::new(std::io::Cursor::new(file));
    decoder.set_transformations(Transformations::normalize_to_color8());
    let mut reader = decoder.read_info().map_err(damaged)?;
    let (width, height) = reader.info().size();
    checked(to_usize(width), to_usize(height))?;
    let size = reader.output_buffer_size().ok_or(LogoRefused::Size)?;
    let mut pixels = vec![0; size];
    let frame = reader.next_frame(&mut pixels).map_err(damaged)?;
    debug_assert_eq!(frame.bit_depth, BitDepth::Eight);
    let samples = match frame.color_type {
        ColorType::Grayscale | ColorType::Indexed => 1,
        ColorType::GrayscaleAlpha => 2,
        ColorType::Rgb => 3,
        ColorType::Rgba => 4,
    };
    let levels = pixels[..frame.buffer_size()].chunks(samples).map(level);
    Ok(Grey {
        width: to_usize(width),
        levels: levels.collect(),
    })
}

/// The brightness of one pixel on white paper (ITU-R BT.601 weights for red, green and blue).
fn level(pixel: &[u8]) -> u8 {
    let part = |at: usize| u32::from(pixel[at]);
    let (grey, opaque) = match pixel.len() {
        1 => (part(0), 255),
        2 => (part(0), part(1)),
        3 => ((299 * part(0) + 587 * part(1) + 114 * part(2)) / 1_000, 255),
        _ => (
            (299 * part(0) + 587 * part(1) + 114 * part(2)) / 1_000,
            part(3),
        ),
    };
    let shown = (grey * opaque + 255 * (255 - opaque)) / 255;
    u8::try_from(shown).expect("a mean of two bytes is a byte")
}

/// PBM (netpbm's manual, "pbm"): `P1` has a digit a dot, `P4` a bit a dot; 1 is black.
fn of_pbm(file: &[u8]) -> Result<Grey, LogoRefused> {
    let damaged = |why: &str| LogoRefused::Damaged(why.to_owned());
    let mut rest = &file[2..];
    let mut number = || -> Option<usize> {
        loop {
            match rest {
                [b'#', ..] => {
                    let end = rest.iter().position(|byte| *byte == b'\n')?;
                    rest = &rest[end..];
                }
                [blank, ..] if blank.is_ascii_whitespace() => rest = &rest[1..],
                _ => break,
            }
        }
        let end = rest.iter().position(|byte| !byte.is_ascii_digit())?;
        let read = std::str::from_utf8(&rest[..end]).ok()?.parse().ok();
        rest = &rest[end..];
        read
    };
    let sides = (number(), number());
    let (Some(width), Some(height)) = sides else {
        return Err(damaged("it does not say how large it is"));
    };
    checked(width, height)?;
    let levels: Vec<u8> = if file[1] == b'1' {
        let dots = rest.iter().filter(|byte| matches!(byte, b'0' | b'1'));
        dots.map(|dot| if *dot == b'1' { 0 } else { 255 }).collect()
    } else {
        let rows = rest.get(1..).unwrap_or_default();
        let rows = rows.get(..width.div_ceil(8) * height);
        let picture = rows.and_then(|rows| Picture::of_rows(width, rows.to_vec()));
        let picture = picture.ok_or_else(|| damaged("its end is missing"))?;
        let places = (0..width * height).map(|place| (place % width, place / width));
        places
            .map(|(x, y)| if picture.is_dark(x, y) { 0 } else { 255 })
            .collect()
    };
    if levels.len() < width * height {
        return Err(damaged("its end is missing"));
    }
    Ok(Grey { width, levels })
}

fn checked(width: usize, height: usize) -> Result<(), LogoRefused> {
    let fits = (1..=SIDE_MAX).contains(&width) && (1..=SIDE_MAX).contains(&height);
    if fits { Ok(()) } else { Err(LogoRefused::Size) }
}

/// Makes it no wider than the paper and no higher than it may be; each dot is the mean of what it
/// stands for.
fn fitted(grey: &Grey, width_max: usize) -> Grey {
    let height = grey.levels.len() / grey.width;
    let (mut wide, mut high) = (grey.width, height);
    if wide > width_max {
        (wide, high) = (width_max, (height * width_max / grey.width).max(1));
    }
    if high > HEIGHT_MAX {
        (wide, high) = ((wide * HEIGHT_MAX / high).max(1), HEIGHT_MAX);
    }
    let mut levels = Vec::with_capacity(wide * high);
    for row in 0..high {
        for column in 0..wide {
            let across = part(column, wide, grey.width);
            let down = part(row, high, height);
            let count = across.len() * down.len();
            let sum: usize = down
                .map(|y| {
                    let row = &grey.levels[y * grey.width..];
                    row[across.clone()]
                        .iter()
                        .map(|one| usize::from(*one))
                        .sum::<usize>()
                })
                .sum();
            levels.push(u8::try_from(sum / count).expect("a mean of bytes is a byte"));
        }
    }
    Grey {
        width: wide,
        levels,
    }
}

/// What one of `parts` stands for among `whole`; never nothing.
fn part(nth: usize, parts: usize, whole: usize) -> std::ops::Range<usize> {
    let from = nth * whole / parts;
    from..((nth + 1) * whole / parts).max(from + 1)
}

fn to_usize(dots: u32) -> usize {
    usize::try_from(dots).expect("32 bits fit")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn png(color: ColorType, width: u32, height: u32, pixels: &[u8]) -> Vec<u8> {
        let mut file = Vec::new();
        let mut encoder = png::Encoder::new(&mut file, width, height);
        encoder.set_color(color);
        encoder.set_depth(BitDepth::Eight);
        let mut writer = encoder.write_header().unwrap();
        writer.write_image_data(pixels).unwrap();
        writer.finish().unwrap();
        file
    }

    fn dots(picture: &Picture) -> Vec<(usize, usize)> {
        picture.dots().collect()
    }

    #[test]
    fn black_is_printed_and_white_and_nothing_are_not() {
        let rgba = [
            [0, 0, 0, 255],
            [255, 255, 255, 255],
            [0, 0, 0, 0],
            [20, 10, 30, 255],
        ];
        let file = png(ColorType::Rgba, 2, 2, rgba.as_flattened());
        let picture = logo(&file, Paper::MM80).unwrap();
        assert_eq!(dots(&picture), [(0, 0), (1, 1)]);
        let grey = png(ColorType::Grayscale, 2, 1, &[255, 0]);
        assert_eq!(dots(&logo(&grey, Paper::MM58).unwrap()), [(1, 0)]);
    }

    #[test]
    fn a_bitmap_is_read_in_both_its_forms() {
        let text = logo(b"P1\n# drawn by hand\n3 2\n1 0 1\n010\n", Paper::MM80).unwrap();
        let bits = logo(b"P4 3 2\n\xA0\x40", Paper::MM80).unwrap();
        assert_eq!(dots(&text), [(0, 0), (2, 0), (1, 1)]);
        assert_eq!(text, bits);
    }

    #[test]
    fn a_large_logo_becomes_as_small_as_the_paper_and_keeps_its_shape() {
        let file = png(ColorType::Grayscale, 1_200, 300, &[0; 1_200 * 300]);
        let narrow = logo(&file, Paper::MM58).unwrap();
        assert_eq!((narrow.width(), narrow.height()), (384, 96));
        assert_eq!(dots(&narrow).len(), 384 * 96);
        let tall = png(ColorType::Grayscale, 100, 960, &[0; 100 * 960]);
        let tall = logo(&tall, Paper::MM80).unwrap();
        assert_eq!((tall.width(), tall.height()), (25, HEIGHT_MAX));
        let small = png(ColorType::Grayscale, 10, 10, &[0; 100]);
        assert_eq!(logo(&small, Paper::MM80).unwrap().width(), 10);
    }

    #[test]
    fn what_is_no_logo_is_refused_in_a_sentence() {
        let refused = |file: &[u8]| logo(file, Paper::MM80).unwrap_err();
        assert_eq!(refused(b"<svg/>"), LogoRefused::FormatUnknown);
        assert_eq!(refused(b""), LogoRefused::FormatUnknown);
        assert_eq!(refused(b"P4 9000 2\n"), LogoRefused::Size);
        assert_eq!(refused(b"P4 0 2\n"), LogoRefused::Size);
        let whole = png(ColorType::Rgb, 4, 4, &[9; 48]);
        for cut in [4, 20, 40, whole.len() - 20] {
            let why = refused(&whole[..cut]);
            assert!(matches!(why, LogoRefused::Damaged(_)), "{cut}: {why:?}");
        }
        for file in [
            b"P4 8 2\n\xFF".as_slice(),
            b"P1 2 2 101",
            b"P4",
            b"P4 # no end",
        ] {
            assert!(matches!(refused(file), LogoRefused::Damaged(_)), "{file:?}");
        }
    }
}
