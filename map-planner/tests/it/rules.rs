//! The rules of containers, volumes and images that the simulator models, one test each.

use std::collections::{BTreeMap, BTreeSet};

use container_map::config::Access;
use map_planner::engine::{EngineId, ObservedMountSource, RunState};
use map_planner::sim::SimDirectory;
use map_planner::spec::{ContainerSpec, EnvValue, MountSource, VolumesFrom};

use crate::fixture::{
    at, engine, image, kind, linking, mounting, publishing, run, scope, spec, volume, volume_of, web,
};

#[test]
fn volumes_from_becomes_mounts() {
    let mut engine = engine();
    let shared = mounting("/run/app", MountSource::Anonymous);
    engine.create_container("site.db", &shared).unwrap();
    let from = VolumesFrom { container: at("site.db"), access: Access::ReadOnly };
    let spec = ContainerSpec { volumes_from: BTreeSet::from([from]), ..spec() };
    engine.create_container("site.web", &spec).unwrap();
    let before = web(&engine).mounts;
    assert_eq!(before["/run/app"].access, Access::ReadOnly);
    assert!(before["/run/app"].source.anonymous().is_some());
    engine.remove_container("site.db").unwrap();
    engine.create_container("site.db", &shared).unwrap();
    assert_eq!(web(&engine).mounts, before);
}

#[test]
fn creating_a_volume_answers_with_what_is_there() {
    let mut engine = engine();
    engine.create_volume("site.data", &volume_of("somebody"));
    let answer = engine.create_volume("site.data", &volume_of("me"));
    assert_eq!(answer.labels["owner"], "somebody");
}

#[test]
fn every_creation_fills_an_empty_volume_again() {
    let mut engine = engine();
    engine.create_volume("site.data", &volume_of("me"));
    let socket = mounting("/run/app", MountSource::Volume(volume("site.data")));
    for name in ["site.a", "site.b"] {
        engine.volume_mut("site.data").unwrap().root = SimDirectory::empty(2000, 2000, 0o750);
        engine.create_container(name, &socket).unwrap();
        assert_eq!(engine.volume("site.data").unwrap().root, SimDirectory::empty(33, 33, 0o711));
    }
    let log = mounting("/var/log/app", MountSource::Volume(volume("site.data")));
    engine.create_container("site.c", &log).unwrap();
    assert_eq!(engine.volume("site.data").unwrap().root.files.len(), 2);
    engine.create_container("site.d", &socket).unwrap();
    assert_eq!(engine.volume("site.data").unwrap().root.mode, 0o700, "a volume with files is left alone");
}

#[test]
fn a_mount_can_do_without_the_copy() {
    let mut engine = engine();
    let spec = mounting("/var/log/app", MountSource::PreparedVolume(volume("site.data")));
    engine.create_container("site.web", &spec).unwrap();
    assert_eq!(engine.volume("site.data").unwrap().root, SimDirectory::empty(0, 0, 0o755));
}

#[test]
fn a_volume_is_in_use_by_a_container_that_never_ran() {
    let mut engine = engine();
    engine
        .create_container("site.web", &mounting("/run/app", MountSource::Volume(volume("site.data"))))
        .unwrap();
    assert_eq!(kind(engine.remove_volume("site.data")), "in use");
    engine.remove_container("site.web").unwrap();
    assert_eq!(kind(engine.remove_volume("site.data")), "done");
}

#[test]
fn a_missing_volume_is_made_and_survives_a_failed_creation() {
    let mut engine = engine();
    let mounts = mounting("/run/app", MountSource::Volume(volume("site.data"))).mounts;
    let spec = ContainerSpec { mounts, ..linking("site.gone") };
    assert_eq!(kind(engine.create_container("site.web", &spec)), "not found");
    assert!(engine.volume("site.data").unwrap().labels.is_empty());
    assert_eq!(engine.state_of("site.web"), None);
}

#[test]
fn images_hand_down() {
    let mut engine = engine();
    let own = ContainerSpec {
        labels: BTreeMap::from([("mine".into(), "yes".into())]),
        environment: BTreeMap::from([("LANG".into(), None), ("A".into(), Some(EnvValue::text("b")))]),
        ports: publishing("443", 8443).ports,
        ..spec()
    };
    engine.create_container("site.web", &own).unwrap();
    let web = web(&engine);
    assert_eq!(web.labels.keys().collect::<Vec<_>>(), ["mine", "vendor"]);
    assert_eq!(web.environment.keys().collect::<Vec<_>>(), ["A", "PATH"]);
    assert_eq!(web.exposed.len(), 2);
    assert_eq!(web.published.len(), 1);
    assert_eq!((web.user.as_str(), web.command.join(" ").as_str()), ("app", "serve"));
    assert_eq!(web.hostname.len(), 12);
}

#[test]
fn an_entrypoint_drops_the_images_command() {
    let mut engine = engine();
    let words = |text: &str| Some(vec![text.to_owned()]);
    for (command, entrypoint, expect) in [
        (None, None, "/entry store"),
        (words("other"), None, "/entry other"),
        (None, words("/own"), "/own"),
        (words("other"), words("/own"), "/own other"),
        (None, Some(Vec::new()), "store"),
    ] {
        let spec = ContainerSpec { command, entrypoint, ..ContainerSpec::new(image("store")) };
        engine.create_container("site.web", &spec).unwrap();
        let web = web(&engine);
        assert_eq!([web.entrypoint, web.command].concat().join(" "), expect);
        engine.remove_container("site.web").unwrap();
    }
}

#[test]
fn declared_volumes_are_anonymous_and_outlive_the_container() {
    let mut engine = engine();
    run(&mut engine, "site.web", &ContainerSpec::new(image("store")));
    let mount = web(&engine).mounts["/var/lib/store"].clone();
    let name = mount.source.anonymous().unwrap().to_owned();
    assert_eq!(engine.volume(&name).unwrap().root.files.keys().collect::<Vec<_>>(), ["seed", "written"]);
    engine.stop("site.web").unwrap();
    engine.remove_container("site.web").unwrap();
    assert!(engine.volume(&name).is_some());
    let kept = MountSource::Kept(name.clone());
    let spec = ContainerSpec { image: image("store"), ..mounting("/var/lib/store", kept) };
    engine.create_container("site.web", &spec).unwrap();
    assert_eq!(web(&engine).mounts["/var/lib/store"].source, ObservedMountSource::Volume(name));
}

#[test]
fn a_job_ends_at_once() {
    let mut engine = engine();
    run(&mut engine, "site.web", &ContainerSpec::new(image("job")));
    assert_eq!(engine.state_of("site.web"), Some(RunState::Exited(0)));
    assert_eq!(engine.stop("site.web"), Ok(false));
}

#[test]
fn a_removed_image_is_missed_by_creation_alone() {
    let mut engine = engine();
    run(&mut engine, "site.web", &spec());
    engine.stop("site.web").unwrap();
    let id = web(&engine).image;
    engine.remove_tag(&image("server")).unwrap();
    let seen = engine.observe(&scope());
    assert!(!seen.images.contains_key(&EngineId::new(id.as_str())) && seen.tags.is_empty());
    assert_eq!(kind(engine.create_container("site.b", &spec())), "not found");
    assert_eq!(engine.start("site.web"), Ok(true));
}
