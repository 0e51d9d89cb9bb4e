//! The page: wait, then say `Hello!`.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant, SystemTime};

use axum::Extension;
use axum::extract::{RawQuery, State};
use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};

use crate::config::{Config, WhenFull, duration};
use crate::events::Events;
use crate::ideal;
use crate::label::Label;
use crate::live::Name;
use crate::places::{Place, Places};
use crate::quota::Peer;
use crate::settings::Settings;
use crate::stats::Stats;

/// The number of a request, in its header and in the header of its answer.
const X_REQUEST: HeaderName = HeaderName::from_static("x-request");
/// What a client calls itself.
const X_CLIENT: HeaderName = HeaderName::from_static("x-client");
/// Which of the client's runs this is.
const X_RUN: HeaderName = HeaderName::from_static("x-run");
const SERVER_TIMING: HeaderName = HeaderName::from_static("server-timing");

/// A server without its sockets: what all handlers share.
#[derive(Debug)]
pub struct Slow {
    config: Config,
    // What can be changed of the configuration, as it is in force.
    settings: RwLock<Settings>,
    stats: Arc<Stats>,
    places: Places,
    events: Events,
    arrivals: AtomicU64,
    began: SystemTime,
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

    /// Counts from zero again, also the requests that come without a number.
    pub(crate) fn reset(&self) {
        self.stats.reset();
        self.arrivals.store(0, Ordering::Relaxed);
    }

    /// A place, once there is one; `None` where the server is full and rejects.
    async fn place(&self) -> Option<Place<'_>> {
        match self.config.when_full {
            WhenFull::Queue => self.places.take().await,
            WhenFull::Reject => self.places.try_take(),
        }
    }

    async fn wait(&self, request: u64, delay: Duration) {
        match &self.config.hold {
            Some(hold) => hold.wait(request).await,
            None => tokio::time::sleep(delay).await,
        }
    }
}

/// `GET /`.
pub(crate) async fn answer(
    State(slow): State<Arc<Slow>>,
    RawQuery(query): RawQuery,
    peer: Option<Extension<Peer>>,
    headers: HeaderMap,
) -> Response {
    let arrived = Instant::now();
    let arrival = slow.arrivals.fetch_add(1, Ordering::Relaxed);
    let request = number(&headers).unwrap_or(arrival);
    let asked = match asked_delay(query.as_deref(), slow.config.max_delay) {
        Ok(asked) => asked,
        Err(why) => {
            let response = (StatusCode::BAD_REQUEST, why).into_response();
            return told(response, request, Duration::ZERO, Duration::ZERO);
        }
    };
    let turn = slow.settings().schedule.turn(request);
    let delay = asked.unwrap_or(turn.delay);
    let [client, run] = [X_CLIENT, X_RUN].map(|name| Label::of(&headers, &name));
    tracing::debug!(request, %client, ?delay, "arrived");
    let peer = peer.map(|Extension(Peer(address))| address);
    let name = Name { client, run };
    let ideal = ideal::of(&headers);
    let mut visit = slow.stats.arrive(request, name, ideal, delay, peer);

    let Some(_place) = slow.place().await else {
        visit.reject();
        tracing::debug!(request, "rejected: every place is taken");
        let seconds = delay.as_secs_f64().ceil().max(1.0);
        let retry = [(RETRY_AFTER, format!("{seconds:.0}"))];
        let full = (StatusCode::SERVICE_UNAVAILABLE, retry, "The server is full.\n");
        return told(full.into_response(), request, Duration::ZERO, Duration::ZERO);
    };
    let queued = arrived.elapsed();
    visit.start();
    slow.wait(request, delay).await;

    let response = if turn.fails {
        visit.fail();
        (StatusCode::SERVICE_UNAVAILABLE, "This request was planned to fail.\n")
            .into_response()
    } else {
        visit.answer();
        "Hello!".into_response()
    };
    tracing::debug!(request, status = response.status().as_u16(), "answered");

    told(response, request, queued, delay)
}

/// The response with what every answer of the page tells: which request it is for, and
/// where its time went.
fn told(
    mut response: Response,
    request: u64,
    queued: Duration,
    delay: Duration,
) -> Response {
    response.headers_mut().insert(X_REQUEST, HeaderValue::from(request));
    if let Ok(timing) = HeaderValue::try_from(timing(queued, delay)) {
        response.headers_mut().insert(SERVER_TIMING, timing);
    }
    response
}

/// The number that the client gave its request.
fn number(headers: &HeaderMap) -> Option<u64> {
    headers.get(X_REQUEST)?.to_str().ok()?.parse().ok()
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

/// Where the time of an answer went, for its `server-timing` header.
fn timing(queued: Duration, delay: Duration) -> String {
    format!("queue;dur={:.3}, wait;dur={:.3}", millis(queued), millis(delay))
}

fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}
