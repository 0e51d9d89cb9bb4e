//! One or two sentences on each mistake, with the figures of the run.

use crate::diagnosis::mistake::Mistake;
use crate::diagnosis::observation::{BeforeLast, Observation, RequestOutcome};
use crate::pack::Exercise;
use client_core::Language;

/// What this mistake was in this run.
#[expect(clippy::too_many_lines, reason = "a table with a row for each mistake")]
pub(crate) fn of(
    mistake: Mistake,
    exercise: &Exercise,
    seen: &Observation,
    language: Language,
) -> String {
    let asked = exercise.server.requests;
    let at_once = exercise.wanted.at_once;
    let (peak, arrived, begun) = (seen.peak, seen.visits.len(), seen.begun);
    let (english, chinese) = match mistake {
        Mistake::NotAFuture => (
            "Something is awaited that is not a future.".to_owned(),
            "被 .await 的不是 Future。".to_owned(),
        ),
        Mistake::DoesNotCompile => (
            "The compiler refuses it.".to_owned(),
            "编译器没有通过。".to_owned(),
        ),
        Mistake::BlockingClientInARuntime => (
            "A blocking client has a runtime inside it, and a runtime cannot be started or \
             ended inside another one: the program panicked."
                .to_owned(),
            "阻塞客户端内部自带一个运行时，而运行时不能在另一个运行时里启动或结束：程序 panic 了。"
                .to_owned(),
        ),
        Mistake::Panicked => (
            "The program panicked: below is what it said.".to_owned(),
            "程序 panic 了：它说的话见下文。".to_owned(),
        ),
        Mistake::NothingSent => (
            format!(
                "Not one of the {asked} requests was sent, and the program ended as if all \
                 were well: nobody ran the futures that it made."
            ),
            format!("{asked} 个请求一个也没有发出，程序却若无其事地结束了：没有谁去运行它创建的 Future。"),
        ),
        Mistake::AnotherAddress => (
            "Not one request came to the server of this check. The page is at \
             lesson_kit::url(); does the program ask there?"
                .to_owned(),
            "没有任何请求到达本次检查的服务器。页面的地址是 lesson_kit::url()，程序是向它请求的吗？"
                .to_owned(),
        ),
        Mistake::TooManyRequests => (
            format!("{asked} requests were asked for, and {arrived} arrived."),
            format!("要求 {asked} 个请求，却来了 {arrived} 个。"),
        ),
        Mistake::TooFewRequests => (
            format!("{asked} requests were asked for, and only {arrived} arrived."),
            format!("要求 {asked} 个请求，只来了 {arrived} 个。"),
        ),
        Mistake::BlockedThread => (
            "Your requests arrived one after another, and while one waited, nothing else on \
             the runtime got its turn, not even the ticks: the wait blocks the thread."
                .to_owned(),
            "你的请求一个接一个地到达，而且在等待期间，运行时上别的任务都得不到执行，连 tick 也停了：等待阻塞了线程。"
                .to_owned(),
        ),
        Mistake::BlockedWorkers => (
            format!(
                "Your requests arrived {peak} at a time, and while they waited, nothing else on \
                 the runtime got its turn, not even the ticks: each wait blocks a thread."
            ),
            format!("你的请求每次到达 {peak} 个，而且在等待期间，运行时上别的任务都得不到执行，连 tick 也停了：每次等待都阻塞了一个线程。"),
        ),
        Mistake::LockAcrossAwait => (
            format!(
                "{begun} requests had been begun, but only {peak} at a time got through: \
                 something lets them in one by one, such as a lock that is held across an \
                 .await."
            ),
            format!("程序已经开始了 {begun} 个请求，但同时只有 {peak} 个真正发出：有什么东西让它们逐个通过，比如跨越 .await 持有的锁。"),
        ),
        Mistake::ServerBottleneck => (
            format!(
                "Your client sent {arrived} requests, and {} of them stood in the server's \
                 own line: it serves only {peak} at once. More tasks in the client would make \
                 the line longer, not faster.",
                seen.in_line
            ),
            format!(
                "你的客户端发出了 {arrived} 个请求，其中 {} 个在服务器自己的队列里排队：服务器同时只处理 {peak} 个。客户端再多开任务，只会让队伍更长，不会更快。",
                seen.in_line
            ),
        ),
        Mistake::OneByOne => (
            "Your requests arrived one after another: each waited for the answer before."
                .to_owned(),
            "你的请求一个接一个地到达：每一个都在等前一个的答复。".to_owned(),
        ),
        Mistake::TooFewAtOnce => (
            format!("At most {peak} requests were in flight at once, and {at_once} could be."),
            format!("同时最多只有 {peak} 个请求在等待，而本可以有 {at_once} 个。"),
        ),
        Mistake::TooManyAtOnce => (
            format!("{peak} requests were in flight at once, and {at_once} is the bound."),
            format!("同时有 {peak} 个请求在等待，而上限是 {at_once} 个。"),
        ),
        Mistake::TurnedAway => {
            let rejected = seen.count(RequestOutcome::Rejected);
            (
                format!(
                    "The server serves {peak} at once, and turned {rejected} requests away, \
                     since more came than it had places for."
                ),
                format!("服务器同时只处理 {peak} 个，来得比名额多，于是拒绝了 {rejected} 个请求。"),
            )
        }
        Mistake::Chunks => {
            let (rounds, needed) = (seen.rounds, arrived.div_ceil(peak.max(1)));
            (
                format!(
                    "It waited {rounds} times where {needed} would do: towards the end, some \
                     had nothing left to do while others still had a queue of their own."
                ),
                format!("等待了 {rounds} 次，其实 {needed} 次就够：到了后面，有的已经无事可做，有的手里还排着一队。"),
            )
        }
        Mistake::WaitsForEver => (
            "One answer never comes, and the program would wait for it for ever: it was \
             ended."
                .to_owned(),
            "有一个答复永远不会来，而程序会永远等下去：它被终止了。".to_owned(),
        ),
        Mistake::DoesNotEnd => (
            format!(
                "The program did not end by itself, and had to be ended. It had sent {arrived} \
                 of {asked} requests."
            ),
            format!("程序自己没有结束，只好被终止。它发出了 {asked} 个请求中的 {arrived} 个。"),
        ),
        Mistake::OneFailureEndsAll => {
            let answered = seen.count(RequestOutcome::Answered);
            let shown = seen.words.shown;
            (
                format!(
                    "One request failed, as some do, and took the others with it: {answered} \
                     answers were given, and {shown} results shown."
                ),
                format!("有一个请求失败了，这是常有的事，却连累了其他请求：服务器给出了 {answered} 个答复，只显示了 {shown} 个结果。"),
            )
        }
        Mistake::Failed => (
            "The program ended with an error: below is what it said.".to_owned(),
            "程序以错误结束：它说的话见下文。".to_owned(),
        ),
        Mistake::ResultsLost => {
            let (answered, shown) = (seen.count(RequestOutcome::Answered), seen.words.shown);
            (
                format!(
                    "The server gave {answered} answers, and the program showed {shown} \
                     results: the others came to a task that nobody listened to, or were not \
                     waited for."
                ),
                format!("服务器给出了 {answered} 个答复，程序只显示了 {shown} 个结果：其余的到了没有人过问的任务手里，或者没有等到。"),
            )
        }
        Mistake::HeldBack => {
            let BeforeLast { shown, answered } =
                seen.before_last.unwrap_or(BeforeLast { shown: 0, answered: 0 });
            (
                format!(
                    "{answered} answers were there long before the slowest, and {shown} of \
                     them were shown before it came: the slowest held the others back."
                ),
                format!("早在最慢的答复之前，已有 {answered} 个答复到了，但在它到来之前只显示了 {shown} 个：最慢的一个拖住了其他的。"),
            )
        }
        Mistake::AConnectionEach => {
            let connections = seen.connections;
            (
                format!(
                    "{arrived} requests came on {connections} connections, though at most \
                     {peak} were in flight at once: each request makes a client of its own, \
                     and connects anew."
                ),
                format!("{arrived} 个请求用了 {connections} 个连接，而同时最多只有 {peak} 个请求：每个请求都新建客户端，重新连接。"),
            )
        }
        Mistake::LeftRunning => {
            let left = seen.left_running;
            (
                format!(
                    "It left {left} processes running when it ended: they were ended too."
                ),
                format!("它结束时还留下 {left} 个进程在运行：它们也被终止了。"),
            )
        }
    };
    language.pick(english, chinese)
}
