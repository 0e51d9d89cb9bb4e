//! One path: whatever the connection, the handler in `page.rs` serves `GET /`.

use std::collections::BTreeSet;
use std::io::{Read as _, Write as _};
use std::sync::{Mutex, Once};
use std::time::Duration;

use axum::http::Method;
use slow_server::{Background, Config, PAGE_TEXT};
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::common::http2::{Client, whole};
use crate::common::{read_to_end, send};

/// The numbers of the requests that arrived at the handler, in all tests of this process.
static ARRIVED: Mutex<BTreeSet<u64>> = Mutex::new(BTreeSet::new());

/// Records the log of `page.rs`: responses of other code are not in it.
struct PageLog;

impl<S: Subscriber> Layer<S> for PageLog {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        if event.metadata().target() == "slow_server::page" {
            event.record(&mut Number);
        }
    }
}

struct Number;

impl Visit for Number {
    fn record_u64(&mut self, field: &Field, number: u64) {
        if field.name() == "request" {
            ARRIVED.lock().unwrap().insert(number);
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn std::fmt::Debug) {}
}

fn record_arrivals() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let level =
            tracing_subscriber::filter::LevelFilter::from_level(Level::DEBUG);
        tracing_subscriber::registry().with(PageLog.with_filter(level)).init();
    });
}

/// A number that no other test sends.
const FIRST: u64 = 7_000_000;

#[tokio::test(flavor = "multi_thread")]
async fn the_one_handler_answers_on_every_connection() {
    record_arrivals();
    let config = Config { delay: Duration::from_millis(1), ..Config::default() };
    let server = Background::start(config).unwrap();
    let mut number = FIRST;
    let mut next = || {
        number += 1;
        format!("host: x\r\nx-request: {number}\r\n")
    };

    let many = "x-another: field\r\n".repeat(17);
    let whole_heads = [
        format!("GET / HTTP/1.1\r\n{}connection: close\r\n\r\n", next()),
        format!("GET / HTTP/1.1\r\n{}{many}connection: close\r\n\r\n", next()),
        format!("GET /?delay=2ms HTTP/1.1\r\n{}connection: close\r\n\r\n", next()),
        format!("GET http://x/ HTTP/1.1\r\n{}connection: close\r\n\r\n", next()),
        format!("GET / HTTP/1.0\r\n{}\r\n", next()),
        format!(
            "GET / HTTP/1.1\r\n{}content-length: 2\r\nconnection: close\r\n\r\n{{}}",
            next()
        ),
        // Two on one connection, the second sent before the first response.
        format!(
            "GET / HTTP/1.1\r\n{}\r\nGET / HTTP/1.1\r\n{}connection: close\r\n\r\n",
            next(),
            next()
        ),
    ];
    for head in whole_heads {
        let response = read_to_end(send(server.address(), head.as_bytes()));
        let pages = head.matches("GET ").count();
        assert_eq!(response.matches(PAGE_TEXT).count(), pages, "{head}{response}");
    }

    // A head in two packets.
    let mut stream = send(server.address(), b"GET / HTTP/1.1\r\n");
    std::thread::sleep(Duration::from_millis(50));
    let rest = format!("{}connection: close\r\n\r\n", next());
    stream.write_all(rest.as_bytes()).unwrap();
    let mut response = String::new();
    stream.read_to_string(&mut response).unwrap();
    assert!(response.ends_with(PAGE_TEXT), "{response}");

    // HTTP/2, where the request ends with its head or after it.
    let client = Client::connect(server.address()).await;
    for ends_with_its_head in [true, false] {
        number += 1;
        let (response, mut stream) =
            client.send_head(Method::GET, "/", number, ends_with_its_head).await;
        if !ends_with_its_head {
            stream.send_data(axum::body::Bytes::new(), true).unwrap();
        }
        assert_eq!(whole(response).await.1, PAGE_TEXT.as_bytes());
    }

    let asked: BTreeSet<u64> = (FIRST + 1..=number).collect();
    let arrived = ARRIVED.lock().unwrap();
    let arrived: BTreeSet<u64> = arrived.range(FIRST..).copied().collect();
    assert_eq!(arrived, asked, "a page that the handler did not answer");
    assert_eq!(server.stats().counts().answered as u64, number - FIRST);
}
