//! The sentence about the waves: the waits that a strategy makes one after another.

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
    /// What follows the number of waits.
    pub(super) fn sentence_part(self) -> Localized {
        match self {
            Self::Takes(delay) => {
                // Written as the flags are: 100ms, 3s.
                let delay = humantime::format_duration(delay);
                localized!(" of {delay}", "，每次 {delay}")
            }
            Self::GivenUpAfter(timeout) => {
                let timeout = humantime::format_duration(timeout);
                localized!(
                    " of {timeout}, after which each is given up",
                    "，每次 {timeout} 后放弃",
                )
            }
            Self::Varies => {
                localized!(", each with a delay of its own", "，各有各的延迟")
            }
            Self::Unknown => localized!("", ""),
        }
    }
}

/// The waves of a run: the waits that the strategy itself makes, one after another. Where
/// requests in flight at once may wait for one another, or take unequally long, there is no
/// such number, and it is what the strategy sends.
pub(crate) fn waves(
    layout: &Layout,
    requests: usize,
    delay: DelayKind,
) -> Localized {
    let are_equal = !matches!(delay, DelayKind::Varies | DelayKind::Unknown);
    if are_equal || requests == 1 || layout.concurrency().get() == 1 {
        waits(layout, requests, delay)
    } else {
        sends(layout, requests, delay)
    }
}

/// What the client sends at once, which its layout alone decides.
fn sends(layout: &Layout, requests: usize, delay: DelayKind) -> Localized {
    let (slots, chunk) = (layout.concurrency().get(), layout.chunk().get());
    let delay = delay.sentence_part();
    let Localized { en, zh } = match (layout.partitions(), chunk) {
        ([_], 1) if slots >= requests => {
            localized!("sends all {requests} at once", "{requests} 个请求同时发出",)
        }
        ([_], 1) => localized!(
            "sends {requests} requests, at most {slots} at once",
            "发出 {requests} 个请求，最多同时 {slots} 个",
        ),
        ([_], _) => {
            let chunks = requests.div_ceil(chunk);
            let in_chunks = units::count(chunks, "chunk");
            localized!(
                "sends {in_chunks} of {chunk}, at most {slots} requests at once",
                "发出 {chunks} 批请求，每批 {chunk} 个，最多同时 {slots} 个请求",
            )
        }
        (partitions, _) => {
            let (runtimes, most) = (partitions.len(), most_slots(layout));
            localized!(
                "{runtimes} runtimes send {requests} requests, each up to {most} at once",
                "{runtimes} 个运行时共发出 {requests} 个请求，每个最多同时 {most} 个",
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

fn waits(layout: &Layout, requests: usize, delay: DelayKind) -> Localized {
    let (slots, chunk) = (layout.concurrency().get(), layout.chunk().get());
    let number = count(layout);
    let delay = delay.sentence_part();
    let total = format!("{}{}", units::count(number, "wait"), delay.en);
    let total_zh = format!("等待 {number} 次{}", delay.zh);

    match (layout.partitions(), chunk) {
        _ if requests == 1 => {
            localized!("one request: {total}", "只有一个请求：{total_zh}")
        }
        ([_], 1) if slots == 1 => localized!(
            "one request after another: {total}",
            "一个请求接一个请求：{total_zh}",
        ),
        ([_], 1) if slots >= requests => localized!(
            "all {requests} at once: {total}",
            "{requests} 个请求同时发出：{total_zh}",
        ),
        ([_], 1) => {
            let last = requests - (number - 1) * slots;
            localized!(
                "{slots} slots for {requests} requests: {total}, the last for {last}",
                "{slots} 个并发名额处理 {requests} 个请求：{total_zh}，最后一次只有 \
                 {last} 个",
            )
        }
        ([_], _) => {
            let chunks = requests.div_ceil(chunk);
            let rounds = chunks.div_ceil(slots);
            let without = requests.div_ceil(slots);
            let in_chunks = units::count(chunks, "chunk");
            let by_slots = units::count(slots, "slot");
            let in_rounds = units::count(rounds, "round");
            let one_by_one = units::count(without, "wait");
            localized!(
                "{in_chunks} of {chunk} for {by_slots}: {in_rounds} of {chunk}, {total}; one at \
                 a time it would be {one_by_one}",
                "共 {chunks} 批，每批 {chunk} 个，由 {slots} 个并发名额处理：{rounds} 轮，\
                 每轮 {chunk} 次，{total_zh}；如果每次只取一个，等待 {without} 次就够了",
            )
        }
        (partitions, _) => {
            let (runtimes, most) = (partitions.len(), most_slots(layout));
            localized!(
                "{runtimes} runtimes with up to {most} at once, {slots} in all: {total}",
                "{runtimes} 个运行时，每个最多同时 {most} 个，共 {slots} 个：{total_zh}",
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
            assert_eq!(said.en, "one request: 1 wait of 100ms");
            assert_eq!(said.zh, "只有一个请求：等待 1 次，每次 100ms");
        }
    }

    /// A server that answers one at a time makes twenty waits of one.
    #[test]
    fn of_a_delay_that_nobody_tells_only_what_is_sent_is_said() {
        let n = |n| NonZeroUsize::new(n).unwrap();
        let said = |layout: Layout| waves(&layout, 20, DelayKind::Unknown).en;
        assert_eq!(said(Layout::queue(n(20), None)), "sends all 20 at once");
        assert_eq!(
            said(Layout::pool(n(20), n(8), n(1))),
            "sends 20 requests, at most 8 at once"
        );
        assert_eq!(
            said(Layout::pool(n(20), n(2), n(4))),
            "sends 5 chunks of 4, at most 2 requests at once"
        );
        assert_eq!(
            said(Layout::partitioned(n(20), n(2), None)),
            "2 runtimes send 20 requests, each up to 10 at once"
        );
        // One after another, each is a wait of its own, however long.
        assert_eq!(
            said(Layout::one_by_one(n(20))),
            "one request after another: 20 waits"
        );
    }

    #[test]
    fn delays_of_their_own_come_in_no_waves() {
        let n = |n| NonZeroUsize::new(n).unwrap();
        let said = waves(&Layout::pool(n(20), n(8), n(1)), 20, DelayKind::Varies);
        assert_eq!(
            said.en,
            "sends 20 requests, at most 8 at once, each with a delay of its own"
        );
    }
}
