//! The emblem and the icon. Only this module uses the crate `resvg`.

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{self, roxmltree};

use super::pixels::{Pixels, to_ico};
use crate::diagnostic::{Finding, Findings, KeyPath, Place};

/// The emblem on the pages fits into a square of this many pixels.
const EMBLEM_SIDE: u32 = 512;

/// The emblem in print fits into a square of this many pixels: 40 mm at 600 dots per inch.
const PRINT_EMBLEM_SIDE: u32 = 945;

/// The sizes of the icon.
const ICON_SIDES: [u32; 4] = [16, 32, 48, 256];

/// The icon of collections without an emblem shows a disc.
const DISC: &str = include_str!("../../assets/launcher/disc.svg");

/// A picture that can be rendered at any size.
pub(super) enum Picture {
    Drawing(Box<usvg::Tree>),
    /// Colours are premultiplied by their opacity.
    Pixels(Pixels),
}

/// A PNG file and its size in pixels.
#[derive(Debug)]
pub(super) struct Png {
    pub bytes: Vec<u8>,
    pub width: u32,
    pub height: u32,
}

/// The picture for the icon if there is no emblem.
pub(super) fn default_icon(findings: &mut Findings) -> Option<Picture> {
    parse_svg(DISC, "disc.svg", findings)
}

/// Reads the emblem, which may be SVG, PNG or JPEG; `name` is its path as written in the manifest. `None` after an
/// error.
pub(super) fn read_emblem(bytes: &[u8], name: &str, findings: &mut Findings) -> Option<Picture> {
    let mut report = |error: String| {
        findings.push(
            Finding::error("bad-picture", emblem_key(), format!("`{name}` cannot be read: {error}"))
                .help("open it in an image editor and save it again as PNG, or use an SVG"),
        );
    };
    let picture = match detect_format(bytes) {
        Some(EmblemFormat::Svg(text)) => parse_svg(text, name, findings)?,
        Some(EmblemFormat::Png) => premultiplied(Pixels::from_png(bytes).map_err(&mut report).ok()?),
        Some(EmblemFormat::Jpeg) => premultiplied(Pixels::from_jpeg(bytes).map_err(&mut report).ok()?),
        None => {
            let message = format!("`{name}` is not an SVG, PNG or JPEG image");
            findings.push(
                Finding::error("bad-picture", emblem_key(), message).help("save the emblem as SVG (best), PNG or JPEG"),
            );
            return None;
        }
    };
    if let Some(rendered) = picture.render(32)
        && rendered.pixels().all(|pixel| pixel[3] == 0)
    {
        findings.push(
            Finding::warning("empty-picture", emblem_key(), format!("nothing is visible in `{name}`"))
                .help("convert text and linked images in the drawing to paths"),
        );
    }
    Some(picture)
}

/// The key of the manifest that names the emblem.
fn emblem_key() -> Place {
    Place::Value(KeyPath::root().key("launcher").key("emblem"))
}

enum EmblemFormat<'b> {
    Svg(&'b str),
    Png,
    Jpeg,
}

fn detect_format(bytes: &[u8]) -> Option<EmblemFormat<'_>> {
    if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        return Some(EmblemFormat::Png);
    }
    if bytes.starts_with(b"\xff\xd8\xff") {
        return Some(EmblemFormat::Jpeg);
    }
    let text = std::str::from_utf8(bytes).ok()?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    (text.trim_start().starts_with('<') && text.contains("<svg") || text.contains(":svg"))
        .then_some(EmblemFormat::Svg(text))
}

fn parse_svg(svg: &str, name: &str, findings: &mut Findings) -> Option<Picture> {
    let parsing = roxmltree::ParsingOptions { allow_dtd: true, nodes_limit: 1_000_000, ..Default::default() };
    let document = roxmltree::Document::parse_with_options(svg, parsing)
        .map_err(|error| {
            let line = usize::try_from(error.pos().row).ok();
            let message = format!("`{name}` is not a valid SVG: {error}");
            findings.push(
                Finding::error("bad-picture", Place::File(name.to_owned(), line), message)
                    .help("open it in a drawing program and save it again"),
            );
        })
        .ok()?;
    let has_element = |tag: &str| document.descendants().any(|node| node.tag_name().name() == tag);
    if has_element("text") {
        findings.push(
            Finding::warning(
                "picture-text",
                emblem_key(),
                format!("`{name}` contains text, which is left out: drawing it would need fonts"),
            )
            .help("in your drawing program, convert the text to paths"),
        );
    }
    if has_element("image") {
        findings.push(
            Finding::warning(
                "picture-image",
                emblem_key(),
                format!("`{name}` contains or links to a photograph, which is left out"),
            )
            .help("use a PNG of the whole emblem instead"),
        );
    }
    let options = usvg::Options {
        // A drawing must look the same on every machine, so no other file is read.
        image_href_resolver: usvg::ImageHrefResolver {
            resolve_data: Box::new(|_, _, _| None),
            resolve_string: Box::new(|_, _| None),
        },
        ..usvg::Options::default()
    };
    let tree = usvg::Tree::from_xmltree(&document, &options)
        .map_err(|error| {
            findings.push(
                Finding::error("bad-picture", emblem_key(), format!("`{name}` cannot be drawn: {error}"))
                    .help("give the `<svg>` element a `viewBox`, or a width and a height greater than zero"),
            );
        })
        .ok()?;
    Some(Picture::Drawing(Box::new(tree)))
}

fn premultiplied(mut pixels: Pixels) -> Picture {
    for [r, g, b, a] in pixels.pixels_mut() {
        for channel in [r, g, b] {
            *channel = ((u16::from(*channel) * u16::from(*a) + 127) / 255) as u8;
        }
    }
    Picture::Pixels(pixels)
}

impl Picture {
    /// The emblem for the pages.
    pub(super) fn to_png(&self) -> Option<Png> {
        self.to_png_within(EMBLEM_SIDE)
    }

    /// The emblem for print.
    pub(super) fn to_print_png(&self) -> Option<Png> {
        self.to_png_within(PRINT_EMBLEM_SIDE)
    }

    /// A PNG that fits a square; pixels are never enlarged.
    fn to_png_within(&self, max_side: u32) -> Option<Png> {
        let side = match self {
            Self::Drawing(_) => max_side,
            Self::Pixels(pixels) => max_side.min(pixels.width().max(pixels.height())),
        };
        let rendered = self.render(side)?;
        Some(Png { bytes: rendered.to_png()?, width: rendered.width(), height: rendered.height() })
    }

    /// The icon of the volume as an ICO file.
    pub(super) fn to_icon(&self) -> Option<Vec<u8>> {
        let images = ICON_SIDES.into_iter().map(|side| self.render_square(side)).collect::<Option<Vec<_>>>()?;
        to_ico(&images)
    }

    /// Renders the whole picture with `side` as its longer side. Colours are not premultiplied.
    fn render(&self, side: u32) -> Option<Pixels> {
        let fit = |width: f32, height: f32| {
            let scale = side as f32 / width.max(height);
            let pixels = |length: f32| ((length * scale).round() as u32).clamp(1, side);
            (scale, pixels(width), pixels(height))
        };
        let mut rendered = match self {
            Self::Drawing(tree) => {
                let (scale, width, height) = fit(tree.size().width(), tree.size().height());
                let mut pixmap = Pixmap::new(width, height)?;
                resvg::render(tree, Transform::from_scale(scale, scale), &mut pixmap.as_mut());
                Pixels::from_rgba(width, height, pixmap.take())?
            }
            Self::Pixels(pixels) => {
                let (_, width, height) = fit(pixels.width() as f32, pixels.height() as f32);
                if (width, height) == (pixels.width(), pixels.height()) {
                    pixels.clone()
                } else {
                    pixels.scaled(width, height)
                }
            }
        };
        for [r, g, b, a] in rendered.pixels_mut() {
            let alpha = u16::from(*a);
            for channel in [r, g, b] {
                // Scaling may leave a colour greater than its opacity.
                let colour = u16::from(*channel).min(alpha);
                *channel = (colour * 255 + alpha / 2).checked_div(alpha).unwrap_or(0) as u8;
            }
        }
        Some(rendered)
    }

    /// Renders the whole picture in the middle of a transparent square.
    fn render_square(&self, side: u32) -> Option<Pixels> {
        let mut square = Pixels::transparent(side, side);
        square.paste_in_middle(&self.render(side)?);
        Some(square)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::pixels::MIN_PNG_ICON;
    use super::*;

    fn read(bytes: &[u8]) -> (Option<Picture>, Vec<&'static str>) {
        let mut findings = Findings::default();
        let picture = read_emblem(bytes, "emblem", &mut findings);
        assert!(findings.0.iter().all(|finding| !finding.help.is_empty()));
        (picture, findings.0.iter().map(|finding| finding.code).collect())
    }

    #[test]
    fn the_icon_has_three_bitmaps_and_one_png() {
        let icon = default_icon(&mut Findings::default()).unwrap().to_icon().unwrap();
        assert_eq!(icon[..6], [0, 0, 1, 0, 4, 0]);
        let mut expected_offset = 6 + 4 * 16;
        for (index, side) in ICON_SIDES.into_iter().enumerate() {
            let entry = &icon[6 + index * 16..][..16];
            assert_eq!(entry[..8], [(side % 256) as u8, (side % 256) as u8, 0, 0, 0, 0, 32, 0]);
            let field = |at: usize| u32::from_le_bytes(entry[at..at + 4].try_into().unwrap()) as usize;
            assert_eq!(field(12), expected_offset);
            let bytes = &icon[field(12)..field(12) + field(8)];
            expected_offset += bytes.len();
            if side < MIN_PNG_ICON {
                assert_eq!(bytes[..12], [[40, 0, 0, 0], side.to_le_bytes(), (side * 2).to_le_bytes()].concat());
                assert_eq!(bytes.len() as u32, 40 + side * side * 4 + side.div_ceil(32) * 4 * side);
            } else {
                let png = Pixels::from_png(bytes).unwrap();
                assert_eq!((png.width(), png.height()), (256, 256));
                assert_eq!(png, default_icon(&mut Findings::default()).unwrap().render_square(256).unwrap());
            }
        }
        assert_eq!(icon.len(), expected_offset);
    }

    #[test]
    fn drawings_fit_the_square_and_keep_their_shape() {
        let svg = br##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 10"><rect width="20" height="10" fill="#0a0b0c"/></svg>"##;
        let (emblem, codes) = read(svg);
        let png = emblem.unwrap().to_png().unwrap();
        assert_eq!((png.width, png.height), (512, 256));
        assert_eq!(codes, [""; 0]);
        let image = Pixels::from_png(&png.bytes).unwrap();
        assert!(image.pixels().all(|pixel| *pixel == [10, 11, 12, 255]));
    }

    #[test]
    fn small_images_keep_their_size_and_their_colours() {
        let mut rgba = [200, 100, 50, 255].repeat(40 * 20);
        rgba[..4].fill(0);
        let original = Pixels::from_rgba(40, 20, rgba).unwrap();
        let (emblem, _) = read(&original.to_png().unwrap());
        let png = emblem.unwrap().to_png().unwrap();
        assert_eq!((png.width, png.height), (40, 20));
        assert_eq!(Pixels::from_png(&png.bytes).unwrap(), original);
    }

    #[test]
    fn large_images_shrink_without_dark_edges() {
        // An opaque white square in the middle of transparent black.
        let mut original = Pixels::transparent(2000, 1000);
        original.paste_in_middle(&Pixels::from_rgba(500, 500, vec![255; 500 * 500 * 4]).unwrap());
        let (emblem, _) = read(&original.to_png().unwrap());
        let png = emblem.unwrap().to_png().unwrap();
        assert_eq!((png.width, png.height), (512, 256));
        let image = Pixels::from_png(&png.bytes).unwrap();
        assert!(image.pixels().any(|pixel| pixel[3] == 255) && image.pixels().any(|pixel| pixel[3] == 0));
        for [r, g, b, a] in image.pixels() {
            assert!(*a < 8 || [r, g, b].into_iter().all(|channel| *channel > 220), "{r} {g} {b} {a}");
        }
    }

    #[test]
    fn what_cannot_be_drawn_is_reported() {
        let text = br#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><text>UN</text></svg>"#;
        assert_eq!(read(text).1, ["picture-text", "empty-picture"]);
        for bad in [&b"GIF89a"[..], b"<svg", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b""] {
            let (emblem, codes) = read(bad);
            assert!(emblem.is_none() && codes[0] == "bad-picture", "{codes:?}");
        }
    }
}
