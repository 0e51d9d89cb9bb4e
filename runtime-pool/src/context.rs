//! Which pool a thread belongs to, so that nothing waits for its own pool.

use std::cell::Cell;
use std::sync::Arc;

use tokio::task::unconstrained;

thread_local! {
    /// What the threads of a pool share, as an address to compare with.
    static POOL: Cell<Option<*const ()>> = const { Cell::new(None) };
}

/// Makes this thread one of the pool whose threads share `shared`.
pub(crate) fn enter<T>(shared: &Arc<T>) {
    POOL.set(Some(Arc::as_ptr(shared).cast()));
}

/// Whether this thread is one of the pool whose threads share `shared`.
pub(crate) fn is_inside<T>(shared: &Arc<T>) -> bool {
    POOL.get() == Some(Arc::as_ptr(shared).cast())
}

/// Waits for `future` on this thread.
///
/// # Panics
///
/// On a thread of a pool: its tasks would be blocked.
pub(crate) fn block_on<F: Future>(future: F) -> F::Output {
    assert!(
        POOL.get().is_none(),
        "this would block a runtime of the pool: in a task, use the async methods"
    );
    // In a task of another runtime, that would limit how often this may poll before it yields,
    // which it never does.
    pollster::block_on(unconstrained(future))
}
