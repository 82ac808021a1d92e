//! What is fetched from elsewhere.

use super::call::Call;

/// Fetches a file with curl, following redirections; an answer that is an error is a failure.
///
/// Without a file, it is written to standard output.
pub fn curl(url: &str, file: Option<&str>) -> Call {
    let call = Call::new("curl").option("-fsSL");
    let call = match file {
        Some(file) => call.option_with("-o", file),
        None => call,
    };
    call.argument(url)
}

/// Fetches a file with wget; without a name, the file has that of the address.
pub fn wget(url: &str, file: Option<&str>) -> Call {
    let call = Call::new("wget").option("-q");
    let call = match file {
        Some(file) => call.option_with("-O", file),
        None => call,
    };
    call.argument(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_fetched_goes_to_the_file() {
        let url = "https://example.org/a?b&c";
        assert_eq!(
            curl(url, Some("/my file")).to_string(),
            "curl -fsSL -o '/my file' 'https://example.org/a?b&c'"
        );
        assert_eq!(curl(url, None).to_string(), "curl -fsSL 'https://example.org/a?b&c'");
        assert_eq!(wget(url, Some("f")).to_string(), "wget -q -O f 'https://example.org/a?b&c'");
        assert_eq!(
            wget(url, None).option_with("-P", "/x").to_string(),
            "wget -q -P /x 'https://example.org/a?b&c'"
        );
    }
}
