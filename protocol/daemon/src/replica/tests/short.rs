//! Exchanges in short between two replicas: they lead where whole ones lead, and where both ends
//! hold something else the whole is asked for.

use counterpart_protocol::ids::EdgeNumber;
use counterpart_protocol::sync::{
    Exchange, SayWhole, ShortTalk, Step, WithHashes, lengthen_reply, pack, shorten, shorten_reply,
};

use super::{EDGE, Pair, texts};
use crate::params;

impl Pair {
    fn in_short(&self, exchange: &Exchange) -> Vec<u8> {
        let asked = exchange.clone();
        let before = self
            .edge
            .write(move |replica, tx| Ok(replica.told_before(tx, &asked)?));
        shorten(exchange, &before).expect("it can be said in short")
    }

    fn made_whole(&self, body: Vec<u8>) -> Result<Exchange, SayWhole> {
        self.hub
            .write(move |replica, tx| Ok(replica.lengthen(tx, EDGE, &body)?))
    }
}

/// Returns a pair that has spoken, and whose edge has something more to tell.
fn acquainted() -> Pair {
    let mut pair = Pair::new();
    pair.hub.say(EDGE, "from the hub");
    pair.edge.say(EdgeNumber::HUB, "first");
    pair.settle();
    pair.edge.say(EdgeNumber::HUB, "second");
    pair
}

#[test]
fn a_pair_that_speaks_in_short_comes_where_one_that_speaks_whole_comes() {
    let mut pair = acquainted();
    let mut talk = ShortTalk::default();
    let first = pair.ask(1, WithHashes::No);
    let reply = pair.answer(first.clone());
    assert!(!talk.may());
    let read = talk.read(&pack(&reply).unwrap(), &first).unwrap();
    pair.hear(&read);
    assert!(talk.may());
    for told in 3..=320 {
        pair.edge.say(EdgeNumber::HUB, &format!("number {told}"));
        if told % 50 == 0 {
            pair.hub.say(EDGE, "more from the hub");
        }
        let Step::Exchange { after_seq, .. } = pair.session.exchange() else {
            panic!("it stopped");
        };
        let mut asked = pair.ask(after_seq, WithHashes::No);
        if talk.may() {
            let body = pair.in_short(&asked);
            asked.hello.days.clear();
            assert_eq!(pair.made_whole(body), Ok(asked.clone()));
        }
        let reply = pair.answer(asked.clone());
        let body = match shorten_reply(&reply, &asked).filter(|_| talk.may()) {
            Some(short) => {
                assert_eq!(
                    lengthen_reply(&short, &asked, reply.welcome.actor).as_ref(),
                    Some(&reply)
                );
                short
            }
            None => pack(&reply).unwrap(),
        };
        let read = talk.read(&body, &asked).unwrap();
        assert_eq!(read, reply);
        pair.hear(&read);
    }
    assert_eq!(texts(&pair.hub, EDGE).len(), 320);
    assert_eq!(texts(&pair.edge, EdgeNumber::HUB).len(), 7);
}

#[test]
fn now_and_then_an_exchange_is_whole_so_that_days_are_compared() {
    let mut pair = acquainted();
    let mut talk = ShortTalk::default();
    let asked = pair.ask(1, WithHashes::No);
    let reply = pair.answer(asked.clone());
    talk.read(&pack(&reply).unwrap(), &asked).unwrap();
    let short = shorten_reply(&reply, &asked).unwrap();
    let mut said = 0;
    while talk.may() {
        talk.read(&short, &asked).unwrap();
        said += 1;
    }
    assert_eq!(said, 255);
    talk.read(&pack(&reply).unwrap(), &asked).unwrap();
    assert!(talk.may());
    pair.hear(&reply);
}

#[test]
fn an_exchange_whose_answer_was_lost_is_asked_for_whole() {
    let mut pair = acquainted();
    let lost = pair.ask(1, WithHashes::No);
    let body = pair.in_short(&lost);
    pair.answer(lost);
    // The hub holds record 2 by now, so that the same bytes mean something else.
    assert_eq!(pair.made_whole(body), Err(SayWhole));
    pair.settle();
    assert_eq!(texts(&pair.hub, EDGE), ["first", "second"]);
}

#[test]
fn a_hub_that_never_met_the_edge_or_lost_its_bytes_asks_for_the_whole() {
    let pair = acquainted();
    let body = pair.in_short(&pair.ask(1, WithHashes::No));
    assert_eq!(Pair::new().made_whole(body.clone()), Err(SayWhole));
    pair.hub.write(|_, tx| {
        tx.execute("DELETE FROM changes", params![])?;
        Ok(())
    });
    assert_eq!(pair.made_whole(body), Err(SayWhole));
}

#[test]
fn a_change_damaged_at_rest_goes_whole_with_its_hash() {
    let pair = acquainted();
    pair.edge.write(|_, tx| {
        tx.execute("UPDATE changes SET bytes = $1", params![vec![1_u8, 2, 3]])?;
        Ok(())
    });
    let asked = pair.ask(1, WithHashes::No);
    assert!(asked.up.as_ref().unwrap().hashes.is_some());
    assert_eq!(shorten(&asked, &[]), None);
}

#[test]
fn an_edge_that_knows_of_a_record_set_aside_says_so_in_short() {
    let mut pair = acquainted();
    let mut damaged = pair.ask(1, WithHashes::Yes);
    damaged.up.as_mut().unwrap().records[0].change[40] ^= 1;
    let reply = pair.answer(damaged);
    pair.hear(&reply);
    pair.settle();
    // What stands before an exchange in short must be the same at both ends.
    for nth in 0..20 {
        pair.edge.say(EdgeNumber::HUB, &format!("after it {nth}"));
        pair.settle();
    }
    pair.edge.say(EdgeNumber::HUB, "in short");
    let mut asked = pair.ask(22, WithHashes::No);
    let refused = asked.hello.refused.expect("it knows of one");
    assert_eq!(refused.count, 1);
    let body = pair.in_short(&asked);
    asked.hello.days.clear();
    assert_eq!(pair.made_whole(body), Ok(asked));
}
