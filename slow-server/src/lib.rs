//! A page that takes three seconds, and a count of everyone who waited for it.
//!
//! The server is a value: [`app`] is its routes, to be called without a socket, and
//! [`serve`] takes the listener and the shutdown that it is given.

mod access;
mod activity;
mod answer;
mod background;
mod clock;
mod config;
mod control;
mod curve;
mod date;
mod desk;
mod door;
mod events;
mod gauge;
mod guest;
mod hold;
mod http1;
mod http2;
mod ideal;
mod label;
mod lan;
mod limits;
mod listen;
mod listeners;
mod live;
mod order;
mod page;
mod places;
mod prefixed;
mod quota;
mod relay;
mod run;
mod said;
mod schedule;
mod settings;
mod slow;
mod stats;
mod token;
mod waiting;

use std::sync::Arc;

use axum::Router;
use axum::http::header::{ALLOW, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderValue, Method, StatusCode, Uri};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get, post};
use tower_http::csrf::CsrfLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::set_header::SetResponseHeaderLayer;

use crate::desk::Desk;

pub use access::Access;
pub use background::Background;
pub use config::{Config, WhenFull, count, duration};
pub use hold::Hold;
pub use lan::addresses;
pub use limits::{Limits, backlog, raise_open_files};
pub use listeners::{Listeners, bind};
pub use schedule::{Schedule, Turn};
pub use slow::Slow;
pub use stats::{Counts, Event, EventKind, Stats};
pub use token::Token;

/// All routes of a server that behaves as `config` says.
pub fn app(config: Config) -> Router {
    routes(Slow::new(config))
}

/// Serves on one listener or several until `shutdown` is ready, and then at most
/// [`Limits::drain`] longer, whatever is open. What waits here waits by the real time, also
/// where the runtime's is paused.
pub async fn serve(
    listeners: impl Into<Listeners>,
    config: Config,
    shutdown: impl Future<Output = ()>,
) {
    serve_slow(listeners.into(), Slow::new(config), shutdown).await;
}

async fn serve_slow(
    listeners: Listeners,
    slow: Arc<Slow>,
    shutdown: impl Future<Output = ()>,
) {
    slow.listens_at(listeners.addresses().unwrap_or_default());
    slow.start_clock();
    let limits = slow.config().limits.clone();
    let told = Arc::clone(&slow);
    let shutdown = async move {
        shutdown.await;
        // These would go on for ever, and keep their connections open until they are cut.
        told.events().close();
    };
    let desk = Desk::new(Arc::clone(&slow), routes(slow));
    listen::serve(listeners, desk, &limits, shutdown).await;
}

fn routes(slow: Arc<Slow>) -> Router {
    let told = Router::new()
        .route("/metrics", read(get(control::metrics)))
        .route("/api/stats", read(get(control::stats)))
        .route("/api/schedule", read(get(control::schedule)))
        .route("/api/events", read(get(events::events)));
    let told = page::FILES.iter().fold(told, |told, file| {
        told.route(file.path, read(get(async || file.response())))
    });
    let changed = Router::new()
        .route("/api/stats/reset", change(&slow, post(control::reset)))
        .route("/api/settings", change(&slow, post(settings::change)));
    let control = told
        .merge(changed)
        .route_layer(from_fn_with_state(Arc::clone(&slow), access::by_a_known_name));
    Router::new()
        .route("/", read(get(slow::answer)))
        .route("/healthz", read(get(control::health)))
        .merge(control)
        .fallback(elsewhere)
        .method_not_allowed_fallback(wrong_method)
        .layer(RequestBodyLimitLayer::new(limits::REQUEST_BYTES))
        // No answer is to be taken for a page with scripts because of what is in it.
        .layer(SetResponseHeaderLayer::overriding(
            X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        ))
        .with_state(slow)
}

type Methods = MethodRouter<Arc<Slow>>;

/// A page that is only read, and says so to OPTIONS.
fn read(methods: Methods) -> Methods {
    methods.options(async || options("GET,HEAD,OPTIONS"))
}

/// A page that changes something: for the teacher alone, and not from another site.
fn change(slow: &Arc<Slow>, methods: Methods) -> Methods {
    methods
        .route_layer(from_fn_with_state(Arc::clone(slow), access::with_the_token))
        .route_layer(CsrfLayer::new())
        .options(async || options("POST,OPTIONS"))
}

fn options(methods: &'static str) -> impl IntoResponse {
    (StatusCode::NO_CONTENT, [(ALLOW, methods)])
}

/// Where there is no page. `OPTIONS *` asks about the server itself.
async fn elsewhere(method: Method, uri: Uri) -> Response {
    if method == Method::OPTIONS && uri.path() == "*" {
        return options("GET,HEAD,POST,OPTIONS").into_response();
    }
    let path: String = uri.path().chars().take(LONGEST_TOLD).collect();
    (StatusCode::NOT_FOUND, format!("There is no page at {path}. Try /.\n"))
        .into_response()
}

/// The most of a path or a method that comes back to the one who sent it.
const LONGEST_TOLD: usize = 100;

async fn wrong_method(method: Method) -> (StatusCode, String) {
    let method: String = method.as_str().chars().take(LONGEST_TOLD).collect();
    (StatusCode::METHOD_NOT_ALLOWED, format!("This page has no {method}.\n"))
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, SocketAddr};

    use tokio::time::Instant;

    use super::*;
    use crate::clock::Timer;

    #[tokio::test]
    async fn a_server_that_listens_answers_by_the_exact_clock() {
        let slow = Slow::new(Config::default());
        let timer = || slow.timer(Instant::now());
        assert!(matches!(timer(), Timer::Usual(_)));
        let listener = bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).unwrap();
        serve_slow(listener.into(), Arc::clone(&slow), async {}).await;
        assert!(matches!(timer(), Timer::Exact(_)));
    }
}
