//! Measures how dockerfile-builder packs a context, beside `tar`, the `docker` command line and reading alone, on the same
//! files. The program is the library's example `pack`, which does no more than the library.

use std::ffi::OsString;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use super::measure::{self, Run};
use super::report::{median, megabytes};
use super::{Folder, RUNS, sink};
use crate::error::{Doing as _, Result};
use crate::workspace;

/// The contexts: what they are called, the number of folders, of files in each, and the size of a file in bytes.
const CONTEXTS: [(&str, usize, usize, usize); 2] =
    [("1 GiB in 64 files", 1, 64, 16 << 20), ("100 000 small files", 1000, 100, 1000)];

/// What a program took on a context.
struct Row {
    context: &'static str,
    program: &'static str,
    runs: Vec<Run>,
}

/// Measures the programs on all contexts.
pub(super) fn run() -> Result {
    let pack = workspace::build_example_release("dockerfile-builder", "pack")?;
    let mut rows = Vec::new();
    for (name, folders, files, size) in CONTEXTS {
        let folder = Folder::make()?;
        println!("making {name} …");
        let top = folder.0.join("context");
        fs::create_dir(&top).doing(format_args!("make {}", top.display()))?;
        fill(&top, folders, files, size)?;
        let socket = folder.0.join("engine.sock");
        sink::listen(&socket)?;
        for (program, line) in lines(&pack, &socket) {
            println!("{program} on {name} …");
            let words = ["-c", &line, "sh"].map(OsString::from).into_iter().chain([top.clone().into()]);
            rows.push(Row {
                context: name,
                program,
                runs: runs(Path::new("sh"), &words.collect::<Vec<_>>())?,
            });
        }
    }
    print!("\n{}", table(&rows));
    Ok(())
}

/// The programs, as lines for a shell that gets the context as its first argument. The first one is what the others are
/// compared with.
fn lines(pack: &Path, socket: &Path) -> [(&'static str, String); 6] {
    let (pack, socket) = (pack.display(), socket.display());
    [
        ("`tar -cf -`", r#"exec tar -cf - -C "$1" ."#.to_owned()),
        (
            "`docker build`, sending",
            format!(r#"DOCKER_BUILDKIT=0 DOCKER_HOST=unix://{socket} exec docker build "$1" 2>/dev/null"#),
        ),
        ("writing", format!(r#"exec {pack} "$1" write"#)),
        ("writing with the digest", format!(r#"exec {pack} "$1" both"#)),
        ("the digest alone", format!(r#"exec {pack} "$1" digest"#)),
        ("reading alone (`cat`)", r#"find "$1" -type f -print0 | xargs -0 cat"#.to_owned()),
    ]
}

/// Makes folders of files, with a Dockerfile at the top.
fn fill(top: &Path, folders: usize, files: usize, size: usize) -> Result {
    let write =
        |path: PathBuf, bytes: &[u8]| fs::write(&path, bytes).doing(format_args!("write {}", path.display()));
    write(top.join("Dockerfile"), b"FROM scratch\nCOPY . /\n")?;
    // No two bytes in a row are equal, so that nothing takes it for a hole.
    let content: Vec<u8> = (0..=u8::MAX).cycle().take(size).collect();
    for folder in 0..folders {
        let folder = top.join(format!("folder_{folder}"));
        fs::create_dir(&folder).doing(format_args!("make {}", folder.display()))?;
        for file in 0..files {
            write(folder.join(format!("file_{file}")), &content)?;
        }
    }
    Ok(())
}

/// Runs a program several times, and once more before to warm the caches.
fn runs(program: &Path, words: &[OsString]) -> Result<Vec<Run>> {
    let words = || words.iter().map(OsString::as_os_str);
    measure::run_into_cat(program, words())?;
    (0..RUNS).map(|_| measure::run_into_cat(program, words())).collect::<Result<_>>()
}

/// Returns a table in Markdown: the median time, also as a part of that of `tar`, and the largest memory of all runs.
fn table(rows: &[Row]) -> String {
    let mut text = String::from(
        "| context | program | median time | of tar's | peak memory |\n\
         |---|---|--:|--:|--:|\n",
    );
    let time = |row: &Row| median(row.runs.iter().map(|run| run.wall).collect()).as_secs_f64();
    for row in rows {
        let tar = rows.iter().find(|other| other.context == row.context).map_or(f64::NAN, time);
        let peak = megabytes(row.runs.iter().map(|run| run.peak).max().unwrap_or_default());
        let (milliseconds, ratio) = (time(row) * 1e3, time(row) / tar);
        writeln!(
            text,
            "| {} | {} | {milliseconds:.0} ms | {ratio:.2} × | {peak:.1} MB |",
            row.context, row.program
        )
        .expect("because a string takes everything");
    }
    text
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn times_are_compared_with_the_first_program_on_the_same_context() {
        let row = |context, program, milliseconds| {
            let runs = vec![Run { wall: Duration::from_millis(milliseconds), peak: 4_200_000 }];
            Row { context, program, runs }
        };
        let table = table(&[row("a", "tar", 100), row("b", "tar", 10), row("b", "dmap", 5)]);
        assert_eq!(table.lines().last(), Some("| b | dmap | 5 ms | 0.50 × | 4.2 MB |"));
    }

    #[test]
    fn folders_are_filled() {
        let folder = Folder::make().expect("there is room for a few bytes");
        fill(&folder.0, 2, 3, 300).expect("there is room for a few bytes");
        let file = fs::metadata(folder.0.join("folder_1/file_2")).expect("it was written");
        assert_eq!(file.len(), 300);
        assert!(folder.0.join("Dockerfile").exists());
    }
}
