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
            "The program awaits something that is not a future.",
            "被 .await 的不是 Future。",
        ),
        Mistake::DoesNotCompile => {
            localized!("The program does not compile.", "程序没有通过编译。",)
        }
        Mistake::BlockingClientInARuntime
            if seen.source.is_some_and(|source| !source.blocks) =>
        {
            localized!(
                "The program panicked: block_on was called inside a runtime, whose thread it would \
                 block. Inside a runtime, use .await.",
                "程序 panic 了：在运行时内部调用了 block_on，它会阻塞运行时的线程。在运行时里，等待要用 .await。",
            )
        }
        Mistake::BlockingClientInARuntime => localized!(
            "The program panicked: a blocking client has a runtime of its own, and a runtime \
             cannot be started or dropped inside another one.",
            "程序 panic 了：阻塞客户端自带一个运行时，而运行时不能在另一个运行时里启动或销毁。",
        ),
        Mistake::Panicked => localized!(
            "The program panicked; its output says why.",
            "程序 panic 了，原因见程序的输出。",
        ),
        Mistake::LeftTooEarly if arrived == 0 => localized!(
            "The program started tasks or threads and exited immediately, before any of the {asked} \
             requests was sent: what still runs when main returns is dropped.",
            "程序启动了任务或线程，却立即退出了，{asked} 个请求一个也没来得及发出：main 一返回，还在运行的就被丢弃。",
        ),
        Mistake::LeftTooEarly if abandoned == 0 => localized!(
            "The program exited without an error after {arrived} of {asked} requests, and did not \
             wait for what it had started: the other requests were never sent.",
            "{asked} 个请求发出 {arrived} 个之后，程序就正常退出了，没有等待已经启动的任务：其余的请求根本没有发出。",
        ),
        Mistake::LeftTooEarly if unseen > 0 => localized!(
            "The program exited without an error after {shown} of {asked} results: the server \
             had sent {unseen} more, with {abandoned} of {arrived} requests still in flight. \
             Everything that is started has to be awaited.",
            "程序正常退出，{asked} 个结果只显示了 {shown} 个：另有 {unseen} 个响应已经发出，{arrived} 个请求中还有 {abandoned} 个在途。启动的任务必须全部等待。",
        ),
        Mistake::LeftTooEarly => localized!(
            "The program exited without an error with {abandoned} of its {arrived} requests \
             still in flight. Everything that is started has to be awaited; sleeping for a \
             guessed time is not enough.",
            "程序正常退出时，它的 {arrived} 个请求中还有 {abandoned} 个在途。启动的任务必须全部等待，只 sleep 一段估计的时间是不够的。",
        ),
        Mistake::NothingSent if runs_beside(seen) => localized!(
            "None of the {asked} requests was sent, and the program exited without an error: what \
             it started ended without sending anything.",
            "{asked} 个请求一个也没有发出，程序却正常退出了：它启动的任务都结束了，但什么也没有发送。",
        ),
        Mistake::NothingSent => localized!(
            "None of the {asked} requests was sent, and the program exited without an error: a \
             future does nothing until it is polled.",
            "{asked} 个请求一个也没有发出，程序却正常退出了：Future 在被轮询之前什么也不做。",
        ),
        Mistake::AnotherAddress => localized!(
            "No request arrived at this server. Does the program use the address that it is given \
             (in a lesson, lesson_kit::url())?",
            "没有任何请求到达这个服务器。程序用的是给它的地址吗（在课程里是 lesson_kit::url()）？",
        ),
        Mistake::TooManyRequests => localized!(
            "{arrived} requests arrived instead of {asked}.",
            "到达了 {arrived} 个请求，应为 {asked} 个。",
        ),
        Mistake::TooFewRequests => localized!(
            "Only {arrived} of {asked} requests arrived.",
            "只到达了 {arrived} 个请求，应为 {asked} 个。",
        ),
        Mistake::BlockedThread => localized!(
            "The requests arrived one after another, and while one was in flight, no other task of \
             the runtime ran, not even the ticks: the call blocks the thread.",
            "请求逐个到达，而且每个请求在途期间，运行时上的其他任务都得不到执行，连 tick 也停了：这个调用阻塞了线程。",
        ),
        Mistake::BlockedWorkers => localized!(
            "The requests arrived {peak} at a time, and while they were in flight, no other task of \
             the runtime ran, not even the ticks: each call blocks a thread.",
            "同时最多只有 {peak} 个请求到达，而且它们在途期间，运行时上的其他任务都得不到执行，连 tick 也停了：每个调用都阻塞了一个线程。",
        ),
        Mistake::NoTicks => localized!(
            "The program printed no `tick` line: the spinner has to turn while the requests \
             are in flight.",
            "程序一行 tick 也没有打印：请求在途期间，进度指示应当一直转动。",
        ),
        Mistake::LockAcrossAwait => localized!(
            "The program announced {announced} requests, but had at most {peak} in flight: \
             the others waited for something held by those in flight, such as a lock or a \
             permit that is held across an .await.",
            "按程序的输出，已经开始了 {announced} 个请求，但最多只有 {peak} 个在途：\
             其余的在等它们持有的东西，比如跨越 .await 持有的锁或许可。",
        ),
        Mistake::ServerBottleneck => localized!(
            "The client sent {arrived} requests, and the server queued {queued} of them: it serves \
             only {peak} at a time. More tasks in the client would only make the queue longer.",
            "客户端发出了 {arrived} 个请求，其中 {queued} 个在服务器排队：服务器同时最多处理 {peak} 个。客户端再多开任务，只会让队列更长。",
        ),
        Mistake::OneByOne if announced > peak && !runs_beside(seen) => localized!(
            "The program announced {announced} requests before the first response, but they \
             arrived one after another: creating a future does not start it. It runs when it is \
             awaited, spawned or joined with others.",
            "第一个响应到来之前，按程序的输出已经开始了 {announced} 个请求，它们却逐个到达：\
             创建 Future 并不会让它开始执行。\
             要等到 .await、spawn 或与其他 Future 一起 join 时，它才会执行。",
        ),
        Mistake::OneByOne => localized!(
            "The requests arrived one after another: each was sent after the response to the one \
             before.",
            "请求逐个到达：每一个都在前一个得到响应之后才发出。",
        ),
        Mistake::TooFewAtOnce => localized!(
            "At most {peak} requests were in flight, where {at_once} could be.",
            "最多只有 {peak} 个请求在途，而本可以有 {at_once} 个。",
        ),
        Mistake::TooManyAtOnce => localized!(
            "{peak} requests were in flight, where the limit is {at_once}.",
            "有 {peak} 个请求同时在途，而上限是 {at_once} 个。",
        ),
        Mistake::TurnedAway => localized!(
            "The server serves {peak} requests at a time, and rejected {rejected} beyond that.",
            "服务器同时最多处理 {peak} 个请求，超出的 {rejected} 个被拒绝。",
        ),
        Mistake::Chunks => localized!(
            "The program needed {rounds} waves, where {needed} are enough: towards the end some \
             workers were idle while others still had several requests to send.",
            "程序用了 {rounds} 轮，其实 {needed} 轮就够：到了最后，有的线程已经空闲，有的还有好几个请求要发。",
        ),
        Mistake::WaitsForEver => localized!(
            "One response never came. The program was still waiting for it 3 s after all the \
             others, and was stopped.",
            "有一个响应永远不会到来。其余的都到了之后又过了 3 秒，程序仍在等它，于是被终止。",
        ),
        Mistake::DoesNotEnd => localized!(
            "The program did not exit by itself and was stopped. It had sent {arrived} of {asked} \
             requests.",
            "程序没有自行退出，被终止了。{asked} 个请求它发出了 {arrived} 个。",
        ),
        Mistake::OneFailureEndsAll if seen.gave_up_silent => localized!(
            "One response never came, and the program lost others with it: it got {answered} \
             pages, and showed {shown}.",
            "有一个响应始终没有到来，程序把其他响应也一起丢掉了：得到了 {answered} 个页面，只显示了 {shown} 个结果。",
        ),
        Mistake::OneFailureEndsAll => localized!(
            "One request failed, and the program lost others with it: the server sent \
             {answered} pages, and the program showed {shown}.",
            "有一个请求失败了，程序把其他请求的结果也一起丢掉了：服务器返回了 {answered} 个页面，只显示了 {shown} 个结果。",
        ),
        Mistake::StatusIgnored => localized!(
            "The server responded to one request with a 503, and the program showed its text as if \
             it were a page: send() returns Ok whatever the status. error_for_status() turns it into \
             an Err.",
            "服务器对一个请求返回了 503，程序却把它的正文当作页面显示：无论状态码是什么，send() 都返回 Ok。error_for_status() 会把它变成 Err。",
        ),
        Mistake::FailureHidden if seen.gave_up_silent => localized!(
            "One response never came, and the program does not say so: the output shows \
             {shown} pages, but not that one is missing.",
            "有一个响应始终没有到来，程序却没有说明：从输出的 {shown} 个页面看不出少了一个。",
        ),
        Mistake::FailureHidden => localized!(
            "The server responded to one request with a 503, and the program does not say so: the \
             output shows {shown} pages, but not that one is missing.",
            "服务器对一个请求返回了 503，程序却没有说明：从输出的 {shown} 个页面看不出少了一个。",
        ),
        Mistake::Failed => localized!(
            "The program exited with an error; its output says which.",
            "程序出错退出，原因见程序的输出。",
        ),
        Mistake::ResultsLost => localized!(
            "The server sent {answered} pages, and the program printed {shown}: the text of the \
             others is missing from its output.",
            "服务器返回了 {answered} 个页面，程序的输出里只有 {shown} 个：其余页面的内容没有打印出来。",
        ),
        Mistake::HeldBack => localized!(
            "{held_back} responses arrived long before the slowest, and {shown_before} of them were \
             shown before it arrived: the slowest held the others back.",
            "最慢的响应到达之前，早已有 {held_back} 个响应到达，但当时只显示了 {shown_before} 个：其他结果被最慢的一个拖住了。",
        ),
        Mistake::AConnectionEach => localized!(
            "{arrived} requests used {connections} connections, though at most {peak} were in \
             flight: connections belong to a client, and every new client opens new ones.",
            "{arrived} 个请求用了 {connections} 个连接，而最多只有 {peak} 个在途：连接属于客户端，每新建一个客户端都要重新建立连接。",
        ),
        Mistake::LeftRunning => localized!(
            "The program exited with {orphans} of its processes still running (now stopped).",
            "程序退出时还留下 {orphans} 个进程在运行，它们也被终止了。",
        ),
    }
}

/// What is worth a word about this right program.
#[must_use]
pub fn remark_text(remark: Remark, seen: &Observation) -> Localized {
    let peak = seen.peak;
    match remark {
        Remark::AThreadEach => localized!(
            "All requests are in flight together, but each blocks a thread: {peak} requests need \
             {peak} threads, and a thousand would need a thousand.",
            "所有请求同时在途，但每个请求都占着一个线程：{peak} 个请求要 {peak} 个线程，一千个就要一千个。",
        ),
        Remark::SentAgain => {
            let failed = seen.count(RequestOutcome::Failed);
            localized!(
                "{failed} failed request was sent again. That is right for a temporary failure; a \
                 server that always fails would need a limit on retries.",
                "有 {failed} 个请求失败后重发了。对暂时的失败，这样做是对的；如果服务器一直失败，重试次数就需要上限。",
            )
        }
    }
}

/// Whether its text starts or joins anything, as far as that is known.
fn runs_beside(seen: &Observation) -> bool {
    seen.source.is_some_and(|source| source.joins || source.starts_work())
}
