//! The script: what is handed to `docker` is what the plan says, whatever is in it.

use map_planner::{Plan, PlanFile};
use proptest::prelude::*;
use serde_json::Value;

use crate::story::{site, wanted};

/// Returns the plan of one container with other words, a label and a variable put into it.
fn holding(words: &[String], text: &str) -> Plan {
    let plan =
        wanted(&site("  a: {image: server, create_options: {command: [x], environment: {A: x}}}")).plan();
    let json = PlanFile::new(vec![plan.unwrap()]).to_json();
    let mut file: Value = serde_json::from_str(&json).unwrap();
    let spec = &mut file["plans"][0]["steps"][0]["spec"];
    assert_eq!(spec["command"][0], "x", "{json}");
    spec["command"] = words.into();
    spec["environment"]["A"] = text.into();
    spec["labels"]["note"] = text.into();
    let file: PlanFile = serde_json::from_value(file).unwrap();
    file.plans[0].clone()
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![any::<String>(), "[ -~\n\t]{0,20}"]
        .prop_map(|text| text.replace('\0', "").replace("\\\n", "\n"))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn arguments_survive_a_shell(words in prop::collection::vec(text(), 1..4), text in text()) {
        // The crate takes what goes on in another line for an empty word.
        let script = holding(&words, &text).script().to_string().replace(" \\\n  ", " ");
        let split = shlex::split(&script).unwrap();
        let has = |word: &str| split.iter().any(|found| found == word);
        prop_assert!(has(&format!("A={text}")), "{}", script);
        prop_assert!(has(&format!("note={text}")), "{}", script);
        let image = split.iter().position(|word| word == "server:latest").unwrap();
        prop_assert_eq!(&split[image + 1..=image + words.len()], words.as_slice());
    }
}

/// A comment ends with its line, and what comes after it would be run.
#[test]
fn nothing_gets_out_of_a_comment() {
    let world = wanted(&site("  a: {image: server}"));
    let json = PlanFile::new(vec![world.plan().unwrap()]).to_json();
    let mut file: Value = serde_json::from_str(&json).unwrap();
    let difference = serde_json::json!({
        "attribute": "label", "item": "x\nrm -rf /", "origin": "unknown", "live": "unset", "wanted": "unset"
    });
    for step in file["plans"][0]["steps"].as_array_mut().unwrap() {
        step["reason"] = serde_json::json!({ "differs": [difference] });
    }
    for derived in ["summary", "outages", "changed", "drifted", "unexplained"] {
        file["plans"][0].as_object_mut().unwrap().remove(derived).unwrap();
    }
    let file: PlanFile = serde_json::from_value(file).unwrap();
    let script = file.plans[0].script().to_string();
    assert!(script.contains("label x\\nrm -rf / missing"), "{script}");
    assert!(!script.lines().any(|line| line.starts_with("rm")), "{script}");
}

/// The API gives a container the image's command where the map names none; the docker command has to be told it.
#[test]
fn an_entrypoint_of_no_words_takes_the_image_s_command() {
    let script = |options: &str| {
        let text = site(&format!("  a: {{image: server, create_options: {{entrypoint: '', {options}}}}}"));
        wanted(&text).plan().unwrap().script().to_string()
    };
    for options in ["", "command: []"] {
        let script = script(options);
        assert!(script.contains("image_command=$(command_of server:latest)\n"), "{script}");
        assert!(script.contains("server:latest \\\n  \"$@\"\n"), "{script}");
    }
    assert!(!script("command: serve").contains("command_of"), "{}", script("command: serve"));
}

/// YAML's way to write an octal number is none of tar's, which sets the mode.
#[test]
fn modes_are_written_as_tar_reads_them() {
    for (mode, written) in [("0o2750", "2750"), ("0750", "0750"), ("u=rwX,go=", "u=rwX,go=")] {
        let text = site(&format!("  a: {{image: server, attaches: v0, permissions: '{mode}'}}"));
        let script = wanted(&text).plan().unwrap().script().to_string();
        let line = format!("rewrite all dmap-prep.site.v0 '' '' {written}\n");
        assert!(script.contains(&line), "{script}");
    }
}

#[test]
fn propagation_and_options_of_places_are_said() {
    let text = site(
        "  a:\n    image: server\n    binds: {/x: [/host/x, 'ro,rslave']}\n    networks:\n    - n1: {driver_options: {speed: 'a,b'}}\n    - n0: {driver_options: {speed: '2'}}",
    );
    let script = wanted(&text).plan().unwrap().script().to_string();
    for said in [
        "--volume /host/x:/x:ro,rslave",
        "--network 'name=site.n1,\"driver-opt=speed=a,b\"'",
        "network connect --driver-opt speed=2 site.n0",
    ] {
        assert!(script.contains(said), "{said}:\n{script}");
    }
}
