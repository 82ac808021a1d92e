//! Commands for the shell of an image, with all arguments quoted.
//!
//! Each function returns a [`Call`], or a [`Script`] of several that stops at the first that fails. Both are commands of
//! `RUN`, and their texts are for any POSIX shell.
//!
//! ```
//! use dockerfile_builder::shell::{Account, Depth, System, chown, mkdir};
//! use dockerfile_builder::Dockerfile;
//!
//! let account = Account { uid: Some(2000), ..Account::new("app") };
//! let dockerfile = Dockerfile::from("alpine")
//!     .run(account.add(System::Alpine))
//!     .run(mkdir(["/srv/my site"]).then(chown(Depth::Whole, "app", ["/srv/my site"])))
//!     .build();
//! assert_eq!(
//!     dockerfile.to_string(),
//!     "FROM alpine\n\
//!      RUN adduser -D -u 2000 -s /sbin/nologin -H app\n\
//!      RUN mkdir -p '/srv/my site' && chown -R app:app '/srv/my site'\n"
//! );
//! ```

mod account;
mod call;
mod fetch;
mod files;

pub use account::{Account, Group, System, assign};
pub use call::{Call, Script, quoted};
pub use fetch::{curl, wget};
pub use files::{
    Depth, Packing, UserGroup, chmod, chown, make_directories, mkdir, mkdir_missing, rm, tar, untar,
};
