//! The stream that the live page listens to.
//!
//! One picture is made for all who listen, only while somebody does, and only when there is
//! something new. Who reads slowly gets the newest when there is room for it again: nothing
//! is kept for anybody.

use std::convert::Infallible;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use axum::Extension;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{StatusCode, Version};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use serde::Serialize;
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

use crate::activity::{Activity, UnderWay};
use crate::live::Picture;
use crate::quota::{Peer, Place, Quota};
use crate::run::millis;
use crate::settings::Settings;
use crate::slow::Slow;
use crate::stats::Counts;

/// The time between two pictures: 20 in a second, which looks like motion.
const PERIOD: Duration = Duration::from_millis(50);

/// After this long without news a stream says that it is still there.
const KEEP_ALIVE: Duration = Duration::from_secs(10);

/// The most streams. A class needs one, and its students one each.
const MOST_STREAMS: usize = 256;

/// The most streams of one address, so that nobody can have them all.
const MOST_OF_ONE: NonZeroUsize = NonZeroUsize::new(16).unwrap();

/// The newest picture, for all who wait for it.
#[derive(Debug)]
pub(crate) struct Events {
    newest: watch::Sender<News>,
    // Held while a stream begins and while the publisher sees that none is left, so that
    // there is one publisher where there are streams, and never a second.
    stage: Mutex<Stage>,
    quota: Quota,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Resting,
    Publishing,
    Closed,
}

#[derive(Debug, Clone)]
enum News {
    /// There is no picture yet.
    Nothing,
    /// An event as it is sent, the same bytes to everyone.
    Picture(Bytes),
    /// The server is about to end.
    Closing,
}

/// One who listens.
struct Stream {
    slow: Arc<Slow>,
    news: watch::Receiver<News>,
    has_begun: bool,
    // A connection that has nothing under way is asked to leave.
    _under_way: Option<UnderWay>,
    // `None` where nobody knows where it is from, as in a test without a socket.
    _place: Option<Place>,
}

/// What the live page is told.
#[derive(Debug, Serialize)]
struct Told {
    /// Tells one start of the server from another.
    server: u64,
    counts: Counts,
    settings: Settings,
    needs_token: bool,
    #[serde(flatten)]
    picture: Picture,
}

impl Default for Events {
    fn default() -> Self {
        Self {
            newest: watch::Sender::new(News::Nothing),
            stage: Mutex::new(Stage::Resting),
            quota: Quota::new(MOST_OF_ONE),
        }
    }
}

impl Events {
    /// Ends all streams, and lets none begin.
    pub(crate) fn close(&self) {
        *self.stage() = Stage::Closed;
        self.newest.send_replace(News::Closing);
    }

    /// `None` where there are as many streams as there may be, or as `peer` may have.
    fn subscribe(
        &self,
        slow: &Arc<Slow>,
        under_way: Option<UnderWay>,
        peer: Option<Peer>,
    ) -> Option<Stream> {
        let place = match peer {
            Some(Peer(address)) => Some(self.quota.take(address.ip())?),
            None => None,
        };
        let mut stage = self.stage();
        if self.newest.receiver_count() >= MOST_STREAMS {
            return None;
        }
        let mut news = self.newest.subscribe();
        news.mark_changed();
        if *stage == Stage::Resting {
            *stage = Stage::Publishing;
            tokio::spawn(publish(Arc::clone(slow)));
        }
        let slow = Arc::clone(slow);
        Some(Stream {
            slow,
            news,
            has_begun: false,
            _under_way: under_way,
            _place: place,
        })
    }

    /// Publishes a picture; false when nobody listens any more.
    fn publish(&self, picture: impl FnOnce() -> Option<Bytes>) -> bool {
        let mut stage = self.stage();
        if *stage == Stage::Closed {
            return false;
        }
        if self.newest.receiver_count() == 0 {
            *stage = Stage::Resting;
            self.newest.send_replace(News::Nothing);
            return false;
        }
        if let Some(picture) = picture() {
            self.newest.send_replace(News::Picture(picture));
        }
        true
    }

    fn stage(&self) -> MutexGuard<'_, Stage> {
        // No code under this lock can panic half-way through a change.
        self.stage.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// `GET /api/events`
pub(crate) async fn events(
    State(slow): State<Arc<Slow>>,
    version: Version,
    activity: Option<Extension<Activity>>,
    peer: Option<Extension<Peer>>,
) -> Response {
    // Who takes nothing of it is cut by the time limit for writing. HTTP/2 has none for one
    // stream of a connection, so there it does not keep the connection.
    let under_way = activity.filter(|_| version < Version::HTTP_2);
    let under_way = under_way.map(|Extension(activity)| activity.begin());
    let peer = peer.map(|Extension(peer)| peer);
    let Some(stream) = slow.events().subscribe(&slow, under_way, peer) else {
        let full = format!(
            "{MOST_STREAMS} pages watch already, or {MOST_OF_ONE} from your address; \
             close one of them.\n"
        );
        return (StatusCode::SERVICE_UNAVAILABLE, full).into_response();
    };
    let body = Body::from_stream(stream::unfold(stream, Stream::next));
    let head = [(CONTENT_TYPE, "text/event-stream"), (CACHE_CONTROL, "no-store")];
    (head, body).into_response()
}

impl Stream {
    /// What to send next. It is asked only when there is room for it, so that what is sent
    /// is what is newest then.
    async fn next(mut self) -> Option<(Result<Bytes, Infallible>, Self)> {
        if !std::mem::replace(&mut self.has_begun, true) {
            return Some((Ok(self.clock()), self));
        }
        loop {
            match timeout(KEEP_ALIVE, self.news.changed()).await {
                Ok(Ok(())) => {}
                Ok(Err(_)) => return None,
                Err(_) => return Some((Ok(self.clock()), self)),
            }
            let news = self.news.borrow_and_update().clone();
            match news {
                News::Nothing => {}
                News::Picture(picture) => return Some((Ok(picture), self)),
                News::Closing => return None,
            }
        }
    }

    /// What time it is at the server. A picture can be old where nothing happens; and what
    /// a page never hears from, it takes for dead.
    fn clock(&self) -> Bytes {
        format!("event: clock\ndata: {}\n\n", self.slow.stats().now_ms()).into()
    }
}

/// Draws whenever there is something new, as long as somebody listens.
async fn publish(slow: Arc<Slow>) {
    let mut drawn = None;
    while slow.events().publish(|| {
        let changes = slow.stats().changes();
        (drawn.replace(changes) != Some(changes)).then(|| draw(&slow))
    }) {
        sleep(PERIOD).await;
    }
}

fn draw(slow: &Slow) -> Bytes {
    let began = slow.began().duration_since(SystemTime::UNIX_EPOCH);
    let (counts, picture) = slow.stats().picture();
    let told = Told {
        server: began.map_or(0, millis),
        counts,
        settings: slow.settings(),
        needs_token: slow.config().access.token.is_some(),
        picture,
    };
    // Numbers and text always become JSON, and JSON has no line breaks.
    let json = serde_json::to_string(&told).unwrap_or_default();
    format!("data: {json}\n\n").into()
}
