//! Which colours a product is drawn in. Pure; it knows words of flavours, not products.

/// The colours of one product.
#[derive(Clone, Copy, Debug)]
pub(super) struct Paint {
    pub(super) main: &'static str,
    pub(super) dark: &'static str,
    pub(super) light: &'static str,
    pub(super) accent: &'static str,
}

const fn of(
    main: &'static str,
    dark: &'static str,
    light: &'static str,
    accent: &'static str,
) -> Paint {
    Paint {
        main,
        dark,
        light,
        accent,
    }
}

const RED: Paint = of("#d2453c", "#962a25", "#fbe9e0", "#c03a33");
const ORANGE: Paint = of("#e58336", "#b25a17", "#fdeedd", "#d36f1f");
const YELLOW: Paint = of("#ecbd45", "#b98a17", "#fdf5da", "#d79f1f");
const GREEN: Paint = of("#6b9c55", "#456f35", "#eaf3e0", "#55863f");
const BLUE: Paint = of("#4a83b3", "#2d5a82", "#e3eef6", "#376f9f");
const PURPLE: Paint = of("#7e5f9c", "#563d72", "#efe7f5", "#6a4a8a");
const BROWN: Paint = of("#94643f", "#633f23", "#f6e9da", "#7d5030");
const SLATE: Paint = of("#4f555c", "#2f343a", "#e9ebec", "#6d747c");
const CREAM: Paint = of("#efe6d2", "#c5b591", "#fffdf6", "#b08d4f");
const PINK: Paint = of("#e08fa5", "#b35f78", "#fdeef2", "#cb6d88");
const TEAL: Paint = of("#3f8f8c", "#276664", "#e0f1ef", "#2f7a77");

/// For products whose words name no colour.
const ANY: [Paint; 9] = [RED, ORANGE, YELLOW, GREEN, BLUE, PURPLE, TEAL, PINK, SLATE];

/// Words in flavours and the colour everybody expects with them; the first that fits counts.
const WORDS: [(&[&str], Paint); 11] = [
    (&["pink", "rosé", "strawberry", "baby"], PINK),
    (
        &[
            "red",
            "cherry",
            "tomato",
            "rose",
            "raspberry",
            "vine",
            "plum",
            "ketchup",
            "paprika",
            "beef",
            "chilli",
            "kidney",
            "merlot",
            "cabernet",
            "tempranillo",
            "syrah",
        ],
        RED,
    ),
    (
        &[
            "orange", "apricot", "peach", "carrot", "pumpkin", "rainbow", "amber", "caramel",
            "ochre", "syrup", "onion", "fox", "blood", "chicken", "curry",
        ],
        ORANGE,
    ),
    (
        &[
            "yellow",
            "lemon",
            "golden",
            "vanilla",
            "butter",
            "honey",
            "banana",
            "sunflower",
            "mustard",
            "camomile",
            "straw",
            "blond",
            "pilsner",
            "mild",
            "corn",
            "custard",
        ],
        YELLOW,
    ),
    (
        &[
            "green",
            "mint",
            "lime",
            "basil",
            "sage",
            "herb",
            "apple",
            "pear",
            "olive",
            "forest",
            "spearmint",
            "peppermint",
            "eucalyptus",
            "organic",
            "fern",
            "ivy",
            "palm",
            "rocket",
            "spinach",
            "rosemary",
            "pea",
            "compostable",
            "tea",
        ],
        GREEN,
    ),
    (
        &[
            "blue",
            "navy",
            "sea",
            "still",
            "sparkling",
            "salted",
            "sport",
            "fresh",
            "glass",
            "whale",
            "semi-skimmed",
            "skimmed",
            "harbour",
        ],
        BLUE,
    ),
    (
        &[
            "grape",
            "blackcurrant",
            "berry",
            "blueberry",
            "lavender",
            "pinot",
            "fruit",
        ],
        PURPLE,
    ),
    (
        &[
            "chocolate",
            "brown",
            "dark",
            "coffee",
            "wholemeal",
            "rye",
            "bear",
            "kraft",
            "hazelnut",
            "walnut",
            "potato",
            "bread",
            "cocoa",
            "espresso",
            "chestnut",
            "wooden",
            "camel",
            "mature",
            "cumin",
            "rooibos",
            "cinnamon",
            "almond",
            "russet",
            "multigrain",
        ],
        BROWN,
    ),
    (
        &[
            "black",
            "grey",
            "stout",
            "liquorice",
            "pepper",
            "steel",
            "charcoal",
            "poppy",
        ],
        SLATE,
    ),
    (
        &[
            "white", "plain", "cream", "whole", "coconut", "ivory", "natural", "oat", "sesame",
            "nude", "rabbit", "cotton", "speckled", "goat's",
        ],
        CREAM,
    ),
    (&["aloe", "water", "floor", "recycled", "spelt"], TEAL),
];

/// Chooses the colours: the first of `texts` (flavour, then name) with a word that has a colour;
/// `variety` decides where none has.
pub(super) fn paint(texts: [&str; 2], variety: u64) -> Paint {
    let named = texts.iter().find_map(|text| {
        let words: Vec<&str> = text.split(' ').map(singular).collect();
        WORDS
            .iter()
            .find(|(known, _)| words.iter().any(|word| known.contains(word)))
    });
    match named {
        Some((_, paint)) => *paint,
        None => ANY[usize::try_from(variety % 9).unwrap_or(0)],
    }
}

/// Takes the plural off, well enough for what a shop sells.
fn singular(word: &str) -> &str {
    let stem = |ending| word.strip_suffix(ending).filter(|stem| stem.len() > 3);
    stem("oes")
        .map(|stem| &word[..=stem.len()])
        .or_else(|| stem("s"))
        .unwrap_or(word)
}

/// Returns the light behind a department's goods, above and below.
pub(super) fn ground(department: &str) -> (&'static str, &'static str) {
    match department.bytes().next() {
        Some(b'F' | b'P') => ("#f4f6ea", "#dfe7cd"),
        Some(b'B') => ("#fbf3e4", "#eedfc3"),
        Some(b'D') => ("#eff5f8", "#d6e4ec"),
        Some(b'S') => ("#f9f0f0", "#ecdada"),
        Some(b'H' | b'C') => ("#f1f3f4", "#dcdfe2"),
        Some(b'K') => ("#f6f2ec", "#e4dacc"),
        _ => ("#f5f2ea", "#e3dccd"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flavour_gives_its_colour_and_variety_the_rest() {
        assert_eq!(paint(["cherry", ""], 5).main, RED.main);
        assert_eq!(paint(["large blue", "Red cups"], 5).main, BLUE.main);
        assert_eq!(paint(["peeled", "Tinned tomatoes"], 5).main, RED.main);
        assert_ne!(
            paint(["assorted", ""], 0).main,
            paint(["assorted", ""], 1).main
        );
        assert_eq!(paint(["", ""], 3).main, paint(["", ""], 12).main);
    }
}
