//! Paths as text: in messages, and in commands that a user may copy.

use std::borrow::Cow;
use std::ffi::OsStr;
use std::path::Path;

use crate::escaping::escape_line;

/// A path for a message. A path that begins with a hyphen is written as `./-x`, because a program would take it for an
/// option; bytes that are not UTF-8 are written as escapes, as in `\xff`. Characters that must not be printed are left to
/// [`escape_line`].
pub fn show(path: &Path) -> String {
    let mut text = String::new();
    for chunk in chunks(path.as_os_str()) {
        match chunk {
            Chunk::Text(part) => text.push_str(part),
            Chunk::Bytes(bytes) => bytes.iter().for_each(|byte| text += &format!("\\x{byte:02x}")),
        }
    }
    without_option(text)
}

/// A path as a POSIX shell reads it, in quotes if it needs them. No program mistakes it for an option.
pub fn quote_for_shell(path: &Path) -> String {
    let is_option = path.as_os_str().as_encoded_bytes().starts_with(b"-");
    if is_option { quote_argument(Path::new(".").join(path).as_os_str()) } else { quote_argument(path.as_os_str()) }
}

/// An argument as a POSIX shell reads it, in quotes if it needs them. What cannot be printed is written with the escapes that
/// bash and zsh read in `$'…'`.
pub fn quote_argument(argument: &OsStr) -> String {
    let text = argument.to_str();
    let Some(text) = text.filter(|text| matches!(escape_line(text), Cow::Borrowed(_))) else {
        return quote_with_escapes(argument);
    };
    let needs_no_quotes = |c: char| c.is_ascii_alphanumeric() || "/._-+,:@%".contains(c);
    if !text.is_empty() && text.chars().all(needs_no_quotes) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

fn quote_with_escapes(argument: &OsStr) -> String {
    let mut quoted = String::from("$'");
    for chunk in chunks(argument) {
        match chunk {
            Chunk::Text(text) => {
                for c in text.chars() {
                    match c {
                        '\'' | '\\' => quoted.extend(['\\', c]),
                        ' '..='~' => quoted.push(c),
                        c if c.is_alphanumeric() => quoted.push(c),
                        c => quoted += &format!("\\U{:08x}", c as u32),
                    }
                }
            }
            // In octal, whose escapes have at most three digits: a hexadecimal escape would include digits that follow it.
            Chunk::Bytes(bytes) => bytes.iter().for_each(|byte| quoted += &format!("\\{byte:03o}")),
        }
    }
    quoted.push('\'');
    quoted
}

fn without_option(text: String) -> String {
    if text.starts_with('-') { format!("./{text}") } else { text }
}

/// Part of a path or an argument.
enum Chunk<'p> {
    Text(&'p str),
    /// Bytes that are not UTF-8.
    Bytes(&'p [u8]),
}

fn chunks(text: &OsStr) -> impl Iterator<Item = Chunk<'_>> {
    text.as_encoded_bytes().utf8_chunks().flat_map(|part| [Chunk::Text(part.valid()), Chunk::Bytes(part.invalid())])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_quoted_only_if_a_shell_needs_it() {
        for (path, quoted) in [
            ("out.iso", "out.iso"),
            ("my disc.iso", "'my disc.iso'"),
            ("it's", r"'it'\''s'"),
            ("", "''"),
            ("dev=/dev/sr0", "'dev=/dev/sr0'"),
            ("-x.iso", "./-x.iso"),
            ("-my disc.iso", "'./-my disc.iso'"),
            ("a\n'b.iso", r"$'a\U0000000a\'b.iso'"),
        ] {
            assert_eq!(quote_for_shell(Path::new(path)), quoted);
        }
    }

    #[test]
    #[cfg(unix)]
    #[allow(clippy::unwrap_used)]
    fn a_shell_reads_every_quoted_path_as_it_was() {
        use std::os::unix::ffi::OsStrExt;
        for bytes in [
            &b"-x.iso"[..],
            b"a b'c\"d$e`f\\g.iso",
            b"out\xff1.iso",
            b"-\xe9t\xe9 'x'\\\n.iso",
            b"\xff-x",
            "été\u{202e} \u{200b}.iso".as_bytes(),
        ] {
            let path = Path::new(std::ffi::OsStr::from_bytes(bytes));
            let script = format!("printf %s {}", quote_for_shell(path));
            let read =
                std::process::Command::new("bash").env("LC_ALL", "C.UTF-8").args(["-c", &script]).output().unwrap();
            let expected = if bytes[0] == b'-' { [b"./", bytes].concat() } else { bytes.to_vec() };
            assert_eq!(read.stdout, expected, "{script}");
        }
    }

    #[test]
    fn messages_show_what_cannot_be_printed() {
        assert_eq!(show(Path::new("-x.iso")), "./-x.iso");
        assert_eq!(show(Path::new("a b.iso")), "a b.iso");
        #[cfg(unix)]
        {
            use std::os::unix::ffi::OsStrExt;
            let path = Path::new(std::ffi::OsStr::from_bytes(b"-out\xff\xe9.iso"));
            assert_eq!(show(path), r"./-out\xff\xe9.iso");
        }
    }
}
