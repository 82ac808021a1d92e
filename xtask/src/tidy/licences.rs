//! Checks the licences of all dependencies against the list in `deny.toml`.

use serde_json::Value;

use super::Problem;

/// The file that holds the list, for this check and for cargo-deny.
const LIST: &str = "deny.toml";

/// Checks every package of the dependency graph.
pub(super) fn check(metadata: &Value, deny: &str) -> Vec<Problem> {
    let allowed = allowed(deny);
    if allowed.is_empty() {
        return vec![Problem::of(LIST, "no licences are listed under `[licenses]` as `allow = [\"…\"]`")];
    }
    let packages = metadata["packages"].as_array().into_iter().flatten();
    packages.filter_map(|package| check_package(package, &allowed)).collect()
}

/// The problem of one package, if it has one.
fn check_package(package: &Value, allowed: &[&str]) -> Option<Problem> {
    let field = |name: &str| package[name].as_str().unwrap_or_default();
    let (name, version, licence) = (field("name"), field("version"), field("license"));
    if accepts(licence, allowed) {
        return None;
    }
    let licence = if licence.is_empty() { "none" } else { licence };
    let message = format!("the licence of {name} {version} is not in {LIST}: {licence}");
    Some(Problem::of("Cargo.lock", message))
}

/// The strings of the `allow` list in the section `[licenses]`.
fn allowed(deny: &str) -> Vec<&str> {
    let section = deny.split("\n[licenses]").nth(1).unwrap_or_default();
    let section = section.split("\n[").next().unwrap_or_default();
    let list = section.split("allow = [").nth(1).unwrap_or_default();
    let list = list.split(']').next().unwrap_or_default();
    list.split('"').skip(1).step_by(2).collect()
}

/// Whether an SPDX expression can be satisfied with the allowed licences alone.
fn accepts(expression: &str, allowed: &[&str]) -> bool {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let mut words: Vec<&str> = spaced.split_whitespace().rev().collect();
    let accepted = any(&mut words, allowed);
    accepted && words.is_empty()
}

/// Alternatives: `a OR b`.
fn any(words: &mut Vec<&str>, allowed: &[&str]) -> bool {
    let mut accepted = all(words, allowed);
    while words.pop_if(|word| *word == "OR").is_some() {
        accepted |= all(words, allowed);
    }
    accepted
}

/// Obligations: `a AND b`.
fn all(words: &mut Vec<&str>, allowed: &[&str]) -> bool {
    let mut accepted = one(words, allowed);
    while words.pop_if(|word| *word == "AND").is_some() {
        accepted &= one(words, allowed);
    }
    accepted
}

/// A licence, with its exception if it has one, or something in brackets.
fn one(words: &mut Vec<&str>, allowed: &[&str]) -> bool {
    match words.pop() {
        Some("(") => {
            let accepted = any(words, allowed);
            words.pop_if(|word| *word == ")").is_some() && accepted
        }
        Some(licence) if words.pop_if(|word| *word == "WITH").is_some() => {
            let exception = words.pop().unwrap_or_default();
            allowed.contains(&format!("{licence} WITH {exception}").as_str())
        }
        Some(licence) => allowed.contains(&licence),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_are_weighed_like_spdx_says() {
        let allowed = ["MIT", "Unicode-3.0", "Apache-2.0 WITH LLVM-exception"];
        for (expression, expected) in [
            ("MIT", true),
            ("MIT OR GPL-3.0", true),
            ("GPL-3.0/MIT", true),
            ("MIT AND GPL-3.0", false),
            ("(MIT OR GPL-3.0) AND Unicode-3.0", true),
            ("MIT OR GPL-3.0 AND Unicode-3.0", true),
            ("Apache-2.0", false),
            ("Apache-2.0 WITH LLVM-exception", true),
            ("", false),
            ("MIT)", false),
        ] {
            assert_eq!(accepts(expression, &allowed), expected, "{expression}");
        }
    }

    #[test]
    fn the_list_is_read_from_its_section_only() {
        let deny =
            "[bans]\nallow = [\"x\"]\n\n[licenses]\n# why\nallow = [\n  \"MIT\",\n  \"ISC\",\n]\n[sources]\n";
        assert_eq!(allowed(deny), ["MIT", "ISC"]);
        assert_eq!(allowed("[bans]\n"), [""; 0]);
    }
}
