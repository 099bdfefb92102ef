//! Placeholders: rewrites `$1` into `?1`, because SQLite would number `$1` by first appearance and
//! not by name, and counts them, because PostgreSQL takes more parameters than a text has.
//!
//! It does not parse SQL: it only knows where text, names and comments end.

/// Returns `sql` with every `$n` outside texts, quoted names and comments written as `?n`.
pub(super) fn to_sqlite(sql: &str) -> String {
    rewritten(sql).0
}

/// Returns the highest number of a placeholder in `sql`, 0 if it has none.
#[cfg(feature = "postgres")]
pub(super) fn highest(sql: &str) -> usize {
    rewritten(sql).1
}

fn rewritten(sql: &str) -> (String, usize) {
    let mut rewritten = String::with_capacity(sql.len());
    let (mut rest, mut highest) = (sql, 0);
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '\'' | '"' | '`' => quoted_length(rest, first),
            '-' if rest.starts_with("--") => rest.find('\n').unwrap_or(rest.len()),
            '/' if rest.starts_with("/*") => rest.find("*/").map_or(rest.len(), |end| end + 2),
            '$' if rest[1..].starts_with(|next: char| next.is_ascii_digit()) => {
                rewritten.push('?');
                rest = &rest[1..];
                let digits = rest.find(|next: char| !next.is_ascii_digit());
                let number = &rest[..digits.unwrap_or(rest.len())];
                highest = highest.max(number.parse().unwrap_or(usize::MAX));
                continue;
            }
            other => other.len_utf8(),
        };
        let (same, after) = rest.split_at(length);
        rewritten.push_str(same);
        rest = after;
    }
    (rewritten, highest)
}

/// Returns the length of the quoted run that `text` begins with; a doubled quote ends one run and
/// begins the next, so it needs no case of its own.
fn quoted_length(text: &str, quote: char) -> usize {
    text[1..].find(quote).map_or(text.len(), |end| end + 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(sql: &str, expected: &str) {
        assert_eq!(to_sqlite(sql), expected);
    }

    #[test]
    fn a_placeholder_keeps_its_number_wherever_it_stands() {
        check("SELECT $10, $1", "SELECT ?10, ?1");
        check("x=$2 AND y=$1", "x=?2 AND y=?1");
        check("($1,$1)", "(?1,?1)");
        check("no placeholder, höhe ≥ 3", "no placeholder, höhe ≥ 3");
        check("", "");
    }

    #[cfg(feature = "postgres")]
    #[test]
    fn the_highest_number_counts_wherever_it_stands() {
        assert_eq!(highest("SELECT $10, $1 -- $11"), 10);
        assert_eq!(highest("SELECT '$1'"), 0);
        assert_eq!(highest("$2"), 2);
    }

    #[test]
    fn texts_names_and_comments_are_left_alone() {
        check("'costs $1' || $1", "'costs $1' || ?1");
        check("'it''s $1', $1", "'it''s $1', ?1");
        check("\"$1\" = $1", "\"$1\" = ?1");
        check("-- $1\n$1", "-- $1\n?1");
        check("/* $1 */ $1", "/* $1 */ ?1");
        check("$x $", "$x $");
        check("'never closed $1", "'never closed $1");
        check("/* never closed $1", "/* never closed $1");
    }
}
