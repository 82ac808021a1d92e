//! Counterexamples that were found once, in their smallest form.

use map_planner::engine::NumericOwner;
use map_planner::sim::Damage;
use map_planner::{Goal, Orphans, Reason};

use crate::fixture::image;
use crate::laws;
use crate::story::{site, up, wanted};
use crate::world::all;

fn chown(volume: &str) -> Damage {
    Damage::ChangeTop(volume.to_owned(), NumericOwner { uid: 7, gid: 7 }, 0o700)
}

/// Names of owners are those of the owner's image, so a preparation needs the image even if nothing is created.
#[test]
fn a_preparation_by_name_needs_the_image() {
    up(&site("  a: {image: job, persistent: true, attaches: v0, user: app, permissions: 'u=rwX,g=rX,o='}"))
        .suffers(chown("site.v0"))
        .suffers(Damage::RemoveTag(image("job")))
        .obeys();
}

#[test]
fn a_preparation_by_name_waits_for_the_image() {
    up(&site("  a: {image: server, attaches: v0, user: app}"))
        .suffers(chown("site.v0"))
        .suffers(Damage::RemoveTag(image("server")))
        .obeys();
}

/// A legacy link needs its target in the default bridge at the start of the container that links.
#[test]
fn a_start_waits_for_the_reconnection_of_a_link_target() {
    up(&site("  a: {image: server}"))
        .suffers(Damage::Disconnect { container: "site.a".into(), network: "bridge".into() })
        .edits(&site("  a: {image: server}\n  b: {image: server, links: a}"))
        .obeys();
}

/// A new image can declare volumes, which come to the user of the whole container too.
#[test]
fn volumes_of_a_new_image_come_through_volumes_from() {
    let text = |image: &str| {
        site(&format!(
            "  a: {{image: {image}, binds: {{/etc/app: /srv/a}}}}\n  b: {{image: server, uses: a}}"
        ))
    };
    up(&text("server")).edits(&text("store")).obeys();
}

/// An anonymous volume that came through volumes-from is not the container's own to keep.
#[test]
fn a_borrowed_volume_is_not_kept() {
    up(&site("  b: {image: tool, instances: [x], binds: {/etc/app: /srv/b}}\n  c: {image: tool, uses: b.x}"))
        .edits(&site("  b: {image: tool, binds: {/etc/app: /srv/b}}\n  c: {image: tool, uses: b}"))
        .obeys();
}

/// Of two containers that mount something at one path, the later one's counts.
#[test]
fn volumes_from_two_containers_may_overlap() {
    let text = "  a: {image: server, binds: {/etc/app: /srv/a}}\n  b: {image: server, binds: {/etc/app: /srv/b}}\n  \
                c: {image: server, uses: [a, b]}";
    wanted(&site(text)).obeys();
}

/// What was not asked for and is bound to nothing that changes is left alone, however it differs.
#[test]
fn others_are_not_dragged_in() {
    let text = |image: &str| {
        let used = "  b: {image: server, binds: {/etc/app: /srv/b}}";
        site(&format!("{used}\n  c: {{image: {image}, uses: b}}\n  d: {{image: server}}"))
    };
    let world = up(&text("server")).edits(&text("tool")).asks_for("site.d");
    assert_eq!(world.plan().unwrap().text().to_string().lines().last(), Some("1 unchanged"));
}

/// A container that was not asked for is replaced or started again because what it is bound to is; interrupted, this
/// goes on although nothing but its own state tells.
#[test]
fn what_follows_is_followed_up() {
    let text =
        |image: &str| site(&format!("  a: {{image: {image}}}\n  b: {{image: server, network_mode: a}}"));
    up(&text("server")).edits(&text("tool")).asks_for("site.a").obeys();
}

#[test]
fn a_follower_is_started_again_after_an_interruption() {
    up(&site("  a: {image: server}\n  b: {image: server, network_mode: a}"))
        .suffers(Damage::StopContainer("site.a".into()))
        .asks_for("site.a")
        .obeys();
}

/// An address that somebody else holds is a reason not to begin.
#[test]
fn a_held_address_refuses_the_plan() {
    let world = up(&site("  a: {image: server, networks: [[n0, [], [], 10.1.0.9]]}"))
        .suffers(Damage::RenameContainer("site.a".into(), "elsewhere".into()));
    let plan = world.plan();
    assert!(plan.is_err(), "{}", plan.unwrap().text());
}

/// A name means another number in another image.
#[test]
fn a_new_image_has_other_accounts() {
    let text = |image: &str| site(&format!("  a: {{image: {image}, attaches: v0, user: app}}"));
    up(&text("server")).edits(&text("store")).obeys();
}

/// A persistent container that ended well is left as it is, unless somebody needs it to run.
#[test]
fn a_completed_dependency_runs_for_those_that_need_it() {
    for needs in ["links: a", "network_mode: a"] {
        up(&site(&format!("  a: {{image: store, persistent: true}}\n  b: {{image: server, {needs}}}")))
            .suffers(Damage::StopContainer("site.a".into()))
            .suffers(Damage::RemoveContainer("site.b".into()))
            .obeys();
    }
}

/// dmap's own stop of a persistent container is not the end of a job.
#[test]
fn a_persistent_guest_is_started_again_after_an_interruption() {
    up(&site("  a: {image: server}\n  c: {image: store, persistent: true, network_mode: a}"))
        .suffers(Damage::StopContainer("site.a".into()))
        .obeys();
}

/// Which anonymous volumes are kept must not depend on whether the wanted image is here already.
#[test]
fn kept_volumes_do_not_depend_on_the_pull() {
    up(&site("  c: {image: store}")).edits(&site("  c: {image: remote}")).obeys();
}

#[test]
fn a_share_that_is_not_wanted_any_more_is_not_kept() {
    up(&site("  a: {image: job, shares: /share, persistent: true}"))
        .suffers(Damage::RemoveTag(image("job")))
        .edits(&site("  a: {image: job, persistent: true}"))
        .obeys();
}

/// A container whose dependency has to be created anew is replaced only if its mounts would be others.
#[test]
fn an_equal_dependency_replaces_nobody() {
    let world = up(&site("  b: {image: server, binds: {/etc/app: /srv/b}}\n  c: {image: server, uses: b}"))
        .suffers(Damage::RemoveContainer("site.b".into()));
    let plan = world.plan().unwrap();
    let follows = plan.steps().iter().any(|step| matches!(step.reason, Reason::Follows(_)));
    assert!(!follows, "{}", plan.text());
}

/// An address is free once the container that has it was taken out of the network; it need not stop.
#[test]
fn an_address_moves_from_a_container_that_stays() {
    let text = |a: &str, e: &str| {
        site(&format!(
            "  a: {{image: server, networks: [[n0, []{a}]]}}\n  e: {{image: server, networks: [[n0, []{e}]]}}"
        ))
    };
    let address = ", [], 10.1.0.9";
    up(&text("", address)).edits(&text(address, "")).obeys();
    up(&text(address, "")).edits(&text("", address)).obeys();
}

/// A share that came from a container that is gone comes from its successor, not from the old volume.
#[test]
fn a_share_of_a_container_that_is_gone_is_not_kept() {
    let text = site("  a: {image: server, shares: /share}\n  b: {image: remote, uses: a}");
    let gone = || up(&text).suffers(Damage::RemoveContainer("site.a".into()));
    gone().obeys();
    gone().suffers(Damage::RemoveTag(image("remote"))).obeys();
    gone().suffers(Damage::RemoveTag(image("server"))).obeys();
}

/// A volume that comes through volumes-from is prepared before it is mounted too.
#[test]
fn a_borrowed_volume_is_prepared_first() {
    let text = "  d: {image: server, binds: {/etc/app: /srv/d}, attaches: v2, user: 2000}";
    up(&site(text))
        .suffers(Damage::LeaveCarrier("site.v2".parse().unwrap(), image("job")))
        .edits(&site(&format!("{text}\n  e: {{image: store, uses: d}}")))
        .obeys();
}

/// What tells that a persistent container was stopped by dmap must not go before it runs again.
#[test]
fn a_persistent_container_is_started_before_its_successor_goes() {
    let text = |command: &str| {
        site(&format!("  a: {{image: store, persistent: true, create_options: {{command: {command}}}}}"))
    };
    up(&text("one")).edits(&text("two")).cut_after(2).edits(&text("one")).obeys();
}

/// A persistent container keeps its image, and with it what a name means.
#[test]
fn a_kept_image_keeps_its_accounts() {
    let text = "  a: {image: store, persistent: true, attaches: v3, user: app}\n  c: {image: store, attaches: v0, user: app}";
    let mut world = up(&site(text));
    let other = world.engine.tag(image("other"), crate::fixture::server());
    world.suffers(Damage::Retag(image("store"), other)).obeys();
}

/// What an interrupted run left under a temporary name is bound to under that name.
#[test]
fn a_guest_can_borrow_from_a_container_that_was_moved_away() {
    let text = |timeout: &str| {
        site(&format!(
            "  a: {{image: remote, attaches: [v2]{timeout}}}\n  b: {{image: job, persistent: true, shares: [/share], uses: [v2]}}\n  \
             d: {{image: job, persistent: true, uses: [b], network_mode: a}}"
        ))
    };
    up(&text(""))
        .suffers(Damage::MoveAway(crate::fixture::key("site.b")))
        .edits(&text(", stop_timeout: 7"))
        .obeys();
}

/// Whether a job has to follow shows only when the image of what it is linked to was pulled; both ends are right.
#[test]
fn a_job_follows_whatever_is_pulled() {
    up(&site("  a: {image: remote}\n  c: {image: job, persistent: true, links: a}"))
        .suffers(Damage::RemoveTag(image("job")))
        .suffers(Damage::RemoveTag(image("remote")))
        .obeys();
}

/// What an interrupted run left is finished by the next run, whatever that is asked for.
#[test]
fn an_interrupted_outage_ends_with_the_next_run() {
    let text = |command: &str| {
        site(&format!(
            "  a: {{image: server}}\n  e: {{image: store, create_options: {{command: {command}}}}}"
        ))
    };
    let world = up(&text("one")).edits(&text("two")).cut_after(2).asks_for("site.a");
    let shown = world.shows();
    assert!(shown.contains("start container/site.e"), "{shown}");
    world.obeys();
}

/// A volume can be borrowed from a container that borrowed it.
#[test]
fn a_volume_borrowed_through_another_is_not_kept() {
    let text = "  a: {image: tool, binds: {/etc/app: /srv/a}}\n  c: {image: tool, shares: /share, uses: a}\n  \
                d: {image: tool, uses: [[c, ro]]}";
    up(&site(text))
        .suffers(Damage::MoveAway(crate::fixture::key("site.a")))
        .suffers(Damage::RemoveContainer("site.c".into()))
        .obeys();
}

/// What an interrupted run moved away runs on, and ends before what it follows as anything else does.
#[test]
fn what_was_moved_away_stops_before_what_it_follows() {
    let text =
        site("  a: {image: server}\n  b: {image: server, start: [[a, started]], follow: [[a, restart]]}");
    let mut world = up(&text).suffers(Damage::MoveAway(crate::fixture::key("site.b")));
    world.request = all(Goal::Down);
    let shown = world.shows();
    assert!(shown.find("stop container/site.b (prev)") < shown.find("stop container/site.a"), "{shown}");
    world.converge().unwrap();
}

/// Nobody restarts with what is absent and left so.
#[test]
fn what_is_left_absent_is_not_followed() {
    let text =
        site("  a: {image: server}\n  b: {image: server, start: [[a, started]], follow: [[a, restart]]}");
    let mut world = up(&text).suffers(Damage::RemoveContainer("site.a".into()));
    world.request = all(Goal::Start);
    assert!(world.plan().unwrap().is_empty(), "{}", world.shows());
    world.request = all(Goal::Up);
    world.obeys();
}

/// A link leads through the default bridge, so what is linked to leaves the host's namespace whatever the verb is; and
/// only then.
#[test]
fn what_is_linked_to_has_a_namespace_of_its_own() {
    let linked = site("  a: {image: server}\n  b: {image: server, links: a}");
    for mode in ["host", "none"] {
        let before =
            || up(&site(&format!("  a: {{image: server, network_mode: {mode}}}\n  b: {{image: server}}")));
        let mut world = before().edits(&site("  a: {image: server}\n  b: {image: server}"));
        world.request = all(Goal::Startup);
        assert!(world.plan().unwrap().is_empty(), "{}", world.shows());
        let mut world = before().edits(&linked);
        world.request = all(Goal::Startup);
        assert!(world.shows().contains("create container/site.a (next)"), "{}", world.shows());
        world.obeys();
    }
    let text = "  a: {image: server, networks: n0}\n  b: {image: server}";
    let mut world = up(&site(text)).edits(&linked);
    world.request = all(Goal::Startup);
    assert!(!world.shows().contains("create container/site.a"), "{}", world.shows());
    world.obeys();
}

/// Whether a pull brings another image shows only afterwards, so a replacement that follows it is no step too many.
#[test]
fn what_follows_a_pull_is_needed() {
    let text = site("  a: {image: remote}");
    let world = up(&text).suffers(Damage::RemoveTag(image("remote")));
    assert_eq!(laws::minimal(&world, &world.plan().unwrap()), Ok(()));
    world.obeys();
}

/// An instance that the map no longer has stops before what its configuration needs, as any other does.
#[test]
fn what_is_removed_stops_before_what_it_followed() {
    let text = |instances: &str, command: &str| {
        let a = format!("a: {{image: server, create_options: {{command: {command}}}}}");
        site(&format!("  {a}\n  c: {{image: server{instances}, start: [a], follow: {{a: restart}}}}"))
    };
    for (goal, command) in [(Goal::Down, "one"), (Goal::Up, "two")] {
        let mut world = up(&text(", instances: [x, y]", "one")).edits(&text("", command));
        world.request = all(goal);
        world.request.policy.orphans = Orphans::Remove;
        let shown = world.shows();
        let (instance, followed) =
            (shown.find("stop container/site.c.x"), shown.find("stop container/site.a"));
        assert!(instance.is_some() && instance < followed, "{shown}");
        world.converge().unwrap();
    }
}

/// A guest is restarted with its owner only if it can be: what it waits for may be left as it is.
#[test]
fn a_guest_that_waits_in_vain_is_left_alone() {
    let text = "  a: {image: server}\n  b: {image: server}\n  c: {image: server, network_mode: a, start: b}";
    let mut world = up(&site(text))
        .suffers(Damage::EndContainer("site.b".into(), 127))
        .suffers(Damage::StopContainer("site.a".into()));
    world.request = all(Goal::Start);
    let shown = world.shows();
    assert!(shown.contains("start container/site.a"), "{shown}");
    assert!(!shown.contains("await") && !shown.contains("restart"), "{shown}");
    world.obeys();
}

/// What an interrupted run left beside a name cannot have it back while somebody else has it.
#[test]
fn a_name_that_somebody_took_is_not_taken_back() {
    let mut world = up(&site("  a: {image: server}"))
        .suffers(Damage::MoveAway("site.a".parse().unwrap()))
        .suffers(Damage::ForeignContainer("site.a".into(), crate::fixture::image("server")));
    world.request = all(Goal::Start);
    let shown = world.shows();
    assert!(!shown.contains("start container") && !shown.contains("rename"), "{shown}");
    world.obeys();
}

/// What an interrupted run left running stops before what it follows, as the container itself would.
#[test]
fn a_predecessor_that_was_left_stops_before_what_it_follows() {
    let text = |command: &str| {
        let a = format!("  a: {{image: server, network_mode: host, create_options: {{command: {command}}}}}");
        site(&format!(
            "{a}\n  b: {{image: server, start: [a], follow: {{a: recreate}}, update: start-first}}"
        ))
    };
    up(&text("one")).suffers(Damage::MoveAway("site.b".parse().unwrap())).edits(&text("two")).obeys();
}
