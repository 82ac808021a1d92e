//! Builds a map in code, prints it, and says what would be wrong with another one.
//!
//! `cargo run -p container-map --example build`

use std::error::Error;

use container_map::{Draft, LoadError, Mapping, Merge, SecretSource, Value};

#[expect(clippy::print_stdout, reason = "an example shows what it does")]
fn main() -> Result<(), Box<dyn Error>> {
    let site = Draft::new("site")
        .container("web", |web| web.image("nginx:1.29").uses("app_socket").exposes((80, 8080)))
        .container("app", |app| {
            app.attaches("app_socket")
                .user(2000)
                .permissions("u=rwX,g=rX,o=")
                .networks(Mapping::new().with("network_name", "back").with("aliases", "backend"))
                .environment("MODE", "production")
                .environment("PASSWORD", SecretSource::File("password.txt".into()))
                .start(("db", "healthy"))
        })
        .container("db", |db| {
            db.image("postgres:18")
                .networks("back")
                .healthcheck(Mapping::new().with("test", "pg_isready").with("interval", "5s"))
                .host_option("mem_limit", "1g")
        })
        .volume("app_socket", "/run/app")
        .network("back", Mapping::new().with("internal", true));

    // What is known only later is asked for when the draft is checked.
    let release = Draft::new("release").container("app", |app| {
        app.image(Value::late(|| concat!("registry.example.com/app:", env!("CARGO_PKG_VERSION"))))
    });
    let map = site.merge(&release, Merge::All).check()?;
    print!("{}", map.document());

    let wrong = Draft::from(&map).container("web", |web| web.uses("app_sokcet").stop_timeout("soon"));
    if let Err(LoadError::Invalid(violations)) = wrong.check() {
        println!("\nWith another two lines, it would be wrong:");
        for violation in &violations {
            println!("- {violation}");
        }
    }
    Ok(())
}
