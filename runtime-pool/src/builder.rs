//! The settings of a pool, and its start.

use std::convert::Infallible;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;
use std::{fmt, io, thread};

use futures_util::FutureExt;
use tokio::sync::mpsc;
use tokio_util::task::TaskTracker;

use crate::dispatcher::Dispatcher;
use crate::error::TaskError;
use crate::inner::Inner;
use crate::pool::RuntimePool;
use crate::scheduler::{RoundRobin, Scheduler};
use crate::task::OnError;
use crate::worker::{BoxError, Shared, Start, Worker};

/// The settings of a [`RuntimePool`]: [`RuntimePool::builder`] makes one.
///
/// ```
/// # fn main() -> std::io::Result<()> {
/// use std::time::Duration;
/// use runtime_pool::{LeastLoaded, RuntimePool};
///
/// let pool = RuntimePool::builder()
///     .runtimes(4)
///     .tasks_per_runtime(64)
///     .scheduler(LeastLoaded)
///     .task_timeout(Duration::from_secs(30))
///     .replace_after(10_000)
///     .on_error(|error| eprintln!("{error}"))
///     .start(async |runtime| format!("value of runtime {runtime}"))
///     .build()?;
/// # pool.blocking_close();
/// # Ok(())
/// # }
/// ```
#[must_use = "a builder does nothing until `build` is called"]
pub struct Builder<S: 'static = ()> {
    settings: Settings,
    start: Start<S>,
}

struct Settings {
    runtimes: Option<usize>,
    limit: Limit,
    replace_after: usize,
    task_timeout: Option<Duration>,
    scheduler: Box<dyn Scheduler>,
    on_error: OnError,
    configure: Arc<dyn Fn(&mut tokio::runtime::Builder) + Send + Sync>,
}

#[derive(Clone, Copy)]
enum Limit {
    PerRuntime(usize),
    Total(usize),
}

impl RuntimePool {
    /// Starts to set up a pool. Without further calls it has a runtime for each CPU, with 16
    /// tasks at a time each.
    ///
    /// ```
    /// # fn main() -> std::io::Result<()> {
    /// let pool = runtime_pool::RuntimePool::builder().build()?;
    /// # pool.blocking_close();
    /// # Ok(())
    /// # }
    /// ```
    pub fn builder() -> Builder {
        let settings = Settings {
            runtimes: None,
            limit: Limit::PerRuntime(16),
            replace_after: usize::MAX,
            task_timeout: None,
            scheduler: Box::new(RoundRobin::default()),
            on_error: None,
            configure: Arc::new(|_| {}),
        };
        Builder { settings, start: Arc::new(|_| async { Ok(()) }.boxed_local()) }
    }
}

impl<S: 'static> Builder<S> {
    /// The number of runtimes, each on a thread of its own. The default is the number of CPUs.
    ///
    /// ```
    /// # fn main() -> std::io::Result<()> {
    /// let pool = runtime_pool::RuntimePool::builder().runtimes(4).build()?;
    /// # pool.blocking_close();
    /// # Ok(())
    /// # }
    /// ```
    pub fn runtimes(mut self, runtimes: usize) -> Self {
        self.settings.runtimes = Some(runtimes);
        self
    }

    /// The most tasks at a time on each runtime. The default is 16.
    ///
    /// A task that waits costs little, so hundreds are usual where they wait for a network.
    ///
    /// ```
    /// # fn main() -> std::io::Result<()> {
    /// let pool = runtime_pool::RuntimePool::builder().tasks_per_runtime(500).build()?;
    /// # pool.blocking_close();
    /// # Ok(())
    /// # }
    /// ```
    pub fn tasks_per_runtime(mut self, tasks: usize) -> Self {
        self.settings.limit = Limit::PerRuntime(tasks);
        self
    }

    /// The most tasks at a time over all runtimes, which is split among them: 10 on four
    /// runtimes are 3, 3, 2 and 2. No more runtimes are started than there are tasks. What a
    /// task submits to its own pool is [not counted](RuntimePool::spawn).
    ///
    /// ```
    /// # fn main() -> std::io::Result<()> {
    /// // A server that allows 10 connections.
    /// let pool = runtime_pool::RuntimePool::builder().runtimes(4).total_tasks(10).build()?;
    /// # pool.blocking_close();
    /// # Ok(())
    /// # }
    /// ```
    pub fn total_tasks(mut self, tasks: usize) -> Self {
        self.settings.limit = Limit::Total(tasks);
        self
    }

    /// Replaces a runtime after `tasks` tasks (or chunks): its successor has a thread and
    /// a start value of its own, and takes over immediately, while the tasks of the old one end.
    /// It bounds what a leak can cost. By default none is replaced.
    ///
    /// If the start of a successor fails, the pool continues with one runtime fewer: a start
    /// that may fail for a while should try again itself.
    ///
    /// ```
    /// # fn main() -> std::io::Result<()> {
    /// use std::sync::atomic::{AtomicUsize, Ordering};
    ///
    /// static STARTS: AtomicUsize = AtomicUsize::new(0);
    /// let pool = runtime_pool::RuntimePool::builder()
    ///     .runtimes(1)
    ///     .replace_after(10)
    ///     .start(async |_| STARTS.fetch_add(1, Ordering::Relaxed))
    ///     .build()?;
    /// assert_eq!(pool.map(0..25, async |_, n| n).blocking().count(), 25);
    /// pool.blocking_close();
    /// assert_eq!(STARTS.load(Ordering::Relaxed), 3);
    /// # Ok(())
    /// # }
    /// ```
    pub fn replace_after(mut self, tasks: usize) -> Self {
        self.settings.replace_after = tasks;
        self
    }

    /// Ends a task that takes longer with the outcome [`TaskError::TimedOut`]. The time
    /// begins when the task does, not when it is submitted. By default there is no limit.
    ///
    /// ```
    /// # fn main() -> std::io::Result<()> {
    /// use std::time::Duration;
    /// use runtime_pool::{RuntimePool, TaskError};
    ///
    /// let pool = RuntimePool::builder().task_timeout(Duration::from_millis(1)).build()?;
    /// let handle = pool.blocking_spawn(async |()| std::future::pending::<()>().await);
    /// assert!(matches!(handle.blocking_wait(), Err(TaskError::TimedOut(_))));
    /// # Ok(())
    /// # }
    /// ```
    pub fn task_timeout(mut self, limit: Duration) -> Self {
        self.settings.task_timeout = Some(limit);
        self
    }

    /// How to choose a runtime for each task. The default is [`RoundRobin`].
    ///
    /// ```
    /// # fn main() -> std::io::Result<()> {
    /// use runtime_pool::{LeastLoaded, RuntimePool};
    ///
    /// let pool = RuntimePool::builder().scheduler(LeastLoaded).build()?;
    /// # pool.blocking_close();
    /// # Ok(())
    /// # }
    /// ```
    pub fn scheduler(mut self, scheduler: impl Scheduler) -> Self {
        self.settings.scheduler = Box::new(scheduler);
        self
    }

    /// Calls `hook` for each task that panics, takes too long or is cancelled, before its
    /// outcome is given out. It is called once for each start function that fails, and not for
    /// the tasks that are then not run. A task's own error is a part of its result: use
    /// `inspect_err` in the task for that.
    ///
    /// ```
    /// # fn main() -> std::io::Result<()> {
    /// use std::sync::mpsc;
    /// use runtime_pool::RuntimePool;
    ///
    /// let (log, lines) = mpsc::channel();
    /// let pool = RuntimePool::builder()
    ///     .on_error(move |error| log.send(error.to_string()).unwrap())
    ///     .build()?;
    /// let handle = pool.blocking_spawn(async |()| panic!("out of ink"));
    /// assert!(handle.blocking_wait().is_err());
    /// assert_eq!(lines.recv().unwrap(), "the task panicked: out of ink");
    /// # Ok(())
    /// # }
    /// ```
    pub fn on_error(
        mut self,
        hook: impl Fn(&TaskError) + Send + Sync + 'static,
    ) -> Self {
        self.settings.on_error = Some(Arc::new(hook));
        self
    }

    /// Changes the settings of each runtime, in Tokio's `Builder`, before it is built. What
    /// they say about threads is for those of `spawn_blocking` alone. All drivers are enabled
    /// already.
    ///
    /// ```
    /// # fn main() -> std::io::Result<()> {
    /// let pool = runtime_pool::RuntimePool::builder()
    ///     .configure_runtime(|runtime| {
    ///         runtime.max_blocking_threads(4);
    ///     })
    ///     .build()?;
    /// # pool.blocking_close();
    /// # Ok(())
    /// # }
    /// ```
    pub fn configure_runtime(
        mut self,
        configure: impl Fn(&mut tokio::runtime::Builder) + Send + Sync + 'static,
    ) -> Self {
        self.settings.configure = Arc::new(configure);
        self
    }

    /// Runs `start` on each runtime before its first task, with the number of the runtime. A
    /// reference to what it returns is given to each task.
    ///
    /// ```
    /// # fn main() -> std::io::Result<()> {
    /// use std::cell::RefCell;
    /// use runtime_pool::RuntimePool;
    ///
    /// let pool = RuntimePool::builder()
    ///     .runtimes(1)
    ///     .start(async |_runtime| RefCell::new(Vec::new()))
    ///     .build()?;
    /// let lengths = pool.map(["a", "b", "c"], async |words, word| {
    ///     words.borrow_mut().push(word);
    ///     words.borrow().len()
    /// });
    /// let lengths: Vec<usize> = lengths.blocking().map(Result::unwrap).collect();
    /// assert_eq!(lengths, [1, 2, 3]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn start<S2, F>(self, start: F) -> Builder<S2>
    where
        F: AsyncFn(usize) -> S2 + Send + Sync + 'static,
    {
        self.try_start(async move |runtime| {
            Ok::<_, Infallible>(start(runtime).await)
        })
    }

    /// [`start`](Self::start) with a function that can fail.
    ///
    /// A runtime whose start failed, or panicked, gets no more tasks, and those that it had
    /// been given end in [`TaskError::StartFailed`]. The other runtimes go on. If there is no
    /// other, no task can be run. To find out before the first task, await
    /// [`RuntimePool::started`]. Tasks that were given to a runtime wait for the end of its
    /// start, and can't be aborted until then.
    ///
    /// ```
    /// # fn main() -> std::io::Result<()> {
    /// use runtime_pool::RuntimePool;
    ///
    /// let pool = RuntimePool::builder()
    ///     .try_start(async |_| std::fs::read_to_string("/no/such/file"))
    ///     .build()?;
    /// let outcome = pool.blocking_spawn(async |text| text.len()).blocking_wait();
    /// let error = outcome.unwrap_err().to_string();
    /// assert!(error.starts_with("the start function of the runtime failed: "), "{error}");
    /// # Ok(())
    /// # }
    /// ```
    pub fn try_start<S2, E, F>(self, start: F) -> Builder<S2>
    where
        F: AsyncFn(usize) -> Result<S2, E> + Send + Sync + 'static,
        E: Into<BoxError>,
    {
        let start = Arc::new(start);
        let start: Start<S2> = Arc::new(move |runtime| {
            let start = Arc::clone(&start);
            async move { start(runtime).await.map_err(Into::into) }.boxed_local()
        });
        Builder { settings: self.settings, start }
    }

    /// Starts the threads. The start functions run on them, and are not waited for.
    ///
    /// # Errors
    ///
    /// A number of runtimes or tasks is 0, or the system can't start the threads.
    ///
    /// ```
    /// let error = runtime_pool::RuntimePool::builder().runtimes(0).build().unwrap_err();
    /// assert_eq!(error.to_string(), "runtimes: a pool needs at least 1");
    /// ```
    pub fn build(self) -> io::Result<RuntimePool<S>> {
        let Self { settings, start } = self;
        let cpus = || thread::available_parallelism().map_or(1, NonZeroUsize::get);
        let runtimes =
            at_least_one("runtimes", settings.runtimes.unwrap_or_else(cpus))?;
        let replace_after = at_least_one("replace_after", settings.replace_after)?;
        let limits: Vec<usize> = match settings.limit {
            Limit::PerRuntime(tasks) => {
                vec![at_least_one("tasks_per_runtime", tasks)?; runtimes]
            }
            Limit::Total(tasks) => {
                split(at_least_one("total_tasks", tasks)?, runtimes)
            }
        };
        let tasks = limits.iter().copied().fold(0, usize::saturating_add);
        let (senders, receivers): (Vec<_>, Vec<_>) =
            limits.iter().map(|_| mpsc::unbounded_channel()).unzip();
        let dispatcher = Dispatcher::new(&limits, senders, settings.scheduler);
        let shared = Arc::new(Shared {
            dispatcher: Arc::new(dispatcher),
            start,
            configure: settings.configure,
            replace_after,
            on_error: settings.on_error,
            threads: TaskTracker::new(),
        });
        let task_timeout = settings.task_timeout;
        // If a thread can't be started, dropping `inner` ends those that were.
        let inner =
            Arc::new(Inner { shared: Arc::clone(&shared), task_timeout, tasks });
        for (index, jobs) in receivers.into_iter().enumerate() {
            let shared = Arc::clone(&shared);
            let worker =
                Worker { index, jobs, shared, refusal: TaskError::Cancelled };
            worker.spawn().map_err(|(_, error)| error)?;
        }
        Ok(RuntimePool { inner })
    }
}

fn at_least_one(name: &str, value: usize) -> io::Result<usize> {
    if value == 0 {
        let why = format!("{name}: a pool needs at least 1");
        return Err(io::Error::new(io::ErrorKind::InvalidInput, why));
    }
    Ok(value)
}

/// Splits a total as evenly as it goes. No part is 0.
fn split(total: usize, parts: usize) -> Vec<usize> {
    let parts = parts.min(total);
    (0..parts)
        .map(|part| total / parts + usize::from(part < total % parts))
        .collect()
}

impl<S: 'static> fmt::Debug for Builder<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder").finish_non_exhaustive()
    }
}
