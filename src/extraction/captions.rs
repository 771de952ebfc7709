//! The captions of recordings: WebVTT (W3C) and SRT files.

use super::Extraction;
use crate::encodings::decode_text;
use crate::escaping::without_controls;

/// The captions of a recording.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Captions {
    /// As WebVTT, which browsers read.
    pub web_vtt: String,
    /// The spoken text without times and markup: a line for each caption.
    pub lines: Vec<String>,
}

impl Captions {
    /// Reads a file. `None` if it has no captions.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let text = decode_text(bytes);
        let mut captions = Self { web_vtt: String::from("WEBVTT\n"), lines: Vec::new() };
        for Cue { start, end, settings, text } in cues(&text) {
            captions.web_vtt.push_str(&format!(
                "\n{} --> {}{settings}\n{text}\n",
                format_time(start),
                format_time(end)
            ));
            let line = without_tags(&text);
            // Roll-up captions repeat lines.
            if captions.lines.last() != Some(&line) {
                captions.lines.push(line);
            }
        }
        (!captions.lines.is_empty()).then_some(captions)
    }
}

/// Extracts the words of captions.
pub(super) fn extract(bytes: &[u8]) -> Extraction {
    Extraction::from_text(&Captions::read(bytes).map(|captions| captions.lines.join("\n")).unwrap_or_default())
}

struct Cue {
    /// In milliseconds from the start of the recording.
    start: u64,
    end: u64,
    /// The WebVTT settings that say where the caption is shown, with a space before each.
    settings: String,
    /// Its lines.
    text: String,
}

/// The captions of a file, in the order of the file.
fn cues(text: &str) -> impl Iterator<Item = Cue> {
    let mut lines = text.trim_start_matches('\u{feff}').lines().map(str::trim_end);
    std::iter::from_fn(move || {
        loop {
            let line = lines.next()?;
            let Some((start, rest)) = line.split_once("-->") else { continue };
            let rest = rest.trim();
            let (end, settings) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
            let (Some(start), Some(end)) = (parse_time(start.trim()), parse_time(end)) else { continue };
            let is_setting = |setting: &&str| setting.contains(':') && !setting.contains("-->");
            let settings =
                settings.split_whitespace().filter(is_setting).map(|setting| format!(" {setting}")).collect();
            let shown: Vec<&str> = lines.by_ref().take_while(|line| !line.is_empty()).collect();
            // WebVTT does not allow an arrow in the text, and SRT has commands in braces.
            let text = without_controls(&without_commands(&shown.join("\n"))).replace("-->", "→");
            if !text.trim().is_empty() && end > start {
                return Some(Cue { start, end, settings, text });
            }
        }
    })
}

/// Parses `01:02:03.456`, `02:03.456`, or the same with a comma. Returns milliseconds.
fn parse_time(text: &str) -> Option<u64> {
    let (seconds, fraction) = text.split_once(['.', ',']).unwrap_or((text, "0"));
    let fraction: u64 = format!("{:0<3}", fraction.get(..3).unwrap_or(fraction)).parse().ok()?;
    let mut total = 0_u64;
    let parts: Vec<&str> = seconds.split(':').collect();
    if parts.len() < 2 || parts.len() > 3 {
        return None;
    }
    for part in parts {
        total = total.checked_mul(60)?.checked_add(part.trim().parse().ok()?)?;
    }
    total.checked_mul(1000)?.checked_add(fraction)
}

fn format_time(milliseconds: u64) -> String {
    let seconds = milliseconds / 1000;
    format!("{:02}:{:02}:{:02}.{:03}", seconds / 3600, seconds / 60 % 60, seconds % 60, milliseconds % 1000)
}

/// A text without commands such as `{\\an8}`.
fn without_commands(text: &str) -> String {
    let mut rest = text;
    let mut kept = String::new();
    while let Some((before, after)) = rest.split_once("{\\") {
        kept.push_str(before);
        rest = after.split_once('}').map_or("", |(_, after)| after);
    }
    kept + rest
}

/// A text without markup such as `<i>` and `<v Speaker>`, on one line.
fn without_tags(text: &str) -> String {
    let mut plain = String::new();
    let mut is_inside = false;
    for character in text.chars() {
        match character {
            '<' => is_inside = true,
            '>' if is_inside => is_inside = false,
            '\n' => plain.push(' '),
            _ if !is_inside => plain.push(character),
            _ => {}
        }
    }
    plain.replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">").replace("&nbsp;", " ")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const SRT: &str = "\u{feff}1\r\n00:00:01,500 --> 00:00:03,000\r\n{\\an8}Bonjour à <i>tous</i>\r\n\r\n2\r\n00:01:00,000 --> 00:01:02,000 X1:0\r\nDeux\r\nlignes\r\n";

    #[test]
    fn srt_becomes_web_vtt() {
        let vtt = Captions::read(SRT.as_bytes()).unwrap().web_vtt;
        let wanted = "WEBVTT\n\n00:00:01.500 --> 00:00:03.000\nBonjour à <i>tous</i>\n\n00:01:00.000 --> 00:01:02.000 X1:0\nDeux\nlignes\n";
        assert_eq!(vtt, wanted);
        assert_eq!(extract(SRT.as_bytes()).pages, ["Bonjour à tous\nDeux lignes\n"]);
    }

    #[test]
    fn web_vtt_keeps_its_settings_and_loses_notes() {
        let text = "WEBVTT - title\n\nNOTE a --> comment\nmore\n\nSTYLE\n::cue { color: red }\n\nid\n00:01.000 --> 00:04.000 align:start\n<v Ana>Water &amp; peace\n\n00:05.000 --> 00:06.000\n<v Ana>Water &amp; peace\n";
        let vtt = Captions::read(text.as_bytes()).unwrap().web_vtt;
        assert!(vtt.contains("\n00:00:01.000 --> 00:00:04.000 align:start\n<v Ana>Water &amp; peace\n"), "{vtt}");
        assert!(!vtt.contains("comment") && !vtt.contains("color"));
        assert_eq!(extract(text.as_bytes()).pages, ["Water & peace\n"]);
    }

    #[test]
    fn control_characters_are_left_out() {
        let captions =
            Captions::read("00:01.000 --> 00:02.000\na\0b\u{1b}[31m\u{85}c\u{2028}d\u{202e}e\n".as_bytes()).unwrap();
        assert_eq!(captions.lines, ["a b [31m c d e"]);
        assert!(captions.web_vtt.ends_with("\na b [31m c d e\n"));
    }

    #[test]
    fn other_text_has_no_captions() {
        for text in ["", "WEBVTT", "WEBVTT\n\nx --> y\ntext", "00:01 --> 00:00\nbackwards", "1:2:3:4 --> 5:6:7:8\nx"] {
            assert_eq!(Captions::read(text.as_bytes()), None, "{text}");
        }
    }
}
