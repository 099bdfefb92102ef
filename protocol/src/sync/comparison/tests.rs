//! Two ends that lost records, and what a comparison finds and mends.

use std::collections::BTreeSet;

use proptest::collection::btree_set;
use proptest::prelude::{prop_assert, prop_assert_eq, proptest};

use super::{
    COMPARED_MAX, Compared, Comparison, ComparisonTold, DIFFERING_MAX, Leaf, SPAN_RECORDS_MAX,
    SPANS_MAX, Span, Way,
};
use crate::sync::FeedId;

/// One end: which records it lacks.
type Lacks = BTreeSet<u64>;

fn lacking(lacks: &Lacks, span: Span) -> BTreeSet<u64> {
    lacks.range(span.first..=span.last()).copied().collect()
}

/// Answers as a hub does that lacks `theirs`, `looks` spans at a time.
fn answer(
    spans: &[Span],
    mend: &[u64],
    ours: &Lacks,
    theirs: &mut Lacks,
    looks: usize,
) -> ComparisonTold {
    let mended: Vec<u64> = mend
        .iter()
        .copied()
        .filter(|seq| theirs.remove(seq))
        .collect();
    let looked = &spans[..spans.len().min(looks)];
    let differ: Vec<Span> = looked
        .iter()
        .copied()
        .filter(|span| !lacking(ours, *span).is_empty() || !lacking(theirs, *span).is_empty())
        .collect();
    let single = differ.iter().filter(|span| span.records == 1);
    let leaves = single.map(|span| Leaf {
        seq: span.first,
        change: (!theirs.contains(&span.first)).then(|| vec![1]),
    });
    ComparisonTold {
        looked: looked.len() as u64,
        differ: differ.iter().map(|span| span.first).collect(),
        leaves: leaves.collect(),
        mended,
    }
}

/// Compares to the end; returns what it came to and how many questions it took.
fn compare(last: u64, ours: &mut Lacks, theirs: &mut Lacks, looks: usize) -> (Compared, usize) {
    let mut comparison = Comparison::new(Way::Up, FeedId(1), 1, last);
    for questions in 0..100_000 {
        if comparison.is_over() {
            return (comparison.compared(), questions);
        }
        let (spans, owed) = (comparison.spans(), comparison.owed().to_vec());
        assert!(spans.len() <= SPANS_MAX);
        assert!(spans.iter().map(|span| span.records).sum::<u64>() <= COMPARED_MAX);
        let told = answer(&spans, &owed, ours, theirs, looks);
        comparison.told(&told, &owed);
        for leaf in &told.leaves {
            match leaf.change {
                Some(_) if ours.remove(&leaf.seq) => comparison.mended_here(),
                None if !ours.contains(&leaf.seq) => comparison.owe(leaf.seq),
                Some(_) | None => {}
            }
        }
    }
    panic!("it does not end");
}

#[test]
fn two_whole_ends_take_one_question_a_week() {
    let (compared, questions) = compare(14_000, &mut Lacks::new(), &mut Lacks::new(), SPANS_MAX);
    assert_eq!((compared, questions), (Compared::default(), 1));
}

#[test]
fn nothing_is_compared_where_nothing_is() {
    assert!(Comparison::new(Way::Down, FeedId(1), 1, 0).is_over());
    assert!(Comparison::new(Way::Down, FeedId(1), 0, 0).is_over());
}

#[test]
fn one_lost_record_of_a_month_is_found_in_a_few_questions() {
    let (mut ours, mut theirs) = (Lacks::from([31_415]), Lacks::from([59_265]));
    let (compared, questions) = compare(70_000, &mut ours, &mut theirs, SPANS_MAX);
    let expected = Compared {
        differing: 2,
        mended_here: 1,
        mended_there: 1,
    };
    assert_eq!(compared, expected);
    assert!(ours.is_empty() && theirs.is_empty());
    assert!(questions <= 10, "{questions}");
}

#[test]
fn an_end_that_lost_nearly_everything_is_not_mended_record_by_record() {
    let mut theirs: Lacks = (1..=5_000).collect();
    let (compared, _) = compare(5_000, &mut Lacks::new(), &mut theirs, SPANS_MAX);
    assert!(compared.differing >= DIFFERING_MAX);
    assert!(compared.differing < DIFFERING_MAX + SPANS_MAX as u64);
}

#[test]
fn parts_are_the_whole() {
    for records in 2..=SPAN_RECORDS_MAX {
        let span = Span { first: 7, records };
        let mut next = 7;
        for part in span.parts() {
            assert_eq!(part.first, next);
            assert!(part.records >= 1 && part.records < records);
            next = part.last() + 1;
        }
        assert_eq!(next, span.last() + 1);
    }
}

proptest! {
    #[test]
    fn whatever_one_end_has_both_have_in_the_end(
        last in 0_u64..5_000,
        ours in btree_set(1_u64..5_000, 0..40),
        theirs in btree_set(1_u64..5_000, 0..40),
        looks in 1_usize..40,
    ) {
        let within = |lacks: &Lacks| -> Lacks { lacks.range(..=last).copied().collect() };
        let (mut ours, mut theirs) = (within(&ours), within(&theirs));
        let both: Lacks = ours.intersection(&theirs).copied().collect();
        let differing = ours.union(&theirs).count() as u64;
        let (compared, _) = compare(last, &mut ours, &mut theirs, looks);
        prop_assert_eq!(compared.differing, differing);
        prop_assert_eq!(compared.lost(), both.len() as u64);
        prop_assert!(ours == both && theirs == both);
    }
}
