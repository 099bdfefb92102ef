//! The drawings, one a kind of product, in letters for their colours.
//!
//! `$m` is the main colour, `$d` its shade, `$l` its light, `$a` what is printed on it. Goods stand
//! on y = 104; light comes from the left above.

use crate::catalog::Kind;

/// A drawing and the place on it where a brand's sign goes.
pub(super) struct Shape {
    pub(super) drawing: &'static str,
    pub(super) label: Option<Label>,
}

/// A rectangle for a brand's sign.
#[derive(Clone, Copy)]
pub(super) struct Label {
    pub(super) left: i32,
    pub(super) top: i32,
    pub(super) width: i32,
    pub(super) height: i32,
}

const fn printed(drawing: &'static str, left: i32, top: i32, width: i32, height: i32) -> Shape {
    Shape {
        drawing,
        label: Some(Label {
            left,
            top,
            width,
            height,
        }),
    }
}

const fn bare(drawing: &'static str) -> Shape {
    Shape {
        drawing,
        label: None,
    }
}

/// Returns the drawing of a kind.
pub(super) fn shape(kind: Kind) -> Shape {
    match kind {
        Kind::Bag => printed(BAG, 44, 56, 32, 24),
        Kind::Ball => bare(BALL),
        Kind::Bar => printed(BAR, 40, 56, 40, 22),
        Kind::Bear => bare(BEAR),
        Kind::Blocks => bare(BLOCKS),
        Kind::Book => printed(BOOK, 46, 40, 34, 22),
        Kind::Bottle => printed(BOTTLE, 43, 62, 34, 24),
        Kind::Box => printed(BOX, 36, 54, 36, 28),
        Kind::Brush => bare(BRUSH),
        Kind::Bulb => bare(BULB),
        Kind::Cake => bare(CAKE),
        Kind::Can => printed(CAN, 41, 52, 38, 30),
        Kind::Candle => bare(CANDLE),
        Kind::Card => printed(CARD, 38, 46, 44, 26),
        Kind::Carton => printed(CARTON, 39, 58, 30, 26),
        Kind::Cup => printed(CUP, 42, 62, 36, 22),
        Kind::Eggs => bare(EGGS),
        Kind::Flowers => bare(FLOWERS),
        Kind::Fruit => bare(FRUIT),
        Kind::Glass => bare(GLASS),
        Kind::Hat => bare(HAT),
        Kind::Jar => printed(JAR, 40, 58, 40, 26),
        Kind::Knife => bare(KNIFE),
        Kind::Loaf => bare(LOAF),
        Kind::Mug => printed(MUG, 36, 56, 34, 26),
        Kind::Pan => bare(PAN),
        Kind::Pencil => bare(PENCIL),
        Kind::Plant => bare(PLANT),
        Kind::Plate => bare(PLATE),
        Kind::Punnet => bare(PUNNET),
        Kind::Roll => bare(ROLL),
        Kind::Scarf => bare(SCARF),
        Kind::Shirt => printed(SHIRT, 48, 52, 24, 20),
        Kind::Sock => bare(SOCK),
        Kind::Spray => printed(SPRAY, 44, 64, 30, 24),
        Kind::Stamp => printed(STAMP, 46, 42, 28, 26),
        Kind::Towel => bare(TOWEL),
        Kind::Tube => printed(TUBE, 46, 42, 28, 28),
        Kind::Wedge => bare(WEDGE),
        Kind::Wine => printed(WINE, 46, 64, 28, 24),
    }
}

const BAG: &str = r##"<path d="M36 24h48l4 74q0 6-6 6H38q-6 0-6-6z" fill="$m"/>
<path d="M36 24h48l.6 10H35.4z" fill="$d"/><rect x="40" y="50" width="40" height="36" rx="3"
 fill="$l"/><path d="M39 38l-2 56" stroke="#fff" stroke-width="3" opacity=".35"/>"##;

const BALL: &str = r##"<circle cx="60" cy="68" r="36" fill="$m"/><path d="M60 32c-16 10-24 24-24
 36s8 26 24 36c16-10 24-24 24-36s-8-26-24-36z" fill="$l"/><path d="M24 68h72" stroke="$d"
 stroke-width="5" stroke-linecap="butt"/><path d="M38 46q6-7 14-9" stroke="#fff" stroke-width="4"
 fill="none" opacity=".6"/>"##;

const BAR: &str = r##"<path d="M26 44h68v46q0 4-4 4H30q-4 0-4-4z" fill="$m"/>
<path d="M26 44l4-8h60l4 8z" fill="$d"/><rect x="34" y="52" width="52" height="30" rx="3"
 fill="$l"/><path d="M30 50v38" stroke="#fff" stroke-width="3" opacity=".3"/>
<path d="M26 94h68v4q0 6-6 6H32q-6 0-6-6z" fill="$d"/>"##;

const BEAR: &str = r##"<circle cx="42" cy="28" r="9" fill="$d"/><circle cx="78" cy="28" r="9"
 fill="$d"/><ellipse cx="60" cy="82" rx="27" ry="23" fill="$m"/><circle cx="60" cy="44" r="23"
 fill="$m"/><ellipse cx="60" cy="86" rx="15" ry="14" fill="$l"/><ellipse cx="60" cy="52" rx="10"
 ry="8" fill="$l"/><circle cx="51" cy="41" r="2.6"/><circle cx="69" cy="41" r="2.6"/>
<ellipse cx="60" cy="49" rx="4" ry="2.8"/><circle cx="38" cy="99" r="8" fill="$d"/>
<circle cx="82" cy="99" r="8" fill="$d"/>"##;

const BLOCKS: &str = r##"<rect x="24" y="70" width="34" height="34" rx="3" fill="$m"/>
<rect x="62" y="70" width="34" height="34" rx="3" fill="$a"/><rect x="43" y="34" width="34"
 height="34" rx="3" fill="$d"/><path d="M30 76h22M68 76h22M49 40h22" stroke="#fff"
 stroke-width="4" opacity=".4"/>"##;

const BOOK: &str = r##"<path d="M34 20h48q4 0 4 4v76q0 4-4 4H34z" fill="$m"/>
<path d="M34 20q-4 0-4 4v76q0 4 4 4h4V20z" fill="$d"/><path d="M40 98h46v2q0 4-4 4H40z"
 fill="$l"/><rect x="44" y="36" width="38" height="30" rx="2" fill="$l"/>"##;

const BOTTLE: &str = r##"<path d="M51 22h18v12c0 7 10 10 10 24v40q0 6-6 6H47q-6 0-6-6V58c0-14
 10-17 10-24z" fill="$m"/><rect x="50" y="14" width="20" height="10" rx="2.5" fill="$d"/>
<rect x="41" y="60" width="38" height="28" fill="$l"/><path d="M46 62v36" stroke="#fff"
 stroke-width="3" opacity=".4"/>"##;

const BOX: &str = r##"<path d="M30 38l12-10h52l-10 10z" fill="$l"/><path d="M84 38l10-10v64l-10
 12z" fill="$d"/><rect x="30" y="38" width="54" height="66" rx="2" fill="$m"/><rect x="34" y="50"
 width="42" height="36" rx="2" fill="$l"/>"##;

const BRUSH: &str = r##"<rect x="55" y="44" width="10" height="60" rx="5" fill="$m"/>
<rect x="50" y="18" width="20" height="30" rx="4" fill="$d"/><path d="M53 18v-6M58 18v-6M63
 18v-6M67 18v-6" stroke="$l" stroke-width="3.5"/><path d="M58 52v44" stroke="#fff"
 stroke-width="2.5" opacity=".4"/>"##;

const BULB: &str = r##"<circle cx="60" cy="50" r="30" fill="#fdf1c2"/><path d="M46 74h28v8H46z"
 fill="$l"/><rect x="48" y="80" width="24" height="20" rx="3" fill="$d"/><path d="M48 86h24M48
 92h24" stroke="#fff" stroke-width="2" opacity=".5"/><path d="M52 62l3-16 5 8 5-8 3 16"
 fill="none" stroke="#d79f1f" stroke-width="2.5"/><rect x="54" y="99" width="12" height="5"
 rx="2" fill="#3a3832"/>"##;

const CAKE: &str = r##"<ellipse cx="60" cy="98" rx="42" ry="7" fill="#fff"/><path d="M26 62v28c0
 5 15 9 34 9s34-4 34-9V62z" fill="#c99a62"/><path d="M26 72c0 5 15 9 34 9s34-4 34-9" fill="none"
 stroke="$l" stroke-width="4"/><path d="M26 58c0 8 8 4 11 9s8 5 11 0 8 6 12 1 9 4 12-1 8 1
 11-3 11 1 11-6c0-6-15-11-34-11s-34 5-34 11z" fill="$m"/><circle cx="60" cy="44" r="6"
 fill="$d"/>"##;

const CAN: &str = r##"<path d="M38 28v68c0 5 10 8 22 8s22-3 22-8V28z" fill="$m"/>
<path d="M38 50v34c0 4 10 7 22 7s22-3 22-7V50c0 4-10 7-22 7s-22-3-22-7z" fill="$l"/>
<ellipse cx="60" cy="28" rx="22" ry="7" fill="#d8dade"/><ellipse cx="60" cy="28" rx="16" ry="4.5"
 fill="#b9bdc3"/><path d="M43 40v54" stroke="#fff" stroke-width="3" opacity=".4"/>"##;

const CANDLE: &str = r##"<path d="M60 14c8 10 6 18 0 18s-8-8 0-18z" fill="#f0b038"/>
<path d="M60 30v10" stroke="#3a3832" stroke-width="2.5"/><rect x="46" y="40" width="28"
 height="64" rx="4" fill="$m"/><path d="M46 44q0-4 4-4h20q4 0 4 4v5c-4 6-7-2-11 3s-8-4-11 1-6 1-6
 1z" fill="$l"/><path d="M51 56v42" stroke="#fff" stroke-width="3" opacity=".35"/>"##;

const CARD: &str = r##"<rect x="26" y="34" width="68" height="50" rx="4" fill="$d"
 transform="rotate(-5 60 60)"/><rect x="26" y="34" width="68" height="50" rx="4" fill="$m"/>
<rect x="34" y="42" width="52" height="34" rx="2" fill="$l"/>"##;

const CARTON: &str = r##"<path d="M34 42l10-18h32l10 18z" fill="$l"/><rect x="42" y="14" width="36"
 height="11" rx="2" fill="$d"/><path d="M72 42h14v56q0 6-6 6h-8z" fill="$d"/><path d="M34 42h38v62
H40q-6 0-6-6z" fill="$m"/><rect x="38" y="54" width="30" height="34" rx="2" fill="$l"/>
<circle cx="58" cy="34" r="5" fill="$a"/>"##;

const CUP: &str = r##"<path d="M34 44h52l-6 54q-1 6-7 6H47q-6 0-7-6z" fill="$m"/>
<rect x="30" y="34" width="60" height="11" rx="4" fill="$d"/><path d="M36 58h48l-3.5 28h-41z"
 fill="$l"/><path d="M41 50l4 48" stroke="#fff" stroke-width="3" opacity=".35"/>"##;

const EGGS: &str = r##"<path d="M28 74c0-14 5-24 11-24s11 10 11 24z" fill="#f1dcc0"/>
<path d="M49 74c0-14 5-24 11-24s11 10 11 24z" fill="#e9cba4"/><path d="M70 74c0-14 5-24 11-24s11
 10 11 24z" fill="#f1dcc0"/><path d="M20 70h80l-6 30q-1 4-5 4H31q-4 0-5-4z" fill="$m"/>
<path d="M24 84c8 6 16 6 24 0s16-6 24 0 16 6 24 0" fill="none" stroke="$d" stroke-width="3"
 opacity=".7"/>"##;

const FLOWERS: &str = r##"<path d="M44 66h32l-8 36q-1 2-3 2H55q-2 0-3-2z" fill="$l"/>
<path d="M60 70V44M60 70L42 48M60 70l18-22" stroke="#55863f" stroke-width="3"/><circle cx="60"
 cy="32" r="12" fill="$m"/><circle cx="38" cy="44" r="11" fill="$a"/><circle cx="82" cy="44"
 r="11" fill="$m"/><circle cx="49" cy="54" r="9" fill="$d"/><circle cx="72" cy="55" r="9"
 fill="$a"/><g fill="#fff" opacity=".75"><circle cx="60" cy="32" r="4"/><circle cx="38" cy="44"
 r="3.5"/><circle cx="82" cy="44" r="3.5"/></g><path d="M48 84h24" stroke="$d"
 stroke-width="4"/>"##;

const FRUIT: &str = r##"<circle cx="42" cy="80" r="24" fill="$m"/><circle cx="80" cy="80" r="24"
 fill="$d"/><circle cx="61" cy="54" r="25" fill="$m"/><path d="M61 30c0-8 3-12 9-14" fill="none"
 stroke="#633f23" stroke-width="3.5"/><path d="M66 24c6-8 16-7 20-4-4 8-14 10-20 4z"
 fill="#55863f"/><path d="M45 46q4-8 12-9" stroke="#fff" stroke-width="4" fill="none"
 opacity=".45"/>"##;

const GLASS: &str = r##"<path d="M38 24h44l-5 74q-.5 6-6 6H49q-5.5 0-6-6z" fill="#fff"
 opacity=".65"/><path d="M40 54h40l-3 44q-.5 6-6 6H49q-5.5 0-6-6z" fill="$m" opacity=".75"/>
<path d="M38 24h44l-5 74q-.5 6-6 6H49q-5.5 0-6-6z" fill="none" stroke="$d" stroke-width="2"
 opacity=".5"/><path d="M45 32l4 62" stroke="#fff" stroke-width="3.5" opacity=".8"/>"##;

const HAT: &str = r##"<circle cx="60" cy="22" r="9" fill="$l"/><path d="M28 84c0-36 12-56
 32-56s32 20 32 56z" fill="$m"/><path d="M44 36c-6 12-8 28-8 46M60 30v52M76 36c6 12 8 28 8 46"
 stroke="$d" stroke-width="2.5" fill="none" opacity=".5"/><rect x="22" y="80" width="76"
 height="22" rx="8" fill="$d"/><path d="M32 86v10M44 86v10M56 86v10M68 86v10M80 86v10"
 stroke="$m" stroke-width="3"/>"##;

const JAR: &str = r##"<path d="M38 38h44q4 4 4 10v48q0 8-8 8H42q-8 0-8-8V48q0-6 4-10z" fill="$m"/>
<rect x="36" y="24" width="48" height="15" rx="4" fill="$d"/><path d="M36 31h48" stroke="#fff"
 stroke-width="2" opacity=".3"/><rect x="38" y="56" width="44" height="30" rx="3" fill="$l"/>
<path d="M40 50v46" stroke="#fff" stroke-width="3" opacity=".45"/>"##;

const KNIFE: &str = r##"<path d="M44 14c16 10 22 34 18 56H44z" fill="#d9dde1"/><path d="M44
 14v56h6V20z" fill="#fff" opacity=".7"/><rect x="42" y="70" width="20" height="34" rx="5"
 fill="$d"/><circle cx="52" cy="80" r="2" fill="$l"/><circle cx="52" cy="93" r="2"
 fill="$l"/>"##;

const LOAF: &str = r##"<path d="M20 72c0-20 18-32 40-32s40 12 40 32c0 6-4 8-4 12v12q0 8-8
 8H32q-8 0-8-8V84c0-4-4-6-4-12z" fill="#c98d4b"/><path d="M28 72c0-14 14-24 32-24s32 10 32 24c0
 5-4 6-4 11v9q0 5-5 5H37q-5 0-5-5v-9c0-5-4-6-4-11z" fill="#e3b377"/><path d="M44 56l8 12M58
 53l8 12M72 55l8 12" stroke="#a86c31" stroke-width="4.5"/><g fill="$d" opacity=".55"><circle
 cx="46" cy="82" r="2"/><circle cx="58" cy="88" r="2"/><circle cx="70" cy="80" r="2"/><circle
 cx="79" cy="88" r="2"/></g>"##;

const MUG: &str = r##"<path d="M74 50h10c14 0 14 34-2 34h-8" fill="none" stroke="$d"
 stroke-width="7"/><path d="M30 40h48v54q0 10-10 10H40q-10 0-10-10z" fill="$m"/><ellipse cx="54"
 cy="40" rx="24" ry="6" fill="$d"/><path d="M36 50v44" stroke="#fff" stroke-width="3.5"
 opacity=".4"/>"##;

const PAN: &str = r##"<path d="M70 76l40-18 3 8-38 20z" fill="#3a3832"/><path d="M12 66h68v20q0
 18-20 18H32q-20 0-20-18z" fill="$d"/><ellipse cx="46" cy="66" rx="34" ry="10" fill="$m"/>
<ellipse cx="46" cy="67" rx="27" ry="6.5" fill="#2f2d29"/><path d="M36 50c-4-8 4-8 0-16M52
 50c-4-8 4-8 0-16" fill="none" stroke="$d" stroke-width="3" opacity=".35"/>"##;

const PENCIL: &str = r##"<g transform="rotate(24 60 60)"><rect x="51" y="18" width="18" height="62"
 fill="$m"/><path d="M57 18h6v62h-6z" fill="$l" opacity=".45"/><path d="M51 80h18l-9 24z"
 fill="#edd3a6"/><path d="M56.5 95h7L60 104z" fill="$d"/><rect x="51" y="10" width="18"
 height="9" rx="3" fill="$d"/></g>"##;

const PLANT: &str = r##"<path d="M60 72c-2-22-20-26-32-24 2 18 16 26 32 24z" fill="#55863f"/>
<path d="M60 72c2-26 18-34 32-32 0 20-14 32-32 32z" fill="#6b9c55"/><path d="M60 72c-10-18-8-38
 2-52 10 14 10 36-2 52z" fill="#7fb266"/><path d="M60 72V34" stroke="#456f35" stroke-width="2"/>
<path d="M38 70h44l-5 30q-1 4-5 4H48q-4 0-5-4z" fill="$m"/><rect x="35" y="68" width="50"
 height="9" rx="3" fill="$d"/>"##;

const PLATE: &str = r##"<circle cx="60" cy="62" r="42" fill="#fff"/><circle cx="60" cy="62" r="42"
 fill="$m" opacity=".35"/><circle cx="60" cy="62" r="39" fill="none" stroke="$m"
 stroke-width="4"/><circle cx="60" cy="62" r="26" fill="#fff" opacity=".8"/><path d="M38 44q8-12
 20-14" fill="none" stroke="#fff" stroke-width="4" opacity=".9"/>"##;

const PUNNET: &str = r##"<g fill="$m"><circle cx="36" cy="62" r="13"/><circle cx="60" cy="58"
 r="14"/><circle cx="84" cy="62" r="13"/></g><g fill="$d"><circle cx="48" cy="50" r="12"/>
<circle cx="72" cy="50" r="12"/></g><circle cx="60" cy="42" r="11" fill="$m"/><g fill="#fff"
 opacity=".45"><circle cx="56" cy="38" r="3"/><circle cx="44" cy="46" r="3"/><circle cx="69"
 cy="46" r="3"/></g><path d="M18 66h84l-8 34q-1 4-5 4H31q-4 0-5-4z" fill="#dfeee4"/><path d="M18
 66h84l-2 9H20z" fill="#fff"/><path d="M40 80l2 18M60 80v18M80 80l-2 18" stroke="#b9d2c2"
 stroke-width="3"/>"##;

const ROLL: &str = r##"<path d="M32 30h48v68c0 4-11 6-24 6s-24-2-24-6z" fill="$l"/><path d="M68
 30h12v68c0 3-5 5-12 5.6z" fill="$m" opacity=".35"/><ellipse cx="56" cy="30" rx="24" ry="9"
 fill="#fff"/><ellipse cx="56" cy="30" rx="9" ry="3.5" fill="$d"/><path d="M80 62l12-2v36l-12
 4z" fill="$l"/><path d="M36 54h40M36 78h40" stroke="$a" stroke-width="2" stroke-dasharray="1
 6"/>"##;

const SCARF: &str = r##"<path d="M30 30c16 12 44 12 60 0l6 14c-20 16-52 16-72 0z" fill="$d"/>
<path d="M62 48l22-4 8 56-20 2z" fill="$m"/><path d="M40 46l22 4-6 50-20-4z" fill="$m"/>
<path d="M38 78l19 3M37 86l19 3M68 80l20-3M69 88l20-3" stroke="$l" stroke-width="4"/>
<path d="M38 97l-1 7M45 98l-1 7M52 100l-1 5M76 102v4M83 101v4M89 100l1 5" stroke="$d"
 stroke-width="2.5"/>"##;

const SHIRT: &str = r##"<path d="M44 22L22 34 14 58l14 6 6-12v52h52V52l6 12 14-6-8-24-22-12c-4 8-28
 8-32 0z" fill="$m"/><path d="M44 22c4 14 28 14 32 0" fill="none" stroke="$d" stroke-width="5"/>
<path d="M34 52V40M86 52V40" stroke="$d" stroke-width="2.5" opacity=".6"/>"##;

const SOCK: &str = r##"<path d="M66 16h22v46c0 8 12 14 12 26 0 10-6 14-14 14-12
 0-20-14-20-26z" fill="$d"/><path d="M34 16h24v48c0 8 14 14 14 26 0 10-8 14-16 14-14
 0-22-14-22-28z" fill="$m"/><path d="M34 24h24M34 32h24" stroke="$l" stroke-width="4"
 stroke-linecap="butt"/><path d="M58 100c8-2 12-6 13-14-6 0-12 6-13 14z" fill="$l"/>"##;

const SPRAY: &str = r##"<path d="M48 18h26v8l12 6-2 6-14-4v8H48z" fill="$d"/><path d="M50 42h20c0 8
 9 10 9 22v34q0 6-6 6H47q-6 0-6-6V64c0-12 9-14 9-22z" fill="$m"/><rect x="41" y="62" width="38"
 height="28" fill="$l"/><path d="M46 64v34" stroke="#fff" stroke-width="3" opacity=".4"/>"##;

const STAMP: &str = r##"<rect x="34" y="28" width="52" height="60" fill="#fff"/><rect x="34" y="28"
 width="52" height="60" fill="none" stroke="#e3dccd" stroke-width="5" stroke-dasharray="0 8"/>
<rect x="41" y="35" width="38" height="46" fill="$m"/><rect x="44" y="38" width="32" height="34"
 fill="$l"/><path d="M45 77h18" stroke="#fff" stroke-width="3"/>"##;

const TOWEL: &str = r##"<path d="M24 26h72" stroke="#b9bdc3" stroke-width="5"/><path d="M34
 24h52v72q0 4-4 4H38q-4 0-4-4z" fill="$l"/><path d="M34 24h52v10H34z" fill="#000"
 opacity=".1"/><path d="M34 46h52M34 54h52M34 80h52M34 88h52" stroke="$m" stroke-width="4"
 stroke-linecap="butt"/><path d="M44 34v66M76 34v66" stroke="$m" stroke-width="3" opacity=".45"
 stroke-linecap="butt"/><path d="M36 102v3M44 102v3M52 102v3M60 102v3M68 102v3M76 102v3M84
 102v3" stroke="$d" stroke-width="2"/>"##;

const TUBE: &str = r##"<path d="M38 16h44l-6 68H44z" fill="$m"/><rect x="36" y="12" width="48"
 height="8" rx="2" fill="$l"/><path d="M42 84h36v14q0 6-6 6H48q-6 0-6-6z" fill="$d"/><path
 d="M42.5 38h35l-3 36h-29z" fill="$l"/><path d="M44 26l5 54" stroke="#fff" stroke-width="3"
 opacity=".35"/>"##;

const WEDGE: &str = r##"<path d="M16 70l66-34q18 6 22 34z" fill="#f6d77f"/><path d="M16
 70h88v26q0 6-6 6H22q-6 0-6-6z" fill="#ecbd45"/><path d="M104 70v26q0 6-6 6h-6V70z"
 fill="$d"/><ellipse cx="38" cy="86" rx="8" ry="6" fill="#d79f1f"/><ellipse cx="66" cy="80" rx="5"
 ry="4" fill="#d79f1f"/><ellipse cx="74" cy="94" rx="7" ry="5" fill="#d79f1f"/><ellipse cx="68"
 cy="56" rx="6" ry="3.5" fill="#ecbd45"/>"##;

const WINE: &str = r##"<path d="M54 12h12v24c0 8 10 10 10 24v38q0 6-6 6H50q-6 0-6-6V60c0-14
 10-16 10-24z" fill="$d"/><rect x="53" y="10" width="14" height="20" rx="2" fill="$m"/><rect
 x="44" y="62" width="32" height="28" fill="$l"/><path d="M49 64v34" stroke="#fff"
 stroke-width="2.5" opacity=".35"/>"##;
