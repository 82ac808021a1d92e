//! Makes maps of any size that look like one somebody wrote: layers of services that need the layer below.

use std::fmt::Write as _;

/// The layers of services. More containers make the layers wider, and no chain of dependencies longer.
const LAYERS: usize = 10;
/// The published ports begin here, one for each container.
const FIRST_PORT: usize = 10_000;
/// The most containers a map can have before its published ports run out.
#[cfg(test)]
const MOST: usize = 65_535 - FIRST_PORT;

/// What all services inherit.
const BASE: &str = "\
name: bench
repository: registry.example.com/team
default_tag: \"1.10\"
host_root: /srv/bench
networks:
  front:
  back: {internal: true}
containers:
  base:
    abstract: true
    user: \"2000:2000\"
    permissions: u=rwX,g=rX,o=
    shares: /var/cache/service
    stop_timeout: 20
    healthcheck: {test: [curl, -f, http://localhost:8080/health], interval: 30s, timeout: 2s, retries: 3}
";

/// Returns a map of a number of containers, about 500 bytes for each, with the sections that they refer to.
pub(super) fn text(containers: usize) -> String {
    let mut text = BASE.to_owned();
    for index in 0..containers {
        write_container(&mut text, index, containers).expect("because a string takes everything");
    }
    text.push_str("volumes:\n");
    for index in 0..containers {
        writeln!(text, "  config_{index}: /etc/service/conf.d").expect("because a string takes everything");
    }
    text.push_str("host:\n");
    for index in 0..containers {
        writeln!(text, "  config_{index}: config/{index}").expect("because a string takes everything");
    }
    text
}

/// Writes one service; those of all layers but the lowest need two of the layer below.
fn write_container(text: &mut String, index: usize, containers: usize) -> std::fmt::Result {
    let width = containers.div_ceil(LAYERS);
    writeln!(text, "  service_{index}:")?;
    writeln!(text, "    extends: base")?;
    writeln!(text, "    image: service-{}:{}.{}", index % 50, index % 3, index % 10)?;
    writeln!(text, "    binds: [config_{index}: ro, /srv/data: [data/{index}, rw]]")?;
    writeln!(text, "    attaches: {{data_{index}: /var/lib/service}}")?;
    if let Some(below) = index.checked_sub(width) {
        let beside = below - below % width + (below + 1) % width;
        writeln!(text, "    uses:\n    - [data_{below}, /mnt/upstream, ro]")?;
        writeln!(text, "    links:\n    - service_{below}\n    - [service_{beside}, upstream]")?;
    }
    writeln!(text, "    exposes: {{8080: {}, 9100: null}}", FIRST_PORT + index)?;
    writeln!(text, "    networks: {{front: {{aliases: [www-{index}]}}, back: null}}")?;
    writeln!(text, "    create_options:\n      command: serve --workers 4 --index {index}")?;
    writeln!(text, "      environment: {{MODE: production, INDEX: {index}}}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_container_needs_two_others_of_the_layer_below() {
        let text = text(40);
        let service = |index: usize| {
            let rest = text.split_once(&format!("  service_{index}:\n")).expect("the service is there").1;
            rest.split_once("environment").expect("every service has one").0
        };
        assert!(!service(3).contains("uses"));
        assert!(service(4).contains("- [data_0, /mnt/upstream, ro]"));
        assert!(service(7).contains("- service_3\n    - [service_0, upstream]"));
    }

    #[test]
    fn the_largest_map_has_ten_megabytes_and_a_port_for_everyone() {
        let largest = super::super::SIZES[3];
        assert!(largest <= MOST);
        let bytes = text(largest).len();
        assert!((9_500_000..11_000_000).contains(&bytes), "{bytes}");
    }
}
