//! The environment of a run: the time, and the system that the program runs on.

use std::env;
use std::fs;
use std::process::Command;
use std::time::SystemTime;

use serde::Serialize;

use crate::language::PartialDate;

/// The value of `SOURCE_DATE_EPOCH` (<https://reproducible-builds.org/specs/source-date-epoch/>), if it is set.
///
/// # Errors
/// The value, if it is not a number.
pub fn source_date_epoch() -> Result<Option<i64>, String> {
    let Some(text) = env::var_os("SOURCE_DATE_EPOCH").filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    let seconds = text.to_str().and_then(|text| text.parse().ok());
    seconds.map(Some).ok_or_else(|| text.to_string_lossy().into_owned())
}

/// The time in seconds since 1970-01-01: `SOURCE_DATE_EPOCH`, or else the time of the clock. Nothing that is written to a
/// disc may depend on the clock.
///
/// # Errors
/// The value of `SOURCE_DATE_EPOCH`, if it is not a number.
pub fn now() -> Result<i64, String> {
    let clock = || SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs());
    Ok(source_date_epoch()?.unwrap_or_else(|| clock().cast_signed()))
}

/// The password of a secret key, from the environment.
pub fn key_password() -> Option<Vec<u8>> {
    env::var_os("MAKE_DISC_KEY_PASSWORD").map(std::ffi::OsString::into_encoded_bytes)
}

/// A time in UTC: `2008-06-30T12:00:00Z`.
pub fn format_utc(seconds: i64) -> String {
    let (day, second) = (PartialDate::from_unix_seconds(seconds), seconds.rem_euclid(86_400));
    format!("{day}T{:02}:{:02}:{:02}Z", second / 3600, second / 60 % 60, second % 60)
}

/// The system that the program runs on. It names neither the user nor the computer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Host {
    /// The name and version of the system, such as `Debian GNU/Linux 12 (bookworm)`.
    pub system: String,
    /// The name and version of its kernel, such as `Linux 6.1.0-18-amd64`; `None` if it is not known.
    pub kernel: Option<String>,
    /// The architecture, such as `x86_64`.
    pub machine: String,
}

impl Host {
    /// Describes this system. On some systems, it runs programs of the system.
    pub fn detect() -> Self {
        let read = |path: &str| fs::read_to_string(path).ok().map(|text| text.trim().to_owned());
        let machine = env::consts::ARCH.to_owned();
        let (system, kernel) = match env::consts::OS {
            "windows" => (output_of("cmd", &["/C", "ver"]), None),
            "macos" => {
                (output_of("/usr/bin/sw_vers", &["-productVersion"]).map(|version| format!("macOS {version}")), {
                    output_of("/usr/bin/uname", &["-sr"])
                })
            }
            "linux" => {
                let release = read("/etc/os-release").or_else(|| read("/usr/lib/os-release"));
                let kernel = read("/proc/sys/kernel/ostype").zip(read("/proc/sys/kernel/osrelease"));
                (release.as_deref().and_then(pretty_name), kernel.map(|(name, version)| format!("{name} {version}")))
            }
            _ => (None, output_of("/usr/bin/uname", &["-sr"])),
        };
        Self { system: system.unwrap_or_else(|| env::consts::OS.to_owned()), kernel, machine }
    }
}

/// What a program of the system prints; `None` if it fails or prints nothing.
fn output_of(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).output().ok().filter(|output| output.status.success())?;
    Some(String::from_utf8_lossy(&output.stdout).trim().to_owned()).filter(|text| !text.is_empty())
}

/// The name of a Linux distribution in its `os-release`, whose values are quoted as in a shell.
fn pretty_name(release: &str) -> Option<String> {
    let value = release.lines().find_map(|line| line.strip_prefix("PRETTY_NAME="))?;
    let unquoted = value.trim().trim_matches(['"', '\'']).replace("\\\"", "\"").replace("\\$", "$");
    Some(unquoted).filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_in_utc() {
        assert_eq!(format_utc(0), "1970-01-01T00:00:00Z");
        assert_eq!(format_utc(1_214_784_000 + 86_399), "2008-06-30T23:59:59Z");
        assert_eq!(format_utc(-1), "1969-12-31T23:59:59Z");
    }

    #[test]
    fn the_name_of_a_distribution_is_read() {
        assert_eq!(pretty_name("ID=debian\nPRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\n"), {
            Some("Debian GNU/Linux 12 (bookworm)".to_owned())
        });
        assert_eq!(pretty_name("PRETTY_NAME=Void\n").as_deref(), Some("Void"));
        assert_eq!(pretty_name("NAME=x\n"), None);
        let host = Host::detect();
        assert!(!host.system.is_empty() && !host.machine.is_empty());
    }
}
