//! The banner of the program: its address, delay, limits, token and live page.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use slow_server::{Config, WhenFull};
use unicode_width::UnicodeWidthStr as _;
use units::{Localized, localized};

/// Printed when the server listens.
#[derive(Debug)]
pub(crate) struct Banner<'a> {
    /// Where it listens.
    pub(crate) address: SocketAddr,
    /// How it behaves.
    pub(crate) config: &'a Config,
}

/// The most addresses for the board: a machine can have dozens, and a class needs one.
const MOST_ADDRESSES: usize = 3;

impl fmt::Display for Banner<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { address, config } = self;
        let listens = localized!(
            "slow-server listens on http://{address} (stop it with Ctrl-C)",
            "slow-server 正在监听 http://{address}（按 Ctrl-C 停止）",
        );
        writeln!(out, "{listens}")?;
        line(out, &localized!("delay", "延迟"), self.delay())?;
        line(out, &localized!("max concurrent", "并发上限"), self.at_once())?;
        line(out, &localized!("connections", "连接"), self.connections())?;
        let addresses = config.limits.addresses.get();
        if addresses > 1 {
            let first = address.ip();
            let range = localized!(
                "{addresses}, from {first} on",
                "{addresses} 个，从 {first} 起"
            );
            line(out, &localized!("addresses", "地址"), range)?;
        }
        if let Some(most) = config.limits.per_address {
            let share = localized!(
                "at most {most} connections, and as many requests in flight",
                "最多 {most} 个连接和 {most} 个在途请求",
            );
            line(out, &localized!("from one address", "每个地址"), share)?;
        }
        if !address.ip().is_loopback() {
            line(out, &localized!("for the board", "写在黑板上"), self.board())?;
        }
        if let Some(token) = &config.access.token {
            let token = localized!(
                "{token}  (for cargo compare: --token …)",
                "{token}  （cargo compare 用 --token … 传入）",
            );
            line(out, &localized!("the teacher's token", "老师的令牌"), token)?;
        }
        let page = format!("http://{}/dashboard", self.here());
        line(out, &localized!("live page", "实时网页"), page)
    }
}

/// The columns of a label, of which a Chinese character takes two.
const LABEL: usize = 19;

fn line(
    out: &mut fmt::Formatter<'_>,
    label: &Localized,
    text: impl fmt::Display,
) -> fmt::Result {
    let label = label.to_string();
    let gap = LABEL.saturating_sub(label.width());
    writeln!(out, "  {label}{:gap$} {text}", "")
}

impl Banner<'_> {
    fn delay(&self) -> Localized {
        let delay = units::duration(self.config.delay);
        let jitter = self.config.jitter;
        if jitter.is_zero() {
            return localized!("{delay}", "{delay}");
        }
        let most = units::duration(jitter);
        localized!("{delay}, with jitter up to {most}", "{delay}，抖动上限 {most}")
    }

    fn at_once(&self) -> Localized {
        let Some(most) = self.config.max_concurrent else {
            return localized!("no limit", "不限");
        };
        match self.config.when_full {
            WhenFull::Queue => {
                localized!("{most} (others are queued)", "{most}（其余排队）")
            }
            WhenFull::Reject => localized!(
                "{most} (others are rejected with a 503)",
                "{most}（其余被拒绝，返回 503）"
            ),
        }
    }

    fn connections(&self) -> Localized {
        let (all, backlog) =
            (self.config.limits.connections, slow_server::backlog());
        localized!(
            "at most {all}, and {backlog} more in the backlog",
            "最多 {all} 个，连接队列另可容纳 {backlog} 个",
        )
    }

    /// Where this machine reaches it, which is the one with the projector.
    fn here(&self) -> SocketAddr {
        let mut here = self.address;
        match here.ip() {
            IpAddr::V4(ip) if ip.is_unspecified() => {
                here.set_ip(Ipv4Addr::LOCALHOST.into());
            }
            IpAddr::V6(ip) if ip.is_unspecified() => {
                here.set_ip(Ipv6Addr::LOCALHOST.into());
            }
            _ => {}
        }
        here
    }

    /// The addresses to write on the board, most likely first.
    fn board(&self) -> Localized {
        if !self.address.ip().is_unspecified() {
            return Localized::same(format!("http://{}", self.address));
        }
        let port = self.address.port();
        let pages: Vec<_> = slow_server::addresses()
            .into_iter()
            .take(MOST_ADDRESSES)
            .map(|address| format!("http://{address}:{port}"))
            .collect();
        if pages.is_empty() {
            return localized!(
                "this machine has no network now; connect it and start again",
                "本机没有连接网络；请连接后重新启动"
            );
        }
        Localized { en: pages.join("  or "), zh: pages.join("  或 ") }
    }
}
