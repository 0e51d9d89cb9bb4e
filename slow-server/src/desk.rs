//! Where a request is looked at first: most are for the page, and need no router.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request, Response};
use hyper::body::{Body as _, Bytes, Incoming};
use hyper::service::Service as _;
use hyper_util::service::TowerToHyperService;

use crate::activity::Activity;
use crate::answer::Answer;
use crate::guest::Arrival;
use crate::order::Order;
use crate::quota::Peer;
use crate::said::Said;
use crate::slow::Slow;

/// The page, and all the others. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Desk {
    pub(crate) slow: Arc<Slow>,
    others: TowerToHyperService<Router>,
}

/// A request for the page that came in, or the answer to one that asks for what it cannot
/// have.
pub(crate) type Received = Result<Arrival, Box<Answer>>;

/// What becomes of a request of HTTP/1.1.
enum Next {
    Wait(Arrival),
    Answer(Box<Answer>),
    /// It is not for the page.
    Route(Box<Request<Incoming>>),
}

impl Desk {
    pub(crate) fn new(slow: Arc<Slow>, router: Router) -> Self {
        Self { slow, others: TowerToHyperService::new(router) }
    }

    /// Takes in a request for the page; `None` if it is for something else, or not as plain
    /// as most.
    pub(crate) fn receive<B>(
        &self,
        request: &Request<B>,
        has_body: bool,
        peer: Peer,
    ) -> Option<Received> {
        let uri = request.uri();
        let is_page =
            *request.method() == Method::GET && uri.path() == "/" && !has_body;
        let said = || Said::of(request.headers());
        is_page.then(|| self.receive_page(uri.query(), said(), peer))
    }

    /// The same, for what is known to be for the page.
    pub(crate) fn receive_page(
        &self,
        query: Option<&str>,
        said: Said<'_>,
        peer: Peer,
    ) -> Received {
        let order = Order::read(&self.slow, query, said)?;
        Ok(Arrival::of(&self.slow, &order, Some(peer.0)))
    }

    /// Answers a request of HTTP/1.1 that is under way on this connection.
    ///
    /// The request is gone when this returns: the library reuses the memory that its header
    /// was read into, which is most of what a waiting request takes.
    pub(crate) fn answer(
        &self,
        request: Request<Incoming>,
        activity: &Activity,
        peer: Peer,
    ) -> impl Future<Output = Response<Body>> + Send + use<> {
        let next = self.next(request, activity, peer);
        let desk = self.clone();
        async move {
            match next {
                Next::Wait(Arrival::Seated(guest)) => {
                    desk.slow.wait(guest.request(), guest.delay()).await;
                    page(guest.answer())
                }
                // Boxed, so that a request which just waits is as small as it can be.
                Next::Wait(queued) => page(Box::pin(desk.slow.serve(queued)).await),
                Next::Answer(answer) => page(*answer),
                Next::Route(request) => {
                    Box::pin(desk.route(request.map(Body::new))).await
                }
            }
        }
    }

    fn next(
        &self,
        request: Request<Incoming>,
        activity: &Activity,
        peer: Peer,
    ) -> Next {
        let has_body = !request.body().is_end_stream();
        match self.receive(&request, has_body, peer) {
            None => Next::Route(Box::new(with_extensions(request, activity, peer))),
            Some(Err(refusal)) => Next::Answer(refusal),
            Some(Ok(arrival)) => Next::Wait(arrival),
        }
    }

    /// The answer of the router.
    pub(crate) async fn route(&self, request: Request<Body>) -> Response<Body> {
        match self.others.call(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        }
    }
}

/// An answer, for the library to write.
pub(crate) fn page(answer: Answer) -> Response<Body> {
    Response::<Bytes>::from(answer).map(Body::from)
}

/// What the routes may want to know of the connection.
pub(crate) fn with_extensions<B>(
    mut request: Request<B>,
    activity: &Activity,
    peer: Peer,
) -> Request<B> {
    // For an answer that goes on for longer than it takes to begin.
    request.extensions_mut().insert(activity.clone());
    request.extensions_mut().insert(peer);
    request
}
