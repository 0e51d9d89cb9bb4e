//! A pattern in words.

use units::{Localized, localized};

use super::Pattern;

impl Pattern {
    /// How the program waits, without a full stop: the start of a sentence about its time.
    #[must_use]
    pub fn sentence(&self) -> Localized {
        let parts = [Some(self.waves()), self.pause(), self.carried()];
        Localized::join(parts.into_iter().flatten())
    }

    fn waves(&self) -> Localized {
        let &Self { requests, at_once, waves, .. } = self;
        if requests == 1 {
            return localized!("one request: 1 wave", "只有一个请求：1 轮");
        }
        if self.all_at_once {
            return localized!(
                "all {requests} requests at the same time: 1 wave",
                "{requests} 个请求同时发出：1 轮",
            );
        }
        if !self.is_clear && at_once == 1 {
            return localized!(
                "never more than 1 in flight: {waves} waves",
                "在途请求从不超过 1 个：{waves} 轮",
            );
        }
        if !self.is_clear {
            let Localized { en: each, zh: each_zh } = self.in_each_process();
            return localized!(
                "at most {at_once} in flight{each}, and it cannot be told whether one waited \
                 for the response to another",
                "最多 {at_once} 个在途{each_zh}，无法判断是否有请求等待过另一个请求的响应",
            );
        }
        if at_once == 1 {
            return localized!(
                "one after another: each request waited for the response before it, {waves} waves",
                "逐个发送：每个请求都等上一个请求的响应，共 {waves} 轮",
            );
        }
        let Localized { en: each, zh: each_zh } = self.in_each_process();
        let Localized { en: chunks, zh: chunks_zh } = self.in_chunks();
        let needed = self.waves_needed();
        let total = units::count(waves, "wave");
        if waves > needed {
            localized!(
                "{at_once} at a time{each}{chunks}: {total} where {needed} would do",
                "同时最多 {at_once} 个{each_zh}{chunks_zh}：用了 {waves} 轮，本来 {needed} 轮就够",
            )
        } else {
            localized!(
                "{at_once} at a time{each}{chunks}: {total}",
                "同时最多 {at_once} 个{each_zh}{chunks_zh}：{waves} 轮",
            )
        }
    }

    fn in_each_process(&self) -> Localized {
        let processes = self.processes.len();
        let most = self.processes.iter().copied().max().unwrap_or(0);
        let is_equal = self.processes.iter().all(|&own| own == most);
        match processes {
            0 => localized!("", ""),
            _ if most == 1 => localized!(
                " from {processes} processes",
                "，来自 {processes} 个进程",
            ),
            _ if is_equal => localized!(
                ", {most} in each of {processes} processes",
                "，{processes} 个进程各 {most} 个",
            ),
            _ => localized!(
                ", at most {most} in each of {processes} processes",
                "，{processes} 个进程各最多 {most} 个",
            ),
        }
    }

    fn in_chunks(&self) -> Localized {
        self.chunk.map_or_else(
            || localized!("", ""),
            |chunk| localized!(", in chunks of {chunk}", "，每块 {chunk} 个"),
        )
    }

    fn pause(&self) -> Option<Localized> {
        let millis = units::millis(self.pause_us? as f64 / 1e3);
        Some(localized!(
            "{millis} ms between each response and the next request",
            "每次收到响应后，程序隔 {millis} ms 才发出下一个请求",
        ))
    }

    /// A connection is known by its port here, and a new one may get the port of one that was
    /// closed: where almost each request has another port, none was kept.
    fn carried(&self) -> Option<Localized> {
        let &Self { connections, requests, at_once, .. } = self;
        let is_almost_each =
            connections > 2 * at_once && connections * 5 >= requests * 4;
        if requests == 1 || (self.all_at_once && connections == requests) {
            // It could not be otherwise.
            return None;
        }
        Some(if connections == 1 {
            localized!("all on one connection", "共用一个连接")
        } else if connections == requests || is_almost_each {
            localized!("a new connection for each request", "每个请求新建一个连接")
        } else {
            localized!("on {connections} connections", "共 {connections} 个连接")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(pattern: &Pattern) -> String {
        let Localized { en, zh } = pattern.sentence();
        let numbers = |text: &str| {
            let mut numbers: Vec<u64> = text
                .split(|c: char| !c.is_ascii_digit())
                .filter_map(|number| number.parse().ok())
                .collect();
            numbers.sort_unstable();
            numbers
        };
        assert_eq!(numbers(&en), numbers(&zh), "{en}\n{zh}");
        en
    }

    #[test]
    fn each_way_to_wait_has_its_words() {
        let one = Pattern {
            requests: 100,
            at_once: 1,
            all_at_once: false,
            is_clear: true,
            waves: 100,
            chunk: None,
            pause_us: None,
            lag_us: 0,
            connections: 100,
            processes: vec![],
        };
        assert_eq!(
            said(&one),
            "one after another: each request waited for the response before it, 100 waves; a new \
             connection for each request"
        );
        let paused =
            Pattern { pause_us: Some(100_000), connections: 1, ..one.clone() };
        assert!(
            said(&paused).ends_with(
                "; 100 ms between each response and the next request; all on one connection"
            ),
            "{}",
            said(&paused)
        );
        let pool = Pattern {
            at_once: 8,
            waves: 16,
            chunk: Some(4),
            processes: vec![1; 8],
            ..one
        };
        assert_eq!(
            said(&pool),
            "8 at a time from 8 processes, in chunks of 4: 16 waves where 13 would do; a new \
             connection for each request"
        );
        let one_at_a_time = Pattern { at_once: 1, chunk: None, ..pool.clone() };
        let several = Pattern {
            at_once: 32,
            waves: 4,
            chunk: None,
            connections: 32,
            processes: vec![16, 16],
            ..pool.clone()
        };
        assert_eq!(
            said(&several),
            "32 at a time, 16 in each of 2 processes: 4 waves; on 32 connections"
        );
        let all = Pattern {
            at_once: 100,
            waves: 1,
            all_at_once: true,
            processes: vec![],
            ..pool
        };
        assert_eq!(said(&all), "all 100 requests at the same time: 1 wave");
        // A few ports were those of connections that had been closed before.
        let reused = Pattern { connections: 92, ..one_at_a_time };
        assert!(said(&reused).ends_with("; a new connection for each request"));
        let sending =
            Pattern { at_once: 60, all_at_once: false, is_clear: false, ..all };
        assert!(
            said(&sending).starts_with("at most 60 in flight, and it cannot"),
            "{}",
            said(&sending)
        );
        let rare = Pattern { at_once: 1, waves: 9, ..sending.clone() };
        assert!(said(&rare).starts_with("never more than 1 in flight: 9 waves"));
        let single = Pattern { requests: 1, at_once: 1, connections: 1, ..sending };
        assert_eq!(said(&single), "one request: 1 wave");
    }
}
