//! What a request for the page asks for.

use std::time::Duration;

use crate::answer::Answer;
use crate::config::duration;
use crate::said::Said;
use crate::slow::Slow;

/// All that is needed to serve a request, without the request.
#[derive(Debug)]
pub(crate) struct Order<'a> {
    /// Its number, as its client gave it, else as it arrived.
    pub(crate) request: u64,
    pub(crate) delay: Duration,
    /// Whether it is planned to fail.
    pub(crate) fails: bool,
    pub(crate) said: Said<'a>,
}

impl<'a> Order<'a> {
    /// Reads a request that came in just now.
    ///
    /// Errors: the answer to one that asks for what it cannot have. Boxed, since it is
    /// larger than an order, and rare.
    pub(crate) fn read(
        slow: &Slow,
        query: Option<&str>,
        said: Said<'a>,
    ) -> Result<Self, Box<Answer>> {
        let arrival = slow.next_arrival();
        let request = said.number().unwrap_or(arrival);
        let asked = asked_delay(query, slow.config().max_delay)
            .map_err(|why| Box::new(Answer::refusal(request, why)))?;
        let turn = slow.settings().schedule.turn(request);
        let delay = asked.unwrap_or(turn.delay);
        Ok(Self { request, delay, fails: turn.fails, said })
    }
}

/// The delay in `?delay=500ms`, if there is one.
///
/// Errors: a sentence for the one who asked.
fn asked_delay(
    query: Option<&str>,
    most: Duration,
) -> Result<Option<Duration>, String> {
    let asked = query
        .into_iter()
        .flat_map(|query| query.split('&'))
        .find_map(|pair| pair.strip_prefix("delay="));
    let Some(text) = asked else { return Ok(None) };

    match duration(text) {
        Ok(delay) if delay <= most => Ok(Some(delay)),
        Ok(_) => Err(format!(
            "delay: the longest that this server allows is {} (--max-delay)\n",
            humantime::format_duration(most)
        )),
        Err(why) => Err(format!("delay: {why}\n")),
    }
}
