//! What the planner promises, judged by the simulated engine.

mod differ;
mod fixture;
mod judge;
mod model;
mod properties;
mod rules;
mod rules_prepare;
mod text;
mod world;

/// A module that is not named here would not run.
#[test]
fn no_module_is_forgotten() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it");
    for entry in std::fs::read_dir(folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        if let Some(module) = name.strip_suffix(".rs").filter(|module| *module != "main") {
            assert!(
                include_str!("main.rs").contains(&format!("\nmod {module};\n")),
                "{module} is forgotten"
            );
        }
    }
}
