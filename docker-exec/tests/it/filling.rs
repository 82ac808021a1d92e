//! A volume that gets only a part of the image's files, as on a full disk, or when the engine ends meanwhile. The next
//! try, of this run or another one, does not leave it at that.

use docker_exec::{Applied, Engine, Kind};
use map_planner::{Action, Depth};

use crate::stub::{Exchange, Stub};

const VOLUME: &str = "GET /v1.41/volumes/site.data ";
const IMAGE: Exchange = ("GET /v1.41/images/app:1/json", 200, r#"{"Id":"sha256:aa","Config":{}}"#);
const CARRIER: &str = "GET /v1.41/containers/dmap-prep.site.data/json";
const LOOK: &str = "GET /v1.41/containers/dmap-look.site.data/json";
const CREATE: &str = "POST /v1.41/containers/create?name=dmap-prep.site.data ";
const GONE: &str = r#"{"message":"No such container"}"#;
const FULL: &str =
    r#"{"message":"write /var/lib/docker/volumes/site.data/_data/b: no space left on device"}"#;
const MADE: &str = r#"{"Id":"0a","Warnings":[]}"#;
const MARK: &str = r#"{"Id":"0a","Name":"/dmap-prep.site.data","Image":"sha256:aa","State":{"Status":"created"},
    "Mounts":[{"Type":"volume","Name":"site.data","Destination":"/.dmap/v"},{"Type":"tmpfs","Destination":"/data"}],
    "Config":{"Labels":{"dmap.format":"1","dmap.key":"volume/site.data","dmap.role":"prepare"}}}"#;
const NO_ENTRIES: &[u8] = &[0; 1024];

fn prepare() -> Action {
    Action::PrepareVolume {
        volume: "site.data".parse().unwrap(),
        image: "app:1".parse().unwrap(),
        at: "/data".parse().unwrap(),
        owner: Some("2000".parse().unwrap()),
        mode: None,
        depth: Depth::Whole,
    }
}

#[tokio::test]
async fn what_was_not_filled_completely_is_filled_again() {
    let plain = (VOLUME, 200, r#"{"Name":"site.data","Driver":"local"}"#);
    let archive = std::str::from_utf8(NO_ENTRIES).unwrap();
    let (stub, engine) = Stub::connected(&[
        plain,
        (LOOK, 404, GONE),
        IMAGE,
        (CARRIER, 404, GONE),
        (CREATE, 201, MADE),
        ("GET /v1.41/containers/dmap-prep.site.data/archive?path=/data/. ", 200, archive),
        ("PUT /v1.41/containers/dmap-prep.site.data/archive?path=%2F.dmap%2Fv", 500, FULL),
        // The second try finds the carrier. By now the image has nothing there.
        plain,
        (LOOK, 404, GONE),
        IMAGE,
        (CARRIER, 200, MARK),
        ("GET /v1.41/containers/dmap-prep.site.data/archive?path=/data/. ", 404, GONE),
        ("GET /v1.41/containers/dmap-prep.site.data/archive?path=/.dmap/v ", 200, archive),
        ("PUT /v1.41/containers/dmap-prep.site.data/archive?path=%2F.dmap", 200, ""),
        ("DELETE /v1.41/containers/dmap-prep.site.data?", 204, ""),
    ])
    .await;
    assert_eq!(engine.apply(&prepare()).await.map_err(|error| error.kind), Ok(Applied::Done));
    stub.verify();
    // Two requests made the connection. The engine must not copy anything: it would end in the middle of that, too.
    let carrier = stub.request(6);
    assert!(
        carrier.contains(r#""Target":"/.dmap/v""#) && !carrier.contains(r#""Target":"/data""#),
        "{carrier}"
    );
}

/// What is on a host folder before counts, and the image's files must not be written over it.
#[tokio::test]
async fn a_volume_on_something_of_the_host_is_looked_into_first() {
    let bound =
        (VOLUME, 200, r#"{"Name":"site.data","Driver":"local","Options":{"type":"none","device":"/srv"}}"#);
    let (look, looked) = (
        "POST /v1.41/containers/create?name=dmap-look.site.data ",
        "GET /v1.41/containers/dmap-look.site.data/archive?path=/.dmap/v ",
    );
    let broken = r#"{"message":"failed to mount local volume: no such device"}"#;
    let one = [
        bound,
        (LOOK, 404, GONE),
        IMAGE,
        (LOOK, 404, GONE),
        (look, 201, MADE),
        (looked, 500, broken),
        ("DELETE /v1.41/containers/dmap-look.site.data?", 204, ""),
    ];
    let (stub, engine) = Stub::connected(&[one, one, one].concat()).await;
    assert_eq!(engine.apply(&prepare()).await.map_err(|error| error.kind), Err(Kind::Other));
    stub.verify();
}
