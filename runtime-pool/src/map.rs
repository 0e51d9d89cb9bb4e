//! Mapping: input is taken as permits free up, and the outcomes are a stream.

use std::any::Any;
use std::future::poll_fn;
use std::num::NonZeroUsize;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, ready};
use std::{fmt, iter};

use futures_util::future::BoxFuture;
use futures_util::stream::{self, BoxStream, Fuse};
use futures_util::{FutureExt, Stream, StreamExt};
use tokio::select;
use tokio::sync::watch;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::context::{block_on, is_inside};
use crate::error::Outcome;
use crate::inner::Inner;

/// The outcomes of a [`map`](crate::RuntimePool::map), as a stream. It has three uses:
///
/// - `outcomes.await` is a `Vec` of all of them;
/// - `outcomes.next().await` is the next one, as soon as it is there;
/// - [`outcomes.blocking()`](Self::blocking) is an iterator, for code that is not async.
///
/// Like any stream it does nothing until it is polled. Then it takes input, one item ahead of
/// the permits: the next one when that has its permit. It stops when twice as many tasks as
/// the pool has permits are ahead of what was given out. So an endless input takes a bounded
/// amount of memory, in proportion to the permits, and a consumer that stops polling stops the
/// map.
///
/// Dropped, it cancels the tasks that are in flight. Until then it keeps its pool alive.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> std::io::Result<()> {
/// use runtime_pool::RuntimePool;
///
/// let pool = RuntimePool::builder().runtimes(2).build()?;
/// let mut squares = pool.map(1_u64.., async |(), n| n * n);
/// while let Some(square) = squares.next().await {
///     if square.unwrap() > 100 {
///         break;
///     }
/// }
/// # Ok(())
/// # }
/// ```
#[must_use = "nothing is run until it is awaited or polled"]
pub struct Outcomes<'a, R> {
    /// With the index of the input.
    stream: BoxStream<'a, (usize, Outcome<R>)>,
    chunk: Arc<AtomicUsize>,
    progress: Progress,
    watchers: Option<watch::Sender<Progress>>,
    is_done: bool,
    _cancel: DropGuard,
    /// The jobs in flight need the pool also when all input was taken.
    _pool: Arc<dyn Any + Send + Sync>,
}

/// How far a [`map`](crate::RuntimePool::map) is: see [`Outcomes::progress`].
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> std::io::Result<()> {
/// use runtime_pool::RuntimePool;
///
/// let pool = RuntimePool::builder().runtimes(2).build()?;
/// let mut outcomes = pool.map(0..100, async |(), n| assert!(n != 50));
/// let mut progress = outcomes.progress();
/// let bar = async {
///     while progress.changed().await.is_ok() {
///         let now = *progress.borrow_and_update();
///         eprint!("\r{} of 100, {} failed", now.finished, now.failed);
///     }
/// };
/// tokio::join!(outcomes, bar);
/// let end = *progress.borrow();
/// assert_eq!((end.finished, end.failed), (100, 1));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// Tasks whose outcome was given out, whatever it was.
    pub finished: u64,
    /// Of those, the ones that ended in a [`TaskError`](crate::TaskError); a task's own error
    /// is a result.
    pub failed: u64,
}

impl<'a, R: Send + 'static> Outcomes<'a, R> {
    /// Sets up the stream. Nothing is run yet.
    pub(crate) fn new<S, T, F>(
        pool: &Arc<Inner<S>>,
        input: impl Stream<Item = T> + Send + 'a,
        task: F,
        is_ordered: bool,
    ) -> Self
    where
        S: 'static,
        T: Send + 'static,
        F: AsyncFn(&S, T) -> R + Send + Sync + 'static,
    {
        let cancel = CancellationToken::new();
        let chunk = Arc::new(AtomicUsize::new(1));
        let feed = Feed {
            pool: Arc::clone(pool),
            input: Box::pin(input.fuse()),
            taken: 0,
            task: Arc::new(task),
            chunk: Arc::clone(&chunk),
            cancel: cancel.clone(),
            is_refused: false,
        };
        let jobs = stream::unfold(feed, Feed::submit_next);
        let ahead = pool.tasks.saturating_mul(2);
        let outcomes = if is_ordered {
            jobs.buffered(ahead).boxed()
        } else {
            jobs.buffer_unordered(ahead).boxed()
        };
        Self {
            stream: outcomes.flat_map(stream::iter).boxed(),
            chunk,
            progress: Progress::default(),
            watchers: None,
            is_done: false,
            _cancel: cancel.drop_guard(),
            _pool: Arc::clone(pool) as _,
        }
    }

    /// Submits up to `most` inputs as one task, which runs them one after another: for work so
    /// short that handing it over takes longer. Each input still has its own outcome.
    ///
    /// A chunk is what the input has ready, so a slow input is not waited for. Its outcomes
    /// come together.
    ///
    /// ```
    /// # fn main() -> std::io::Result<()> {
    /// use std::num::NonZeroUsize;
    /// use runtime_pool::RuntimePool;
    ///
    /// let pool = RuntimePool::builder().runtimes(2).build()?;
    /// let hundred = NonZeroUsize::new(100).unwrap();
    /// let sum: u64 = pool
    ///     .map(0..10_000_u64, async |(), n| n % 7)
    ///     .chunks(hundred)
    ///     .blocking()
    ///     .map(Result::unwrap)
    ///     .sum();
    /// assert_eq!(sum, (0..10_000).map(|n| n % 7).sum());
    /// # Ok(())
    /// # }
    /// ```
    pub fn chunks(self, most: NonZeroUsize) -> Self {
        self.chunk.store(most.get(), Ordering::Relaxed);
        self
    }

    /// The progress from now on, to be watched from elsewhere, such as a task that draws a
    /// bar.
    ///
    /// The sender is dropped after the last outcome. [`Progress`] has a longer example.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> std::io::Result<()> {
    /// let pool = runtime_pool::RuntimePool::builder().runtimes(2).build()?;
    /// let mut outcomes = pool.map(0..10, async |(), n| n);
    /// let progress = outcomes.progress();
    /// outcomes.next().await;
    /// assert_eq!(progress.borrow().finished, 1);
    /// # Ok(())
    /// # }
    /// ```
    pub fn progress(&mut self) -> watch::Receiver<Progress> {
        let sender = self
            .watchers
            .take()
            .unwrap_or_else(|| watch::Sender::new(self.progress));
        let receiver = sender.subscribe();
        self.watchers = (!self.is_done).then_some(sender);
        receiver
    }

    /// The next outcome, or `None` after the last. Nothing is lost if the future is dropped.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> std::io::Result<()> {
    /// let pool = runtime_pool::RuntimePool::builder().runtimes(2).build()?;
    /// let mut outcomes = pool.map(["only"], async |(), word| word.len());
    /// assert_eq!(outcomes.next().await.unwrap().unwrap(), 4);
    /// assert!(outcomes.next().await.is_none());
    /// # Ok(())
    /// # }
    /// ```
    pub async fn next(&mut self) -> Option<Outcome<R>> {
        StreamExt::next(self).await
    }

    /// The next outcome, with the index of its input: 0 for the first. In a
    /// [`map_unordered`](crate::RuntimePool::map_unordered) it says which task panicked.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> std::io::Result<()> {
    /// let pool = runtime_pool::RuntimePool::builder().runtimes(2).build()?;
    /// let hosts = ["a.example", "", "b.example"];
    /// let mut outcomes = pool.map_unordered(hosts, async |(), host| assert!(host != ""));
    /// while let Some((index, outcome)) = outcomes.next_with_index().await {
    ///     assert_eq!(outcome.is_err(), hosts[index] == "");
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn next_with_index(&mut self) -> Option<(usize, Outcome<R>)> {
        poll_fn(|cx| self.poll_next_with_index(cx)).await
    }

    /// An iterator over the outcomes, for code that is not async: it blocks the thread until
    /// the next one is there.
    ///
    /// # Panics
    ///
    /// Its `next` panics in a task of a pool, which it would block.
    ///
    /// ```
    /// # fn main() -> std::io::Result<()> {
    /// let pool = runtime_pool::RuntimePool::builder().runtimes(2).build()?;
    /// for outcome in pool.map(["a", "b"], async |(), name| name.len()).blocking() {
    ///     assert_eq!(outcome.unwrap(), 1);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn blocking(mut self) -> impl Iterator<Item = Outcome<R>> {
        iter::from_fn(move || block_on(self.next()))
    }
}

impl<R> Outcomes<'_, R> {
    fn poll_next_with_index(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Option<(usize, Outcome<R>)>> {
        let next = ready!(self.stream.poll_next_unpin(cx));
        match &next {
            Some((_, outcome)) => {
                self.progress.finished += 1;
                self.progress.failed += u64::from(outcome.is_err());
                if let Some(watchers) = &self.watchers {
                    watchers.send_replace(self.progress);
                }
            }
            None => (self.is_done, self.watchers) = (true, None),
        }
        Poll::Ready(next)
    }
}

impl<R> Stream for Outcomes<'_, R> {
    type Item = Outcome<R>;

    fn poll_next(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Outcome<R>>> {
        let next = ready!(self.poll_next_with_index(cx));
        Poll::Ready(next.map(|(_, outcome)| outcome))
    }
}

impl<'a, R: Send + 'static> IntoFuture for Outcomes<'a, R> {
    type Output = Vec<Outcome<R>>;
    type IntoFuture = BoxFuture<'a, Vec<Outcome<R>>>;

    fn into_future(self) -> Self::IntoFuture {
        self.collect().boxed()
    }
}

impl<R> fmt::Debug for Outcomes<'_, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outcomes").finish_non_exhaustive()
    }
}

/// Takes input and submits it. It is a part of the stream, and so runs when that is polled.
struct Feed<S: 'static, I, F> {
    pool: Arc<Inner<S>>,
    input: Pin<Box<Fuse<I>>>,
    taken: usize,
    task: Arc<F>,
    chunk: Arc<AtomicUsize>,
    cancel: CancellationToken,
    is_refused: bool,
}

impl<S: 'static, I, F> Feed<S, I, F> {
    /// Waits for input, and until that has a permit. Returns the outcomes to come, with the
    /// index of each, or `None` when no more input is taken.
    async fn submit_next<T, R>(
        mut self,
    ) -> Option<(impl Future<Output = Vec<(usize, Outcome<R>)>> + Send, Self)>
    where
        I: Stream<Item = T>,
        T: Send + 'static,
        F: AsyncFn(&S, T) -> R + Send + Sync + 'static,
        R: Send + 'static,
    {
        if self.is_refused {
            return None;
        }
        let dispatcher = Arc::clone(&self.pool.shared.dispatcher);
        let first = select! {
            biased;
            first = self.input.next() => first?,
            () = dispatcher.closed.cancelled(), if !is_inside(&dispatcher) => return None,
        };
        let mut tasks = vec![bind(&self.task, first)];
        while tasks.len() < self.chunk.load(Ordering::Relaxed)
            && let Some(Some(item)) = self.input.next().now_or_never()
        {
            tasks.push(bind(&self.task, item));
        }
        let first = self.taken;
        self.taken += tasks.len();
        let (job, was_sent) = self.pool.submit(tasks, self.cancel.clone()).await;
        self.is_refused = !was_sent;
        // A job always sends its outcomes.
        let outcomes =
            job.map(move |job| (first..).zip(job.unwrap_or_default()).collect());
        Some((outcomes, self))
    }
}

/// The task for one input.
fn bind<S, T, F, R>(
    task: &Arc<F>,
    item: T,
) -> impl AsyncFnOnce(&S) -> R + Send + 'static + use<S, T, F, R>
where
    T: Send + 'static,
    F: AsyncFn(&S, T) -> R + Send + Sync + 'static,
{
    let task = Arc::clone(task);
    async move |state: &S| task(state, item).await
}
