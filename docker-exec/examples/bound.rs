//! Makes the calls that bringing up, changing and taking down containers needs at least, and nothing else: no plan, no
//! check, no rollback. It is what `cargo xtask bench apply` compares `dmap` with.
//!
//! `bound SOCKET WIDTH PER_NETWORK IMAGE STAGE COUNT`; stages are `up`, `look`, `change` and `down`. `PER_NETWORK` is how many
//! starts and stops there are at once at most: engines before 28.2 lose count of a network's endpoints when they are more
//! than two.
#![allow(clippy::unwrap_used, reason = "a measurement that cannot go on has failed")]

use std::path::PathBuf;

use bytes::Bytes;
use futures_util::StreamExt;
use http_body_util::{BodyExt, Full};
use hyper::header::CONTENT_TYPE;
use hyper::{Method, Request};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use hyperlocal::UnixConnector;
use tokio::sync::Semaphore;

const NETWORK: &str = "bench-bound";
/// The label that tells which container another one takes the place of.
const KEY: &str = "bench.key";

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [socket, width, per_network, image, stage, count] = words.as_slice() else {
        panic!("usage: bound SOCKET WIDTH PER_NETWORK IMAGE STAGE COUNT")
    };
    let client = Client::builder(TokioExecutor::new()).build(UnixConnector);
    let network = Semaphore::new(per_network.parse().unwrap());
    let engine = Engine { client, socket: socket.into(), image: image.clone(), network };
    let (width, count): (usize, usize) = (width.parse().unwrap(), count.parse().unwrap());
    let all = futures_util::stream::iter(0..count);
    match stage.as_str() {
        "up" => {
            engine.post("/networks/create", &format!(r#"{{"Name":"{NETWORK}"}}"#)).await;
            all.for_each_concurrent(width, |index| engine.up(index)).await;
        }
        "look" => {
            engine.get("/containers/json?all=true").await;
            all.for_each_concurrent(width, |index| engine.look(index)).await;
        }
        "change" => all.for_each_concurrent(width, |index| engine.change(index)).await,
        "down" => {
            all.for_each_concurrent(width, |index| engine.down(index)).await;
            engine.delete(&format!("/networks/{NETWORK}")).await;
        }
        other => panic!("no stage is named {other}"),
    }
}

struct Engine {
    client: Client<UnixConnector, Full<Bytes>>,
    socket: PathBuf,
    image: String,
    /// The room in the network.
    network: Semaphore,
}

impl Engine {
    async fn up(&self, index: usize) {
        self.create(index, "").await;
        self.turn(&format!("/containers/{NETWORK}-{index}/start")).await;
    }

    async fn look(&self, index: usize) {
        self.get(&format!("/containers/{NETWORK}-{index}/json")).await;
    }

    /// As it is done without a look at what comes up: the old one stops when the new one is made.
    async fn change(&self, index: usize) {
        let path = format!("/containers/{NETWORK}-{index}");
        self.create(index, "-next").await;
        let turn = self.network.acquire().await;
        self.post(&format!("{path}/stop"), "").await;
        self.post(&format!("{path}/rename?name={NETWORK}-{index}-prev"), "").await;
        self.post(&format!("{path}-next/rename?name={NETWORK}-{index}"), "").await;
        self.post(&format!("{path}/start"), "").await;
        drop(turn);
        self.delete(&format!("{path}-prev")).await;
    }

    async fn down(&self, index: usize) {
        self.turn(&format!("/containers/{NETWORK}-{index}/stop")).await;
        self.delete(&format!("/containers/{NETWORK}-{index}")).await;
    }

    /// Starts or stops a container when there is room in the network.
    async fn turn(&self, path: &str) {
        let _turn = self.network.acquire().await;
        self.post(path, "").await;
    }

    async fn create(&self, index: usize, suffix: &str) {
        let body = format!(
            r#"{{"Image":"{}","Env":["V=1"],"Labels":{{"{KEY}":"{index}"}},"HostConfig":{{"NetworkMode":"{NETWORK}"}}}}"#,
            self.image
        );
        self.post(&format!("/containers/create?name={NETWORK}-{index}{suffix}"), &body).await;
    }

    async fn get(&self, path: &str) {
        self.ask(Method::GET, path, "").await;
    }

    async fn post(&self, path: &str, body: &str) {
        self.ask(Method::POST, path, body).await;
    }

    async fn delete(&self, path: &str) {
        self.ask(Method::DELETE, path, "").await;
    }

    async fn ask(&self, method: Method, path: &str, body: &str) {
        let uri = hyperlocal::Uri::new(&self.socket, &format!("/v1.41{path}"));
        let request =
            Request::builder().method(method.clone()).uri(uri).header(CONTENT_TYPE, "application/json");
        let body = Full::from(Bytes::from(body.to_owned()));
        let answer = self.client.request(request.body(body).unwrap()).await.unwrap();
        let status = answer.status();
        let said = answer.into_body().collect().await.unwrap().to_bytes();
        assert!(status.is_success(), "{method} {path}: {status} {}", String::from_utf8_lossy(&said));
    }
}
