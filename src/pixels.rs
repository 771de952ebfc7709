//! Images as pixels: read from PNG and JPEG, scaled, written as PNG, JPEG and ICO. Only this module uses the crates
//! `jpeg-encoder`, `png`, `zune-core` and `zune-jpeg`.
//!
//! The same image gives the same bytes on every processor: decoding uses no processor-specific instructions, and
//! scaling uses integer arithmetic.

use std::io::Cursor;

use png::{BitDepth, ColorType, Compression, Filter, Transformations};
use zune_core::bytestream::ZCursor;
use zune_core::colorspace::ColorSpace;
use zune_core::options::DecoderOptions;
use zune_jpeg::JpegDecoder;

/// The maximum width and height of an image that is decoded.
const MAX_SIDE: u32 = 12_000;

/// The maximum number of pixels of an image that is decoded. Each takes four bytes, and up to eight more during
/// decoding.
const MAX_PIXELS: u64 = 64_000_000;

/// The maximum memory in bytes that the PNG decoder may use besides the pixels themselves.
const MAX_PNG_MEMORY: usize = 64 << 20;

/// Icons this large are stored in an ICO as PNG: older versions of Windows need bitmaps for smaller ones.
pub(crate) const MIN_PNG_ICON: u32 = 256;

/// Why an image cannot be decoded, as a clause about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum PixelError {
    /// It has too many pixels.
    TooLarge(String),
    /// Something else is wrong with it.
    Unreadable(String),
}

impl From<&str> for PixelError {
    fn from(why: &str) -> Self {
        Self::Unreadable(why.to_owned())
    }
}

impl From<png::DecodingError> for PixelError {
    fn from(error: png::DecodingError) -> Self {
        match error {
            png::DecodingError::LimitsExceeded => {
                Self::TooLarge(format!("its text or colour profile needs more than {} MiB", MAX_PNG_MEMORY >> 20))
            }
            error => Self::Unreadable(error.to_string()),
        }
    }
}

/// An image with 8 bits each for red, green, blue and opacity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pixels {
    width: u32,
    height: u32,
    /// Four bytes a pixel, row by row from the top.
    rgba: Vec<u8>,
}

impl Pixels {
    /// A completely transparent image.
    pub(crate) fn transparent(width: u32, height: u32) -> Self {
        Self { width, height, rgba: vec![0; width as usize * height as usize * 4] }
    }

    /// `None` if the number of bytes does not match the size.
    pub(crate) fn from_rgba(width: u32, height: u32, rgba: Vec<u8>) -> Option<Self> {
        (rgba.len() == width as usize * height as usize * 4).then_some(Self { width, height, rgba })
    }

    pub(crate) fn width(&self) -> u32 {
        self.width
    }

    pub(crate) fn height(&self) -> u32 {
        self.height
    }

    /// Reads a PNG of any colour type and depth, and turns it upright if it states its orientation.
    ///
    /// # Errors
    /// What is wrong with the file.
    pub(crate) fn from_png(bytes: &[u8]) -> Result<Self, PixelError> {
        let mut decoder = png::Decoder::new_with_limits(Cursor::new(bytes), png::Limits { bytes: MAX_PNG_MEMORY });
        let header = decoder.read_header_info()?;
        ensure_size(header.width, header.height)?;
        decoder.set_transformations(Transformations::EXPAND);
        let mut reader = decoder.read_info()?;
        let (width, height) = reader.info().size();
        let (colour, depth) = reader.output_color_type();
        let channels = match colour {
            ColorType::Grayscale => 1,
            ColorType::GrayscaleAlpha => 2,
            ColorType::Rgb => 3,
            ColorType::Rgba => 4,
            // The decoder replaces the palette's indices with colours.
            ColorType::Indexed => return Err("its palette is missing".into()),
        };
        let layout = SampleLayout { channels, is_sixteen_bit: depth == BitDepth::Sixteen };
        let mut rgba = Vec::with_capacity(width as usize * height as usize * 4);
        if reader.info().interlaced {
            // The rows of an interlaced image are complete only at the end.
            let mut samples = vec![0; reader.output_buffer_size().ok_or("it is too large")?];
            reader.next_frame(&mut samples)?;
            layout.append_rgba(&samples, &mut rgba);
        } else {
            while let Some(row) = reader.next_row()? {
                layout.append_rgba(row.data(), &mut rgba);
            }
        }
        Self::from_decoded(width, height, rgba, reader.info().exif_metadata.as_deref())
    }

    /// Reads a JPEG in greyscale, RGB or CMYK, and turns it upright if it states its orientation.
    ///
    /// # Errors
    /// What is wrong with the file.
    pub(crate) fn from_jpeg(bytes: &[u8]) -> Result<Self, PixelError> {
        // The files of cameras and old programs often violate the standard in small ways.
        let options = DecoderOptions::new_safe()
            .set_strict_mode(false)
            .set_max_width(u16::MAX.into())
            .set_max_height(u16::MAX.into());
        let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), options);
        decoder.decode_headers().map_err(|error| PixelError::Unreadable(error.to_string()))?;
        let (width, height) = decoder.dimensions().ok_or("its size is missing")?;
        let (width, height) = (width as u32, height as u32);
        ensure_size(width, height)?;
        let (space, channels) = match decoder.input_colorspace() {
            Some(ColorSpace::Luma) => (ColorSpace::Luma, 1),
            Some(ColorSpace::LumaA) => (ColorSpace::LumaA, 2),
            _ => (ColorSpace::RGB, 3),
        };
        decoder.set_options(options.jpeg_set_out_colorspace(space));
        let samples = decoder.decode().map_err(|error| PixelError::Unreadable(error.to_string()))?;
        let mut rgba = Vec::with_capacity(width as usize * height as usize * 4);
        SampleLayout { channels, is_sixteen_bit: false }.append_rgba(&samples, &mut rgba);
        Self::from_decoded(width, height, rgba, decoder.exif().map(Vec::as_slice))
    }

    fn from_decoded(width: u32, height: u32, rgba: Vec<u8>, exif: Option<&[u8]>) -> Result<Self, PixelError> {
        let pixels = Self::from_rgba(width, height, rgba).ok_or("pixels are missing")?;
        Ok(pixels.upright(exif.and_then(exif_orientation).unwrap_or(1)))
    }

    /// Undoes a rotation or reflection, numbered as in Exif (CIPA DC-008, tag 0x0112).
    fn upright(self, orientation: u16) -> Self {
        let (w, h) = (self.width, self.height);
        let source = |x: u32, y: u32| match orientation {
            2 => (w - 1 - x, y),
            3 => (w - 1 - x, h - 1 - y),
            4 => (x, h - 1 - y),
            5 => (y, x),
            6 => (y, h - 1 - x),
            7 => (w - 1 - y, h - 1 - x),
            8 => (w - 1 - y, x),
            _ => (x, y),
        };
        if !(2..=8).contains(&orientation) {
            return self;
        }
        let (width, height) = if orientation >= 5 { (h, w) } else { (w, h) };
        let mut rgba = Vec::with_capacity(self.rgba.len());
        for y in 0..height {
            for x in 0..width {
                let (x, y) = source(x, y);
                let offset = (y as usize * w as usize + x as usize) * 4;
                rgba.extend_from_slice(&self.rgba[offset..offset + 4]);
            }
        }
        Self { width, height, rgba }
    }

    /// The pixels, row by row from the top.
    pub(crate) fn pixels(&self) -> impl Iterator<Item = &[u8; 4]> {
        self.rgba.as_chunks().0.iter()
    }

    pub(crate) fn pixels_mut(&mut self) -> impl Iterator<Item = &mut [u8; 4]> {
        self.rgba.as_chunks_mut().0.iter_mut()
    }

    fn rows(&self) -> impl DoubleEndedIterator<Item = &[[u8; 4]]> {
        self.rgba.as_chunks().0.chunks_exact(self.width as usize)
    }

    /// Copies an image that is not larger than this one into its middle.
    pub(crate) fn paste_in_middle(&mut self, other: &Self) {
        let (left, top) = ((self.width - other.width) as usize / 2, (self.height - other.height) as usize / 2);
        for (y, row) in other.rgba.chunks_exact(other.width as usize * 4).enumerate() {
            let offset = ((top + y) * self.width as usize + left) * 4;
            self.rgba[offset..offset + row.len()].copy_from_slice(row);
        }
    }

    /// The image in another size. Colours must be premultiplied by their opacity, or transparent pixels bleed into their
    /// neighbours. In the result, a colour may be slightly larger than its opacity.
    pub(crate) fn scaled(&self, width: u32, height: u32) -> Self {
        /// The intermediate image keeps 6 more bits than the result.
        const FIRST_SHIFT: u32 = WEIGHT_BITS - 6;
        const SECOND_SHIFT: u32 = WEIGHT_BITS + 6;
        let row_length = self.width as usize * 4;
        let mut vertically_scaled = Vec::with_capacity(row_length * height as usize);
        let mut sums = vec![0_i32; row_length];
        for (first, weights) in scaling_weights(self.height, height) {
            sums.fill(1 << (FIRST_SHIFT - 1));
            for (row, weight) in self.rgba.chunks_exact(row_length).skip(first).zip(&weights) {
                for (sum, sample) in sums.iter_mut().zip(row) {
                    *sum += i32::from(*sample) * weight;
                }
            }
            vertically_scaled.extend(sums.iter().map(|sum| sum >> FIRST_SHIFT));
        }
        let horizontal_weights = scaling_weights(self.width, width);
        let mut rgba = Vec::with_capacity(width as usize * height as usize * 4);
        for row in vertically_scaled.chunks_exact(row_length) {
            for (first, weights) in &horizontal_weights {
                let mut pixel = [1_i32 << (SECOND_SHIFT - 1); 4];
                for (source, weight) in row.as_chunks::<4>().0.iter().skip(*first).zip(weights) {
                    for (sum, sample) in pixel.iter_mut().zip(source) {
                        *sum += sample * weight;
                    }
                }
                rgba.extend(pixel.map(|sum| (sum >> SECOND_SHIFT).clamp(0, 255) as u8));
            }
        }
        Self { width, height, rgba }
    }

    /// The image on a white background.
    pub(crate) fn on_white(mut self) -> Self {
        for [r, g, b, a] in self.pixels_mut() {
            let white = 255 * (255 - u16::from(*a));
            for channel in [r, g, b] {
                *channel = ((u16::from(*channel) * u16::from(*a) + white + 127) / 255) as u8;
            }
            *a = 255;
        }
        self
    }

    /// The image as a JPEG of this quality, from 1 to 100, without its opacity; `None` if it has no pixels.
    pub(crate) fn to_jpeg(&self, quality: u8) -> Option<Vec<u8>> {
        let mut bytes = Vec::new();
        let mut encoder = jpeg_encoder::Encoder::new(&mut bytes, quality);
        encoder.set_sampling_factor(jpeg_encoder::SamplingFactor::F_2_2);
        encoder.set_optimized_huffman_tables(true);
        let (width, height) = (u16::try_from(self.width).ok()?, u16::try_from(self.height).ok()?);
        encoder.encode(&self.rgba, width, height, jpeg_encoder::ColorType::Rgba).ok()?;
        Some(bytes)
    }

    /// The image as a PNG; `None` if it has no pixels.
    pub(crate) fn to_png(&self) -> Option<Vec<u8>> {
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, self.width, self.height);
        encoder.set_color(ColorType::Rgba);
        encoder.set_depth(BitDepth::Eight);
        encoder.set_compression(Compression::High);
        encoder.set_filter(Filter::Adaptive);
        let mut writer = encoder.write_header().ok()?;
        writer.write_image_data(&self.rgba).ok()?;
        writer.finish().ok()?;
        Some(bytes)
    }

    /// A device-independent bitmap as icons contain it: a header with twice the height, the pixels from the bottom
    /// row up, then a mask of one bit a pixel for programs that ignore opacity.
    fn to_icon_bitmap(&self) -> Vec<u8> {
        let mask_row = self.width.div_ceil(32) * 4;
        let mut out = Vec::new();
        for field in [40, self.width, self.height * 2] {
            out.extend_from_slice(&field.to_le_bytes());
        }
        for field in [1_u16, 32] {
            out.extend_from_slice(&field.to_le_bytes());
        }
        for field in [0, (self.width * 4 + mask_row) * self.height, 0, 0, 0, 0] {
            out.extend_from_slice(&field.to_le_bytes());
        }
        for row in self.rows().rev() {
            out.extend(row.iter().flat_map(|[r, g, b, a]| [*b, *g, *r, *a]));
        }
        for row in self.rows().rev() {
            let mut bits = vec![0_u8; mask_row as usize];
            for (x, _) in row.iter().enumerate().filter(|(_, pixel)| pixel[3] < 128) {
                bits[x / 8] |= 0x80 >> (x % 8);
            }
            out.extend_from_slice(&bits);
        }
        out
    }
}

/// An ICO file of square images, each at most 256 pixels wide; `None` if there are too many or one has no pixels.
pub(crate) fn to_ico(images: &[Pixels]) -> Option<Vec<u8>> {
    const HEADER: usize = 6;
    const ENTRY: usize = 16;
    let mut out = Vec::new();
    // Reserved, type (icon), number of images.
    for field in [0, 1, u16::try_from(images.len()).ok()?] {
        out.extend_from_slice(&field.to_le_bytes());
    }
    let mut contents = Vec::new();
    for image in images {
        let bytes = if image.width >= MIN_PNG_ICON { image.to_png()? } else { image.to_icon_bitmap() };
        let offset = HEADER + ENTRY * images.len() + contents.len();
        // A width or height of 256 is written as 0. No palette; planes unspecified; 32 bits a pixel.
        out.extend_from_slice(&[(image.width % 256) as u8, (image.height % 256) as u8, 0, 0, 0, 0, 32, 0]);
        for field in [bytes.len(), offset] {
            out.extend_from_slice(&u32::try_from(field).ok()?.to_le_bytes());
        }
        contents.extend_from_slice(&bytes);
    }
    out.extend_from_slice(&contents);
    Some(out)
}

/// Returns an error if an image is too large to decode. Called before any of it is decoded.
fn ensure_size(width: u32, height: u32) -> Result<(), PixelError> {
    if width > MAX_SIDE || height > MAX_SIDE {
        return Err(PixelError::TooLarge(format!("it is more than {MAX_SIDE} pixels wide or high")));
    }
    if u64::from(width) * u64::from(height) > MAX_PIXELS {
        let millions = MAX_PIXELS / 1_000_000;
        return Err(PixelError::TooLarge(format!("it has {width} by {height} pixels, more than {millions} million")));
    }
    Ok(())
}

/// How the samples of a pixel are arranged.
#[derive(Debug, Clone, Copy)]
struct SampleLayout {
    /// One for grey, two for grey and opacity, three for colours, four for colours and opacity.
    channels: usize,
    /// Whether samples have 16 bits (big-endian) instead of 8.
    is_sixteen_bit: bool,
}

impl SampleLayout {
    fn append_rgba(self, samples: &[u8], rgba: &mut Vec<u8>) {
        if self.is_sixteen_bit {
            let to_eight_bits = |pair: &[u8; 2]| ((u32::from(u16::from_be_bytes(*pair)) + 128) / 257) as u8;
            for pixel in samples.chunks_exact(self.channels * 2) {
                let mut eight = [0; 4];
                for (to, pair) in eight.iter_mut().zip(pixel.as_chunks().0) {
                    *to = to_eight_bits(pair);
                }
                rgba.extend(to_rgba(&eight[..self.channels]));
            }
        } else {
            rgba.extend(samples.chunks_exact(self.channels).flat_map(to_rgba));
        }
    }
}

fn to_rgba(pixel: &[u8]) -> [u8; 4] {
    match *pixel {
        [grey] => [grey, grey, grey, 255],
        [grey, alpha] => [grey, grey, grey, alpha],
        [r, g, b] => [r, g, b, 255],
        [r, g, b, alpha] => [r, g, b, alpha],
        _ => [0; 4],
    }
}

/// The orientation (1 to 8) in Exif data, which is laid out like a TIFF file.
fn exif_orientation(exif: &[u8]) -> Option<u16> {
    const ORIENTATION: u16 = 0x0112;
    const TYPE_SHORT: u16 = 3;
    let is_little_endian = match exif.get(..4)? {
        b"II*\0" => true,
        b"MM\0*" => false,
        _ => return None,
    };
    let short = |offset: usize| {
        let bytes = *exif.get(offset..)?.first_chunk()?;
        Some(if is_little_endian { u16::from_le_bytes(bytes) } else { u16::from_be_bytes(bytes) })
    };
    let long = |offset: usize| {
        let bytes = *exif.get(offset..)?.first_chunk()?;
        Some(if is_little_endian { u32::from_le_bytes(bytes) } else { u32::from_be_bytes(bytes) })
    };
    let directory = usize::try_from(long(4)?).ok()?;
    for number in 0..usize::from(short(directory)?) {
        let entry = directory.checked_add(2 + number * 12)?;
        if short(entry)? == ORIENTATION && short(entry + 2)? == TYPE_SHORT && long(entry + 4)? == 1 {
            return short(entry + 8).filter(|orientation| (1..=8).contains(orientation));
        }
    }
    None
}

/// Weights are fractions with this many bits.
const WEIGHT_BITS: u32 = 14;

/// The weights for scaling a line of pixels to another length. For each new pixel: the index of the first source pixel that
/// contributes to it, and the weights of this source pixel and the following ones, which add up to 1.
///
/// The filter is Catmull-Rom, which is as sharp as Lanczos to the eye and needs no sine, whose last digits differ
/// between systems.
fn scaling_weights(from: u32, to: u32) -> Vec<(usize, Vec<i32>)> {
    let ratio = f64::from(from) / f64::from(to);
    // When an image is reduced, each new pixel is an average of all the source pixels that it covers.
    let stretch = ratio.max(1.0);
    let weights_of = |target: u32| {
        let centre = (f64::from(target) + 0.5) * ratio;
        let first = (centre - 2.0 * stretch).floor().max(0.0) as u32;
        let end = ((centre + 2.0 * stretch).ceil() as u32).min(from);
        let exact: Vec<f64> =
            (first..end).map(|source| catmull_rom((f64::from(source) + 0.5 - centre) / stretch)).collect();
        let sum: f64 = exact.iter().sum();
        let one = 1_i32 << WEIGHT_BITS;
        let mut weights: Vec<i32> = exact.iter().map(|weight| (weight / sum * f64::from(one)).round() as i32).collect();
        // The error of rounding is corrected where it is least visible.
        let excess = weights.iter().sum::<i32>() - one;
        if let Some(largest) = weights.iter_mut().max() {
            *largest -= excess;
        }
        (first as usize, weights)
    };
    (0..to).map(weights_of).collect()
}

/// The weight of a pixel at this distance in the Catmull-Rom filter.
fn catmull_rom(distance: f64) -> f64 {
    let x = distance.abs();
    if x < 1.0 {
        (1.5 * x - 2.5) * x * x + 1.0
    } else if x < 2.0 {
        ((-0.5 * x + 2.5) * x - 4.0) * x + 2.0
    } else {
        0.0
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const RED: [u8; 4] = [255, 0, 0, 255];
    const BLUE: [u8; 4] = [0, 0, 255, 255];

    fn pixel(image: &Pixels, x: u32, y: u32) -> [u8; 4] {
        *image.pixels().nth((y * image.width() + x) as usize).unwrap()
    }

    fn assert_near(actual: [u8; 4], expected: [u8; 4]) {
        let is_near = actual.iter().zip(expected).all(|(a, b)| a.abs_diff(b) <= 2);
        assert!(is_near, "{actual:?} instead of {expected:?}");
    }

    fn encode(width: u32, height: u32, colour: ColorType, depth: BitDepth, palette: &[u8], data: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, width, height);
        encoder.set_color(colour);
        encoder.set_depth(depth);
        if !palette.is_empty() {
            encoder.set_palette(palette);
        }
        encoder.write_header().unwrap().write_image_data(data).unwrap();
        bytes
    }

    #[test]
    fn png_of_every_colour_type_becomes_rgba() {
        for (colour, depth, palette, data, expected) in [
            (ColorType::Grayscale, BitDepth::Eight, &[][..], &[7, 9][..], [[7, 7, 7, 255], [9, 9, 9, 255]]),
            (ColorType::Grayscale, BitDepth::One, &[], &[0b0100_0000], [[0, 0, 0, 255], [255; 4]]),
            (ColorType::Grayscale, BitDepth::Sixteen, &[], &[0, 128, 0xff, 0xfe], [[0, 0, 0, 255], [255; 4]]),
            (ColorType::GrayscaleAlpha, BitDepth::Eight, &[], &[7, 8, 9, 0], [[7, 7, 7, 8], [9, 9, 9, 0]]),
            (ColorType::Rgb, BitDepth::Eight, &[], &[255, 0, 0, 0, 0, 255], [RED, BLUE]),
            (ColorType::Rgba, BitDepth::Eight, &[], &[1, 2, 3, 4, 5, 6, 7, 8], [[1, 2, 3, 4], [5, 6, 7, 8]]),
            (
                ColorType::Rgba,
                BitDepth::Sixteen,
                &[],
                &[1, 1, 2, 2, 3, 3, 4, 4, 0, 127, 0, 129, 0xff, 0x7e, 0xff, 0x80],
                [[1, 2, 3, 4], [0, 1, 254, 255]],
            ),
            (ColorType::Indexed, BitDepth::Two, &[0, 0, 255, 255, 0, 0], &[0b0100_0000], [RED, BLUE]),
        ] {
            let image = Pixels::from_png(&encode(2, 1, colour, depth, palette, data)).unwrap();
            let pixels: Vec<_> = image.pixels().copied().collect();
            assert_eq!(pixels, expected, "{colour:?} {depth:?}");
        }
    }

    #[test]
    fn jpeg_in_grey_cmyk_and_progressive_form_becomes_rgba() {
        let read = |bytes: &[u8]| Pixels::from_jpeg(bytes).unwrap();
        for (image, left, right) in [
            (read(include_bytes!("../tests/pictures/grey.jpg")), [76, 76, 76, 255], [29, 29, 29, 255]),
            (read(include_bytes!("../tests/pictures/cmyk.jpg")), RED, BLUE),
            (read(include_bytes!("../tests/pictures/progressive.jpg")), RED, BLUE),
        ] {
            assert_eq!((image.width(), image.height()), (16, 8));
            assert_near(pixel(&image, 2, 2), left);
            assert_near(pixel(&image, 13, 2), right);
        }
    }

    #[test]
    fn a_photograph_is_turned_upright() {
        // The camera was turned: the left half of the stored picture is the top.
        let image = Pixels::from_jpeg(include_bytes!("../tests/pictures/rotated.jpg")).unwrap();
        assert_eq!((image.width(), image.height()), (8, 16));
        assert_near(pixel(&image, 4, 2), RED);
        assert_near(pixel(&image, 4, 13), BLUE);
    }

    #[test]
    fn every_orientation_is_undone() {
        // A 2 by 3 image, its pixels numbered in reading order.
        let image = Pixels::from_rgba(2, 3, (0..6).flat_map(|n| [n, n, n, 255]).collect()).unwrap();
        for (orientation, width, expected) in [
            (1, 2, [0, 1, 2, 3, 4, 5]),
            (2, 2, [1, 0, 3, 2, 5, 4]),
            (3, 2, [5, 4, 3, 2, 1, 0]),
            (4, 2, [4, 5, 2, 3, 0, 1]),
            (5, 3, [0, 2, 4, 1, 3, 5]),
            (6, 3, [4, 2, 0, 5, 3, 1]),
            (7, 3, [5, 3, 1, 4, 2, 0]),
            (8, 3, [1, 3, 5, 0, 2, 4]),
        ] {
            let upright = image.clone().upright(orientation);
            let numbers: Vec<u8> = upright.pixels().map(|pixel| pixel[0]).collect();
            assert_eq!((upright.width(), numbers.as_slice()), (width, expected.as_slice()), "{orientation}");
        }
    }

    #[test]
    fn orientation_is_read_in_both_byte_orders_and_never_outside_the_data() {
        let big = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
        let little = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x08\0\0\0\0\0\0\0";
        assert_eq!(exif_orientation(big), Some(6));
        assert_eq!(exif_orientation(little), Some(8));
        for length in 0..20 {
            assert_eq!(exif_orientation(&big[..length]), None);
        }
        assert_eq!(exif_orientation(b"II*\0\xff\xff\xff\xff\x01\0"), None);
        assert_eq!(exif_orientation(&[b"MM\0*\0\0\0\x08\xff\xff", &[0; 40][..]].concat()), None);
    }

    #[test]
    fn damaged_and_huge_images_are_errors() {
        let png = encode(2, 2, ColorType::Rgb, BitDepth::Eight, &[], &[9; 12]);
        let jpeg = include_bytes!("../tests/pictures/cmyk.jpg");
        for length in 8..png.len() - 20 {
            assert!(Pixels::from_png(&png[..length]).is_err(), "{length} bytes of a PNG");
        }
        for length in 2..100 {
            assert!(Pixels::from_jpeg(&jpeg[..length]).is_err(), "{length} bytes of a JPEG");
        }
        let mut without_palette = encode(1, 1, ColorType::Grayscale, BitDepth::Eight, &[], &[0]);
        without_palette[25] = 3;
        assert!(Pixels::from_png(&without_palette).is_err());
        // Declares a width of 12,001 pixels, but contains none.
        let mut wide = Vec::new();
        drop(png::Encoder::new(&mut wide, MAX_SIDE + 1, 1).write_header().unwrap());
        assert_eq!(
            Pixels::from_png(&wide),
            Err(PixelError::TooLarge("it is more than 12000 pixels wide or high".to_owned()))
        );
        // 64 million and 8,000 pixels.
        let mut large = Vec::new();
        drop(png::Encoder::new(&mut large, 8001, 8000).write_header().unwrap());
        let message = "it has 8001 by 8000 pixels, more than 64 million";
        assert_eq!(Pixels::from_png(&large), Err(PixelError::TooLarge(message.to_owned())));
        let mut tall = jpeg.to_vec();
        let frame = tall.windows(2).position(|marker| marker == [0xff, 0xc0]).unwrap();
        tall[frame + 5..frame + 7].copy_from_slice(&(MAX_SIDE as u16 + 1).to_be_bytes());
        assert!(matches!(Pixels::from_jpeg(&tall), Err(PixelError::TooLarge(_))));
    }

    #[test]
    fn weights_add_up_to_one_and_stay_within_the_source() {
        for (from, to) in [(1, 1), (1, 7), (7, 1), (2, 3), (512, 511), (3000, 16), (5, 12)] {
            for (first, weights) in scaling_weights(from, to) {
                assert_eq!(weights.iter().sum::<i32>(), 1 << WEIGHT_BITS, "{from} to {to}");
                assert!(first + weights.len() <= from as usize, "{from} to {to}");
            }
        }
    }

    #[test]
    fn scaling_keeps_plain_areas_and_averages_fine_patterns() {
        let plain = Pixels::from_rgba(300, 200, [10, 20, 30, 40].repeat(300 * 200)).unwrap();
        for (width, height) in [(30, 20), (299, 199), (400, 300), (1, 1)] {
            assert!(plain.scaled(width, height).pixels().all(|pixel| *pixel == [10, 20, 30, 40]));
        }
        let checks: Vec<u8> =
            (0..64 * 64).flat_map(|n| if (n + n / 64) % 2 == 0 { [255; 4] } else { [0; 4] }).collect();
        let grey = Pixels::from_rgba(64, 64, checks).unwrap().scaled(8, 8);
        for pixel in grey.pixels() {
            assert_near(*pixel, [128; 4]);
        }
    }

    #[test]
    fn scaling_gives_these_pixels_on_every_machine() {
        let ramp: Vec<u8> = (0..12_u8).flat_map(|n| [n * 20, 255 - n * 20, n * n, 255]).collect();
        let scaled = Pixels::from_rgba(12, 1, ramp).unwrap().scaled(5, 1);
        let pixels: Vec<_> = scaled.pixels().copied().collect();
        let expected = [[15, 240, 1], [61, 194, 10], [110, 145, 30], [159, 96, 63], [205, 50, 105]];
        assert_eq!(pixels, expected.map(|[r, g, b]| [r, g, b, 255]));
    }
}
