//! The page: wait, then say `Hello!`.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock, PoisonError, RwLock};
use std::time::{Duration, SystemTime};

use axum::Extension;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::Response;
use tokio::time::{Instant, sleep_until};

use crate::answer::Answer;
use crate::clock::{Clock, Timer};
use crate::config::{Config, WhenFull};
use crate::desk;
use crate::events::Events;
use crate::guest::Arrival;
use crate::order::Order;
use crate::places::{Place, Places};
use crate::quota::Peer;
use crate::said::Said;
use crate::settings::Settings;
use crate::stats::Stats;

/// A server without its sockets: what all handlers share.
#[derive(Debug)]
pub struct Slow {
    config: Config,
    // What can be changed of the configuration, as it is in force.
    settings: RwLock<Settings>,
    stats: Arc<Stats>,
    places: Arc<Places>,
    events: Events,
    arrivals: AtomicU64,
    began: SystemTime,
    // Once it listens anywhere.
    addresses: OnceLock<Vec<SocketAddr>>,
    clock: OnceLock<Clock>,
}

impl Slow {
    /// A server that behaves as `config` says.
    #[must_use]
    pub fn new(config: Config) -> Arc<Self> {
        Arc::new(Self {
            settings: RwLock::new(Settings::new(&config)),
            stats: Stats::new(config.journal),
            places: Places::new(config.max_concurrent),
            events: Events::default(),
            arrivals: AtomicU64::new(0),
            began: SystemTime::now(),
            addresses: OnceLock::new(),
            clock: OnceLock::new(),
            config,
        })
    }

    /// What this server has seen.
    #[must_use]
    pub fn stats(&self) -> &Arc<Stats> {
        &self.stats
    }

    /// What the server was started with.
    pub(crate) fn config(&self) -> &Config {
        &self.config
    }

    /// What is in force now.
    pub(crate) fn settings(&self) -> Settings {
        *self.settings.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes what is in force, and tells what it is then.
    ///
    /// Errors: those of `change`, and nothing is changed.
    pub(crate) fn change<E>(
        &self,
        change: impl FnOnce(Settings) -> Result<Settings, E>,
    ) -> Result<Settings, E> {
        // Held until the places are as many as it says: two changes at once would else
        // leave the one's settings and the other's places.
        let mut settings =
            self.settings.write().unwrap_or_else(PoisonError::into_inner);
        *settings = change(*settings)?;
        self.places.limit(settings.max_concurrent);
        self.stats.note_change();
        Ok(*settings)
    }

    pub(crate) fn events(&self) -> &Events {
        &self.events
    }

    /// When it began, which no other server on this port did.
    pub(crate) fn began(&self) -> SystemTime {
        self.began
    }

    /// Remembers where it listens.
    pub(crate) fn listens_at(&self, addresses: Vec<SocketAddr>) {
        self.addresses.get_or_init(|| addresses);
    }

    /// From now on, answers are due to a fraction of a millisecond. Without sockets nobody
    /// would see it, and time can be the runtime's own.
    pub(crate) fn start_clock(&self) {
        match Clock::start() {
            Ok(clock) => drop(self.clock.set(clock)),
            Err(error) => tracing::warn!("answers may be 2 ms late: {error}"),
        }
    }

    /// Where it listens; nowhere, if it is called without a socket.
    pub(crate) fn addresses(&self) -> &[SocketAddr] {
        self.addresses.get().map_or(&[], Vec::as_slice)
    }

    /// Counts from zero again, also the requests that come without a number.
    pub(crate) fn reset(&self) {
        self.stats.reset();
        self.arrivals.store(0, Ordering::Relaxed);
    }

    /// The number of a request that just arrived, counted from 0.
    pub(crate) fn next_arrival(&self) -> u64 {
        self.arrivals.fetch_add(1, Ordering::Relaxed)
    }

    /// A place, if there is one free now.
    pub(crate) fn try_place(&self) -> Option<Place> {
        self.places.try_take()
    }

    /// Whether a request waits for a place where there is none, or is turned away.
    pub(crate) fn when_full(&self) -> WhenFull {
        self.config.when_full
    }

    /// A place, once there is one; `None` where the server is full and rejects.
    async fn place(&self) -> Option<Place> {
        match self.config.when_full {
            WhenFull::Queue => self.places.take().await,
            WhenFull::Reject => self.places.try_take(),
        }
    }

    /// Until the answer to a request is due that has its place.
    pub(crate) async fn wait(&self, request: u64, delay: Duration) {
        match &self.config.hold {
            Some(hold) => hold.wait(request).await,
            None => self.timer(Instant::now() + delay).await,
        }
    }

    /// Ready when it is `due`.
    pub(crate) fn timer(&self, due: Instant) -> Timer {
        match self.clock.get() {
            Some(clock) => Timer::Exact(clock.alarm(due.into_std())),
            None => Timer::Usual(Box::pin(sleep_until(due))),
        }
    }

    /// Serves a request that came in, until its answer.
    pub(crate) async fn serve(&self, arrival: Arrival) -> Answer {
        let guest = match arrival {
            Arrival::Seated(guest) => guest,
            Arrival::Queued(caller) => match self.place().await {
                Some(place) => caller.sit_down(place),
                None => return caller.turn_away(),
            },
        };
        self.wait(guest.request(), guest.delay()).await;
        guest.answer()
    }
}

/// `GET /`.
pub(crate) async fn answer(
    State(slow): State<Arc<Slow>>,
    peer: Option<Extension<Peer>>,
    request: Request,
) -> Response<Body> {
    let said = Said::of(request.headers());
    let peer = peer.map(|Extension(Peer(address))| address);
    let arrival = Order::read(&slow, request.uri().query(), said)
        .map(|order| Arrival::of(&slow, &order, peer));
    // It is not needed any more, and it may wait for long.
    drop(request);
    desk::page(match arrival {
        Ok(arrival) => slow.serve(arrival).await,
        Err(refusal) => *refusal,
    })
}
