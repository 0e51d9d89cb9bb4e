//! `GET /api/events`: the server-sent events of the live page.
//!
//! One snapshot is made for all subscribers, only while there are any, and only when
//! something changed. A slow reader gets the newest one when there is room for it again: there
//! is no queue.

use std::convert::Infallible;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CACHE_CONTROL;
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use parking_lot::Mutex;
use serde::Serialize;
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

use crate::behavior::settings::Settings;
use crate::net::ip_quota::{IpQuota, QuotaPermit};
use crate::request_meta::RequestMeta;
use crate::server::Server;
use crate::stats::counts::Counts;
use crate::stats::run::millis;
use crate::stats::runs::Snapshot;

/// The time between two snapshots: 20 in a second, which looks like motion.
const PERIOD: Duration = Duration::from_millis(50);

/// After this long without a snapshot a stream sends the time, to show that it lives.
const KEEP_ALIVE: Duration = Duration::from_secs(10);

/// The most streams. A class needs one, and its students one each.
const MOST_STREAMS: usize = 256;

/// The most streams of one address, so that none can take them all.
const MOST_PER_ADDRESS: NonZeroUsize = NonZeroUsize::new(16).unwrap();

/// The newest snapshot, for all subscribers.
#[derive(Debug)]
pub(crate) struct SnapshotFeed {
    server: Arc<Server>,
    newest: watch::Sender<FeedMessage>,
    // Held while a stream begins and while the publisher sees that none is left, so that
    // there is one publisher where there are streams, and never a second.
    state: Mutex<FeedState>,
    quota: IpQuota,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum FeedState {
    Idle,
    Publishing,
    Closed,
}

#[derive(Debug, Clone)]
enum FeedMessage {
    /// There is no snapshot yet.
    Empty,
    /// Serialised once for all subscribers.
    Snapshot(Event),
    /// The server is about to end.
    Closing,
}

struct Subscriber {
    server: Arc<Server>,
    messages: watch::Receiver<FeedMessage>,
    has_begun: bool,
    _permit: QuotaPermit,
}

/// What the live page gets.
#[derive(Debug, Serialize)]
struct SnapshotView {
    /// Identifies one start of the server: when that was.
    server: u64,
    counts: Counts,
    settings: Settings,
    needs_token: bool,
    #[serde(flatten)]
    snapshot: Snapshot,
}

/// `GET /api/events`
pub(crate) async fn events(
    State(feed): State<Arc<SnapshotFeed>>,
    meta: RequestMeta,
) -> Response {
    let Some(subscriber) = feed.subscribe(&meta) else {
        let full = format!(
            "Too many live pages are open: {MOST_STREAMS} in all, or {MOST_PER_ADDRESS} from \
             your address. Close one of them.\n"
        );
        return (StatusCode::SERVICE_UNAVAILABLE, full).into_response();
    };
    let events = stream::unfold(subscriber, Subscriber::next);
    ([(CACHE_CONTROL, "no-store")], Sse::new(events)).into_response()
}

impl SnapshotFeed {
    pub(crate) fn new(server: &Arc<Server>) -> Arc<Self> {
        Arc::new(Self {
            server: Arc::clone(server),
            newest: watch::Sender::new(FeedMessage::Empty),
            state: Mutex::new(FeedState::Idle),
            quota: IpQuota::new(Some(MOST_PER_ADDRESS)),
        })
    }

    /// Ends all streams, and lets none begin.
    pub(crate) fn close(&self) {
        *self.state.lock() = FeedState::Closed;
        self.newest.send_replace(FeedMessage::Closing);
    }

    /// `None` where there are as many streams as there may be, or as its address may have.
    fn subscribe(self: &Arc<Self>, meta: &RequestMeta) -> Option<Subscriber> {
        let permit = self.quota.acquire(meta.peer.map(|peer| peer.ip()))?;
        let mut state = self.state.lock();
        if self.newest.receiver_count() >= MOST_STREAMS {
            return None;
        }
        let mut messages = self.newest.subscribe();
        messages.mark_changed();
        if *state == FeedState::Idle {
            *state = FeedState::Publishing;
            tokio::spawn(Arc::clone(self).publish());
        }
        let server = Arc::clone(&self.server);
        Some(Subscriber { server, messages, has_begun: false, _permit: permit })
    }

    /// Publishes a snapshot whenever something changed, as long as there are subscribers.
    async fn publish(self: Arc<Self>) {
        let mut published = None;
        while self.publish_if_changed(&mut published) {
            sleep(PERIOD).await;
        }
    }

    /// False when there are no subscribers any more.
    fn publish_if_changed(&self, published: &mut Option<u64>) -> bool {
        let mut state = self.state.lock();
        if *state == FeedState::Closed {
            return false;
        }
        if self.newest.receiver_count() == 0 {
            *state = FeedState::Idle;
            self.newest.send_replace(FeedMessage::Empty);
            return false;
        }
        let changes = self.server.stats.changes();
        if published.replace(changes) != Some(changes) {
            self.newest.send_replace(FeedMessage::Snapshot(snapshot(&self.server)));
        }
        true
    }
}

fn snapshot(server: &Server) -> Event {
    let started_at = server.started_at.duration_since(SystemTime::UNIX_EPOCH);
    let (counts, snapshot) = server.stats.snapshot();
    let view = SnapshotView {
        server: started_at.map_or(0, millis),
        counts,
        settings: server.settings(),
        needs_token: server.config.access.token.is_some(),
        snapshot,
    };
    // Numbers and text always become JSON, and JSON has no line breaks.
    Event::default().data(serde_json::to_string(&view).unwrap_or_default())
}

impl Subscriber {
    /// What to send next. It is asked only when there is room for it, so that what is sent
    /// is what is newest then.
    async fn next(mut self) -> Option<(Result<Event, Infallible>, Self)> {
        if !std::mem::replace(&mut self.has_begun, true) {
            return Some((Ok(self.clock()), self));
        }
        loop {
            match timeout(KEEP_ALIVE, self.messages.changed()).await {
                Ok(Ok(())) => {}
                Ok(Err(_)) => return None,
                Err(_) => return Some((Ok(self.clock()), self)),
            }
            let message = self.messages.borrow_and_update().clone();
            match message {
                FeedMessage::Empty => {}
                FeedMessage::Snapshot(event) => return Some((Ok(event), self)),
                FeedMessage::Closing => return None,
            }
        }
    }

    /// The time at the server: a snapshot can be old where nothing happens.
    fn clock(&self) -> Event {
        Event::default().event("clock").data(self.server.stats.now_ms().to_string())
    }
}
