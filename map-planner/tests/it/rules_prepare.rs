//! The rules of preparing a volume, and of looking at one.

use container_map::VolumeKey;
use map_planner::engine::{NumericOwner, VolumeFacts, VolumeTop};
use map_planner::sim::{SimDirectory, SimEngine, SimFile};
use map_planner::spec::MountSource;
use map_planner::{Action, Depth};

use crate::fixture::{engine, image, kind, mounting, scope, spec, volume, volume_of};

const NAME: &str = "site.data";
const CARRIER: &str = "dmap-prep.site.data";

fn data() -> VolumeKey {
    volume(NAME)
}

fn prepare(at: &str, owner: &str, depth: Depth) -> Action {
    Action::PrepareVolume {
        volume: data(),
        image: image("server"),
        at: at.parse().unwrap(),
        owner: Some(owner.parse().unwrap()),
        mode: Some("u=rwX,g=rX,o=".parse().unwrap()),
        depth,
    }
}

fn with_volume() -> SimEngine {
    let mut engine = engine();
    engine.create_volume(NAME, &volume_of("me"));
    engine
}

fn root(engine: &SimEngine) -> SimDirectory {
    engine.volume(NAME).unwrap().root.clone()
}

/// Returns the log directory of the server image, prepared.
fn prepared_log() -> SimDirectory {
    SimDirectory::empty(2000, 2000, 0o750)
        .with("access.log", SimFile::plain(2000, 2000, 0o640))
        .with("error.log", SimFile::plain(2000, 2000, 0o640))
}

#[test]
fn a_new_volume_is_filled_and_prepared_whole() {
    for depth in [Depth::Whole, Depth::WholeIfEmpty] {
        let mut engine = with_volume();
        engine.apply(&prepare("/var/log/app", "2000", depth)).unwrap();
        assert_eq!(root(&engine), prepared_log());
        assert_eq!(engine.state_of(CARRIER), None);
    }
}

#[test]
fn data_is_left_alone_unless_everything_is_asked_for() {
    for depth in [Depth::WholeIfEmpty, Depth::Top] {
        let mut engine = with_volume();
        let file = SimFile::plain(5, 5, 0o600);
        engine.volume_mut(NAME).unwrap().root = SimDirectory::empty(5, 5, 0o700).with("precious", file);
        engine.apply(&prepare("/var/log/app", "2000", depth)).unwrap();
        assert_eq!(root(&engine), SimDirectory::empty(2000, 2000, 0o750).with("precious", file));
    }
}

#[test]
fn owners_by_name_are_those_of_the_image() {
    let mut engine = with_volume();
    engine.apply(&prepare("/run/app", "app", Depth::Whole)).unwrap();
    assert_eq!(root(&engine).owner, NumericOwner { uid: 33, gid: 33 });
    assert_eq!(kind(engine.apply(&prepare("/run/app", "nobody", Depth::Whole))), "refused");
    engine.remove_tag(&image("server")).unwrap();
    assert_eq!(kind(engine.apply(&prepare("/run/app", "app", Depth::Whole))), "refused");
    assert_eq!(kind(engine.apply(&prepare("/run/app", "2000", Depth::Whole))), "done");
}

#[test]
fn an_unfinished_preparation_leaves_its_carrier() {
    let action = prepare("/var/log/app", "2000", Depth::Whole);
    assert_eq!(SimEngine::crash_points(&action), 4);
    for point in 0..4 {
        let mut engine = with_volume();
        engine.apply_partially(&action, point).unwrap();
        assert_eq!(engine.observe(&scope()).volumes[NAME].carrier, point > 0);
        assert_eq!(root(&engine).mode == 0o750, point > 1);
        assert_eq!(root(&engine) == prepared_log(), point > 2);
        engine.apply(&action).unwrap();
        assert_eq!(root(&engine), prepared_log());
        assert!(!engine.observe(&scope()).volumes[NAME].carrier);
    }
}

#[test]
fn a_look_at_data_is_no_unfinished_preparation() {
    let action = prepare("/var/log/app", "2000", Depth::WholeIfEmpty);
    let file = SimFile::plain(5, 5, 0o600);
    for point in 0..4 {
        let mut engine = with_volume();
        engine.volume_mut(NAME).unwrap().root = SimDirectory::empty(5, 5, 0o700).with("precious", file);
        engine.apply_partially(&action, point).unwrap();
        let seen = engine.observe(&scope());
        assert_eq!((seen.volumes[NAME].carrier, seen.volumes[NAME].look), (false, true));
        assert!(seen.containers.is_empty() && seen.bystanders.is_empty());
        assert_eq!(root(&engine).mode == 0o750, point == 3);
    }
}

#[test]
fn a_later_creation_would_undo_a_preparation() {
    let mut engine = with_volume();
    engine.apply(&prepare("/run/app", "2000", Depth::Whole)).unwrap();
    engine.create_container("site.web", &mounting("/run/app", MountSource::PreparedVolume(data()))).unwrap();
    assert_eq!(root(&engine), SimDirectory::empty(2000, 2000, 0o750));
    engine.create_container("site.two", &mounting("/run/app", MountSource::Volume(data()))).unwrap();
    assert_eq!(root(&engine), SimDirectory::empty(33, 33, 0o711));
}

#[test]
fn the_directory_shows_only_through_a_container_and_as_far_as_asked() {
    let mut engine = with_volume();
    assert_eq!(engine.observe(&scope()).volumes[NAME].top, None);
    engine.create_container("other", &mounting("/run/app", MountSource::Volume(data()))).unwrap();
    assert_eq!(engine.observe(&scope()).volumes[NAME].top, None, "a bystander is not looked into");
    engine.create_container("site.web", &mounting("/run/app", MountSource::Volume(data()))).unwrap();
    let owner = Some(NumericOwner { uid: 33, gid: 33 });
    assert_eq!(engine.observe(&scope()).volumes[NAME].top, Some(VolumeTop { mode: 0o711, owner }));
    let mut asked = scope();
    asked.volumes.insert(data(), VolumeFacts { owner: false, mode: true, accounts: false });
    assert_eq!(engine.observe(&asked).volumes[NAME].top, Some(VolumeTop { mode: 0o711, owner: None }));
    asked.volumes.insert(data(), VolumeFacts::default());
    assert_eq!(engine.observe(&asked).volumes[NAME].top, None);
}

#[test]
fn bystanders_tell_what_they_hold() {
    let mut engine = with_volume();
    engine.create_container("other", &crate::fixture::publishing("80", 8080)).unwrap();
    engine.create_container("site.db", &spec()).unwrap();
    let seen = engine.observe(&scope());
    assert!(seen.containers.is_empty());
    assert!(seen.bystanders["other"].ports.is_empty(), "ports are held while it runs");
    engine.start("other").unwrap();
    assert_eq!(engine.observe(&scope()).bystanders["other"].ports.len(), 1);
    let names: Vec<String> = engine.observe(&scope()).networks.into_iter().map(|found| found.name).collect();
    assert_eq!(names, ["bridge", "host", "none"]);
}
