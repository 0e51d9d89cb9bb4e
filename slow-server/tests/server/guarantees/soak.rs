//! Hundreds of thousands of requests, with bad connections among them: nothing is left behind.

use std::io::{Read as _, Write as _};
use std::net::SocketAddr;
use std::thread;

use axum::http::{Request, Version};

use crate::common::program::Program;
use crate::common::{PAGE, send, wait_until};

/// The first rounds are the start, in which the allocator reaches its level.
const WARM_UP: usize = 10;
const ROUNDS: usize = 30;

const CONNECTIONS: usize = 50;
const REQUESTS_EACH: usize = 200;

/// Less than a pointer: no request leaves anything behind.
const BYTES_PER_REQUEST: usize = 8;

#[test]
#[ignore = "takes minutes: 400,000 requests"]
fn requests_over_http1_leave_nothing_behind() {
    soak(|server| {
        let mut stream = send(server, b"");
        for _ in 0..REQUESTS_EACH {
            stream.write_all(b"GET / HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n").unwrap();
            let (mut response, mut piece) = (Vec::new(), [0; 1024]);
            while !response.ends_with(b"Hello!") {
                let length = stream.read(&mut piece).unwrap();
                assert!(length > 0, "the server closed a good connection");
                response.extend_from_slice(&piece[..length]);
            }
        }
    });
}

#[test]
#[ignore = "takes minutes: 400,000 requests"]
fn requests_over_http2_leave_nothing_behind() {
    soak(|server| {
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.unwrap().block_on(over_http2(server));
    });
}

async fn over_http2(server: SocketAddr) {
    let stream = tokio::net::TcpStream::connect(server).await.unwrap();
    let (mut sender, connection) = h2::client::handshake(stream).await.unwrap();
    tokio::spawn(connection);
    for _ in 0..REQUESTS_EACH {
        let request = Request::get(format!("http://{server}/"));
        let request = request.version(Version::HTTP_2).body(()).unwrap();
        sender = sender.ready().await.unwrap();
        let (response, _) = sender.send_request(request, true).unwrap();
        let mut body = response.await.unwrap().into_body();
        while let Some(chunk) = body.data().await {
            body.flow_control().release_capacity(chunk.unwrap().len()).unwrap();
        }
    }
}

/// Many rounds of `load` on each connection, with the memory and the files at rest in between.
#[expect(clippy::print_stdout, reason = "shown with a failure")]
fn soak(load: impl Fn(SocketAddr) + Copy + Send) {
    let program = Program::start(&["--delay", "1ms"]);
    let server = program.address;
    let files = program.open_files();
    let memory: Vec<_> = (0..WARM_UP + ROUNDS)
        .map(|_| {
            thread::scope(|scope| {
                for _ in 0..CONNECTIONS {
                    scope.spawn(move || {
                        // One is silent, one is half sent, and one leaves with its request
                        // in flight.
                        let bad =
                            [b"", &PAGE[..20], PAGE].map(|sent| send(server, sent));
                        load(server);
                        drop(bad);
                    });
                }
            });
            wait_until("all files are closed", || program.open_files() <= files);
            program.kilobytes("VmRSS") * 1024
        })
        .collect();

    // Medians, since an allocator gives memory back when it likes.
    let rounds = &memory[WARM_UP..];
    let [first, last] =
        [&rounds[..ROUNDS / 5], &rounds[ROUNDS - ROUNDS / 5..]].map(median);
    let requests = (ROUNDS - ROUNDS / 5) * CONNECTIONS * REQUESTS_EACH;
    let most = first + (requests * BYTES_PER_REQUEST) as u64;
    println!("{first} bytes at first, {last} at last, at most {most}");
    assert!(last <= most, "{first} bytes have become {last}: {memory:?}");

    let stats = program.stats();
    let of = |name: &str| stats[name].as_u64().unwrap();
    assert_eq!(of("in_flight") + of("queued"), 0, "{stats}");
    let ended = ["answered", "failed", "rejected", "aborted"].map(of);
    assert_eq!(of("received"), ended.iter().sum::<u64>(), "{stats}");
    let good = (WARM_UP + ROUNDS) * CONNECTIONS * REQUESTS_EACH;
    assert!(of("answered") >= good as u64, "{stats}");
}

fn median(of: &[u64]) -> u64 {
    let mut sorted = of.to_vec();
    sorted.sort_unstable();
    sorted[sorted.len() / 2]
}
