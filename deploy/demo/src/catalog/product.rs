//! What a product of the demo is: what the hub is told, and what its picture is drawn from.

use counterpart_protocol::barcode::Gtin;
use counterpart_protocol::catalog::Unit;
use counterpart_protocol::ids::Sku;
use counterpart_protocol::money::Minor;

/// One product of the demo's store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemoProduct {
    /// What it is sold under.
    pub sku: Sku,
    /// The numbers on its packages, the present one first.
    pub gtins: Vec<Gtin>,
    /// Its name as on the shelf label.
    pub name: String,
    /// Where it stands.
    pub department: String,
    /// How it is counted.
    pub unit: Unit,
    /// The price of one unit with tax, in cents of euro; nothing if it has none yet.
    pub price_minor: Option<Minor>,
    /// Its tax class.
    pub tax_class: TaxClassId,
    /// What it looks like.
    pub kind: Kind,
    /// Its flavour or colour in words.
    pub flavour: Option<String>,
    /// What tells its picture from its neighbours'.
    pub variety: u64,
}

impl DemoProduct {
    /// Tells whether a scan of it can be paid: by the piece, with a price.
    pub fn is_sold_by_the_piece(&self) -> bool {
        self.unit == Unit::Piece && self.price_minor.is_some()
    }
}

/// The tax classes of the demo's store, with the Dutch rates of 2026.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TaxClassId {
    /// 21 %.
    Standard,
    /// 9 %: food, plants, print.
    Reduced,
    /// None: postage, deposits, gift cards.
    Zero,
}

impl TaxClassId {
    /// Returns the rate in thousandths of a percent.
    pub fn rate(self) -> u32 {
        match self {
            Self::Standard => 21_000,
            Self::Reduced => 9_000,
            Self::Zero => 0,
        }
    }

    /// Returns its word in the catalogue file.
    pub fn word(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::Reduced => "reduced",
            Self::Zero => "zero",
        }
    }
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $word:literal),+ $(,)?) => {
        /// What a product looks like; each has its drawing.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Kind {
            $($(#[$doc])* $name),+
        }

        impl Kind {
            /// Every kind there is.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// Returns its word in the table of families.
            pub fn word(self) -> &'static str {
                match self {
                    $(Self::$name => $word),+
                }
            }
        }
    };
}

kinds! {
    /// A soft bag.
    Bag = "bag",
    /// A ball.
    Ball = "ball",
    /// A bar of soap or chocolate.
    Bar = "bar",
    /// A soft toy.
    Bear = "bear",
    /// Building blocks.
    Blocks = "blocks",
    /// A bound thing.
    Book = "book",
    /// A bottle.
    Bottle = "bottle",
    /// A folding box.
    Box = "box",
    /// A brush or razor.
    Brush = "brush",
    /// A lamp.
    Bulb = "bulb",
    /// A cake.
    Cake = "cake",
    /// A tin.
    Can = "can",
    /// A candle.
    Candle = "candle",
    /// A card.
    Card = "card",
    /// A carton with a gable.
    Carton = "carton",
    /// A cup with a lid.
    Cup = "cup",
    /// A tray of eggs.
    Eggs = "eggs",
    /// Flowers.
    Flowers = "flowers",
    /// Round fruit.
    Fruit = "fruit",
    /// A drinking glass.
    Glass = "glass",
    /// A hat.
    Hat = "hat",
    /// A jar with a lid.
    Jar = "jar",
    /// A knife.
    Knife = "knife",
    /// A loaf.
    Loaf = "loaf",
    /// A mug.
    Mug = "mug",
    /// A pan.
    Pan = "pan",
    /// A pencil.
    Pencil = "pencil",
    /// A plant in a pot.
    Plant = "plant",
    /// A plate.
    Plate = "plate",
    /// A tray of berries.
    Punnet = "punnet",
    /// A roll.
    Roll = "roll",
    /// A scarf.
    Scarf = "scarf",
    /// Something to wear on top.
    Shirt = "shirt",
    /// A pair of something for feet or hands.
    Sock = "sock",
    /// A bottle with a pump or spray head.
    Spray = "spray",
    /// A stamp.
    Stamp = "stamp",
    /// A folded cloth.
    Towel = "towel",
    /// A tube or flask.
    Tube = "tube",
    /// A wedge.
    Wedge = "wedge",
    /// A wine bottle.
    Wine = "wine",
}
