//! The image of nothing, of which leases are made: shared while somebody uses it, and gone afterwards.

use std::time::Duration;

use docker_exec::{Holder, LeaseError, Others};

use crate::stub::{Exchange, Stub};

const LOOK: &str = "GET /v1.41/containers/dmap-lease.site/json";
const FREE: Exchange = (LOOK, 404, r#"{"message":"No such container: dmap-lease.site"}"#);
const CREATE: &str = "POST /v1.41/containers/create?name=dmap-lease.site ";
const MAKE: &str =
    "POST /v1.41/images/create?fromSrc=-&repo=dmap-nothing&tag=1&changes=LABEL+dmap.nothing%3D1";
const DELETE: &str = "DELETE /v1.41/containers/0a ";
const LIST: &str = "GET /v1.41/images/json?filters=%7B%22label%22%3A%5B%22dmap.nothing%22%5D%7D ";
const NO_IMAGE: &str = r#"{"message":"No such image: dmap-nothing:1"}"#;
const MADE: &str = r#"{"status":"sha256:aa"}"#;
const CREATED: &str = r#"{"Id":"0a","Warnings":[]}"#;

fn me() -> Holder {
    Holder { who: "ann@here".to_owned(), place: "here".to_owned(), process: 7 }
}

/// Takes the lease, which nobody has, and releases it.
async fn taken_and_released(script: &[Exchange]) -> Stub {
    let (stub, engine) = Stub::connected(&[&[FREE], script].concat()).await;
    let lease = engine.lease(&"site".parse().unwrap(), &me(), Others::Wait(Duration::ZERO)).await.unwrap();
    lease.release().await.unwrap();
    stub.verify();
    stub
}

#[tokio::test]
async fn it_is_made_once_and_swept_up_by_whoever_is_last() {
    // Somebody's record has it, so it stays.
    let used = (
        "DELETE /v1.41/images/sha256:aa",
        409,
        r#"{"message":"conflict: unable to delete, used by container 0b"}"#,
    );
    let listed = (LIST, 200, r#"[{"Id":"sha256:aa"}]"#);
    taken_and_released(&[(CREATE, 201, CREATED), (DELETE, 204, ""), listed, used]).await;

    // Nobody has it. A run that was killed right after it made one left that without a name.
    let stub = taken_and_released(&[
        (CREATE, 404, NO_IMAGE),
        (MAKE, 200, MADE),
        (CREATE, 201, CREATED),
        (DELETE, 204, ""),
        (LIST, 200, r#"[{"Id":"sha256:aa"},{"Id":"sha256:bb"}]"#),
        ("DELETE /v1.41/images/sha256:aa", 200, "[]"),
        ("DELETE /v1.41/images/sha256:bb", 200, "[]"),
    ])
    .await;
    let names = [3, 5].map(|number| stub.request(number));
    assert!(names[0].contains(r#""Image":"dmap-nothing:1""#), "{}", names[0]);
    assert!(
        names[1].contains(r#""Image":"sha256:aa""#),
        "the one it made, whoever has the name: {}",
        names[1]
    );
}

#[tokio::test]
async fn it_is_made_again_if_somebody_sweeps_it_up_meanwhile() {
    let gone = (CREATE, 404, r#"{"message":"No such image: sha256:aa"}"#);
    taken_and_released(&[
        (CREATE, 404, NO_IMAGE),
        (MAKE, 200, MADE),
        gone,
        (MAKE, 200, MADE),
        (CREATE, 201, CREATED),
        (DELETE, 204, ""),
        (LIST, 200, "[]"),
    ])
    .await;
}

#[tokio::test]
async fn none_stays_if_there_is_no_lease() {
    let taken = r#"{"message":"Conflict. The container name \"/dmap-lease.site\" is already in use"}"#;
    let hanging = r#"{"Id":"0c","Name":"/dmap-lease.site","State":{"Status":"created"},
        "Config":{"Labels":{"dmap.lease.who":"bob@far","dmap.lease.place":"far","dmap.lease.process":"1"}}}"#;
    let (stub, engine) = Stub::connected(&[
        FREE,
        (CREATE, 404, NO_IMAGE),
        (MAKE, 200, MADE),
        (CREATE, 409, taken),
        (LIST, 200, r#"[{"Id":"sha256:aa"}]"#),
        ("DELETE /v1.41/images/sha256:aa", 200, "[]"),
        (LOOK, 200, hanging),
        ("HEAD /v1.41/containers/0c/archive?path=/pulse", 404, ""),
    ])
    .await;
    let refused = engine.lease(&"site".parse().unwrap(), &me(), Others::Wait(Duration::ZERO)).await;
    stub.verify();
    assert!(matches!(refused, Err(LeaseError::Held(holder)) if holder.who == "bob@far"));
}
