//! One or two sentences on each mistake, with the figures of the run.

use units::{Localized, localized};

use crate::judge::Expected;
use crate::mistake::{Mistake, Remark};
use crate::observation::{BeforeLast, Observation, RequestOutcome};

/// What this mistake was in this run.
#[must_use]
#[expect(clippy::too_many_lines, reason = "a table with a row for each mistake")]
pub fn reason(
    mistake: Mistake,
    expected: Expected,
    seen: &Observation,
) -> Localized {
    let Expected { requests: asked, at_once, .. } = expected;
    let &Observation {
        rounds, peak, queued, connections, abandoned, orphans, ..
    } = seen;
    let printed = seen.printed.unwrap_or_default();
    let (announced, shown) = (printed.announced, printed.results);
    let arrived = seen.requests.len();
    let answered = seen.count(RequestOutcome::Answered);
    let rejected = seen.count(RequestOutcome::Rejected);
    let BeforeLast { shown: shown_before, answered: held_back } =
        printed.before_last.unwrap_or_default();
    let needed = arrived.div_ceil(peak.max(1));
    let unseen = answered.saturating_sub(shown);
    match mistake {
        Mistake::NotAFuture => localized!(
            "Something is awaited that is not a future.",
            "被 .await 的不是 Future。",
        ),
        Mistake::DoesNotCompile => {
            localized!("The compiler refuses it.", "编译器没有通过。",)
        }
        Mistake::BlockingClientInARuntime
            if seen.source.is_some_and(|source| !source.blocks) =>
        {
            localized!(
                "block_on starts a runtime, or waits for one, inside another: the program \
                 panicked. Inside a runtime it is .await that waits.",
                "block_on 在一个运行时内部又启动或等待另一个运行时：程序 panic 了。在运行时里，等待要用 .await。",
            )
        }
        Mistake::BlockingClientInARuntime => localized!(
            "A blocking client has a runtime inside it, and a runtime cannot be started or \
             ended inside another one: the program panicked.",
            "阻塞客户端内部自带一个运行时，而运行时不能在另一个运行时里启动或结束：程序 panic 了。",
        ),
        Mistake::Panicked => localized!(
            "The program panicked; its output says why.",
            "程序 panic 了，原因见它的输出。",
        ),
        Mistake::LeftTooEarly if arrived == 0 => localized!(
            "It started tasks or threads and ended at once, before one of the {asked} requests \
             was sent: what still runs when main ends is dropped.",
            "程序启动了任务或线程，却立刻结束了，{asked} 个请求一个也没来得及发出：main 一结束，还在运行的就被丢弃了。",
        ),
        Mistake::LeftTooEarly if abandoned == 0 => localized!(
            "It ended well after {arrived} of {asked} requests, and did not wait for what it had \
             started: the others were not even sent.",
            "程序发出 {asked} 个请求中的 {arrived} 个之后就正常结束了，没有等待已经启动的任务：其余的请求根本没有发出。",
        ),
        Mistake::LeftTooEarly if unseen > 0 => localized!(
            "It ended well with {shown} of {asked} results: {unseen} more responses had come that \
             it did not wait for, and {abandoned} of its {arrived} requests were still in flight. \
             What is started has to be awaited, all of it.",
            "程序正常结束，{asked} 个结果只显示了 {shown} 个：另有 {unseen} 个响应已经到达，程序没有等，{arrived} 个请求中还有 {abandoned} 个在途。启动的任务必须全部等待。",
        ),
        Mistake::LeftTooEarly => localized!(
            "It ended well, but did not wait for {abandoned} of its {arrived} requests: they were \
             in flight when it gave them up. What is started has to be awaited, all of it, and \
             not for a guessed time.",
            "程序正常结束了，但它的 {arrived} 个请求中有 {abandoned} 个没有等到响应：放弃时它们还在途。启动的任务必须全部等待，而且不能靠猜一个时间。",
        ),
        Mistake::NothingSent if runs_beside(seen) => localized!(
            "Not one of the {asked} requests was sent, and the program ended as if all were \
             well: what it started came to its end without sending anything.",
            "{asked} 个请求一个也没有发出，程序却若无其事地结束了：它启动的任务都结束了，但什么也没有发送。",
        ),
        Mistake::NothingSent => localized!(
            "Not one of the {asked} requests was sent, and the program ended as if all were \
             well: a future that is only made does nothing until it is polled.",
            "{asked} 个请求一个也没有发出，程序却若无其事地结束了：仅仅创建的 Future 在被轮询之前什么也不做。",
        ),
        Mistake::AnotherAddress => localized!(
            "Not one request came to this server. Does the program ask at the address that it is \
             given (in a lesson, lesson_kit::url())?",
            "没有任何请求到达这个服务器。程序请求的是给它的地址吗（在课程里是 lesson_kit::url()）？",
        ),
        Mistake::TooManyRequests => localized!(
            "{asked} requests were asked for, and {arrived} arrived.",
            "要求 {asked} 个请求，却来了 {arrived} 个。",
        ),
        Mistake::TooFewRequests => localized!(
            "{asked} requests were asked for, and only {arrived} arrived.",
            "要求 {asked} 个请求，只来了 {arrived} 个。",
        ),
        Mistake::BlockedThread => localized!(
            "Your requests arrived one after another, and while one waited, nothing else on \
             the runtime got its turn, not even the ticks: the wait blocks the thread.",
            "你的请求一个接一个地到达，而且在等待期间，运行时上别的任务都得不到执行，连 tick 也停了：等待阻塞了线程。",
        ),
        Mistake::BlockedWorkers => localized!(
            "Your requests arrived {peak} at a time, and while they waited, nothing else on \
             the runtime got its turn, not even the ticks: each wait blocks a thread.",
            "你的请求每次到达 {peak} 个，而且在等待期间，运行时上别的任务都得不到执行，连 tick 也停了：每次等待都阻塞了一个线程。",
        ),
        Mistake::NoTicks => localized!(
            "No line `tick` came: the spinner is to turn while the requests wait.",
            "一行 tick 也没有：请求等待期间进度指示应当一直转动。",
        ),
        Mistake::LockAcrossAwait => localized!(
            "{announced} requests had been begun, but only {peak} at a time got through: \
             the others wait for something that those hold, such as a lock or a permit that is \
             kept across an .await.",
            "程序已经开始了 {announced} 个请求，但同时只有 {peak} 个真正发出：其余的在等它们持有的东西，比如跨越 .await 持有的锁或许可。",
        ),
        Mistake::ServerBottleneck => localized!(
            "Your client sent {arrived} requests, and {queued} of them were queued in the server: \
             it serves only {peak} at once. More tasks in the client would make the queue \
             longer, not faster.",
            "你的客户端发出了 {arrived} 个请求，其中 {queued} 个在服务器自己的队列里排队：服务器同时只处理 {peak} 个。客户端再多开任务，只会让队伍更长，不会更快。",
        ),
        Mistake::OneByOne if announced > peak && !runs_beside(seen) => localized!(
            "{announced} requests were announced before the first response, but they arrived one \
             after another: a future that is only made has not begun. It begins when it is \
             awaited, spawned or joined with others.",
            "第一个响应到来之前程序已经宣布了 {announced} 个请求，它们却一个接一个地到达：仅仅创建 Future 并不会让它开始。要等到 .await、spawn 或与其他 Future 一起 join 时，它才开始执行。",
        ),
        Mistake::OneByOne => localized!(
            "Your requests arrived one after another: each waited for the answer before.",
            "你的请求一个接一个地到达：每一个都在等前一个的响应。",
        ),
        Mistake::TooFewAtOnce => localized!(
            "At most {peak} requests were in flight at once, and {at_once} could be.",
            "同时最多只有 {peak} 个请求在等待，而本可以有 {at_once} 个。",
        ),
        Mistake::TooManyAtOnce => localized!(
            "{peak} requests were in flight at once, and {at_once} is the bound.",
            "同时有 {peak} 个请求在等待，而上限是 {at_once} 个。",
        ),
        Mistake::TurnedAway => localized!(
            "The server serves {peak} at once, and rejected {rejected} requests beyond that.",
            "服务器同时只处理 {peak} 个，超出的 {rejected} 个请求被拒绝。",
        ),
        Mistake::Chunks => localized!(
            "It waited {rounds} times where {needed} would do: towards the end, some had \
             nothing left to do while others still had a queue of their own.",
            "等待了 {rounds} 次，其实 {needed} 次就够：到了后面，有的已经无事可做，有的手里还排着一队。",
        ),
        Mistake::WaitsForEver => localized!(
            "One response never comes, and the program still waited for it 3 s after all \
             others: it was ended.",
            "有一个响应永远不会来，其余的都到了之后又过了 3 秒，程序仍在等它：程序被终止了。",
        ),
        Mistake::DoesNotEnd => localized!(
            "The program did not end by itself, and had to be ended. It had sent {arrived} of \
             {asked} requests.",
            "程序自己没有结束，只好被终止。它发出了 {asked} 个请求中的 {arrived} 个。",
        ),
        Mistake::OneFailureEndsAll if seen.gave_up_silent => localized!(
            "One response never came, and the program lost the others with it: {answered} came, \
             and {shown} results were shown.",
            "有一个响应始终没有来，程序连同其他响应一起丢掉了：来了 {answered} 个响应，只显示了 {shown} 个结果。",
        ),
        Mistake::OneFailureEndsAll => localized!(
            "One request failed, as some do, and took the others with it: {answered} \
             answers were given, and {shown} results shown.",
            "有一个请求失败了，这是常有的事，却连累了其他请求：服务器给出了 {answered} 个响应，只显示了 {shown} 个结果。",
        ),
        Mistake::StatusIgnored => localized!(
            "The server failed one request with a 503, and the program showed its text as if it \
             were a page: send() is Ok whatever the status. error_for_status() makes it an Err.",
            "服务器对一个请求返回了 503，程序却把它的正文当作页面显示：无论状态码是什么，send() 都是 Ok。error_for_status() 会把它变成 Err。",
        ),
        Mistake::FailureHidden if seen.gave_up_silent => localized!(
            "One response never came, and the program says nothing of it: who reads the {shown} \
             pages does not know that one is missing.",
            "有一个响应始终没有来，程序却只字未提：看到这 {shown} 个页面的人不知道少了一个。",
        ),
        Mistake::FailureHidden => localized!(
            "The server failed one request with a 503, and the program says nothing of it: who \
             reads the {shown} pages does not know that one is missing.",
            "服务器对一个请求返回了 503，程序却只字未提：看到这 {shown} 个页面的人不知道少了一个。",
        ),
        Mistake::Failed => localized!(
            "The program ended with an error; its output says which.",
            "程序以错误结束，原因见它的输出。",
        ),
        Mistake::ResultsLost => localized!(
            "The server sent {answered} pages, and the program's output has {shown}: the text of \
             the others was not printed.",
            "服务器返回了 {answered} 个页面，程序的输出里只有 {shown} 个：其余页面的内容没有打印出来。",
        ),
        Mistake::HeldBack => localized!(
            "{held_back} answers were there long before the slowest, and {shown_before} of them \
             were shown before it came: the slowest held the others back.",
            "早在最慢的响应之前，已有 {held_back} 个响应到了，但在它到来之前只显示了 {shown_before} 个：最慢的一个拖住了其他的。",
        ),
        Mistake::AConnectionEach => localized!(
            "{arrived} requests came on {connections} connections, though at most {peak} \
             were in flight at once: a connection belongs to a client, and a client that is \
             made anew connects anew.",
            "{arrived} 个请求用了 {connections} 个连接，而同时最多只有 {peak} 个请求：连接属于客户端，新建一个客户端就要重新建立连接。",
        ),
        Mistake::LeftRunning => localized!(
            "It left {orphans} processes running when it ended: they were ended too.",
            "它结束时还留下 {orphans} 个进程在运行：它们也被终止了。",
        ),
    }
}

/// What is worth a word about this right program.
#[must_use]
pub fn remark_text(remark: Remark, seen: &Observation) -> Localized {
    let peak = seen.peak;
    match remark {
        Remark::AThreadEach => localized!(
            "All wait at once, but each blocks a thread while it waits: {peak} requests take \
             {peak} threads, and a thousand would take a thousand.",
            "所有请求同时在等待，但每个请求等待时都占着一个线程：{peak} 个请求要 {peak} 个线程，一千个就要一千个。",
        ),
        Remark::SentAgain => {
            let failed = seen.count(RequestOutcome::Failed);
            localized!(
                "{failed} failed and was sent again. That is right for a failure that passes; a \
                 server that always fails would need a bound on it.",
                "有 {failed} 个请求失败后重发了。对暂时的失败，这样做是对的；如果服务器一直失败，重试就需要一个上限。",
            )
        }
    }
}

/// Whether its text starts or joins anything, as far as that is known.
fn runs_beside(seen: &Observation) -> bool {
    seen.source.is_some_and(|source| source.joins || source.starts_work())
}
