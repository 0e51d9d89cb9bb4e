//! A way to a server that is long, or can be cut.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use slow_server::Background;

/// Passes on what is said, on connections of its own.
pub(crate) struct Relay {
    address: SocketAddr,
    open: Arc<Mutex<Vec<TcpStream>>>,
}

impl Relay {
    pub(crate) fn to(server: &Background) -> Self {
        Self::through(server, Duration::ZERO)
    }

    /// What the server says takes so long on the way.
    pub(crate) fn through(server: &Background, way_back: Duration) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let open = Arc::<Mutex<Vec<_>>>::default();
        let (server, all) = (server.address(), Arc::clone(&open));
        // It ends with the test.
        thread::spawn(move || {
            for near in listener.incoming() {
                let (near, far) =
                    (near.unwrap(), TcpStream::connect(server).unwrap());
                all.lock().unwrap().push(near.try_clone().unwrap());
                for (from, to, way) in
                    [(&near, &far, Duration::ZERO), (&far, &near, way_back)]
                {
                    let ends = (from.try_clone().unwrap(), to.try_clone().unwrap());
                    thread::spawn(move || pass_on(ends, way));
                }
            }
        });
        Self { address, open }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Cuts all connections that there are; others can be made.
    pub(crate) fn cut(&self) {
        for connection in self.open.lock().unwrap().drain(..) {
            // It may have ended by itself.
            let _ = connection.shutdown(Shutdown::Both);
        }
    }
}

/// Until one end is closed, and then the other is as well.
fn pass_on((mut from, mut to): (TcpStream, TcpStream), way: Duration) {
    let mut said = [0; 8192];
    while let Ok(bytes @ 1..) = from.read(&mut said) {
        thread::sleep(way);
        if to.write_all(&said[..bytes]).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Both);
}
