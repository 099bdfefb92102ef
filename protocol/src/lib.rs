//! The language a store and its hub share: ids, money, facts, folds, documents, feeds and the sync
//! session.
//!
//! Everything here is pure. Time and randomness are arguments, storage and sockets belong to
//! `counterpart-daemon`, and no rule of a single daemon lives here. Start with [`facts`], then
//! [`documents`], then [`sync`].
//!
//! # A sale, from the till to the hub's answer
//!
//! What a client of the hub has to do, whole: state a fact, put it into the journal's document,
//! number and chain it as a record, send it in a batch, and read what became of it. [`sync`]
//! describes the bytes.
//!
//! ```
//! use counterpart_protocol::documents::{Actor, Segment};
//! use counterpart_protocol::facts::{Fact, Header, Kind};
//! use counterpart_protocol::hlc::Hlc;
//! use counterpart_protocol::ids::{
//!     DocumentId, EdgeNumber, FactId, Incarnation, RegisterId, SaleId, SegmentId, ShiftId, Writer,
//! };
//! use counterpart_protocol::money::{Currency, Minor};
//! use counterpart_protocol::quantity::Milli;
//! use counterpart_protocol::sales::{ReceiptNumber, SaleLine, SaleRecorded, Tender};
//! use counterpart_protocol::sync::{
//!     Ack, Batch, Exchange, FeedHead, FeedId, Hello, PROTOCOL_VERSION, Record, Reply, Welcome,
//!     WireRecord, check_batch, pack, unpack,
//! };
//! use counterpart_protocol::tax::{Rate, summarise};
//! use counterpart_protocol::time::BusinessDate;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! // 1. What happened. Amounts are cents, quantities thousandths; tax is in the price.
//! let vat = Rate(21_000);
//! let sale = SaleRecorded {
//!     sale_id: SaleId::from_parts(1_795_431_600_000, 1),
//!     receipt: ReceiptNumber { register: RegisterId(1), series: 1, number: 42 },
//!     shift_id: ShiftId::from_parts(1_795_431_000_000, 2),
//!     currency: Currency::EUR,
//!     lines: vec![SaleLine {
//!         line: 1,
//!         sku: "TEE-M-RED".parse()?,
//!         description: "T-shirt, red, M".to_owned(),
//!         quantity_milli: Milli::units(2),
//!         unit_price_minor: Minor(1_250),
//!         amount_minor: Minor(2_500),
//!         tax_rate: vat,
//!         pricing: None,
//!         remarks: None,
//!         added_tax_minor: None,
//!     }],
//!     taxes: summarise([(vat, Minor(2_500))]).expect("the sum fits"),
//!     total_minor: Minor(2_500),
//!     tenders: vec![Tender::cash(Minor(3_000))],
//!     change_minor: Minor(500),
//!     voided: Vec::new(),
//!     catalog_version: 3,
//!     rounding_minor: None,
//!     sold_to: None,
//!     tax_parts: None,
//!     coupons: None,
//! };
//! sale.check()?;
//!
//! // 2. The fact: who, when, which day it counts for. These bytes are stored and never change.
//! let header = Header {
//!     id: FactId::from_parts(1_795_431_600_000, 3),
//!     hlc: Hlc::from_parts(1_795_431_600_000, 0),
//!     business_date: "2026-11-23".parse::<BusinessDate>()?,
//!     register: Some(RegisterId(1)),
//!     staff: None,
//! };
//! let fact = Fact::new(header, &sale).encode();
//! assert_eq!(Fact::decode(&fact)?.read::<SaleRecorded>()?, sale);
//!
//! // 3. The journal's document: an Automerge change that puts the fact under its own key.
//! let writer = Writer { edge: EdgeNumber(7), incarnation: Incarnation(1) };
//! let journal = SegmentId { writer, about: None, segment: 0 };
//! let actor = Actor([3; 16]);
//! let appended = Segment::begin(journal, actor).append(1, &fact)?;
//!
//! // 4. The record in the feed: number 1, chained to everything before it.
//! let record = Record {
//!     seq: 1,
//!     kind_number: Kind::SaleRecorded.number(),
//!     schema: 1,
//!     document: DocumentId::Segment(journal),
//!     change: appended.hash,
//!     business_date: header.business_date,
//!     hlc: header.hlc,
//! };
//! let start = FeedHead::start(FeedId(1));
//! let head = start.after(&record);
//!
//! // 5. The exchange: who speaks, how far each feed goes, and the batch. It is POSTed as it is.
//! let batch = Batch {
//!     feed: FeedId(1),
//!     first_seq: 1,
//!     records: vec![WireRecord {
//!         kind_number: record.kind_number,
//!         schema: record.schema,
//!         document: record.document.to_string(),
//!         business_date: record.business_date,
//!         hlc: record.hlc,
//!         change: appended.change.into(),
//!     }],
//!     end_chain: head.chain,
//!     hashes: None,
//! };
//! let hello = Hello {
//!     protocol: PROTOCOL_VERSION,
//!     edge: writer.edge,
//!     incarnation: writer.incarnation,
//!     actor,
//!     up: head,
//!     down: start,
//!     wall_ms: 1_795_431_600_000,
//!     days: Vec::new(),
//!     forked_at: None,
//!     met: None,
//!     refused: None,
//! };
//! let body = pack(&Exchange { hello, ack: None, up: Some(batch), back: None })?;
//!
//! // 6. The hub: is it new, and does the chain hold? Then it stores, commits, and answers.
//! let received: Exchange = unpack(&body)?;
//! let intake = check_batch(start, &received.up.expect("it was sent"), |_| None)?;
//! assert_eq!((intake.new.len(), intake.duplicates), (1, 0));
//! let held = intake.new[0].head;
//! let welcome = Welcome {
//!     protocol: PROTOCOL_VERSION,
//!     actor: Actor([9; 16]),
//!     down: start,
//!     up: held,
//!     wall_ms: 1_795_431_600_050,
//!     days_differ: Vec::new(),
//!     fenced_by: None,
//!     earlier: None,
//!     short: None,
//!     generation: None,
//! };
//! let ack = Some(Ack { held, verdicts: Vec::new() });
//! let answer = pack(&Reply { welcome, ack, refused: None, down: None })?;
//!
//! // 7. The edge: the hub holds the sale durably, and its chain is ours. It is proven.
//! let reply: Reply = unpack(&answer)?;
//! assert_eq!(reply.ack.expect("a batch is answered").held, head);
//! # Ok(())
//! # }
//! ```

pub mod approvals;
pub mod badges;
pub mod barcode;
pub mod catalog;
pub mod codes;
pub mod condition;
pub mod coupons;
pub mod customers;
pub mod days;
pub mod documents;
pub mod enrolment;
pub mod entities;
pub mod exceptions;
pub mod facts;
pub mod generations;
pub mod hlc;
pub mod ids;
pub mod keyring;
pub mod lives;
pub mod money;
pub mod neighbours;
pub mod orders;
pub mod policies;
pub mod prices;
pub mod pricing;
pub mod quantity;
pub mod reference;
pub mod returns;
pub mod rights;
pub mod sales;
pub mod shifts;
pub mod staff;
pub mod stock;
pub mod stored;
pub mod stores;
pub mod sync;
pub mod tax;
pub mod time;
