//! The part of the interface of the crate `moxcms` that `hayro-interpret` uses, with colours that are the same on every
//! processor.
//!
//! `moxcms` chooses its code by the instructions of the processor, and the results differ by up to 3 of 255: a disc made on
//! another computer would have other bytes. For covers of 320 pixels, profiles are not needed: grey and RGB values are taken to be
//! sRGB, inks are mixed from the colours of printed paper, and Lab is converted with additions, multiplications and divisions
//! only, whose results IEEE 754 defines to the last bit.

#![forbid(unsafe_code)]

use std::sync::{Arc, OnceLock};

/// An ICC profile that cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CmsError;

/// The colour space, which says what the components of a colour are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DataColorSpace {
    Gray,
    Rgb,
    Cmyk,
    Lab,
}

/// The number of components. `Rgba` is also used for the four inks of CMYK.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    Gray,
    Rgb,
    Rgba,
}

impl Layout {
    fn components(self) -> usize {
        match self {
            Self::Gray => 1,
            Self::Rgb => 3,
            Self::Rgba => 4,
        }
    }
}

/// A point in CIE XYZ. It has no effect here.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Xyzd(pub f64, pub f64, pub f64);

impl Xyzd {
    #[must_use]
    pub fn new(x: f64, y: f64, z: f64) -> Self {
        Self(x, y, z)
    }
}

/// The options of `moxcms`. They have no effect here.
#[derive(Debug, Clone, Copy, Default)]
pub struct TransformOptions;

/// The curve of a profile. It has no effect here.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct ToneCurve;

/// An ICC profile, of which only the colour space is read.
#[derive(Debug, Clone, PartialEq)]
pub struct ColorProfile {
    pub color_space: DataColorSpace,
    pub white_point: Xyzd,
    pub red_trc: Option<ToneCurve>,
    pub gray_trc: Option<ToneCurve>,
}

/// A transformation from one buffer to another.
pub type Transform8BitExecutor = Transform;

/// A transformation of a buffer.
pub trait InPlaceTransformExecutor<T> {
    /// Replaces each colour by its sRGB colour.
    ///
    /// # Errors
    /// The buffer does not have a whole number of colours.
    fn transform(&self, values: &mut [T]) -> Result<(), CmsError>;
}

/// A transformation to sRGB.
#[derive(Debug, Clone, Copy)]
pub struct Transform {
    space: DataColorSpace,
    components: usize,
}

impl ColorProfile {
    fn of_space(color_space: DataColorSpace) -> Self {
        Self { color_space, white_point: Xyzd(0.9642, 1.0, 0.8249), red_trc: None, gray_trc: None }
    }

    #[must_use]
    pub fn new_srgb() -> Self {
        Self::of_space(DataColorSpace::Rgb)
    }

    #[must_use]
    pub fn new_gray_with_gamma(_: f32) -> Self {
        Self::of_space(DataColorSpace::Gray)
    }

    /// Reads the header of a profile (ISO 15076-1, 7.2).
    ///
    /// # Errors
    /// It is not a profile, or its colour space is not supported.
    pub fn new_from_slice(profile: &[u8]) -> Result<Self, CmsError> {
        if profile.len() < 128 || profile[36..40] != *b"acsp" {
            return Err(CmsError);
        }
        match &profile[16..20] {
            b"GRAY" => Ok(Self::of_space(DataColorSpace::Gray)),
            b"RGB " => Ok(Self::of_space(DataColorSpace::Rgb)),
            b"CMYK" => Ok(Self::of_space(DataColorSpace::Cmyk)),
            b"Lab " => Ok(Self::of_space(DataColorSpace::Lab)),
            _ => Err(CmsError),
        }
    }

    /// # Errors
    /// The number of components is not that of the profile.
    pub fn create_transform_8bit(
        &self,
        layout: Layout,
        _: &Self,
        _: Layout,
        _: TransformOptions,
    ) -> Result<Arc<Transform8BitExecutor>, CmsError> {
        Transform::new(self.color_space, layout).map(Arc::new)
    }

    /// # Errors
    /// The number of components is not that of the profile, or not that of the result.
    pub fn create_in_place_transform_8bit(
        &self,
        layout: Layout,
        _: &Self,
        _: TransformOptions,
    ) -> Result<Arc<dyn InPlaceTransformExecutor<u8> + Send + Sync>, CmsError> {
        if layout == Layout::Rgba {
            return Err(CmsError);
        }
        Ok(Arc::new(Transform::new(self.color_space, layout)?))
    }
}

impl Transform {
    fn new(space: DataColorSpace, layout: Layout) -> Result<Self, CmsError> {
        let components = match space {
            DataColorSpace::Gray => 1,
            DataColorSpace::Rgb | DataColorSpace::Lab => 3,
            DataColorSpace::Cmyk => 4,
        };
        if components == layout.components() { Ok(Self { space, components }) } else { Err(CmsError) }
    }

    /// Converts colours to three bytes each.
    ///
    /// # Errors
    /// A buffer has the wrong length.
    pub fn transform(&self, from: &[u8], to: &mut [u8]) -> Result<(), CmsError> {
        if from.len() % self.components != 0 || from.len() / self.components != to.len() / 3 || to.len() % 3 != 0 {
            return Err(CmsError);
        }
        for (colour, rgb) in from.chunks_exact(self.components).zip(to.chunks_exact_mut(3)) {
            rgb.copy_from_slice(&self.convert(colour));
        }
        Ok(())
    }

    fn convert(self, colour: &[u8]) -> [u8; 3] {
        match (self.space, colour) {
            (DataColorSpace::Lab, &[l, a, b]) => lab_to_rgb(l, a, b),
            (DataColorSpace::Cmyk, &[c, m, y, k]) => inks_to_rgb([c, m, y, k]),
            (_, &[r, g, b]) => [r, g, b],
            (_, &[grey]) => [grey; 3],
            _ => [0; 3],
        }
    }
}

impl InPlaceTransformExecutor<u8> for Transform {
    fn transform(&self, values: &mut [u8]) -> Result<(), CmsError> {
        if self.space == DataColorSpace::Lab {
            for colour in values.as_chunks_mut::<3>().0 {
                *colour = self.convert(colour);
            }
        }
        Ok(())
    }
}

/// The colours of paper printed with each combination of the inks cyan (bit 0), magenta (bit 1) and yellow (bit 2), without and
/// with black.
const PRINTED: [[[u8; 3]; 8]; 2] = [
    [
        [255, 255, 255],
        [0, 164, 228],
        [226, 0, 127],
        [45, 50, 145],
        [255, 237, 0],
        [0, 152, 68],
        [224, 33, 38],
        [54, 50, 48],
    ],
    [
        [35, 31, 32],
        [0, 12, 22],
        [28, 0, 8],
        [6, 2, 14],
        [30, 26, 0],
        [0, 14, 4],
        [26, 2, 2],
        [0, 0, 0],
    ],
];

/// Mixes inks: the average of the printed colours, weighted by the areas that they cover if inks are printed independently of
/// each other.
fn inks_to_rgb(inks: [u8; 4]) -> [u8; 3] {
    let [c, m, y, k] = inks.map(u64::from);
    let share = |ink: u64, is_printed: bool| if is_printed { ink } else { 255 - ink };
    let mut sums = [0_u64; 3];
    for (black, colours) in PRINTED.iter().enumerate() {
        for (combination, colour) in colours.iter().enumerate() {
            let weight = share(c, combination & 1 != 0)
                * share(m, combination & 2 != 0)
                * share(y, combination & 4 != 0)
                * share(k, black == 1);
            for (sum, value) in sums.iter_mut().zip(colour) {
                *sum += weight * u64::from(*value);
            }
        }
    }
    const ALL: u64 = 255 * 255 * 255 * 255;
    sums.map(|sum| ((sum + ALL / 2) / ALL) as u8)
}

/// Converts bytes of CIE 1976 L*a*b* for D50 to sRGB.
fn lab_to_rgb(l: u8, a: u8, b: u8) -> [u8; 3] {
    let fy = (f64::from(l) * (100.0 / 255.0) + 16.0) / 116.0;
    let fx = fy + (f64::from(a) - 128.0) / 500.0;
    let fz = fy - (f64::from(b) - 128.0) / 200.0;
    let decode = |t: f64| if t > 6.0 / 29.0 { t * t * t } else { (t - 4.0 / 29.0) * (108.0 / 841.0) };
    let (x, y, z) = (0.9642 * decode(fx), decode(fy), 0.8249 * decode(fz));
    // From XYZ for D50 to linear sRGB, with Bradford adaptation.
    let linear = [
        3.133_856_1 * x - 1.616_866_7 * y - 0.490_614_6 * z,
        -0.978_768_4 * x + 1.916_141_5 * y + 0.033_454_0 * z,
        0.071_945_3 * x - 0.228_991_4 * y + 1.405_242_7 * z,
    ];
    linear.map(encode_srgb)
}

/// The byte whose sRGB value is the nearest to an amount of light.
fn encode_srgb(light: f64) -> u8 {
    static LIMITS: OnceLock<[f64; 255]> = OnceLock::new();
    let limits = LIMITS.get_or_init(|| std::array::from_fn(|value| decode_srgb((value as f64 + 0.5) / 255.0)));
    limits.partition_point(|limit| *limit <= light) as u8
}

/// The amount of light of an sRGB value (IEC 61966-2-1). Powers are computed with basic arithmetic, because the functions of
/// different systems may differ in the last digit.
fn decode_srgb(value: f64) -> f64 {
    if value <= 0.040_45 {
        return value / 12.92;
    }
    let base = (value + 0.055) / 1.055;
    // The power 2.4 is the square times the fifth root of the square.
    let square = base * base;
    let mut root = 1.0;
    for _ in 0..60 {
        let fourth = root * root * root * root;
        root -= (fourth * root - square) / (5.0 * fourth);
    }
    square * root
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_near_those_of_a_colour_management_system() {
        assert_eq!(inks_to_rgb([0, 0, 0, 0]), [255, 255, 255]);
        assert_eq!(inks_to_rgb([255, 0, 0, 0]), [0, 164, 228]);
        assert_eq!(inks_to_rgb([255; 4]), [0, 0, 0]);
        assert_eq!(lab_to_rgb(255, 128, 128), [255, 255, 255]);
        assert_eq!(lab_to_rgb(0, 128, 128), [0, 0, 0]);
        // L* 53.4, a* 80, b* 67: red.
        let [r, g, b] = lab_to_rgb(136, 208, 195);
        assert!(r > 240 && g < 30 && b < 30, "{r} {g} {b}");
    }

    #[test]
    fn the_srgb_curve_is_exact() {
        for value in 0..=255_u8 {
            let exact = (f64::from(value) / 255.0).max(0.0);
            let expected = if exact <= 0.040_45 { exact / 12.92 } else { ((exact + 0.055) / 1.055).powf(2.4) };
            assert!((decode_srgb(exact) - expected).abs() < 1e-12, "{value}");
            assert_eq!(encode_srgb(decode_srgb(exact)), value);
        }
    }
}
