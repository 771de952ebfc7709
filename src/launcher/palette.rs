//! The colours of the pages: the manifest's or ours, and those mixed from them.

use crate::catalogue::Colours;
use crate::diagnostic::{Finding, Findings, KeyPath, Place};

/// The least contrast of text that everybody should be able to read (WCAG 2, 1.4.3).
const LEAST_CONTRAST: f64 = 4.5;

/// A colour in sRGB.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Colour([u8; 3]);

const WHITE: Colour = Colour([0xff, 0xff, 0xff]);

impl Colour {
    /// Of `#rrggbb`; black if it is none, which the catalogue excludes.
    fn parse(text: &str) -> Self {
        let channel = |at: usize| text.get(at..at + 2).and_then(|hex| u8::from_str_radix(hex, 16).ok()).unwrap_or(0);
        Self([channel(1), channel(3), channel(5)])
    }

    /// `percent` of this colour over `other`.
    fn over(self, other: Self, percent: u32) -> Self {
        let mut mixed = [0; 3];
        for (channel, (top, under)) in mixed.iter_mut().zip(self.0.into_iter().zip(other.0)) {
            *channel = ((u32::from(top) * percent + u32::from(under) * (100 - percent) + 50) / 100) as u8;
        }
        Self(mixed)
    }

    /// The relative luminance of WCAG 2.
    fn luminance(self) -> f64 {
        let [r, g, b] = self.0.map(|channel| {
            let value = f64::from(channel) / 255.0;
            if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        });
        0.2126 * r + 0.7152 * g + 0.0722 * b
    }

    fn contrast(self, other: Self) -> f64 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    fn css(self) -> String {
        let [r, g, b] = self.0;
        format!("#{r:02x}{g:02x}{b:02x}")
    }
}

/// The colours by the names under which the stylesheet knows them.
pub(super) fn palette(colours: &Colours, findings: &mut Findings) -> Vec<(&'static str, String)> {
    let pick = |own: &Option<String>, ours: &str| Colour::parse(own.as_deref().unwrap_or(ours));
    let text = pick(&colours.text, "#1f2429");
    let background = pick(&colours.background, "#ffffff");
    let accent = pick(&colours.accent, "#123f6d");
    let link = match (&colours.link, &colours.accent) {
        (None, Some(accent)) if Colour::parse(accent).contrast(background) >= LEAST_CONTRAST => Colour::parse(accent),
        (own, _) => pick(own, "#0b5394"),
    };
    for (key, own, colour) in
        [("text", &colours.text, text), ("link", &colours.link, link), ("accent", &colours.accent, accent)]
    {
        let contrast = colour.contrast(background);
        if contrast < LEAST_CONTRAST && (own.is_some() || colours.background.is_some()) {
            let key = if own.is_some() { key } else { "background" };
            let which =
                if key == "background" { "the pages' colours".to_owned() } else { format!("`{}`", colour.css()) };
            findings.push(
                Finding::warning(
                    "low-contrast",
                    Place::Value(KeyPath::root().key("launcher").key("colours").key(key)),
                    format!(
                        "{which} on `{}` cannot be read by everybody: the contrast is {contrast:.1}",
                        background.css()
                    ),
                )
                .help(format!("choose a colour with a contrast of at least {LEAST_CONTRAST}")),
            );
        }
    }
    let on_accent = if WHITE.contrast(accent) >= LEAST_CONTRAST { WHITE } else { Colour([0; 3]) };
    // Quiet text, but never too quiet to read.
    let muted = (60..=100).map(|percent| text.over(background, percent)).find(|c| c.contrast(background) >= 5.0);
    vec![
        ("text", text.css()),
        ("background", background.css()),
        ("accent", accent.css()),
        ("link", link.css()),
        ("on_accent", on_accent.css()),
        ("muted", muted.unwrap_or(text).css()),
        ("line", text.over(background, 18).css()),
        ("tint", accent.over(background, 6).css()),
        ("tint_strong", accent.over(background, 14).css()),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_colours_can_be_read() {
        let mut findings = Findings::default();
        let palette = palette(&Colours::default(), &mut findings);
        let colour = |name: &str| palette.iter().find(|(n, _)| *n == name).map(|(_, c)| Colour::parse(c));
        assert_eq!(findings, Findings::default());
        for (a, b) in [
            ("text", "background"),
            ("link", "background"),
            ("muted", "background"),
            ("accent", "background"),
            ("on_accent", "accent"),
            ("link", "tint"),
            ("accent", "tint_strong"),
        ] {
            let contrast = colour(a).zip(colour(b)).map_or(0.0, |(a, b)| a.contrast(b));
            assert!(contrast >= LEAST_CONTRAST, "{a} on {b}: {contrast}");
        }
    }

    #[test]
    fn pale_text_is_warned_of() {
        let colours = Colours { text: Some("#aaaaaa".to_owned()), ..Colours::default() };
        let mut findings = Findings::default();
        palette(&colours, &mut findings);
        assert_eq!(findings.0.len(), 1);
        assert_eq!(findings.0[0].code, "low-contrast");
    }
}
