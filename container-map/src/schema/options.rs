//! What `create_options` and `host_config` hold.

use super::Shape;
use super::{forms, keys};
use crate::config::{CreateOptions, HostOptions, OptionTable};
use crate::raw::{OptionName, Section, spellings};

/// Returns the form of the options of a section, under each of their names.
pub(super) fn options(section: Section) -> Shape {
    let (create, host) = (CreateOptions::shapes(), HostOptions::shapes());
    let known = |table: &[(&'static str, Shape)], name: &str| {
        table.iter().find(|(known, _)| *known == name).map(|(_, shape)| shape.clone())
    };
    let shape = |name: OptionName, written: &str| match name {
        OptionName::Host(_) if written == "cpus" => Some(CPUS),
        OptionName::Create(name) => known(&create, name),
        OptionName::Host(name) => known(&host, name),
        OptionName::Key(name) => key(name),
        OptionName::HostConfig => Some(options(Section::Host)),
        OptionName::Refused(refused) => Some(Shape::Empty.about(refused.why())),
    };
    let keys = spellings()
        .filter(|spelling| is_read(spelling.name, section))
        .filter_map(|spelling| Some((spelling.written, shape(spelling.name, spelling.written)?.or_null())));
    Shape::Object { keys: keys.collect(), required: 0 }.or_null()
}

/// An option that is not taken can stand everywhere, as long as it says nothing.
fn is_read(name: OptionName, section: Section) -> bool {
    matches!(name, OptionName::Refused(_)) || name.fits(section)
}

const CPUS: Shape = Shape::Pattern { pattern: r"^[0-9]+(\.[0-9]+)?$", example: "1.5" };

/// Returns the form of an option that says what a key of the configuration says.
fn key(name: &str) -> Option<Shape> {
    let (about, shape) = match name {
        "network_disabled" => ("Whether it has no network.", Shape::Boolean),
        "ports" => ("Ports it exposes; better under `exposes`.", forms::texts()),
        "port_bindings" => {
            ("Where ports are published; better under `exposes`.", Shape::Text.or_null().mapping())
        }
        "volumes" => ("Paths with an anonymous volume; better under `shares`.", forms::texts()),
        "binds" => ("Directories of the host; better under `binds`.", forms::texts()),
        "network_mode" => ("Where its network comes from.", Shape::Text),
        // docker-py has the names of the API, in capitals.
        "healthcheck" => {
            ("How the engine finds out whether it works.", Shape::Text.or_null().or(forms::texts()).mapping())
        }
        same => return keys::container(same).map(|key| key.shape.about(key.about)),
    };
    Some(shape.about(about))
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use super::*;

    #[test]
    fn every_option_that_is_read_has_a_form_and_no_other() {
        let of = |section| match options(section) {
            Shape::AnyOf(forms) => match forms.into_iter().next() {
                Some(Shape::Object { keys, .. }) => keys.into_iter().map(|(key, _)| key).collect::<Vec<_>>(),
                other => panic!("{other:?}"),
            },
            other => panic!("{other:?}"),
        };
        for (section, known) in [(Section::Create, of(Section::Create)), (Section::Host, of(Section::Host))] {
            for spelling in spellings() {
                let is_read = is_read(spelling.name, section);
                assert_eq!(known.contains(&spelling.written), is_read, "{} {section:?}", spelling.written);
            }
        }
    }
}
