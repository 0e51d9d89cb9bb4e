//! One or two sentences on each mistake, with the figures of the run.

use client_core::Language;

use crate::diagnosis::Expected;
use crate::diagnosis::mistake::Mistake;
use crate::diagnosis::observation::{BeforeLast, Observation, RequestOutcome};
use crate::terminal::localized;

/// What this mistake was in this run.
#[expect(clippy::too_many_lines, reason = "a table with a row for each mistake")]
pub(super) fn explain(
    mistake: Mistake,
    expected: Expected,
    seen: &Observation,
    language: Language,
) -> String {
    let Expected { requests: asked, at_once, .. } = expected;
    let &Observation {
        rounds, peak, queued, connections, announced, orphans, ..
    } = seen;
    let arrived = seen.requests.len();
    let answered = seen.count(RequestOutcome::Answered);
    let rejected = seen.count(RequestOutcome::Rejected);
    let shown = seen.output.shown;
    let BeforeLast { shown: shown_before, answered: held_back } =
        seen.before_last.unwrap_or_default();
    let needed = arrived.div_ceil(peak.max(1));
    macro_rules! text {
        ($en:literal, $zh:literal $(,)?) => {
            localized!(language, $en, $zh)
        };
    }
    match mistake {
        Mistake::NotAFuture => text!(
            "Something is awaited that is not a future.",
            "被 .await 的不是 Future。",
        ),
        Mistake::DoesNotCompile => {
            text!("The compiler refuses it.", "编译器没有通过。",)
        }
        Mistake::BlockingClientInARuntime => text!(
            "A blocking client has a runtime inside it, and a runtime cannot be started or \
             ended inside another one: the program panicked.",
            "阻塞客户端内部自带一个运行时，而运行时不能在另一个运行时里启动或结束：程序 panic 了。",
        ),
        Mistake::Panicked => text!(
            "The program panicked: below is what it said.",
            "程序 panic 了：它说的话见下文。",
        ),
        Mistake::NothingSent => text!(
            "Not one of the {asked} requests was sent, and the program ended as if all were \
             well: nobody ran the futures that it made.",
            "{asked} 个请求一个也没有发出，程序却若无其事地结束了：没有谁去运行它创建的 Future。",
        ),
        Mistake::AnotherAddress => text!(
            "Not one request came to the server of this check. The page is at \
             lesson_kit::url(); does the program ask there?",
            "没有任何请求到达本次检查的服务器。页面的地址是 lesson_kit::url()，程序是向它请求的吗？",
        ),
        Mistake::TooManyRequests => text!(
            "{asked} requests were asked for, and {arrived} arrived.",
            "要求 {asked} 个请求，却来了 {arrived} 个。",
        ),
        Mistake::TooFewRequests => text!(
            "{asked} requests were asked for, and only {arrived} arrived.",
            "要求 {asked} 个请求，只来了 {arrived} 个。",
        ),
        Mistake::BlockedThread => text!(
            "Your requests arrived one after another, and while one waited, nothing else on \
             the runtime got its turn, not even the ticks: the wait blocks the thread.",
            "你的请求一个接一个地到达，而且在等待期间，运行时上别的任务都得不到执行，连 tick 也停了：等待阻塞了线程。",
        ),
        Mistake::BlockedWorkers => text!(
            "Your requests arrived {peak} at a time, and while they waited, nothing else on \
             the runtime got its turn, not even the ticks: each wait blocks a thread.",
            "你的请求每次到达 {peak} 个，而且在等待期间，运行时上别的任务都得不到执行，连 tick 也停了：每次等待都阻塞了一个线程。",
        ),
        Mistake::LockAcrossAwait => text!(
            "{announced} requests had been begun, but only {peak} at a time got through: \
             something lets them in one by one, such as a lock that is held across an .await.",
            "程序已经开始了 {announced} 个请求，但同时只有 {peak} 个真正发出：有什么东西让它们逐个通过，比如跨越 .await 持有的锁。",
        ),
        Mistake::ServerBottleneck => text!(
            "Your client sent {arrived} requests, and {queued} of them stood in the server's own \
             line: it serves only {peak} at once. More tasks in the client would make the \
             line longer, not faster.",
            "你的客户端发出了 {arrived} 个请求，其中 {queued} 个在服务器自己的队列里排队：服务器同时只处理 {peak} 个。客户端再多开任务，只会让队伍更长，不会更快。",
        ),
        Mistake::OneByOne => text!(
            "Your requests arrived one after another: each waited for the answer before.",
            "你的请求一个接一个地到达：每一个都在等前一个的答复。",
        ),
        Mistake::TooFewAtOnce => text!(
            "At most {peak} requests were in flight at once, and {at_once} could be.",
            "同时最多只有 {peak} 个请求在等待，而本可以有 {at_once} 个。",
        ),
        Mistake::TooManyAtOnce => text!(
            "{peak} requests were in flight at once, and {at_once} is the bound.",
            "同时有 {peak} 个请求在等待，而上限是 {at_once} 个。",
        ),
        Mistake::TurnedAway => text!(
            "The server serves {peak} at once, and turned {rejected} requests away, since \
             more came than it had places for.",
            "服务器同时只处理 {peak} 个，来得比名额多，于是拒绝了 {rejected} 个请求。",
        ),
        Mistake::Chunks => text!(
            "It waited {rounds} times where {needed} would do: towards the end, some had \
             nothing left to do while others still had a queue of their own.",
            "等待了 {rounds} 次，其实 {needed} 次就够：到了后面，有的已经无事可做，有的手里还排着一队。",
        ),
        Mistake::WaitsForEver => text!(
            "One answer never comes, and the program would wait for it for ever: it was \
             ended.",
            "有一个答复永远不会来，而程序会永远等下去：它被终止了。",
        ),
        Mistake::DoesNotEnd => text!(
            "The program did not end by itself, and had to be ended. It had sent {arrived} of \
             {asked} requests.",
            "程序自己没有结束，只好被终止。它发出了 {asked} 个请求中的 {arrived} 个。",
        ),
        Mistake::OneFailureEndsAll => text!(
            "One request failed, as some do, and took the others with it: {answered} \
             answers were given, and {shown} results shown.",
            "有一个请求失败了，这是常有的事，却连累了其他请求：服务器给出了 {answered} 个答复，只显示了 {shown} 个结果。",
        ),
        Mistake::Failed => text!(
            "The program ended with an error: below is what it said.",
            "程序以错误结束：它说的话见下文。",
        ),
        Mistake::ResultsLost => text!(
            "The server gave {answered} answers, and the program showed {shown} results: \
             the others came to a task that nobody listened to, or were not waited for.",
            "服务器给出了 {answered} 个答复，程序只显示了 {shown} 个结果：其余的到了没有人过问的任务手里，或者没有等到。",
        ),
        Mistake::HeldBack => text!(
            "{held_back} answers were there long before the slowest, and {shown_before} of them \
             were shown before it came: the slowest held the others back.",
            "早在最慢的答复之前，已有 {held_back} 个答复到了，但在它到来之前只显示了 {shown_before} 个：最慢的一个拖住了其他的。",
        ),
        Mistake::AConnectionEach => text!(
            "{arrived} requests came on {connections} connections, though at most {peak} \
             were in flight at once: each request makes a client of its own, and connects \
             anew.",
            "{arrived} 个请求用了 {connections} 个连接，而同时最多只有 {peak} 个请求：每个请求都新建客户端，重新连接。",
        ),
        Mistake::LeftRunning => text!(
            "It left {orphans} processes running when it ended: they were ended too.",
            "它结束时还留下 {orphans} 个进程在运行：它们也被终止了。",
        ),
    }
}
