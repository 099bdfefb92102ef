//! Goes through every state that a model can reach, breadth first, so that the story of a broken
//! rule is one of the shortest.

use std::collections::{HashMap, VecDeque};
use std::fmt::Debug;
use std::hash::Hash;

/// Something that can be in states and go from one to others.
pub(crate) trait Model {
    /// All that distinguishes one state from another.
    type State: Clone + Eq + Hash + Debug;

    /// Returns where it begins.
    fn begin(&self) -> Self::State;

    /// Tells every step that may be next: what it is called and where it leads.
    fn steps(&self, from: &Self::State, go: &mut dyn FnMut(&'static str, Self::State));

    /// Checks what must be true in every state.
    ///
    /// # Errors
    /// A sentence saying what is not.
    fn check(&self, at: &Self::State) -> Result<(), String>;
}

/// What was gone through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Explored {
    /// How many different states there are.
    pub(crate) states: usize,
    /// How many steps lead from one of them to another or the same.
    pub(crate) steps: usize,
    /// How many steps the farthest state is away.
    pub(crate) depth: usize,
}

/// How a rule was broken: the sentence, and the steps that led there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Broken {
    /// What was not true.
    pub(crate) sentence: String,
    /// A shortest way there.
    pub(crate) story: Vec<&'static str>,
}

/// More states than any model here has: a bound that was forgotten.
const STATES_MAX: usize = 2_000_000;

/// Goes through all of a model.
///
/// # Errors
/// [`Broken`] at the first state that is not as it must be.
pub(crate) fn explore<M: Model>(model: &M) -> Result<Explored, Broken> {
    // Where each state was reached from, for telling the story; the numbers are places in `came`.
    let mut known: HashMap<M::State, usize> = HashMap::new();
    let mut came: Vec<(usize, &'static str, usize)> = Vec::new();
    let mut waiting = VecDeque::new();
    let begin = model.begin();
    known.insert(begin.clone(), 0);
    came.push((0, "", 0));
    waiting.push_back((begin, 0));
    let mut explored = Explored {
        states: 0,
        steps: 0,
        depth: 0,
    };
    while let Some((state, number)) = waiting.pop_front() {
        explored.states += 1;
        explored.depth = explored.depth.max(came[number].2);
        if let Err(sentence) = model.check(&state) {
            let story = story(&came, number);
            return Err(Broken { sentence, story });
        }
        model.steps(&state, &mut |name, next| {
            explored.steps += 1;
            if !known.contains_key(&next) {
                let depth = came[number].2 + 1;
                known.insert(next.clone(), came.len());
                waiting.push_back((next, came.len()));
                came.push((number, name, depth));
            }
        });
        assert!(known.len() < STATES_MAX, "the model has no bound");
    }
    Ok(explored)
}

fn story(came: &[(usize, &'static str, usize)], mut at: usize) -> Vec<&'static str> {
    let mut story = Vec::new();
    while at != 0 {
        story.push(came[at].1);
        at = came[at].0;
    }
    story.reverse();
    story
}

/// Goes through a model whose rules are right: it must hold, and be as large as it is believed to.
#[track_caller]
pub(crate) fn holds<M: Model>(name: &str, model: &M, states_min: usize) {
    let explored = match explore(model) {
        Ok(explored) => explored,
        Err(broken) => panic!("{name}: {}\n{}", broken.sentence, broken.story.join("\n")),
    };
    println!(
        "{name}: {} states, {} steps, the farthest {} steps away",
        explored.states, explored.steps, explored.depth
    );
    assert!(
        explored.states >= states_min,
        "{name} shrank to {} states",
        explored.states
    );
}

/// Goes through a model with one rule made wrong: it must break.
#[track_caller]
pub(crate) fn breaks<M: Model>(name: &str, model: &M) {
    match explore(model) {
        Ok(explored) => panic!("{name} breaks nothing in {} states", explored.states),
        Err(broken) => println!("{name}: {} ({})", broken.sentence, broken.story.join(", ")),
    }
}

#[test]
fn everything_is_reached_and_the_story_is_a_shortest_one() {
    /// Counts up by one or two, to `last`; `bad` must not be reached.
    struct Counting {
        last: u8,
        bad: Option<u8>,
    }

    impl Model for Counting {
        type State = u8;

        fn begin(&self) -> u8 {
            0
        }

        fn steps(&self, from: &u8, go: &mut dyn FnMut(&'static str, u8)) {
            for (name, more) in [("one", 1), ("two", 2)] {
                if from + more <= self.last {
                    go(name, from + more);
                }
            }
        }

        fn check(&self, at: &u8) -> Result<(), String> {
            match self.bad == Some(*at) {
                true => Err(format!("it is {at}")),
                false => Ok(()),
            }
        }
    }

    let all = explore(&Counting { last: 9, bad: None }).unwrap();
    assert_eq!((all.states, all.steps, all.depth), (10, 17, 5));
    let broken = explore(&Counting {
        last: 9,
        bad: Some(4),
    })
    .unwrap_err();
    assert_eq!(broken.story, ["two", "two"]);
    assert_eq!(broken.sentence, "it is 4");
}
