//! What two comparisons have to have in common, so that their times are of the same thing.

use anyhow::ensure;
use client_core::model::{ServerLimit, WhenFull};
use units::{Localized, localized};

/// What has to be the same in both, beside the rows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Premises {
    pub(crate) requests: usize,
    /// As the server reports it, or as it is assumed.
    pub(crate) delay_ms: Option<f64>,
    pub(crate) jitter_ms: Option<f64>,
    /// Of the requests; `None` if the server does not report it.
    pub(crate) fail_rate: Option<f64>,
    /// `None` if the server has none or does not report it.
    pub(crate) limit: Option<ServerLimit>,
    /// CPU time for each response.
    pub(crate) work_ms: f64,
}

impl Premises {
    /// # Errors
    ///
    /// Those of the file are others, and in what.
    pub(super) fn require_of(
        &self,
        theirs: &Self,
        file: &str,
    ) -> anyhow::Result<()> {
        let (their, our) = (theirs.requests, self.requests);
        ensure!(
            their == our,
            localized!(
                "--baseline {file} has {their} requests of each client, and this run {our}: \
                 use -n {their}",
                "--baseline {file} 里每个客户端 {their} 个请求，而这次是 {our} 个：\
                 请用 -n {their}",
            )
        );
        let [their, our] = [theirs, self].map(Self::delay);
        ensure!(their == our, differ(file, &their, &our, "--delay", "--jitter"));
        let [their, our] = [theirs, self].map(Self::limit);
        ensure!(
            their == our,
            differ(file, &their, &our, "--max-concurrent", "--when-full")
        );
        let [their, our] = [theirs, self].map(|them| them.fail_rate.unwrap_or(0.0));
        ensure!(
            (their - our).abs() < 1e-9,
            localized!(
                "--baseline {file} has a fail rate of {their}, and this run {our}: use the same \
                 --fail-rate",
                "--baseline {file} 的失败率是 {their}，而这次是 {our}：请用相同的 --fail-rate",
            )
        );
        let (their, our) = (theirs.work_ms, self.work_ms);
        ensure!(
            (their - our).abs() < 1e-6,
            localized!(
                "--baseline {file} has {their} ms of --cpu-work, and this run {our} ms: use \
                 the same",
                "--baseline {file} 的 --cpu-work 是 {their} ms，而这次是 {our} ms：请用相同的值",
            )
        );
        Ok(())
    }

    fn delay(&self) -> Localized {
        let Some(delay) = self.delay_ms else {
            return localized!("an unknown delay", "延迟未知");
        };
        match self.jitter_ms {
            Some(jitter) if jitter > 0.0 => localized!(
                "a delay of {delay} ms and a jitter of {jitter} ms",
                "延迟 {delay} ms，抖动 {jitter} ms",
            ),
            _ => localized!("a delay of {delay} ms", "延迟 {delay} ms"),
        }
    }

    fn limit(&self) -> Localized {
        let Some(ServerLimit { places, when_full }) = self.limit else {
            return localized!("a server without a limit", "服务器没有并发上限");
        };
        match when_full {
            WhenFull::Queue => localized!(
                "a server that serves {places} at a time and queues the others",
                "服务器同时最多处理 {places} 个请求，其余的排队",
            ),
            WhenFull::Reject => localized!(
                "a server that serves {places} at a time and rejects the others",
                "服务器同时最多处理 {places} 个请求，其余的被拒绝",
            ),
        }
    }
}

/// That two comparisons have different servers, which two options decide.
fn differ(
    file: &str,
    their: &Localized,
    our: &Localized,
    option: &str,
    other: &str,
) -> Localized {
    let (Localized { en, zh }, Localized { en: our, zh: our_zh }) = (their, our);
    localized!(
        "--baseline {file} has {en}, and this run {our}: use the same {option} and {other}",
        "--baseline {file} 的条件是：{zh}；而这次是：{our_zh}。请用相同的 {option} 和 {other}",
    )
}

#[cfg(test)]
pub(super) mod tests {
    use std::num::NonZeroUsize;

    use super::*;

    pub(crate) const PREMISES: Premises = Premises {
        requests: 10,
        delay_ms: Some(100.0),
        jitter_ms: None,
        fail_rate: None,
        limit: None,
        work_ms: 0.0,
    };

    #[test]
    fn each_is_refused_with_both_and_what_to_take() {
        let one =
            |when_full| Some(ServerLimit { places: NonZeroUsize::MIN, when_full });
        let queues = Premises { limit: one(WhenFull::Queue), ..PREMISES };
        for (theirs, ours, expected) in [
            (
                PREMISES,
                Premises { requests: 20, ..PREMISES },
                "10 requests of each client, and this run 20: use -n 10",
            ),
            (
                PREMISES,
                Premises { delay_ms: Some(20.0), jitter_ms: Some(5.0), ..PREMISES },
                "a delay of 100 ms, and this run a delay of 20 ms and a jitter of 5 ms: use",
            ),
            (
                PREMISES,
                Premises { delay_ms: None, ..PREMISES },
                "and this run an unknown delay",
            ),
            (
                PREMISES,
                queues,
                "a server without a limit, and this run a server that serves 1 at a time \
                 and queues the others: use the same --max-concurrent and --when-full",
            ),
            (
                Premises { limit: one(WhenFull::Reject), ..PREMISES },
                queues,
                "at a time and rejects the others, and this run",
            ),
            (
                Premises { fail_rate: Some(0.25), ..PREMISES },
                Premises { fail_rate: Some(0.0), ..PREMISES },
                "a fail rate of 0.25, and this run 0: use the same --fail-rate",
            ),
            (
                PREMISES,
                Premises { work_ms: 2.0, ..PREMISES },
                "0 ms of --cpu-work, and this run 2 ms: use the same",
            ),
        ] {
            let said = ours.require_of(&theirs, "old.json").unwrap_err().to_string();
            assert!(said.starts_with("--baseline old.json has "), "{said}");
            assert!(said.contains(expected), "{said}");
        }
        // A limit that a server does not report counts as none.
        let told =
            Premises { fail_rate: Some(0.0), jitter_ms: Some(0.0), ..PREMISES };
        told.require_of(&PREMISES, "old.json").unwrap();
    }
}
