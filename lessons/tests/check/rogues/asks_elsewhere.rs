//! Asks at a port where nobody is.

fn main() -> anyhow::Result<()> {
    let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    ureq::get(format!("http://127.0.0.1:{port}")).call()?;
    Ok(())
}
