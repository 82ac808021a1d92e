//! The identity of a packed build context.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use thiserror::Error;

/// The SHA-256 of a packed build context, written `sha256:` and 64 hexadecimal digits.
///
/// Two contexts have the same digest exactly if the engine would see the same files.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ContextDigest([u8; 32]);

impl ContextDigest {
    pub(crate) fn new(hash: [u8; 32]) -> Self {
        Self(hash)
    }
}

impl fmt::Display for ContextDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("sha256:")?;
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for ContextDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ContextDigest({self})")
    }
}

/// A text that is not a context digest.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
#[error("`{text}` is not a digest of the form `sha256:` and 64 lower-case hexadecimal digits")]
pub struct DigestError {
    text: String,
}

impl FromStr for ContextDigest {
    type Err = DigestError;

    fn from_str(text: &str) -> Result<Self, DigestError> {
        let hash = text.strip_prefix("sha256:").and_then(hash);
        hash.map(Self).ok_or_else(|| DigestError { text: text.to_owned() })
    }
}

fn hash(hex: &str) -> Option<[u8; 32]> {
    let (pairs, []) = hex.as_bytes().as_chunks::<2>() else {
        return None;
    };
    let mut hash = [0; 32];
    if pairs.len() != hash.len() {
        return None;
    }
    for (byte, [high, low]) in hash.iter_mut().zip(pairs) {
        *byte = digit(*high)? << 4 | digit(*low)?;
    }
    Some(hash)
}

/// Returns the value of a lower-case digit; upper case is refused, so that equal digests are equal texts.
fn digit(character: u8) -> Option<u8> {
    match character {
        b'0'..=b'9' => Some(character - b'0'),
        b'a'..=b'f' => Some(character - b'a' + 10),
        _ => None,
    }
}

impl Serialize for ContextDigest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ContextDigest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;

        impl de::Visitor<'_> for Text {
            type Value = ContextDigest;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a digest of the form `sha256:…`")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<ContextDigest, E> {
                text.parse().map_err(E::custom)
            }
        }

        deserializer.deserialize_str(Text)
    }
}

#[cfg(test)]
mod tests {
    use serde::de::IntoDeserializer;
    use serde::de::value::{Error, StrDeserializer};

    use super::*;

    const TEXT: &str = "sha256:00ff0123456789abcdef0123456789abcdef0123456789abcdef0123456789ab";

    struct Serialised(ContextDigest);

    impl fmt::Display for Serialised {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            self.0.serialize(f)
        }
    }

    #[test]
    fn text_and_serde_agree() -> Result<(), Box<dyn std::error::Error>> {
        let digest: ContextDigest = TEXT.parse()?;
        assert_eq!(digest.to_string(), TEXT);
        assert_eq!(Serialised(digest).to_string(), TEXT);
        let deserializer: StrDeserializer<'_, Error> = TEXT.into_deserializer();
        assert_eq!(ContextDigest::deserialize(deserializer), Ok(digest));
        assert_eq!(format!("{digest:?}"), format!("ContextDigest({TEXT})"));
        Ok(())
    }

    #[test]
    fn other_spellings_are_refused() {
        for text in
            ["", "sha256:", "md5:00", &TEXT[..70], &TEXT.to_uppercase(), &format!("{TEXT}00"), &TEXT[7..]]
        {
            assert!(text.parse::<ContextDigest>().is_err(), "{text:?}");
        }
        assert!("sha256:0ö".parse::<ContextDigest>().is_err());
    }
}
