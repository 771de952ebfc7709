//! Draws the emblem and the icon. Only this module uses the crate `resvg`.

use resvg::tiny_skia as raster;
use resvg::usvg::{self, roxmltree};
use serde::{Deserialize, Serialize};

use crate::pixels::{PixelError, Pixels, to_ico};

/// The emblem on the pages fits into a square of this many pixels.
const EMBLEM_SIDE: u32 = 512;

/// The emblem in print fits into a square of this many pixels: 40 mm at 600 dots per inch.
const PRINT_EMBLEM_SIDE: u32 = 945;

/// The widths of the images in the icon, in pixels.
const ICON_SIDES: [u32; 4] = [16, 32, 48, 256];

/// The side of the emblem when its brightness is measured, in pixels.
const SAMPLE_SIDE: u32 = 96;

/// Colours with less luminance are lost on a dark page: their contrast with it is below 1.5. Luminance goes from 0 to 1000 for
/// white; the page has 14.
const LOST_LUMINANCE: u32 = 46;

/// Colours with more luminance can be seen clearly on a dark page: their contrast with it is above 3.
const CLEAR_LUMINANCE: u32 = 142;

/// How much of an emblem may be lost on a dark page, and how much must be seen clearly.
const MAX_LOST_PERCENT: usize = 2;
const MIN_CLEAR_PERCENT: usize = 20;

/// Pixels at the edges of an emblem count as white if each of their channels has at least this value: JPEG changes white a little.
const MIN_WHITE: u8 = 245;

/// The icon of collections without an emblem shows a disc.
const DISC: &str = include_str!("../../assets/launcher/disc.svg");

/// A picture that can be rendered at any size.
enum Picture {
    Drawing(Box<usvg::Tree>),
    /// Colours are premultiplied by their opacity.
    Pixels(Pixels),
}

/// A PNG file and its size in pixels.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Png {
    pub bytes: Vec<u8>,
    pub width: u32,
    pub height: u32,
}

/// An emblem in the forms in which it is used.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Drawing {
    /// What is wrong with it.
    pub problems: Vec<PictureProblem>,
    /// `None` if it cannot be drawn.
    pub png: Option<Png>,
    /// `None` if it cannot be drawn, or is for print.
    pub icon: Option<Vec<u8>>,
    /// Whether it can be seen on a dark background.
    pub suits_dark: bool,
    /// Whether it is a picture on a white background, which would be a white box on a coloured page.
    pub is_on_white: bool,
}

/// Something that is wrong with an emblem.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum PictureProblem {
    /// It cannot be read, for this reason.
    Unreadable(String),
    /// It has too many pixels, as this clause says.
    TooLarge(String),
    UnknownFormat,
    /// It is not a valid SVG, for this reason.
    InvalidSvg {
        line: Option<usize>,
        why: String,
    },
    /// It is an SVG with too many parts.
    TooComplex,
    /// It is a valid SVG, but its size cannot be determined, for this reason.
    WithoutSize(String),
    /// It cannot be drawn, for an unknown reason.
    Undrawable,
    /// It contains text, which is not drawn.
    Text,
    /// It contains or links to an image, such as a photograph, which is not drawn.
    EmbeddedImage,
    /// Nothing in it is visible.
    Invisible,
}

/// The icon if there is no emblem.
pub(super) fn default_icon() -> Option<Vec<u8>> {
    parse_svg(DISC, &mut Vec::new()).ok()?.to_icon()
}

/// Draws an emblem, which may be SVG, PNG or JPEG: for print, or for the pages with an icon.
pub(super) fn draw_emblem(bytes: &[u8], is_for_print: bool) -> Drawing {
    let mut problems = Vec::new();
    let picture = match read_emblem(bytes, &mut problems) {
        Ok(picture) => picture,
        Err(problem) => return Drawing { problems: vec![problem], ..Drawing::default() },
    };
    let png = if is_for_print { picture.to_print_png() } else { picture.to_png() };
    let icon = if is_for_print { None } else { picture.to_icon() };
    if png.is_none() || icon.is_none() && !is_for_print {
        return Drawing { problems: vec![PictureProblem::Undrawable], ..Drawing::default() };
    }
    let (suits_dark, is_on_white) = (!is_for_print && picture.suits_dark(), !is_for_print && picture.is_on_white());
    Drawing { problems, png, icon, suits_dark, is_on_white }
}

/// Reads an emblem. Adds problems that do not prevent it from being drawn to `problems`.
fn read_emblem(bytes: &[u8], problems: &mut Vec<PictureProblem>) -> Result<Picture, PictureProblem> {
    let picture = match detect_format(bytes) {
        Some(EmblemFormat::Svg(text)) => parse_svg(text, problems)?,
        Some(EmblemFormat::Png) => premultiplied(Pixels::from_png(bytes)?),
        Some(EmblemFormat::Jpeg) => premultiplied(Pixels::from_jpeg(bytes)?),
        None => return Err(PictureProblem::UnknownFormat),
    };
    if let Some(rendered) = picture.render(32)
        && rendered.pixels().all(|pixel| pixel[3] == 0)
    {
        problems.push(PictureProblem::Invisible);
    }
    Ok(picture)
}

impl From<PixelError> for PictureProblem {
    fn from(error: PixelError) -> Self {
        match error {
            PixelError::TooLarge(why) => Self::TooLarge(why),
            PixelError::Unreadable(why) => Self::Unreadable(why),
        }
    }
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

fn parse_svg(svg: &str, problems: &mut Vec<PictureProblem>) -> Result<Picture, PictureProblem> {
    let parsing = roxmltree::ParsingOptions { allow_dtd: true, nodes_limit: 1_000_000, ..Default::default() };
    let document = roxmltree::Document::parse_with_options(svg, parsing).map_err(|error| {
        PictureProblem::InvalidSvg { line: usize::try_from(error.pos().row).ok(), why: error.to_string() }
    })?;
    let has_element = |tag: &str| document.descendants().any(|node| node.tag_name().name() == tag);
    if has_element("text") {
        problems.push(PictureProblem::Text);
    }
    if has_element("image") {
        problems.push(PictureProblem::EmbeddedImage);
    }
    let options = usvg::Options {
        // A drawing must look the same on every machine, so no other file is read.
        image_href_resolver: usvg::ImageHrefResolver {
            resolve_data: Box::new(|_, _, _| None),
            resolve_string: Box::new(|_, _| None),
        },
        ..usvg::Options::default()
    };
    let tree = usvg::Tree::from_xmltree(&document, &options).map_err(|error| match error {
        usvg::Error::ElementsLimitReached | usvg::Error::ParsingFailed(roxmltree::Error::NodesLimitReached) => {
            PictureProblem::TooComplex
        }
        error => PictureProblem::WithoutSize(error.to_string()),
    })?;
    Ok(Picture::Drawing(Box::new(tree)))
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
    fn to_png(&self) -> Option<Png> {
        self.to_png_within(EMBLEM_SIDE)
    }

    /// Whether it can be seen on a dark page: almost none of it is as dark as the page, and a good part is much lighter.
    fn suits_dark(&self) -> bool {
        let Some(rendered) = self.render(SAMPLE_SIDE) else { return false };
        // Approximately the luminance of sRGB, as if its gamma were 2.
        let luminance = |[r, g, b, _]: &[u8; 4]| {
            let square = |channel: u8| u32::from(channel) * u32::from(channel);
            (2126 * square(*r) + 7152 * square(*g) + 722 * square(*b)) / (10 * 65_025)
        };
        let opaque: Vec<u32> = rendered.pixels().filter(|pixel| pixel[3] > 127).map(luminance).collect();
        // To be compared with percentages of all pixels.
        let share = |matches: &dyn Fn(u32) -> bool| opaque.iter().filter(|light| matches(**light)).count() * 100;
        share(&|light| light < LOST_LUMINANCE) <= opaque.len() * MAX_LOST_PERCENT
            && share(&|light| light > CLEAR_LUMINANCE) >= opaque.len() * MIN_CLEAR_PERCENT
    }

    /// Whether its corners and most of its edges are white. A seal that is cropped closely touches its edges.
    fn is_on_white(&self) -> bool {
        let Some(rendered) = self.render(SAMPLE_SIDE) else { return false };
        let (width, height) = (rendered.width() as usize, rendered.height() as usize);
        let (mut edge, mut white) = (0, 0);
        for (number, pixel) in rendered.pixels().enumerate() {
            let (x, y) = (number % width, number / width);
            let ends = usize::from(x == 0 || x + 1 == width) + usize::from(y == 0 || y + 1 == height);
            let is_white = pixel.iter().all(|channel| *channel >= MIN_WHITE);
            if ends == 2 && !is_white {
                return false;
            }
            edge += usize::from(ends > 0);
            white += usize::from(ends > 0 && is_white);
        }
        white * 2 > edge
    }

    /// The emblem for print.
    fn to_print_png(&self) -> Option<Png> {
        self.to_png_within(PRINT_EMBLEM_SIDE)
    }

    /// A PNG that fits into a square. A picture of pixels is never enlarged.
    fn to_png_within(&self, max_side: u32) -> Option<Png> {
        let side = match self {
            Self::Drawing(_) => max_side,
            Self::Pixels(pixels) => max_side.min(pixels.width().max(pixels.height())),
        };
        let rendered = self.render(side)?;
        Some(Png { bytes: rendered.to_png()?, width: rendered.width(), height: rendered.height() })
    }

    /// The icon of the volume as an ICO file.
    fn to_icon(&self) -> Option<Vec<u8>> {
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
                let mut pixmap = raster::Pixmap::new(width, height)?;
                resvg::render(tree, raster::Transform::from_scale(scale, scale), &mut pixmap.as_mut());
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
    use super::*;
    use crate::pixels::MIN_PNG_ICON;

    fn read(bytes: &[u8]) -> Picture {
        let mut problems = Vec::new();
        let picture = read_emblem(bytes, &mut problems).unwrap();
        assert_eq!(problems, []);
        picture
    }

    #[test]
    fn the_icon_has_three_bitmaps_and_one_png() {
        let icon = default_icon().unwrap();
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
                assert_eq!(png, read(DISC.as_bytes()).render_square(256).unwrap());
            }
        }
        assert_eq!(icon.len(), expected_offset);
    }

    #[test]
    fn drawings_fit_the_square_and_keep_their_shape() {
        let svg = br##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 10"><rect width="20" height="10" fill="#0a0b0c"/></svg>"##;
        let png = read(svg).to_png().unwrap();
        assert_eq!((png.width, png.height), (512, 256));
        let image = Pixels::from_png(&png.bytes).unwrap();
        assert!(image.pixels().all(|pixel| *pixel == [10, 11, 12, 255]));
    }

    #[test]
    fn small_images_keep_their_size_and_their_colours() {
        let mut rgba = [200, 100, 50, 255].repeat(40 * 20);
        rgba[..4].fill(0);
        let original = Pixels::from_rgba(40, 20, rgba).unwrap();
        let png = read(&original.to_png().unwrap()).to_png().unwrap();
        assert_eq!((png.width, png.height), (40, 20));
        assert_eq!(Pixels::from_png(&png.bytes).unwrap(), original);
    }

    #[test]
    fn large_images_shrink_without_dark_edges() {
        // An opaque white square in the middle of transparent black.
        let mut original = Pixels::transparent(2000, 1000);
        original.paste_in_middle(&Pixels::from_rgba(500, 500, vec![255; 500 * 500 * 4]).unwrap());
        let png = read(&original.to_png().unwrap()).to_png().unwrap();
        assert_eq!((png.width, png.height), (512, 256));
        let image = Pixels::from_png(&png.bytes).unwrap();
        assert!(image.pixels().any(|pixel| pixel[3] == 255) && image.pixels().any(|pixel| pixel[3] == 0));
        for [r, g, b, a] in image.pixels() {
            assert!(*a < 8 || [r, g, b].into_iter().all(|channel| *channel > 220), "{r} {g} {b} {a}");
        }
    }

    #[test]
    fn dark_emblems_are_recognised() {
        let suits_dark = |fill: &str| {
            let svg = format!(
                r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9v9z" fill="{fill}"/><path d="M0 0v9h4z" fill="#fff"/></svg>"##
            );
            draw_emblem(svg.as_bytes(), false).suits_dark
        };
        assert!(suits_dark("#1f6f8b") && suits_dark("#fff") && !suits_dark("#000") && !suits_dark("#181818"));
    }

    #[test]
    fn white_backgrounds_are_recognised() {
        let is_on_white = |background: &str| {
            let svg = format!(
                r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">{background}<path d="M3 3h3v3z" fill="#1f6f8b"/></svg>"##
            );
            draw_emblem(svg.as_bytes(), false).is_on_white
        };
        assert!(is_on_white(r##"<path d="M0 0h9v9h-9z" fill="#fff"/>"##));
        assert!(!is_on_white("") && !is_on_white(r##"<path d="M0 0h9v9h-9z" fill="#fffaf0"/>"##));
        // What touches an edge does not matter, unless it covers most of the edges or a corner.
        let with = |part: &str| format!(r##"<path d="M0 0h9v9h-9z" fill="#fff"/><path d="{part}" fill="#f2b53c"/>"##);
        assert!(is_on_white(&with("M4.5 0l4.5 4.5l-4.5 4.5l-4.5-4.5z")) && is_on_white(&with("M0 4h9v1h-9z")));
        assert!(!is_on_white(&with("M0 0h3v3h-3z")) && !is_on_white(&with("M0 1h9v7h-9zM1 0h7v9h-7z")));
        assert!(is_on_white(r##"<path d="M0 0h9v9h-9z" fill="#f6f7f5"/>"##));
    }

    #[test]
    fn what_cannot_be_drawn_is_reported() {
        let text = br#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><text>UN</text></svg>"#;
        assert_eq!(draw_emblem(text, false).problems, [PictureProblem::Text, PictureProblem::Invisible]);
        for bad in [&b"GIF89a"[..], b"<svg", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b""] {
            for is_for_print in [false, true] {
                let drawing = draw_emblem(bad, is_for_print);
                assert!(drawing.png.is_none() && drawing.icon.is_none() && drawing.problems.len() == 1, "{bad:?}");
            }
        }
    }
}
