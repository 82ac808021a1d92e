//! As much of [Protocol Buffers](https://protobuf.dev/programming-guides/encoding/) as BuildKit's messages need.

/// A field of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field<'a> {
    Number(u64),
    Bytes(&'a [u8]),
}

impl<'a> Field<'a> {
    pub(super) fn number(self) -> u64 {
        match self {
            Self::Number(number) => number,
            Self::Bytes(_) => 0,
        }
    }

    pub(super) fn bytes(self) -> &'a [u8] {
        match self {
            Self::Bytes(bytes) => bytes,
            Self::Number(_) => &[],
        }
    }

    /// Returns a text; what is not UTF-8 is replaced.
    pub(super) fn text(self) -> String {
        String::from_utf8_lossy(self.bytes()).into_owned()
    }
}

/// Returns the fields of a message with their numbers. What cannot be read ends it.
pub(super) fn fields(mut message: &[u8]) -> impl Iterator<Item = (u64, Field<'_>)> {
    std::iter::from_fn(move || {
        loop {
            let key = varint(&mut message)?;
            let field = match key & 7 {
                0 => Field::Number(varint(&mut message)?),
                1 => {
                    take(&mut message, 8)?;
                    continue;
                }
                2 => {
                    let length = usize::try_from(varint(&mut message)?).ok()?;
                    Field::Bytes(take(&mut message, length)?)
                }
                5 => {
                    take(&mut message, 4)?;
                    continue;
                }
                _ => return None,
            };
            return Some((key >> 3, field));
        }
    })
}

fn take<'a>(message: &mut &'a [u8], length: usize) -> Option<&'a [u8]> {
    let (taken, rest) = message.split_at_checked(length)?;
    *message = rest;
    Some(taken)
}

fn varint(message: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let (byte, rest) = message.split_first()?;
        *message = rest;
        number |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

/// Appends a field of bytes to a message.
pub(super) fn put(message: &mut Vec<u8>, number: u8, bytes: &[u8]) {
    message.push(number << 3 | 2);
    let mut length = bytes.len();
    while length >= 0x80 {
        message.push(u8::try_from(length & 0x7f).unwrap_or_default() | 0x80);
        length >>= 7;
    }
    message.push(u8::try_from(length).unwrap_or_default());
    message.extend_from_slice(bytes);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_put_is_found() {
        let long = vec![7; 300];
        let mut message = vec![3 << 3, 0x96, 0x01, 9 << 3 | 1, 1, 2, 3, 4, 5, 6, 7, 8];
        put(&mut message, 1, b"text");
        put(&mut message, 2, &long);
        let found: Vec<_> = fields(&message).collect();
        assert_eq!(found, [(3, Field::Number(150)), (1, Field::Bytes(b"text")), (2, Field::Bytes(&long))]);
    }

    #[test]
    fn what_is_cut_off_ends() {
        let mut message = Vec::new();
        put(&mut message, 1, b"text");
        for length in 0..message.len() {
            assert_eq!(fields(&message[..length]).count(), 0, "{length}");
        }
        assert_eq!(fields(&[0xff; 20]).count(), 0);
    }
}
