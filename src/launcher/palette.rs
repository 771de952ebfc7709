//! The colours of the pages: those set in the manifest or the default ones, and shades mixed from them.

use crate::catalogue::Colours;
use crate::diagnostic::{Finding, Findings, KeyPath, Place};

/// The minimum contrast of text (WCAG 2, 1.4.3).
const MIN_CONTRAST: f64 = 4.5;

/// A colour in sRGB.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Colour([u8; 3]);

const WHITE: Colour = Colour([0xff, 0xff, 0xff]);

impl Colour {
    /// Parses `#rrggbb`. Anything else is black; the catalogue has reported it.
    fn parse(text: &str) -> Self {
        let channel = |at: usize| text.get(at..at + 2).and_then(|hex| u8::from_str_radix(hex, 16).ok()).unwrap_or(0);
        Self([channel(1), channel(3), channel(5)])
    }

    /// Mixes `percent` percent of this colour with `other`.
    fn over(self, other: Self, percent: u32) -> Self {
        let mut mixed = [0; 3];
        for (channel, (top, under)) in mixed.iter_mut().zip(self.0.into_iter().zip(other.0)) {
            *channel = ((u32::from(top) * percent + u32::from(under) * (100 - percent) + 50) / 100) as u8;
        }
        Self(mixed)
    }

    /// Shades of this colour from itself to white. All but greys keep their hue, and get more saturation if they have little: mixed with
    /// white, a dark blue would become grey. Greys, some of which have a slight hue, do not become more colourful.
    fn lighter_shades(self) -> impl Iterator<Item = Self> {
        const MIN_SATURATION: f64 = 0.6;
        const MAX_CHROMA_OF_GREY: f64 = 0.1;
        const STEPS: u32 = 100;
        let channels = self.0.map(|channel| f64::from(channel) / 255.0);
        let (max, min) = (channels.into_iter().fold(0.0, f64::max), channels.into_iter().fold(1.0, f64::min));
        // Lightness, chroma and saturation as in HSL.
        let (lightness, chroma) = ((max + min) / 2.0, max - min);
        let saturation = if chroma > 0.0 { chroma / (1.0 - (max + min - 1.0).abs()) } else { 0.0 };
        let (saturation, max_chroma) =
            if chroma > MAX_CHROMA_OF_GREY { (saturation.max(MIN_SATURATION), 1.0) } else { (saturation, chroma) };
        (0..=STEPS).map(move |step| {
            let lighter = lightness + (1.0 - lightness) * f64::from(step) / f64::from(STEPS);
            let half = (saturation * (1.0 - (2.0 * lighter - 1.0).abs())).min(max_chroma) / 2.0;
            // Each channel keeps its place between the darkest and the lightest.
            Self(channels.map(|channel| {
                let place = if chroma > 0.0 { (channel - min) / chroma } else { 0.5 };
                ((lighter - half + 2.0 * half * place) * 255.0).round().clamp(0.0, 255.0) as u8
            }))
        })
    }

    /// The relative luminance as defined by WCAG 2.
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

/// The text that stands for a colour in the stylesheet until [`apply_colours`] replaces it.
pub(super) fn placeholder(name: &str) -> String {
    format!("\u{e000}{name}\u{e001}")
}

/// The colours by their names in the stylesheet.
pub(super) type Palette = Vec<(&'static str, String)>;

/// How the emblem is shown on dark pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DarkEmblem {
    AsItIs,
    /// On white, because it could not be seen on the dark page.
    OnWhite,
}

/// Replaces the placeholders with colours. If there is a dark palette, each declaration is followed by one with a
/// variable, which old browsers ignore.
pub(super) fn apply_colours(sheet: &str, light: &Palette, dark: Option<(&Palette, DarkEmblem)>) -> String {
    let fill = |text: &str, value: &dyn Fn(&str, &str) -> String| {
        let replace =
            |text: String, (name, colour): &(&str, String)| text.replace(&placeholder(name), &value(name, colour));
        light.iter().fold(text.to_owned(), replace)
    };
    let mut out = String::with_capacity(sheet.len() * 5 / 4);
    // Each piece includes the character that ends it.
    for piece in sheet.split_inclusive(['{', ';', '}']) {
        out.push_str(&fill(piece, &|_, colour| colour.to_owned()));
        if dark.is_some() && piece.contains('\u{e000}') {
            let declaration = piece.trim_start().trim_end_matches([';', '}']).trim_end();
            if let Some(last) = piece.chars().last().filter(|last| *last == '}') {
                out.truncate(out.len() - last.len_utf8());
                out.push_str("; ");
                out.push_str(&fill(declaration, &|name, _| format!("var(--{name})")));
                out.push_str(" }");
            } else {
                out.push(' ');
                out.push_str(&fill(declaration, &|name, _| format!("var(--{name})")));
                out.push(';');
            }
        }
    }
    if let Some((dark, emblem)) = dark {
        let variables = |palette: &Palette| -> String {
            palette.iter().map(|(name, colour)| format!(" --{name}: {colour};")).collect()
        };
        out.push_str(&format!(
            "\n:root {{ color-scheme: light dark;{} }}\n@media screen and (prefers-color-scheme: dark) {{\n  :root {{{} }}\n",
            variables(light),
            variables(dark)
        ));
        // White covers would be the brightest parts of a page.
        out.push_str("  img.cover { filter: brightness(.88); }\n");
        out.push_str(match emblem {
            DarkEmblem::AsItIs => "  .emblem img { mix-blend-mode: normal; border-radius: 6px; }\n}\n",
            DarkEmblem::OnWhite => {
                "  .emblem img { mix-blend-mode: normal; border-radius: 6px; background: #fff; padding: .3em; }\n}\n"
            }
        });
    }
    out
}

/// The palette for readers whose system is in dark mode, derived from the light one; `None` if the manifest sets the colour
/// of the text or the background.
pub(super) fn dark(colours: &Colours) -> Option<Palette> {
    if colours.text.is_some() || colours.background.is_some() {
        return None;
    }
    let pick = |chosen: &Option<String>, default: &str| Colour::parse(chosen.as_deref().unwrap_or(default));
    let accent = pick(&colours.accent, "#123f6d");
    let link = if colours.link.is_none() && colours.accent.is_some() { accent } else { pick(&colours.link, "#0b5394") };
    let background = accent.over(Colour([0x10, 0x13, 0x16]), 8);
    let text = Colour([0xe4, 0xe7, 0xea]);
    let lightened = |colour: Colour, contrast: f64| {
        colour.lighter_shades().find(|c| c.contrast(background) >= contrast).unwrap_or(WHITE)
    };
    // Links also appear on tinted backgrounds, which need more contrast.
    let (accent, link) = (lightened(accent, 8.5), lightened(link, 8.0));
    let muted = (60..=100).map(|percent| text.over(background, percent)).find(|c| c.contrast(background) >= 6.0);
    Some(vec![
        ("text", text.css()),
        ("background", background.css()),
        ("accent", accent.css()),
        ("link", link.css()),
        ("on_accent", background.css()),
        ("bar", accent.over(background, 16).css()),
        ("on_bar", text.css()),
        ("muted", muted.unwrap_or(text).css()),
        ("line", text.over(background, 22).css()),
        ("tint", accent.over(background, 7).css()),
        ("tint_strong", accent.over(background, 16).css()),
    ])
}

/// The palette for light pages.
pub(super) fn light(colours: &Colours, findings: &mut Findings) -> Palette {
    let pick = |chosen: &Option<String>, default: &str| Colour::parse(chosen.as_deref().unwrap_or(default));
    let text = pick(&colours.text, "#1f2429");
    let background = pick(&colours.background, "#ffffff");
    let accent = pick(&colours.accent, "#123f6d");
    let link = match (&colours.link, &colours.accent) {
        (None, Some(accent)) if Colour::parse(accent).contrast(background) >= MIN_CONTRAST => Colour::parse(accent),
        (own, _) => pick(own, "#0b5394"),
    };
    for (key, own, colour) in
        [("text", &colours.text, text), ("link", &colours.link, link), ("accent", &colours.accent, accent)]
    {
        let contrast = colour.contrast(background);
        if contrast < MIN_CONTRAST && (own.is_some() || colours.background.is_some()) {
            let (key, subject) = match own {
                Some(_) => (key, format!("`{}`", colour.css())),
                None => ("background", format!("the default {key} colour `{}`", colour.css())),
            };
            findings.push(
                Finding::warning(
                    "low-contrast",
                    Place::Value(KeyPath::root().key("launcher").key("colours").key(key)),
                    format!("{subject} on `{}` is hard to read: the contrast is {contrast:.1}", background.css()),
                )
                .help(format!("choose a colour with a contrast of at least {MIN_CONTRAST}")),
            );
        }
    }
    let on_accent = if WHITE.contrast(accent) >= MIN_CONTRAST { WHITE } else { Colour([0; 3]) };
    // Less prominent text that is still easy to read.
    let muted = (60..=100).map(|percent| text.over(background, percent)).find(|c| c.contrast(background) >= 5.0);
    vec![
        ("text", text.css()),
        ("background", background.css()),
        ("accent", accent.css()),
        ("link", link.css()),
        ("on_accent", on_accent.css()),
        ("bar", accent.css()),
        ("on_bar", on_accent.css()),
        ("muted", muted.unwrap_or(text).css()),
        ("line", text.over(background, 18).css()),
        ("tint", accent.over(background, 6).css()),
        ("tint_strong", accent.over(background, 14).css()),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assert_readable(palette: &Palette) {
        let colour = |name: &str| palette.iter().find(|(n, _)| *n == name).map(|(_, c)| Colour::parse(c));
        for (a, b) in [
            ("text", "background"),
            ("link", "background"),
            ("muted", "background"),
            ("accent", "background"),
            ("on_accent", "accent"),
            ("on_bar", "bar"),
            ("link", "tint"),
            ("text", "tint_strong"),
            ("accent", "tint_strong"),
        ] {
            let contrast = colour(a).zip(colour(b)).map_or(0.0, |(a, b)| a.contrast(b));
            assert!(contrast >= MIN_CONTRAST, "{a} on {b}: {contrast}");
        }
    }

    #[test]
    fn default_colours_are_readable() {
        let mut findings = Findings::default();
        assert_readable(&light(&Colours::default(), &mut findings));
        assert_eq!(findings, Findings::default());
    }

    #[test]
    fn dark_pages_are_readable_with_any_accent() {
        for accent in ["#123f6d", "#000000", "#ffffff", "#7a0019", "#ffd700", "#00aa00"] {
            let colours = Colours { accent: Some(accent.to_owned()), ..Colours::default() };
            assert_readable(&dark(&colours).unwrap_or_default());
        }
        assert!(dark(&Colours { background: Some("#fff".to_owned()), ..Colours::default() }).is_none());
    }

    #[test]
    fn the_accent_keeps_its_hue_on_dark_pages() {
        let shown = |accent: &str| {
            let colours = Colours { accent: Some(accent.to_owned()), ..Colours::default() };
            let palette = dark(&colours).unwrap_or_default();
            let accent = palette.iter().find(|(name, _)| *name == "accent").map(|(_, css)| Colour::parse(css).0);
            accent.unwrap_or_default().map(i32::from)
        };
        let [r, g, b] = shown("#123f6d");
        assert!(b - r > 80 && r < g && g < b, "{r} {g} {b}");
        let [r, g, b] = shown("#7a0019");
        assert!(r - g > 60 && (g - b).abs() < 30, "{r} {g} {b}");
        let [r, g, b] = shown("#000033");
        assert!(b - r > 80, "{r} {g} {b}");
        let [r, g, b] = shown("#333333");
        assert!(r == g && g == b, "{r} {g} {b}");
        // The greys of many styles are slightly blue or brown.
        for grey in ["#212529", "#111318", "#010000", "#1c1917", "#3a3f44"] {
            let [r, g, b] = shown(grey);
            assert!(r.max(g).max(b) - r.min(g).min(b) < 12, "{grey}: {r} {g} {b}");
        }
    }

    #[test]
    fn declarations_work_in_old_and_new_browsers() {
        let sheet = format!("a {{ color: {}; margin: 0 }} b {{ color: {} }}", placeholder("text"), placeholder("link"));
        let light = vec![("text", "#111111".to_owned()), ("link", "#222222".to_owned())];
        assert_eq!(apply_colours(&sheet, &light, None), "a { color: #111111; margin: 0 } b { color: #222222 }");
        let both = apply_colours(&sheet, &light, Some((&light, DarkEmblem::OnWhite)));
        assert!(both.starts_with(
            "a { color: #111111; color: var(--text); margin: 0 } b { color: #222222 ; color: var(--link) }"
        ));
    }

    #[test]
    fn pale_text_gets_a_warning() {
        let colours = Colours { text: Some("#aaaaaa".to_owned()), ..Colours::default() };
        let mut findings = Findings::default();
        light(&colours, &mut findings);
        assert_eq!(findings.0.len(), 1);
        assert_eq!(findings.0[0].code, "low-contrast");
    }
}
