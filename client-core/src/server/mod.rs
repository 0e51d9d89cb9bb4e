//! What the server says about itself: its delay and its concurrency limit.
//!
//! The ideal time follows from that. Any other server is fetched from just the same,
//! only that its ideal is not known.

pub mod admin_client;

use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::time::Duration;

use reqwest::Url;
use serde::Deserialize;
use units::{Localized, localized};

use crate::model::{
    IdealRun, ServerLimit, SimulationParams, WhenFull, equal_makespan,
    equal_served_until, makespan_on, served_until,
};
use crate::outcome::failure::{Failure, FailureKind, Stage};
use crate::server::admin_client::AdminClient;
use crate::settings::layout::Layout;
use crate::settings::workload::Workload;

/// What is known of a server before the run.
#[derive(Debug, Clone)]
pub enum Server {
    /// A `slow-server`, which reports its delay.
    Slow(ServerSettings),
    /// A server that responds, or at least listens, and does not report its delay.
    Other {
        /// What to do about it, if it is a `slow-server` that does not know the name by which
        /// it was called.
        advice: Option<Localized<&'static str>>,
        /// The delay that the user says it has.
        assumed_delay: Option<Duration>,
    },
    /// No connection can be made, and why.
    Absent(Failure),
}

/// How a `slow-server` is set.
#[derive(Debug, Clone, PartialEq)]
pub struct ServerSettings {
    delays: Delays,
    limit: Option<ServerLimit>,
    /// The most open connections, if it says so.
    pub connections: Option<usize>,
    addresses: Vec<SocketAddr>,
    /// The delay of its page without the jitter.
    pub delay: Duration,
    /// The most that is added to it.
    pub jitter: Duration,
    /// The share of requests that is planned to fail.
    pub fail_rate: f64,
}

#[derive(Debug, Clone, PartialEq)]
enum Delays {
    All(Duration),
    Each(Vec<Duration>),
}

/// The parts of `GET /api/stats` that say how the server is set.
#[derive(Debug, Deserialize)]
struct Stats {
    delay_ms: f64,
    #[serde(default)]
    jitter_ms: f64,
    #[serde(default)]
    fail_rate: f64,
    #[serde(default)]
    max_concurrent: Option<NonZeroUsize>,
    #[serde(default = "queue")]
    when_full: WhenFull,
    #[serde(default)]
    max_delay_ms: Option<f64>,
    #[serde(default)]
    connections: Option<usize>,
    #[serde(default)]
    addresses: Vec<SocketAddr>,
}

/// What to do where the server is called by a name that anybody may own.
const CALL_IT: Localized<&str> = Localized {
    en: "the server tells its delay only if it is called by its address;\n\
         use the address, or start the server with --allow-host and this name",
    zh: "只有用地址访问时，服务器才说明延迟；\n\
         请使用地址，或启动服务器时用 --allow-host 加上这个名字",
};

/// What to say where a delay is assumed without need.
const TELLS_ITSELF: Localized<&str> = Localized {
    en: "this slow-server tells its own delay, so --assume-delay is ignored",
    zh: "这个 slow-server 会说明自己的延迟，因此忽略 --assume-delay",
};

fn queue() -> WhenFull {
    WhenFull::Queue
}

/// The most delays that a server is asked for, which is what fits into the response that is
/// read.
const MAX_DELAYS: usize = 100_000;

/// The response of `GET /api/schedule`.
#[derive(Debug, Deserialize)]
struct Schedule {
    delays_us: Vec<u64>,
}

impl Server {
    /// Asks the server behind `url` how it is set, for a run of `requests`.
    #[must_use]
    pub fn ask(url: &Url, requests: NonZeroUsize) -> Self {
        let other = |advice| Self::Other { advice, assumed_delay: None };
        let failed = |failure: Failure| {
            let is_absent = failure.kind.is_of_no_server();
            if is_absent { Self::Absent(failure) } else { other(None) }
        };
        let control = match AdminClient::of(url) {
            Ok(control) => control,
            Err(error) => {
                return failed(Failure::of(error.as_ref(), Stage::Connect));
            }
        };
        let stats = match control.get("/api/stats") {
            Ok(reply) if reply.status == 403 => return other(Some(CALL_IT)),
            Ok(reply) => serde_json::from_slice::<Stats>(&reply.body).ok(),
            Err(failure) => return failed(failure),
        };
        stats
            .and_then(|stats| settings(&control, url, requests, stats))
            .map_or(other(None), Self::Slow)
    }

    /// The same, with the delay that the user assumes, if it does not report its own.
    #[must_use]
    pub fn assuming(self, delay: Option<Duration>) -> Self {
        match self {
            Self::Other { advice, .. } => {
                Self::Other { advice, assumed_delay: delay }
            }
            told @ (Self::Slow(_) | Self::Absent(_)) => told,
        }
    }

    /// The delay that the user says it has, if that is what its ideal rests on.
    #[must_use]
    pub fn assumed_delay(&self) -> Option<Duration> {
        match self {
            Self::Other { assumed_delay, .. } => *assumed_delay,
            Self::Slow(_) | Self::Absent(_) => None,
        }
    }

    /// What to say before the run where it is not as the user supposes. `assumed` is what
    /// the user said of its delay.
    #[must_use]
    pub fn advice(
        &self,
        assumed: Option<Duration>,
    ) -> Option<Localized<&'static str>> {
        match self {
            Self::Other { advice, .. } => advice.clone(),
            Self::Slow(_) => assumed.map(|_| TELLS_ITSELF),
            Self::Absent(_) => None,
        }
    }

    /// What to do if no response can arrive within `timeout`.
    #[must_use]
    pub fn too_slow_for(&self, timeout: Duration) -> Option<Localized> {
        let delay = self.settings()?.equal_delay()?;
        let enough = delay.saturating_mul(2).min(units::LONGEST);
        let enough = humantime::format_duration(enough);
        let [takes, timeout_is] = [delay, timeout].map(units::duration);
        (delay > timeout).then(|| {
            localized!(
                "the server takes {takes} for a response, and --timeout is {timeout_is}:\n\
                 no response can come in time. To wait longer:\n  \
                 --timeout '{enough}'",
                "服务器的每个响应用时 {takes}，而 --timeout 是 {timeout_is}：\n\
                 没有请求能及时得到响应。若要等得更久，请用：\n  \
                 --timeout '{enough}'",
            )
        })
    }

    /// The time that a run of this layout takes if only the waiting costs; `None` if the
    /// delay of the page is neither known nor assumed.
    #[must_use]
    pub fn ideal(
        &self,
        layout: &Layout,
        params: SimulationParams,
    ) -> Option<Duration> {
        if let Some(delay) = self.assumed_delay() {
            return Some(equal_makespan(layout, delay, None, params));
        }
        let settings = self.settings()?;
        let limit = settings.limit;
        match &settings.delays {
            Delays::All(delay) => {
                Some(equal_makespan(layout, *delay, limit, params))
            }
            Delays::Each(delays) => (layout.requests() <= delays.len())
                .then(|| makespan_on(layout, |i| delays[i], limit, params)),
        }
    }

    /// The result of a run of this layout if only the waiting takes time: the requests that are
    /// served, and the time that it takes. `None` if the delay of the page is neither known nor
    /// assumed, or is none at all, so that a duration has room for any number.
    #[must_use]
    pub fn ideal_run(
        &self,
        workload: Workload,
        layout: &Layout,
        params: SimulationParams,
    ) -> Option<IdealRun> {
        let end = match workload {
            Workload::Requests(requests) => {
                let time = self.ideal(layout, params)?;
                return Some(IdealRun { served: requests.get(), time });
            }
            Workload::Duration(duration) => duration,
        };
        if let Some(delay) = self.assumed_delay() {
            return equal_served_until(end, layout, delay, None, params);
        }
        let settings = self.settings()?;
        let limit = settings.limit;
        // How often a request was turned away before decides which number the next one has.
        let numbers_are_known = limit.is_none_or(|limit| {
            limit.when_full == WhenFull::Queue
                || limit.places >= layout.concurrency()
        });
        match &settings.delays {
            Delays::All(delay) => {
                equal_served_until(end, layout, *delay, limit, params)
            }
            Delays::Each(delays) if numbers_are_known => {
                let delay = |i| delays.get(i).copied();
                served_until(end, layout, delay, limit, params)
            }
            Delays::Each(_) => None,
        }
    }

    /// Where it listens, if it says so.
    #[must_use]
    pub fn addresses(&self) -> &[SocketAddr] {
        self.settings().map_or(&[], |settings| &settings.addresses)
    }

    /// The settings, if it is a `slow-server`.
    #[must_use]
    pub fn settings(&self) -> Option<&ServerSettings> {
        match self {
            Self::Slow(settings) => Some(settings),
            Self::Other { .. } | Self::Absent(_) => None,
        }
    }
}

impl ServerSettings {
    /// The delay of every request, if all have the same.
    #[must_use]
    pub fn equal_delay(&self) -> Option<Duration> {
        match self.delays {
            Delays::All(delay) => Some(delay),
            Delays::Each(_) => None,
        }
    }

    /// The requests that the server serves at the same time, if it has a limit.
    #[must_use]
    pub fn limit(&self) -> Option<ServerLimit> {
        self.limit
    }
}

/// `None` if they do not give the delay of the page.
fn settings(
    control: &AdminClient,
    url: &Url,
    requests: NonZeroUsize,
    stats: Stats,
) -> Option<ServerSettings> {
    if url.path() != "/" {
        // It reports the delay of its one slow page only.
        return None;
    }
    // What no server of ours says is not known.
    let millis = |ms: f64| {
        let duration = Duration::try_from_secs_f64(ms / 1e3).ok();
        duration.filter(|duration| *duration <= units::LONGEST)
    };
    let delay = millis(stats.delay_ms)?;
    let most = stats.max_delay_ms.map_or(Some(units::LONGEST), millis)?;
    let asked = url.query_pairs().find(|(name, _)| name == "delay");
    let delays = match asked {
        Some((_, text)) => match units::parse_duration(&text) {
            Ok(delay) if delay <= most => Delays::All(delay),
            // It responds with 400, after an unknown time.
            _ => return None,
        },
        None if stats.jitter_ms > 0.0 => each_delay(control, requests)?,
        None => Delays::All(delay),
    };
    let limit = stats
        .max_concurrent
        .map(|places| ServerLimit { places, when_full: stats.when_full });
    let jitter = millis(stats.jitter_ms)?;
    let Stats { connections, addresses, fail_rate, .. } = stats;
    Some(ServerSettings {
        delays,
        limit,
        connections,
        addresses,
        delay,
        jitter,
        fail_rate,
    })
}

/// The delays that the seed gives, which only the server can tell; of the first requests,
/// if there are too many.
fn each_delay(control: &AdminClient, requests: NonZeroUsize) -> Option<Delays> {
    let requests = requests.get().min(MAX_DELAYS);
    let reply = control.get(&format!("/api/schedule?requests={requests}")).ok()?;
    let Schedule { delays_us } = serde_json::from_slice(&reply.body).ok()?;
    let delays: Vec<_> = delays_us.into_iter().map(Duration::from_micros).collect();
    let is_known = delays.len() == requests
        && delays.iter().all(|delay| *delay <= units::LONGEST);
    is_known.then_some(Delays::Each(delays))
}

/// That there is no server at `url`, and why; with the command that starts one there, if it
/// can be started from here.
#[must_use]
pub fn absent(url: &Url, reason: FailureKind) -> Localized {
    let here = (reason == FailureKind::Refused).then(|| startable(url)).flatten();
    let Some(here) = here else {
        let Localized { en, zh } = reason.advice();
        return localized!(
            "no server at {url} ({reason}). {en}",
            "{url} 上没有服务器（{reason}）。{zh}",
        );
    };
    let is_usual = here == SocketAddr::from(([127, 0, 0, 1], 5000));
    let options =
        if is_usual { String::new() } else { format!(" -- --addr {here}") };
    localized!(
        "no server at {url} ({reason}). Start it in another terminal:\n  \
         cargo run -p slow-server{options}",
        "{url} 上没有服务器（{reason}）。请在另一个终端启动：\n  \
         cargo run -p slow-server{options}",
    )
}

/// Where a server for `url` would listen, if it is on this machine and at a port that
/// anybody may take.
fn startable(url: &Url) -> Option<SocketAddr> {
    let here =
        |address: &SocketAddr| address.ip().is_loopback() && address.port() >= 1024;
    // `localhost` has an address of each family, or of one. IPv4 comes first, and is never off.
    url.socket_addrs(|| None).ok()?.into_iter().filter(here).min()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An implausible report of a server counts as none.
    #[test]
    fn an_absurd_delay_is_unknown() {
        let url: Url = "http://127.0.0.1:1/".parse().unwrap();
        let admin = AdminClient::of(&url).unwrap();
        for (delay, is_known) in
            [("3000", true), ("-5", false), ("1e300", false), ("1e15", false)]
        {
            let stats = format!("{{\"delay_ms\": {delay}}}");
            let stats = serde_json::from_str(&stats).unwrap();
            let known = settings(&admin, &url, NonZeroUsize::MIN, stats);
            assert_eq!(known.is_some(), is_known, "{delay}");
        }
    }

    #[test]
    fn a_run_of_no_more_requests_than_are_known_has_an_ideal() {
        let second = Duration::from_secs(1);
        let server = Server::Slow(ServerSettings {
            delays: Delays::Each(vec![second; 3]),
            limit: None,
            connections: None,
            addresses: Vec::new(),
            delay: second,
            jitter: second,
            fail_rate: 0.0,
        });
        let ideal = |requests| {
            let layout = Layout::one_by_one(NonZeroUsize::new(requests).unwrap());
            server.ideal(&layout, SimulationParams::WAITING)
        };
        assert_eq!(ideal(2), Some(2 * second));
        assert_eq!(ideal(3), Some(3 * second));
        assert_eq!(ideal(4), None);
    }
}
