//! A request that has a place, until its answer goes out.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use crate::answer::Answer;
use crate::label::Label;
use crate::order::Order;
use crate::places::Place;
use crate::slow::Slow;
use crate::stats::Visit;

/// Dropping it counts the request as aborted, and frees its place.
#[derive(Debug)]
pub(crate) struct Guest {
    visit: Visit,
    request: u64,
    queued: Duration,
    delay: Duration,
    fails: bool,
    _place: Place,
}

/// A request that has no place yet.
#[derive(Debug)]
pub(crate) struct Caller {
    visit: Visit,
    request: u64,
    arrived: Instant,
    delay: Duration,
    fails: bool,
}

/// A request that came in.
#[derive(Debug)]
pub(crate) enum Arrival {
    /// It has its place already, as most do.
    Seated(Guest),
    /// It needs one first.
    Queued(Caller),
}

impl Arrival {
    /// Counts a request that came in just now, and gives it a place if there is one free.
    pub(crate) fn of(
        slow: &Slow,
        order: &Order<'_>,
        peer: Option<SocketAddr>,
    ) -> Self {
        let Order { request, delay, fails, .. } = *order;
        let place = slow.try_place();
        let visit = slow.stats().arrive(order, peer, place.is_some());
        tracing::debug!(request, client = %Label::of(order.said.client), ?delay, "arrived");
        match place {
            Some(place) => {
                let queued = Duration::ZERO;
                let guest =
                    Guest { visit, request, queued, delay, fails, _place: place };
                Self::Seated(guest)
            }
            None => {
                let arrived = Instant::now();
                Self::Queued(Caller { visit, request, arrived, delay, fails })
            }
        }
    }
}

impl Caller {
    /// Has its place: its delay begins.
    pub(crate) fn sit_down(mut self, place: Place) -> Guest {
        let Self { request, arrived, delay, fails, .. } = self;
        self.visit.start();
        let queued = arrived.elapsed();
        Guest { visit: self.visit, request, queued, delay, fails, _place: place }
    }

    /// Finds every place taken, and is told so.
    pub(crate) fn turn_away(self) -> Answer {
        self.visit.reject();
        tracing::debug!(self.request, "rejected: every place is taken");
        Answer::full(self.request, self.delay)
    }
}

impl Guest {
    pub(crate) fn request(&self) -> u64 {
        self.request
    }

    pub(crate) fn delay(&self) -> Duration {
        self.delay
    }

    /// The answer, which goes out now.
    pub(crate) fn answer(self) -> Answer {
        let Self { visit, request, queued, delay, fails, .. } = self;
        let answer = if fails {
            visit.fail();
            Answer::planned_failure(request)
        } else {
            visit.answer();
            Answer::page(request)
        };
        tracing::debug!(request, status = answer.status().as_u16(), "answered");
        answer.after(queued, delay)
    }
}
