//! Rules of comparison: whose they are, and what is none.

use container_map::ConfigName;
use container_map::config::CompareMode;

use crate::load;

fn rules(text: &str, config: &str) -> Vec<(String, &'static str)> {
    let map = load(text).unwrap();
    let rules = map.compare_rules(&map.containers()[&config.parse::<ConfigName>().unwrap()]);
    rules.iter().map(|(name, mode)| (name.to_owned(), mode.as_str())).collect()
}

fn pairs(pairs: &[(&str, &'static str)]) -> Vec<(String, &'static str)> {
    pairs.iter().map(|(name, mode)| ((*name).to_owned(), *mode)).collect()
}

#[test]
fn a_configurations_own_rules_count_before_inherited_ones_and_those_of_the_map() {
    let text = "name: m\ncompare: [label: at-least, {env: ignore, dns: strict}]\nbase: {abstract: true, compare: {env: \
                strict, port: ignore}}\nweb: {extends: base, compare: {port: at-least}}\napp: {extends: base, compare: }\n";
    let of_web = [("dns", "strict"), ("env", "strict"), ("label", "at-least"), ("port", "at-least")];
    assert_eq!(rules(text, "web"), pairs(&of_web));
    assert_eq!(rules(text, "app"), pairs(&[("dns", "strict"), ("env", "ignore"), ("label", "at-least")]));
    assert_eq!(load(text).unwrap().compare().mode("env"), Some(CompareMode::Ignore));
}

/// docker-map knows no rules, so a configuration of the name is one, at the root as well.
#[test]
fn a_mapping_at_the_root_is_a_configuration() {
    for text in [
        "name: m\ncompare: {image: ignore}\n",
        "name: m\ncompare: \n",
        "name: m\ncompare: [env: ignore]\ncontainers: {compare: {image: app}}\n",
    ] {
        let map = load(text).unwrap();
        let names: Vec<&str> = map.containers().keys().map(ConfigName::as_str).collect();
        assert_eq!(names, ["compare"], "{text}");
        let has_rules = text.contains('[');
        assert_eq!(map.compare().is_empty(), !has_rules, "{text}");
        assert_eq!(load(&map.document().to_string()).unwrap(), map, "{text}");
    }
}
