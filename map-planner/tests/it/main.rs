//! What the planner promises, judged by the simulated engine.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod build_order;
mod builds;
mod clients;
mod commands;
mod compare;
mod compare_rules;
mod desired;
mod differ;
mod fixture;
mod fixtures;
mod found;
mod judge;
mod laws;
mod leftovers;
mod model;
mod one_off;
mod options;
mod properties;
mod properties_of_verbs;
mod restore;
mod rules;
mod rules_network;
mod rules_prepare;
mod saved;
mod schema;
mod script;
mod secrets;
mod story;
mod strategy;
mod text;
mod views;
mod views_of_damage;
mod views_of_recovery;
mod views_of_verbs;
mod waits;
mod world;

/// A module that is not named here would not run.
#[test]
fn no_module_is_forgotten() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it");
    for entry in std::fs::read_dir(folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        if let Some(module) = name.strip_suffix(".rs").filter(|module| *module != "main") {
            assert!(include_str!("main.rs").contains(&format!("\nmod {module};\n")), "{module} is forgotten");
        }
    }
}
