//! Bare hyper over HTTP/1.1: a connection for each request, driven by the request's own task.

use std::pin::pin;

use http_body_util::{BodyExt as _, Empty};
use hyper::Method;
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1::Builder;
use hyper::header::HOST;
use hyper_util::rt::TokioIo;

use crate::fetch::transport::target::Target;
use crate::outcome::Answer;
use crate::outcome::failure::{Failure, Stage};
use crate::plan::{Plan, Request};

/// Makes a connection for each request.
#[derive(Debug)]
pub(crate) struct Connector {
    plan: Plan,
    // One for each address of the server.
    targets: Vec<Target>,
}

/// The buffer of a connection for its response, in bytes, which also limits its head. The
/// library alone would take eight times as much for each.
const READ_BUFFER: usize = 1024;

impl Connector {
    /// # Errors
    ///
    /// There is no route to the server, or its address is not one that HTTP can send.
    pub(super) fn new(plan: &Plan) -> anyhow::Result<Self> {
        let target = |page| Target::new(page, plan);
        let targets: anyhow::Result<_> = plan.pages().iter().map(target).collect();
        Ok(Self { plan: plan.clone(), targets: targets? })
    }

    pub(super) async fn send(&self, request: Request) -> Result<Answer, Failure> {
        let target = request.pick(&self.targets);
        let stream = TokioIo::new(target.connect().await?);
        let (mut sender, connection) = Builder::new()
            .read_buf_exact_size(Some(READ_BUFFER))
            .handshake(stream)
            .await
            .map_err(|error| Failure::of(&error, Stage::Head))?;
        let mut answer = pin!(async move {
            let response = sender.send_request(self.request(request, target)).await;
            let response =
                response.map_err(|error| Failure::of(&error, Stage::Head))?;
            // Boxed, so that a request is small while it waits.
            Box::pin(read(response)).await
        });
        tokio::select! {
            biased;
            answer = &mut answer => answer,
            // The response has the reason why it ended, and may have arrived already.
            _ = connection => answer.await,
        }
    }

    fn request(
        &self,
        request: Request,
        target: &Target,
    ) -> hyper::Request<Empty<Bytes>> {
        let mut head = hyper::Request::new(Empty::new());
        *head.method_mut() = Method::GET;
        *head.uri_mut() = target.path.clone();
        *head.headers_mut() = self.plan.headers(request);
        head.headers_mut().insert(HOST, target.host.clone());
        head
    }
}

async fn read(response: hyper::Response<Incoming>) -> Result<Answer, Failure> {
    let mut answer = Answer::of(response.status(), response.headers());
    let mut rest = response.into_body();
    while let Some(frame) = rest.frame().await {
        let frame = frame.map_err(|error| Failure::of(&error, Stage::Body))?;
        answer.append(frame.data_ref().map_or(&[], |data| data))?;
    }
    Ok(answer)
}
