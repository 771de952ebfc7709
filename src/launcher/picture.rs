//! The emblem and the icon. The only module that names `resvg` and `image`.

use std::io::Cursor;

use image::codecs::ico::{IcoEncoder, IcoFrame};
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::imageops::{self, FilterType as Sampling};
use image::{DynamicImage, ExtendedColorType, ImageDecoder, ImageEncoder, ImageFormat, ImageReader, RgbaImage};
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{self, roxmltree};

use crate::diagnostic::{Finding, Findings, KeyPath, Place};

/// The side of the square that the emblem fits into, in pixels.
const EMBLEM_SIDE: u32 = 512;

/// The sides of the icon's pictures, and the one from which they are stored as PNG: older versions
/// of Windows read only bitmaps below it.
const ICON_SIDES: [u32; 4] = [16, 32, 48, 256];
const PNG_ICON_SIDE: u32 = 256;

/// The longest side that is decoded, in pixels.
const LONGEST_SIDE: u32 = 12_000;

/// The drawing of a disc for collections without an emblem.
const DISC: &str = include_str!("../../assets/launcher/disc.svg");

/// A picture that can be had in any size.
pub(super) enum Picture {
    /// A drawing.
    Drawing(Box<usvg::Tree>),
    /// Pixels, their colours multiplied by their opacity.
    Pixels(RgbaImage),
}

/// A PNG and its size.
#[derive(Debug)]
pub(super) struct Png {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
}

/// The picture of the icon if there is no emblem.
pub(super) fn disc(findings: &mut Findings) -> Option<Picture> {
    drawing(DISC, "disc.svg", findings)
}

/// The emblem in whatever format it is; `name` is how the manifest writes its path. `None` after an error.
pub(super) fn emblem(bytes: &[u8], name: &str, findings: &mut Findings) -> Option<Picture> {
    let picture = match format_of(bytes) {
        Some(Format::Svg(text)) => drawing(text, name, findings)?,
        Some(Format::Pixels(format)) => pixels(bytes, format)
            .map_err(|error| {
                findings.push(
                    Finding::error("bad-picture", at(), format!("`{name}` cannot be read: {error}"))
                        .help("open it in a picture editor and save it again as PNG, or give an SVG"),
                );
            })
            .ok()?,
        None => {
            let message = format!("`{name}` is not an SVG, PNG or JPEG picture");
            findings
                .push(Finding::error("bad-picture", at(), message).help("save the emblem as SVG (best), PNG or JPEG"));
            return None;
        }
    };
    if let Some(fitted) = picture.fitted(32)
        && fitted.pixels().all(|pixel| pixel.0[3] == 0)
    {
        findings.push(
            Finding::warning("empty-picture", at(), format!("nothing can be seen of `{name}`"))
                .help("convert texts and linked pictures in the drawing to paths"),
        );
    }
    Some(picture)
}

/// The key of the manifest that names the emblem.
fn at() -> Place {
    Place::Value(KeyPath::root().key("launcher").key("emblem"))
}

/// What the bytes of a picture are.
enum Format<'b> {
    Svg(&'b str),
    Pixels(ImageFormat),
}

fn format_of(bytes: &[u8]) -> Option<Format<'_>> {
    if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        return Some(Format::Pixels(ImageFormat::Png));
    }
    if bytes.starts_with(b"\xff\xd8\xff") {
        return Some(Format::Pixels(ImageFormat::Jpeg));
    }
    let text = std::str::from_utf8(bytes).ok()?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    (text.trim_start().starts_with('<') && text.contains("<svg") || text.contains(":svg")).then_some(Format::Svg(text))
}

fn drawing(svg: &str, name: &str, findings: &mut Findings) -> Option<Picture> {
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
    let has = |tag: &str| document.descendants().any(|node| node.tag_name().name() == tag);
    if has("text") {
        findings.push(
            Finding::warning(
                "picture-text",
                at(),
                format!("`{name}` has text, which cannot be drawn here without fonts"),
            )
            .help("in your drawing program, convert the text to paths"),
        );
    }
    if has("image") {
        findings.push(
            Finding::warning("picture-image", at(), format!("`{name}` holds or links a photograph, which is left out"))
                .help("give the whole emblem as PNG instead"),
        );
    }
    let options = usvg::Options {
        // A drawing must look the same on every machine: nothing beside it is read.
        image_href_resolver: usvg::ImageHrefResolver {
            resolve_data: Box::new(|_, _, _| None),
            resolve_string: Box::new(|_, _| None),
        },
        ..usvg::Options::default()
    };
    let tree = usvg::Tree::from_xmltree(&document, &options)
        .map_err(|error| {
            findings.push(
                Finding::error("bad-picture", at(), format!("`{name}` cannot be drawn: {error}"))
                    .help("give the `<svg>` element a `viewBox`, or a width and a height above zero"),
            );
        })
        .ok()?;
    Some(Picture::Drawing(Box::new(tree)))
}

fn pixels(bytes: &[u8], format: ImageFormat) -> image::ImageResult<Picture> {
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = image::Limits::default();
    limits.max_image_width = Some(LONGEST_SIDE);
    limits.max_image_height = Some(LONGEST_SIDE);
    reader.limits(limits);
    let mut decoder = reader.into_decoder()?;
    let orientation = decoder.orientation()?;
    let mut image = DynamicImage::from_decoder(decoder)?;
    image.apply_orientation(orientation);
    let mut image = image.into_rgba8();
    for pixel in image.pixels_mut() {
        let [r, g, b, a] = pixel.0;
        let multiplied = |channel: u8| ((u16::from(channel) * u16::from(a) + 127) / 255) as u8;
        pixel.0 = [multiplied(r), multiplied(g), multiplied(b), a];
    }
    Ok(Picture::Pixels(image))
}

impl Picture {
    /// The emblem as a PNG that fits [`EMBLEM_SIDE`]; a small picture stays as small as it is.
    pub(super) fn png(&self) -> Option<Png> {
        let side = match self {
            Self::Drawing(_) => EMBLEM_SIDE,
            Self::Pixels(image) => EMBLEM_SIDE.min(image.width().max(image.height())),
        };
        let fitted = self.fitted(side)?;
        let (width, height) = fitted.dimensions();
        Some(Png { bytes: png(&fitted)?, width, height })
    }

    /// The emblem as a PNG for print: 40 mm of it at 600 dots per inch.
    pub(super) fn printable(&self) -> Option<Png> {
        const SIDE: u32 = 945;
        let side = match self {
            Self::Drawing(_) => SIDE,
            Self::Pixels(image) => SIDE.min(image.width().max(image.height())),
        };
        let fitted = self.fitted(side)?;
        let (width, height) = fitted.dimensions();
        Some(Png { bytes: png(&fitted)?, width, height })
    }

    /// The icon of the volume.
    pub(super) fn icon(&self) -> Option<Vec<u8>> {
        let frames = ICON_SIDES
            .into_iter()
            .map(|side| {
                let square = self.square(side)?;
                let bytes = if side >= PNG_ICON_SIDE { png(&square)? } else { bitmap(&square) };
                IcoFrame::with_encoded(bytes, side, side, ExtendedColorType::Rgba8).ok()
            })
            .collect::<Option<Vec<_>>>()?;
        let mut icon = Vec::new();
        IcoEncoder::new(&mut icon).encode_images(&frames).ok()?;
        Some(icon)
    }

    /// The whole picture, its longer side as long as `side`, with plain colours and opacity.
    fn fitted(&self, side: u32) -> Option<RgbaImage> {
        let fit = |width: f32, height: f32| {
            let scale = side as f32 / width.max(height);
            let pixels = |length: f32| ((length * scale).round() as u32).clamp(1, side);
            (scale, pixels(width), pixels(height))
        };
        let mut image = match self {
            Self::Drawing(tree) => {
                let (scale, width, height) = fit(tree.size().width(), tree.size().height());
                let mut pixmap = Pixmap::new(width, height)?;
                resvg::render(tree, Transform::from_scale(scale, scale), &mut pixmap.as_mut());
                RgbaImage::from_raw(width, height, pixmap.take())?
            }
            Self::Pixels(image) => {
                let (_, width, height) = fit(image.width() as f32, image.height() as f32);
                if (width, height) == image.dimensions() {
                    image.clone()
                } else {
                    imageops::resize(image, width, height, Sampling::Lanczos3)
                }
            }
        };
        for pixel in image.pixels_mut() {
            let [r, g, b, a] = pixel.0;
            // Sampling may leave a colour stronger than its opacity.
            let plain = |channel: u8| (u16::from(channel.min(a)) * 255 + u16::from(a) / 2).checked_div(u16::from(a));
            let [r, g, b] = [r, g, b].map(|channel| plain(channel).unwrap_or(0) as u8);
            pixel.0 = [r, g, b, a];
        }
        Some(image)
    }

    /// The whole picture in the middle of a transparent square.
    fn square(&self, side: u32) -> Option<RgbaImage> {
        let fitted = self.fitted(side)?;
        let mut square = RgbaImage::new(side, side);
        let middle = |length: u32| i64::from((side - length) / 2);
        imageops::replace(&mut square, &fitted, middle(fitted.width()), middle(fitted.height()));
        Some(square)
    }
}

fn png(image: &RgbaImage) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    PngEncoder::new_with_quality(&mut bytes, CompressionType::Best, FilterType::Adaptive)
        .write_image(image.as_raw(), image.width(), image.height(), ExtendedColorType::Rgba8)
        .ok()?;
    Some(bytes)
}

/// A device-independent bitmap as icons hold it: twice as high as the picture, colours with opacity
/// first, then a mask of a bit a pixel for readers without opacity; rows from the bottom.
fn bitmap(image: &RgbaImage) -> Vec<u8> {
    let (width, height) = image.dimensions();
    let mask_row = width.div_ceil(32) * 4;
    let mut out = Vec::new();
    for field in [40, width, height * 2] {
        out.extend_from_slice(&field.to_le_bytes());
    }
    for field in [1_u16, 32] {
        out.extend_from_slice(&field.to_le_bytes());
    }
    for field in [0, (width * 4 + mask_row) * height, 0, 0, 0, 0] {
        out.extend_from_slice(&field.to_le_bytes());
    }
    for row in image.rows().rev() {
        for pixel in row {
            let [r, g, b, a] = pixel.0;
            out.extend_from_slice(&[b, g, r, a]);
        }
    }
    for row in image.rows().rev() {
        let mut bits = vec![0_u8; mask_row as usize];
        for (x, pixel) in row.enumerate() {
            if pixel.0[3] < 128 {
                bits[x / 8] |= 0x80 >> (x % 8);
            }
        }
        out.extend_from_slice(&bits);
    }
    out
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn picture(bytes: &[u8]) -> (Option<Picture>, Vec<&'static str>) {
        let mut findings = Findings::default();
        let picture = emblem(bytes, "emblem", &mut findings);
        assert!(findings.0.iter().all(|finding| !finding.help.is_empty()));
        (picture, findings.0.iter().map(|finding| finding.code).collect())
    }

    #[test]
    fn the_icon_has_bitmaps_and_one_png() {
        let icon = disc(&mut Findings::default()).unwrap().icon().unwrap();
        assert_eq!(icon[..6], [0, 0, 1, 0, 4, 0]);
        for (index, side) in ICON_SIDES.into_iter().enumerate() {
            let entry = &icon[6 + index * 16..][..16];
            assert_eq!(u32::from(entry[0]), side % 256);
            let field = |at: usize| u32::from_le_bytes(entry[at..at + 4].try_into().unwrap()) as usize;
            let bytes = &icon[field(12)..field(12) + field(8)];
            if side < PNG_ICON_SIDE {
                assert_eq!(bytes[..12], [[40, 0, 0, 0], side.to_le_bytes(), (side * 2).to_le_bytes()].concat());
                assert_eq!(bytes.len() as u32, 40 + side * side * 4 + side.div_ceil(32) * 4 * side);
            } else {
                assert!(bytes.starts_with(b"\x89PNG"));
            }
        }
        let read = image::load_from_memory_with_format(&icon, ImageFormat::Ico).unwrap();
        assert_eq!((read.width(), read.height()), (256, 256));
    }

    #[test]
    fn drawings_fit_the_square_and_keep_their_shape() {
        let svg = br##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 10"><rect width="20" height="10" fill="#0a0b0c"/></svg>"##;
        let (emblem, codes) = picture(svg);
        let png = emblem.unwrap().png().unwrap();
        assert_eq!((png.width, png.height), (512, 256));
        assert_eq!(codes, [""; 0]);
        let read = image::load_from_memory(&png.bytes).unwrap().into_rgba8();
        assert_eq!(read.get_pixel(300, 100).0, [10, 11, 12, 255]);
    }

    #[test]
    fn small_pixels_stay_small_and_keep_their_colour() {
        let mut original = RgbaImage::from_pixel(40, 20, image::Rgba([200, 100, 50, 255]));
        original.put_pixel(0, 0, image::Rgba([0, 0, 0, 0]));
        let (emblem, _) = picture(&super::png(&original).unwrap());
        let png = emblem.unwrap().png().unwrap();
        assert_eq!((png.width, png.height), (40, 20));
        assert_eq!(image::load_from_memory(&png.bytes).unwrap().into_rgba8(), original);
    }

    #[test]
    fn what_cannot_be_drawn_is_said() {
        let text = br#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><text>UN</text></svg>"#;
        assert_eq!(picture(text).1, ["picture-text", "empty-picture"]);
        for bad in [&b"GIF89a"[..], b"<svg", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b""] {
            let (emblem, codes) = picture(bad);
            assert!(emblem.is_none() && codes[0] == "bad-picture", "{codes:?}");
        }
    }
}
