//! `--addr` and `--addresses`, and what to do where a server cannot listen there.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::num::NonZeroUsize;

use anyhow::anyhow;

use crate::net::limits::require_open_files;
use crate::net::listeners::Listeners;
use units::{Localized, localized, parse_count};

/// Where a server listens.
#[derive(Debug, Clone, Copy, clap::Args)]
pub struct ListenArgs {
    /// Address to listen on; port 0 means any free port
    #[arg(long, value_name = "IP:PORT", default_value = "127.0.0.1:5000", value_parser = addr)]
    pub addr: SocketAddr,

    /// Listen on N loopback addresses, from 127.0.0.1 on: for each address, a client can use
    /// all of its local ports, and it uses as many addresses as it needs
    #[arg(long, value_name = "N", default_value = "1", value_parser = addresses)]
    pub addresses: NonZeroUsize,
}

/// What a server with one address opens before its first connection, and some to spare.
const LEAST_OPEN_FILES: usize = 16;

impl ListenArgs {
    /// Raises the limit on open files, which has to be enough for these addresses.
    ///
    /// # Errors
    ///
    /// It is not; with what to do about it.
    pub fn require_open_files(&self) -> anyhow::Result<()> {
        require_open_files(
            localized!("a server", "服务器"),
            LEAST_OPEN_FILES + self.addresses.get() - 1,
        )
    }

    /// Listens there, as the server that is run by `cargo run -p PROGRAM`.
    ///
    /// # Errors
    ///
    /// Why it cannot, and what to do about it.
    pub fn bind(&self, program: &str) -> anyhow::Result<Listeners> {
        Listeners::bind(self.addr, self.addresses).map_err(|error| {
            match error.kind() {
                io::ErrorKind::InvalidInput if self.addresses.get() > 1 => {
                    anyhow!(localized!(
                        "--addresses is for a server on this machine alone, from 127.0.0.1 on",
                        "--addresses：多个地址只用于本机的服务器，从 127.0.0.1 开始",
                    ))
                }
                io::ErrorKind::AddrNotAvailable if self.addresses.get() > 1 => {
                    self.addresses_advice(&error)
                }
                io::ErrorKind::AddrNotAvailable => self.not_ours_advice(program),
                _ => self.bind_advice(&error, program),
            }
        })
    }

    /// macOS has 127.0.0.1 alone until an alias is added.
    fn addresses_advice(&self, error: &io::Error) -> anyhow::Error {
        let all = self.addresses;
        let first = self.addr;
        anyhow!(localized!(
            "cannot listen on {all} addresses from {first} on: {error}.\n\
             Add them to this machine first; on macOS, for each:\n  \
             sudo ifconfig lo0 alias 127.0.0.2 up",
            "无法监听从 {first} 起的 {all} 个地址：{error}。\n\
             必须先在本机上添加它们；在 macOS 上，对每个地址：\n  \
             sudo ifconfig lo0 alias 127.0.0.2 up",
        ))
    }

    fn not_ours_advice(&self, program: &str) -> anyhow::Error {
        let addr = self.addr;
        let (ip, port) = (addr.ip(), addr.port());
        anyhow!(localized!(
            "cannot listen on {addr}: {ip} is not an address of this machine.\n\
             To serve this machine alone, or its whole network:\n  \
             cargo run -p {program} -- --addr 127.0.0.1:{port}\n  \
             cargo run -p slow-server -- --lan",
            "无法监听 {addr}：{ip} 不是本机的地址。\n\
             仅供本机使用，或供整个网络使用：\n  \
             cargo run -p {program} -- --addr 127.0.0.1:{port}\n  \
             cargo run -p slow-server -- --lan",
        ))
    }

    fn bind_advice(&self, error: &io::Error, program: &str) -> anyhow::Error {
        let addr = self.addr;
        // Above the ports of the system, and free at all addresses.
        let next = (addr.port().max(5000)..=u16::MAX)
            .take(100)
            .map(|port| SocketAddr::new(addr.ip(), port))
            .find(|next| Listeners::bind(*next, self.addresses).is_ok())
            .unwrap_or(addr);
        let addresses = match self.addresses {
            NonZeroUsize::MIN => String::new(),
            several => format!(" --addresses {several}"),
        };
        // The system has this sentence in English alone.
        let error_zh = match error.kind() {
            io::ErrorKind::AddrInUse => {
                "端口已被占用（Address already in use）".to_owned()
            }
            _ => error.to_string(),
        };
        let mut page = next;
        if addr.ip().is_unspecified() {
            page.set_ip(Ipv4Addr::LOCALHOST.into());
        }
        anyhow!(localized!(
            "cannot listen on {addr}: {error}.\n\
             If another program uses the port (on macOS, AirPlay Receiver uses 5000),\n\
             choose another one, and give it to the clients:\n  \
             cargo run -p {program} -- --addr {next}{addresses}\n  \
             cargo run -p client-async -- --url http://{page}",
            "无法监听 {addr}：{error_zh}。\n\
             如果端口被别的程序占用，例如 macOS 的隔空播放接收器（AirPlay Receiver）占用 5000，\n\
             请换一个端口，并告诉客户端：\n  \
             cargo run -p {program} -- --addr {next}{addresses}\n  \
             cargo run -p client-async -- --url http://{page}",
        ))
    }
}

/// With the usual ports of Linux, enough for seven million connections.
const MOST_ADDRESSES: usize = 256;

fn addr(text: &str) -> Result<SocketAddr, Localized> {
    text.parse().map_err(|_| {
        localized!(
            "write an IP address and a port, such as 127.0.0.1:5001",
            "请写 IP 地址和端口，例如 127.0.0.1:5001",
        )
    })
}

fn addresses(text: &str) -> Result<NonZeroUsize, Localized> {
    let addresses = parse_count(text)?;
    if addresses.get() > MOST_ADDRESSES {
        return Err(localized!("at most {MOST_ADDRESSES}", "最多 {MOST_ADDRESSES}"));
    }
    Ok(addresses)
}
