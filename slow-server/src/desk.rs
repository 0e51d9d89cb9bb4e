//! Where a request is looked at first: most are for the page, and need no router.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request, Response};
use hyper::body::{Body as _, Bytes, Incoming};
use hyper::service::Service as _;
use hyper_util::service::TowerToHyperService;

use crate::activity::Activity;
use crate::order::Order;
use crate::quota::Peer;
use crate::slow::Slow;

/// The page, and all the others. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Desk {
    pub(crate) slow: Arc<Slow>,
    others: TowerToHyperService<Router>,
}

/// What came in over HTTP/1.1.
enum Asked {
    Page(Result<Order, Box<Response<Bytes>>>),
    // Boxed, so that a request for the page stays small while it waits.
    Other(Box<Request<Incoming>>),
}

impl Desk {
    pub(crate) fn new(slow: Arc<Slow>, router: Router) -> Self {
        Self { slow, others: TowerToHyperService::new(router) }
    }

    /// What a request for the page asks for; `None` if it is for something else, or not as
    /// plain as most.
    pub(crate) fn order<B>(
        &self,
        request: &Request<B>,
        has_body: bool,
    ) -> Option<Result<Order, Box<Response<Bytes>>>> {
        let uri = request.uri();
        let is_page =
            *request.method() == Method::GET && uri.path() == "/" && !has_body;
        is_page.then(|| Order::read(&self.slow, uri.query(), request.headers()))
    }

    /// Answers a request of HTTP/1.1 that is under way on this connection.
    ///
    /// The request is gone when this returns: the library reuses the memory that its header
    /// was read into, which is most of what a waiting request takes.
    pub(crate) fn answer(
        &self,
        request: Request<Incoming>,
        activity: &Activity,
        peer: Option<Peer>,
    ) -> impl Future<Output = Response<Body>> + Send + use<> {
        let has_body = !request.body().is_end_stream();
        let asked = match self.order(&request, has_body) {
            Some(order) => Asked::Page(order),
            None => Asked::Other(Box::new(with_extensions(request, activity, peer))),
        };
        let desk = self.clone();
        async move {
            match asked {
                Asked::Page(Ok(order)) => {
                    let peer = peer.map(|Peer(address)| address);
                    desk.slow.serve(order, peer).await.map(Body::from)
                }
                Asked::Page(Err(refusal)) => refusal.map(Body::from),
                Asked::Other(request) => {
                    Box::pin(desk.route(request.map(Body::new))).await
                }
            }
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

/// What the routes may want to know of the connection.
pub(crate) fn with_extensions<B>(
    mut request: Request<B>,
    activity: &Activity,
    peer: Option<Peer>,
) -> Request<B> {
    // For an answer that goes on for longer than it takes to begin.
    request.extensions_mut().insert(activity.clone());
    if let Some(peer) = peer {
        request.extensions_mut().insert(peer);
    }
    request
}
