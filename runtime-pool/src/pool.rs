//! The pool: what is done with it, and how it ends.

use std::fmt;
use std::sync::Arc;

use futures_util::{Stream, stream};
use tokio_util::sync::CancellationToken;

use crate::context::{block_on, is_inside};
use crate::error::TaskError;
use crate::handle::TaskHandle;
use crate::inner::Inner;
use crate::map::Outcomes;
use crate::worker::Shared;

/// Several single-threaded Tokio runtimes, each on a thread of its own.
///
/// `S` is what the [start function](crate::Builder::start) made on each of them, lent to each
/// task: an HTTP client, a connection, or `()`. It need not be `Send`, and neither need the
/// futures of the tasks, as they never leave their thread.
///
/// A clone is another handle of the same pool, which can be moved into a task. When the last
/// handle is dropped, those in tasks included, the pool terminates in the background. Where
/// tasks have to end, or destructors to have run, use [`close`](Self::close) or
/// [`terminate`](Self::terminate).
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> std::io::Result<()> {
/// use std::cell::Cell;
/// use runtime_pool::RuntimePool;
///
/// // A `Cell` can't be shared between threads: here each runtime has its own.
/// let pool = RuntimePool::builder()
///     .runtimes(2)
///     .tasks_per_runtime(100)
///     .start(async |_runtime| Cell::new(0))
///     .build()?;
/// let counts = pool.map(0..10, async |seen, _| {
///     seen.set(seen.get() + 1);
///     tokio::task::yield_now().await;
///     seen.get()
/// });
/// assert_eq!(counts.await.len(), 10);
/// pool.close().await;
/// # Ok(())
/// # }
/// ```
pub struct RuntimePool<S: 'static = ()> {
    pub(crate) inner: Arc<Inner<S>>,
}

impl<S: 'static> RuntimePool<S> {
    /// Waits until the start functions have succeeded on all runtimes: to find out immediately,
    /// and not by the first tasks, that a client can't be built.
    ///
    /// # Errors
    ///
    /// [`TaskError::StartFailed`] as soon as one of them has failed, [`TaskError::Closed`] if
    /// the pool is closed before.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> std::io::Result<()> {
    /// use runtime_pool::RuntimePool;
    ///
    /// let pool = RuntimePool::builder().try_start(async |_| "12".parse::<u8>()).build()?;
    /// assert!(pool.started().await.is_ok());
    /// let pool = RuntimePool::builder().try_start(async |_| "x".parse::<u8>()).build()?;
    /// assert!(pool.started().await.is_err());
    /// # Ok(())
    /// # }
    /// ```
    pub async fn started(&self) -> Result<(), TaskError> {
        self.inner.shared.dispatcher.all_started().await
    }

    /// [`started`](Self::started) for code that is not async.
    ///
    /// # Errors
    ///
    /// The same.
    ///
    /// # Panics
    ///
    /// On a thread of a pool, which it would block.
    ///
    /// ```
    /// # fn main() -> std::io::Result<()> {
    /// use runtime_pool::RuntimePool;
    ///
    /// let pool = RuntimePool::builder().try_start(async |_| "x".parse::<u8>()).build()?;
    /// assert!(pool.blocking_started().is_err());
    /// # Ok(())
    /// # }
    /// ```
    pub fn blocking_started(&self) -> Result<(), TaskError> {
        block_on(self.started())
    }

    /// Runs one task. The first `await` waits for a permit, first come, first served; the
    /// second one, of the handle, for the outcome. Dropped before it has returned, it cancels
    /// the task.
    ///
    /// What is spawned or mapped on a thread of the pool, by a task that is, needs no permit:
    /// so it can be awaited even where all permits are taken. It does not count against the
    /// limit. Elsewhere, in `spawn_blocking` or by way of another pool, a task that waits for
    /// its own pool may wait for itself.
    ///
    /// On a closed pool the handle has the outcome [`TaskError::Closed`].
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> std::io::Result<()> {
    /// use runtime_pool::RuntimePool;
    ///
    /// let pool = RuntimePool::builder().runtimes(1).tasks_per_runtime(1).build()?;
    /// let inner = pool.clone();
    /// let outer = pool.spawn(async move |()| {
    ///     let handle = inner.spawn(async |()| 1).await;
    ///     handle.await.unwrap() + 1
    /// });
    /// assert_eq!(outer.await.await.unwrap(), 2);
    /// # Ok(())
    /// # }
    /// ```
    pub async fn spawn<F, R>(&self, task: F) -> TaskHandle<R>
    where
        F: AsyncFnOnce(&S) -> R + Send + 'static,
        R: Send + 'static,
    {
        let cancel = CancellationToken::new();
        // If this future is dropped at the moment at which the task is sent, it is not wanted.
        let guard = cancel.clone().drop_guard();
        let (outcome, _was_sent) = self.inner.submit(vec![task], cancel).await;
        TaskHandle { outcome, cancel: guard.disarm() }
    }

    /// [`spawn`](Self::spawn) for code that is not async: blocks until there is a permit.
    ///
    /// # Panics
    ///
    /// On a thread of a pool, which it would block.
    ///
    /// ```
    /// # fn main() -> std::io::Result<()> {
    /// let pool = runtime_pool::RuntimePool::builder().runtimes(1).build()?;
    /// let handle = pool.blocking_spawn(async |()| 42);
    /// assert_eq!(handle.blocking_wait().unwrap(), 42);
    /// # Ok(())
    /// # }
    /// ```
    pub fn blocking_spawn<F, R>(&self, task: F) -> TaskHandle<R>
    where
        F: AsyncFnOnce(&S) -> R + Send + 'static,
        R: Send + 'static,
    {
        block_on(self.spawn(task))
    }

    /// Runs `task` for each item, and gives the outcomes in the order of the items.
    ///
    /// There is one for each, unless the pool is closed or all starts fail: then the map ends
    /// with the first item that could not be run.
    ///
    /// The iterator may borrow from its surroundings, the items may not, since they are sent
    /// to other threads: `words.iter().cloned()`, say. They may be tuples, as in Python's
    /// `starmap`:
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> std::io::Result<()> {
    /// let pool = runtime_pool::RuntimePool::builder().runtimes(2).build()?;
    /// let sums = pool.map([(1, 2), (3, 4)], async |(), (a, b)| a + b).await;
    /// let sums: Result<Vec<_>, _> = sums.into_iter().collect();
    /// assert_eq!(sums.unwrap(), [3, 7]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn map<'a, I, T, F, R>(&self, items: I, task: F) -> Outcomes<'a, R>
    where
        I: IntoIterator<Item = T, IntoIter: Send + 'a>,
        T: Send + 'static,
        F: AsyncFn(&S, T) -> R + Send + Sync + 'static,
        R: Send + 'static,
    {
        self.map_stream(stream::iter(items), task)
    }

    /// Runs `task` for each item, and returns the outcomes in the order of completion.
    ///
    /// [`next_with_index`](Outcomes::next_with_index) gives the index of the item too.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> std::io::Result<()> {
    /// use std::time::Duration;
    ///
    /// let pool = runtime_pool::RuntimePool::builder().runtimes(1).build()?;
    /// let mut outcomes = pool.map_unordered([20, 1, 2], async |(), millis| {
    ///     tokio::time::sleep(Duration::from_millis(millis)).await;
    ///     millis
    /// });
    /// # let mut last = 0;
    /// while let Some(millis) = outcomes.next().await {
    ///     println!("{}", millis.unwrap()); // 1, 2, 20
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn map_unordered<'a, I, T, F, R>(&self, items: I, task: F) -> Outcomes<'a, R>
    where
        I: IntoIterator<Item = T, IntoIter: Send + 'a>,
        T: Send + 'static,
        F: AsyncFn(&S, T) -> R + Send + Sync + 'static,
        R: Send + 'static,
    {
        self.map_stream_unordered(stream::iter(items), task)
    }

    /// [`map`](Self::map) over a stream, which is polled as permits free up.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> std::io::Result<()> {
    /// use futures_util::StreamExt;
    ///
    /// let pool = runtime_pool::RuntimePool::builder().runtimes(2).build()?;
    /// // The outcomes of one map are the input of another, on the same pool.
    /// let lengths = pool.map(["a", "bc"], async |(), word: &str| word.len());
    /// let squares = pool.map_stream(lengths, async |(), length| length.map(|n| n * n));
    /// assert_eq!(squares.count().await, 2);
    /// # Ok(())
    /// # }
    /// ```
    pub fn map_stream<'a, I, F, R>(&self, items: I, task: F) -> Outcomes<'a, R>
    where
        I: Stream<Item: Send + 'static> + Send + 'a,
        F: AsyncFn(&S, I::Item) -> R + Send + Sync + 'static,
        R: Send + 'static,
    {
        Outcomes::new(&self.inner, items, task, true)
    }

    /// [`map_unordered`](Self::map_unordered) over a stream, which is polled as permits free
    /// up.
    ///
    /// The stream may be a channel, to which new work is sent while the map runs:
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> std::io::Result<()> {
    /// use futures_util::stream;
    /// use runtime_pool::RuntimePool;
    /// use tokio::sync::mpsc;
    ///
    /// /// The links on a page: to twice its number, and to the next one.
    /// async fn fetch(_client: &(), page: u32) -> Result<Vec<u32>, String> {
    ///     match page {
    ///         13 => Err(String::from("404 Not Found")),
    ///         page => Ok([page * 2, page + 1].into_iter().filter(|link| *link < 50).collect()),
    ///     }
    /// }
    ///
    /// // A crawler: each link that it finds is another input, once.
    /// let pool = RuntimePool::builder().runtimes(2).total_tasks(8).build()?;
    /// let (queue, mut queued) = mpsc::unbounded_channel();
    /// let input = stream::poll_fn(move |cx| queued.poll_recv(cx));
    /// let mut outcomes = pool.map_stream_unordered(input, fetch);
    ///
    /// let mut pages = vec![1]; // In the order in which they were sent: by index.
    /// queue.send(1).unwrap();
    /// let mut done = 0;
    /// while done < pages.len()
    ///     && let Some((index, outcome)) = outcomes.next_with_index().await
    /// {
    ///     done += 1;
    ///     match outcome {
    ///         Ok(Ok(links)) => {
    ///             for link in links {
    ///                 if !pages.contains(&link) {
    ///                     pages.push(link);
    ///                     queue.send(link).unwrap();
    ///                 }
    ///             }
    ///         }
    ///         Ok(Err(error)) => println!("page {}: {error}", pages[index]),
    ///         Err(error) => println!("page {}: {error}", pages[index]),
    ///     }
    /// }
    /// pool.close().await;
    /// assert_eq!(pages.len(), 49);
    /// # Ok(())
    /// # }
    /// ```
    pub fn map_stream_unordered<'a, I, F, R>(
        &self,
        items: I,
        task: F,
    ) -> Outcomes<'a, R>
    where
        I: Stream<Item: Send + 'static> + Send + 'a,
        F: AsyncFn(&S, I::Item) -> R + Send + Sync + 'static,
        R: Send + 'static,
    {
        Outcomes::new(&self.inner, items, task, false)
    }

    /// Takes no more tasks, waits for those that were submitted, and ends the threads.
    ///
    /// A [`map`](Self::map) that has not yet taken all of its input ends: the next item, if
    /// there is one, has the outcome [`TaskError::Closed`], and is the last. When this
    /// returns, all values of the start function have been dropped, and so has what tasks
    /// started with `spawn_local`. A call of `spawn_blocking` is left to end by itself. Tasks
    /// in flight can still submit to the pool. In a task of the pool this does not wait, as it
    /// would wait for itself.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> std::io::Result<()> {
    /// use runtime_pool::{RuntimePool, TaskError};
    ///
    /// let pool = RuntimePool::builder().runtimes(1).build()?;
    /// let handle = pool.spawn(async |()| "done").await;
    /// pool.close().await;
    /// assert_eq!(handle.await.unwrap(), "done");
    /// let refused = pool.spawn(async |()| ()).await.await;
    /// assert!(matches!(refused, Err(TaskError::Closed)));
    /// # Ok(())
    /// # }
    /// ```
    pub async fn close(&self) {
        self.inner.shared.dispatcher.close();
        self.ended().await;
    }

    /// [`close`](Self::close) for code that is not async.
    ///
    /// # Panics
    ///
    /// On a thread of a pool, which it would block.
    ///
    /// ```
    /// # fn main() -> std::io::Result<()> {
    /// let pool = runtime_pool::RuntimePool::builder().runtimes(1).build()?;
    /// let handle = pool.blocking_spawn(async |()| "done");
    /// pool.blocking_close();
    /// assert!(handle.is_finished());
    /// # Ok(())
    /// # }
    /// ```
    pub fn blocking_close(&self) {
        block_on(self.close());
    }

    /// Drops all tasks, those in flight and those that wait in the queue of a runtime, and
    /// ends the threads. The outcome of each is [`TaskError::Cancelled`]. Those that wait for
    /// a permit end in [`TaskError::Closed`], and a map ends as with [`close`](Self::close).
    ///
    /// When this returns, the destructors of all tasks that had a permit have run, and those
    /// of the values of the start function. A task is dropped where it awaits: one that
    /// computes is waited for. A call of `spawn_blocking` is left to end by itself. In a task
    /// of the pool this does not wait, as it would wait for itself.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> std::io::Result<()> {
    /// use runtime_pool::{RuntimePool, TaskError};
    ///
    /// let pool = RuntimePool::builder().runtimes(1).build()?;
    /// let handle = pool.spawn(async |()| std::future::pending::<()>().await).await;
    /// pool.terminate().await;
    /// assert!(matches!(handle.await, Err(TaskError::Cancelled)));
    /// # Ok(())
    /// # }
    /// ```
    pub async fn terminate(&self) {
        self.inner.shared.dispatcher.terminate();
        self.ended().await;
    }

    /// [`terminate`](Self::terminate) for code that is not async.
    ///
    /// # Panics
    ///
    /// On a thread of a pool, which it would block.
    ///
    /// ```
    /// # fn main() -> std::io::Result<()> {
    /// let pool = runtime_pool::RuntimePool::builder().runtimes(1).build()?;
    /// let handle = pool.blocking_spawn(async |()| std::future::pending::<()>().await);
    /// pool.blocking_terminate();
    /// assert!(handle.blocking_wait().is_err());
    /// # Ok(())
    /// # }
    /// ```
    pub fn blocking_terminate(&self) {
        block_on(self.terminate());
    }

    /// Waits until the threads have ended, unless this is one of them.
    async fn ended(&self) {
        let Shared { dispatcher, threads, .. } = &*self.inner.shared;
        if !is_inside(dispatcher) {
            threads.close();
            threads.wait().await;
        }
    }
}

impl<S: 'static> Clone for RuntimePool<S> {
    fn clone(&self) -> Self {
        Self { inner: Arc::clone(&self.inner) }
    }
}

impl<S: 'static> fmt::Debug for RuntimePool<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RuntimePool").finish_non_exhaustive()
    }
}
