//! The sentence about the waves: the delays that a strategy waits for one after another.

use std::time::Duration;

use client_core::Layout;
use client_core::model::{SimulationParams, equal_makespan};

use units::{Localized, localized};

/// How long the server takes for each request, as far as it says.
#[derive(Clone, Copy)]
pub(crate) enum DelayKind {
    Takes(Duration),
    /// Longer than it is waited for.
    GivenUpAfter(Duration),
    Varies,
    Unknown,
}

impl DelayKind {
    /// What follows the number of waves, or the requests that are sent.
    pub(super) fn sentence_part(self, waves: usize) -> Localized {
        let each_zh = if waves == 1 { "" } else { "每轮 " };
        match self {
            Self::Takes(delay) => {
                let delay = units::duration(delay);
                localized!(" of {delay}", "，{each_zh}{delay}")
            }
            Self::GivenUpAfter(timeout) => {
                let timeout = units::duration(timeout);
                localized!(
                    " of {timeout}, after which the requests time out",
                    "，{each_zh}{timeout} 后超时",
                )
            }
            Self::Varies => localized!(
                ", each request with its own delay",
                "，每个请求的延迟各不相同",
            ),
            Self::Unknown => localized!("", ""),
        }
    }
}

/// The waves of a run: the delays that the strategy itself waits for, one after another. Where
/// requests in flight together may wait for one another, or take unequally long, there is no
/// such number, and it is what the strategy sends.
pub(crate) fn waves(
    layout: &Layout,
    requests: usize,
    delay: DelayKind,
) -> Localized {
    let are_equal = !matches!(delay, DelayKind::Varies | DelayKind::Unknown);
    if are_equal || requests == 1 || layout.concurrency().get() == 1 {
        numbered(layout, requests, delay)
    } else {
        sends(layout, requests, delay)
    }
}

/// What the client sends, which its layout alone decides.
fn sends(layout: &Layout, requests: usize, delay: DelayKind) -> Localized {
    let (slots, chunk) = (layout.concurrency().get(), layout.chunk().get());
    let delay = delay.sentence_part(count(layout));
    let Localized { en, zh } = match (layout.partitions(), chunk) {
        ([_], 1) if slots >= requests => localized!(
            "sends all {requests} requests at the same time",
            "{requests} 个请求同时发出",
        ),
        ([_], 1) => localized!(
            "sends {requests} requests, {slots} at a time",
            "发出 {requests} 个请求，同时最多 {slots} 个",
        ),
        ([_], _) => {
            let chunks = requests.div_ceil(chunk);
            let in_chunks = units::count(chunks, "chunk");
            localized!(
                "sends {in_chunks} of {chunk} requests, {slots} requests at a time",
                "发出 {chunks} 块请求，每块 {chunk} 个，同时最多 {slots} 个请求",
            )
        }
        (partitions, _) => {
            let (runtimes, most) = (partitions.len(), most_slots(layout));
            localized!(
                "{runtimes} runtimes send {requests} requests, each runtime {most} at a time",
                "{runtimes} 个运行时共发出 {requests} 个请求，每个运行时同时最多 {most} 个",
            )
        }
    };
    Localized { en: en + &delay.en, zh: zh + &delay.zh }
}

/// The slots of the partition with the most.
pub(super) fn most_slots(layout: &Layout) -> usize {
    let slots = layout.partitions().iter().map(|partition| partition.slots.get());
    slots.max().unwrap_or(1)
}

/// What the client sends, and in how many waves.
fn numbered(layout: &Layout, requests: usize, delay: DelayKind) -> Localized {
    let (slots, chunk) = (layout.concurrency().get(), layout.chunk().get());
    let number = count(layout);
    let delay = delay.sentence_part(number);
    let total = format!("{}{}", units::count(number, "wave"), delay.en);
    let total_zh = format!("{number} 轮{}", delay.zh);

    match (layout.partitions(), chunk) {
        _ if requests == 1 => {
            localized!("one request: {total}", "只有一个请求：{total_zh}")
        }
        ([_], 1) if slots == 1 => localized!(
            "one request after another: {total}",
            "逐个发送请求：{total_zh}",
        ),
        ([_], 1) if slots >= requests => localized!(
            "all {requests} requests at the same time: {total}",
            "{requests} 个请求同时发出：{total_zh}",
        ),
        ([_], 1) => {
            let rest = requests - (number - 1) * slots;
            let last = units::count(rest, "request");
            let only_zh = if rest < slots { "只有" } else { "有" };
            localized!(
                "{slots} at a time: {total}, the last with {last}",
                "同时最多 {slots} 个：{total_zh}，最后一轮{only_zh} {rest} 个请求",
            )
        }
        ([_], _) => {
            let chunks = requests.div_ceil(chunk);
            let each = chunks.div_ceil(slots);
            let without = requests.div_ceil(slots);
            let in_chunks = units::count(chunks, "chunk");
            let by_threads = units::count(slots, "thread");
            let of_each = units::count(each, "chunk");
            let with_ones = units::count(without, "wave");
            localized!(
                "{in_chunks} of {chunk} requests for {by_threads}, {of_each} for a thread: \
                 {total}; with chunks of 1 it would be {with_ones}",
                "{chunks} 块请求，每块 {chunk} 个，分给 {slots} 个线程，每个线程 {each} 块：\
                 {total_zh}；如果每块 1 个，只需 {without} 轮",
            )
        }
        (partitions, _) => {
            let (runtimes, most) = (partitions.len(), most_slots(layout));
            localized!(
                "{runtimes} runtimes with up to {most} requests in flight each, {slots} in all: \
                 {total}",
                "{runtimes} 个运行时，每个最多 {most} 个在途，共 {slots} 个：{total_zh}",
            )
        }
    }
}

/// How many delays the strategy waits for one after another.
fn count(layout: &Layout) -> usize {
    let second = Duration::from_secs(1);
    let seconds =
        equal_makespan(layout, second, None, SimulationParams::WAITING).as_secs();
    usize::try_from(seconds).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroUsize;

    use super::*;

    #[test]
    fn a_run_of_one_request_is_told_as_that() {
        let each = DelayKind::Takes(Duration::from_millis(100));
        let one = NonZeroUsize::MIN;
        for layout in [Layout::one_by_one(one), Layout::queue(one, None)] {
            let said = waves(&layout, 1, each);
            assert_eq!(said.en, "one request: 1 wave of 100 ms");
            assert_eq!(said.zh, "只有一个请求：1 轮，100 ms");
        }
    }

    /// A server that answers one at a time makes twenty waits of one.
    #[test]
    fn of_a_delay_that_nobody_tells_only_what_is_sent_is_said() {
        let n = |n| NonZeroUsize::new(n).unwrap();
        let said = |layout: Layout| waves(&layout, 20, DelayKind::Unknown).en;
        assert_eq!(
            said(Layout::queue(n(20), None)),
            "sends all 20 requests at the same time"
        );
        assert_eq!(
            said(Layout::pool(n(20), n(8), n(1))),
            "sends 20 requests, 8 at a time"
        );
        assert_eq!(
            said(Layout::pool(n(20), n(2), n(4))),
            "sends 5 chunks of 4 requests, 2 requests at a time"
        );
        assert_eq!(
            said(Layout::partitioned(n(20), n(2), None)),
            "2 runtimes send 20 requests, each runtime 10 at a time"
        );
        // One after another, each is a wait of its own, however long.
        assert_eq!(
            said(Layout::one_by_one(n(20))),
            "one request after another: 20 waves"
        );
    }

    #[test]
    fn delays_of_their_own_come_in_no_waves() {
        let n = |n| NonZeroUsize::new(n).unwrap();
        let said = waves(&Layout::pool(n(20), n(8), n(1)), 20, DelayKind::Varies);
        assert_eq!(
            said.en,
            "sends 20 requests, 8 at a time, each request with its own delay"
        );
    }
}
