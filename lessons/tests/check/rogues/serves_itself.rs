//! Has a server of its own, and asks that one.

use std::io::{Read as _, Write as _};

fn main() -> anyhow::Result<()> {
    let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
    let url = format!("http://{}", listener.local_addr()?);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream?;
            stream.read(&mut [0; 1024])?;
            stream
                .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nHello!")?;
        }
        anyhow::Ok(())
    });
    for _ in 0..lesson_kit::requests() {
        println!("{}", ureq::get(&url).call()?.body_mut().read_to_string()?);
    }
    Ok(())
}
