//! Which runtime the next task runs on.

/// Chooses the runtime for each task.
///
/// It is asked once for each task (or chunk), when a permit is free, and only sees runtimes
/// that have one: so a runtime that is full or whose start failed is never waited for. (For
/// what a task submits to its own pool, it sees the full ones too.) Those of the library are
/// [`RoundRobin`] and [`LeastLoaded`]; your own is one method:
///
/// ```
/// # fn main() -> std::io::Result<()> {
/// use runtime_pool::{RuntimeLoad, RuntimePool, Scheduler};
///
/// /// Fills one runtime before it uses the next, so that few of them wake up.
/// struct FillUp;
///
/// impl Scheduler for FillUp {
///     fn pick<'a>(&mut self, free: &'a [RuntimeLoad]) -> &'a RuntimeLoad {
///         &free[0]
///     }
/// }
///
/// let pool = RuntimePool::builder()
///     .runtimes(4)
///     .scheduler(FillUp)
///     .start(async |runtime| runtime)
///     .build()?;
/// let used: Vec<usize> = pool
///     .map(0..16, async |runtime, _| *runtime)
///     .blocking()
///     .map(Result::unwrap)
///     .collect();
/// assert_eq!(used, [0; 16]);
/// # Ok(())
/// # }
/// ```
pub trait Scheduler: Send + 'static {
    /// Picks one of `free`, which is never empty and in the order of
    /// [`RuntimeLoad::index`]. It is called under a lock, so it should not block.
    fn pick<'a>(&mut self, free: &'a [RuntimeLoad]) -> &'a RuntimeLoad;
}

/// How busy a runtime is at the moment.
///
/// ```
/// use runtime_pool::{RuntimeLoad, Scheduler};
///
/// struct Emptiest;
///
/// impl Scheduler for Emptiest {
///     fn pick<'a>(&mut self, free: &'a [RuntimeLoad]) -> &'a RuntimeLoad {
///         let in_use = |load: &&RuntimeLoad| load.running() * 100 / load.limit();
///         free.iter().min_by_key(in_use).unwrap_or(&free[0])
///     }
/// }
/// # let _ = Emptiest;
/// ```
#[derive(Debug, Clone, Copy)]
pub struct RuntimeLoad {
    pub(crate) index: usize,
    pub(crate) running: usize,
    pub(crate) limit: usize,
}

impl RuntimeLoad {
    /// Which runtime this is: 0 is the first. The start function is given the same number.
    ///
    /// ```
    /// use runtime_pool::RuntimeLoad;
    ///
    /// fn even(free: &[RuntimeLoad]) -> impl Iterator<Item = &RuntimeLoad> {
    ///     free.iter().filter(|load| load.index() % 2 == 0)
    /// }
    /// # let _ = even(&[]).count();
    /// ```
    #[must_use]
    pub fn index(&self) -> usize {
        self.index
    }

    /// Tasks that were given to it and have not ended.
    ///
    /// ```
    /// use runtime_pool::RuntimeLoad;
    ///
    /// fn idle(free: &[RuntimeLoad]) -> Option<&RuntimeLoad> {
    ///     free.iter().find(|load| load.running() == 0)
    /// }
    /// # assert!(idle(&[]).is_none());
    /// ```
    #[must_use]
    pub fn running(&self) -> usize {
        self.running
    }

    /// The most tasks that it takes at a time.
    ///
    /// ```
    /// use runtime_pool::RuntimeLoad;
    ///
    /// fn room(load: &RuntimeLoad) -> usize {
    ///     load.limit().saturating_sub(load.running())
    /// }
    /// # let _ = room;
    /// ```
    #[must_use]
    pub fn limit(&self) -> usize {
        self.limit
    }
}

/// Takes the runtimes in turn, and skips those that are full. The default.
///
/// ```
/// # fn main() -> std::io::Result<()> {
/// use runtime_pool::{RoundRobin, RuntimePool};
///
/// let pool = RuntimePool::builder()
///     .runtimes(3)
///     .scheduler(RoundRobin::default())
///     .start(async |runtime| runtime)
///     .build()?;
/// let used: Vec<usize> = pool
///     .map(0..6, async |runtime, _| *runtime)
///     .blocking()
///     .map(Result::unwrap)
///     .collect();
/// assert_eq!(used, [0, 1, 2, 0, 1, 2]);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Default)]
pub struct RoundRobin {
    next: usize,
}

impl Scheduler for RoundRobin {
    fn pick<'a>(&mut self, free: &'a [RuntimeLoad]) -> &'a RuntimeLoad {
        let picked =
            free.iter().find(|load| load.index >= self.next).unwrap_or(&free[0]);
        self.next = picked.index + 1;
        picked
    }
}

/// Takes the runtime with the fewest tasks: for tasks of very different length.
///
/// ```
/// # fn main() -> std::io::Result<()> {
/// use runtime_pool::{LeastLoaded, RuntimePool};
///
/// let pool = RuntimePool::builder().runtimes(2).scheduler(LeastLoaded).build()?;
/// # pool.blocking_close();
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Default)]
pub struct LeastLoaded;

impl Scheduler for LeastLoaded {
    fn pick<'a>(&mut self, free: &'a [RuntimeLoad]) -> &'a RuntimeLoad {
        free.iter().min_by_key(|load| load.running).unwrap_or(&free[0])
    }
}
