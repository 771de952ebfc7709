//! Draws what a page of a PDF consists of. Only this module uses `tiny-skia`.
//!
//! Every pixel is the same on every processor: shapes are drawn with integers or with the basic operations of floating-point
//! numbers, and pictures are scaled with integers. The blending modes that need an approximate reciprocal, which processors
//! compute differently, are replaced by similar ones.

use std::rc::Rc;

use hayro_interpret::font::{Glyph, GlyphRun};
use hayro_interpret::kurbo::{Affine, BezPath, Cap, Join, PathEl, Point, Rect, Shape};
use hayro_interpret::pattern::{Pattern, TilingPattern};
use hayro_interpret::{
    BlendMode, ClipPath, Device, DrawMode, DrawProps, FillRule, Image, ImageData, ImageDrawProps, LumaData, MaskType,
    Paint, SoftMask, StrokeProps,
};
use tiny_skia::{
    FilterQuality, IntSize, LineCap, LineJoin, Mask, Path, PathBuilder, Pixmap, PixmapPaint, Stroke, StrokeDash,
    Transform,
};

/// A pattern with more tiles than this on the page is drawn in its average colour.
const MAX_TILES: f64 = 600.0;

/// How deep patterns, masks and glyphs made of drawings may be nested.
const MAX_DEPTH: u32 = 8;

/// A page that is being drawn.
pub(super) struct Canvas {
    width: u32,
    height: u32,
    page: Pixmap,
    /// The transparency groups that are being drawn, each inside the one before it.
    groups: Vec<Group>,
    /// The areas in which shapes are visible, each inside the one before it. `None` is the whole page.
    clips: Vec<Option<Rc<Mask>>>,
    depth: u32,
}

struct Group {
    /// `None` if shapes are drawn on the enclosing group directly.
    pixmap: Option<Pixmap>,
    opacity: f32,
    blend_mode: BlendMode,
    mask: Option<Mask>,
}

impl Canvas {
    /// A transparent page; `None` if it is too large.
    pub(super) fn new(width: u32, height: u32) -> Option<Self> {
        let page = Pixmap::new(width, height)?;
        Some(Self { width, height, page, groups: Vec::new(), clips: vec![None], depth: 0 })
    }

    /// Paints everything in a colour.
    pub(super) fn fill(&mut self, [r, g, b, a]: [u8; 4]) {
        self.target().fill(tiny_skia::Color::from_rgba8(r, g, b, a));
    }

    /// Hides everything that is drawn outside this area from now on.
    pub(super) fn limit_to(&mut self, area: Rect) {
        self.push_clip_path(&ClipPath { path: area.to_path(0.1), fill: FillRule::NonZero });
    }

    /// The pixels, row by row, with colours that are multiplied by their opacity.
    pub(super) fn into_rgba(mut self) -> Vec<u8> {
        while !self.groups.is_empty() {
            self.pop_group();
        }
        self.page.take()
    }

    /// An empty canvas of the same size, for something nested; `None` if it is nested too deeply.
    fn inner(&self) -> Option<Self> {
        if self.depth >= MAX_DEPTH {
            return None;
        }
        Some(Self { depth: self.depth + 1, ..Self::new(self.width, self.height)? })
    }

    fn into_pixmap(self) -> Option<Pixmap> {
        let size = IntSize::from_wh(self.width, self.height)?;
        Pixmap::from_vec(self.into_rgba(), size)
    }

    fn target(&mut self) -> &mut Pixmap {
        let group = self.groups.iter_mut().rev().find_map(|group| group.pixmap.as_mut());
        group.unwrap_or(&mut self.page)
    }

    fn clip(&self) -> Option<Rc<Mask>> {
        self.clips.last().cloned().flatten()
    }

    fn area(&self) -> Rect {
        Rect::new(0.0, 0.0, f64::from(self.width), f64::from(self.height))
    }

    /// Draws a picture that is as large as the canvas over it.
    fn compose(&mut self, picture: &Pixmap, opacity: f32, blend_mode: BlendMode, mask: Option<&Mask>) {
        let paint =
            PixmapPaint { opacity, blend_mode: convert_blend_mode(blend_mode), quality: FilterQuality::Nearest };
        self.target().draw_pixmap(0, 0, picture.as_ref(), &paint, Transform::identity(), mask);
    }

    fn draw_shape(&mut self, shape: &ShapeToDraw<'_>, props: &DrawProps<'_>) {
        if let Some(soft_mask) = &props.soft_mask {
            let props = DrawProps { soft_mask: None, blend_mode: BlendMode::Normal, ..props.clone() };
            let mask = self.draw_mask(soft_mask);
            self.push_group(1.0, mask, props.blend_mode, true);
            self.draw_shape(shape, &props);
            self.pop_group();
            return;
        }
        let clip = self.clip();
        match &props.paint {
            Paint::Color(colour) => {
                let [r, g, b, a] = colour.to_rgba().to_rgba8();
                let mut paint = tiny_skia::Paint {
                    blend_mode: convert_blend_mode(props.blend_mode),
                    ..tiny_skia::Paint::default()
                };
                paint.set_color_rgba8(r, g, b, a);
                let target = self.target();
                match shape.stroke {
                    None => target.fill_path(&shape.path, &paint, shape.rule, shape.transform, clip.as_deref()),
                    Some(stroke) => target.stroke_path(&shape.path, &paint, stroke, shape.transform, clip.as_deref()),
                }
            }
            Paint::Pattern(pattern) => {
                let Some(coverage) = shape.coverage(self.width, self.height) else { return };
                if let Some(mut picture) = self.draw_pattern(pattern, shape.stroke.is_some()) {
                    picture.apply_mask(&coverage);
                    self.compose(&picture, 1.0, props.blend_mode, clip.as_deref());
                }
            }
        }
    }

    /// Draws a pattern that fills the whole canvas.
    fn draw_pattern(&self, pattern: &Pattern<'_>, is_stroke: bool) -> Option<Pixmap> {
        match pattern {
            Pattern::Shading(shading) => {
                let encoded = shading.encode();
                let mut rgba = Vec::with_capacity(self.width as usize * self.height as usize * 4);
                for y in 0..self.height {
                    for x in 0..self.width {
                        let centre = Point::new(f64::from(x) + 0.5, f64::from(y) + 0.5);
                        let [r, g, b, a] = encoded.sample(encoded.base_transform * centre);
                        rgba.extend([r * a, g * a, b * a, a].map(|part| (part.clamp(0.0, 1.0) * 255.0 + 0.5) as u8));
                    }
                }
                let mut picture = Pixmap::from_vec(rgba, IntSize::from_wh(self.width, self.height)?)?;
                if let Some(area) = &shading.shading.clip_path {
                    picture.apply_mask(&self.path_mask(area, FillRule::NonZero)?);
                }
                Some(picture)
            }
            Pattern::Tiling(tiling) => self.draw_tiles(tiling, is_stroke),
        }
    }

    fn draw_tiles(&self, tiling: &TilingPattern<'_>, is_stroke: bool) -> Option<Pixmap> {
        let mut canvas = self.inner()?;
        let steps = (f64::from(tiling.x_step).abs(), f64::from(tiling.y_step).abs());
        let on_page = tiling.matrix.inverse().transform_rect_bbox(self.area());
        let range = |first: f64, last: f64, from: f64, to: f64, step: f64| {
            (((first - to) / step).ceil(), ((last - from) / step).floor())
        };
        let (left, right) = range(on_page.x0, on_page.x1, tiling.bbox.x0, tiling.bbox.x1, steps.0);
        let (bottom, top) = range(on_page.y0, on_page.y1, tiling.bbox.y0, tiling.bbox.y1, steps.1);
        let count = (right - left + 1.0) * (top - bottom + 1.0);
        if !count.is_finite() || count < 1.0 {
            return None;
        }
        if count > MAX_TILES {
            return self.average_tile(tiling, steps, is_stroke);
        }
        for j in bottom as i64..=top as i64 {
            for i in left as i64..=right as i64 {
                let offset = Affine::translate((i as f64 * steps.0, j as f64 * steps.1));
                tiling.interpret(&mut canvas, tiling.matrix * offset, is_stroke);
            }
        }
        let mut picture = canvas.into_pixmap()?;
        if tiling.opacity < 1.0 {
            scale_opacity(&mut picture, tiling.opacity);
        }
        Some(picture)
    }

    /// Fills the canvas with the average colour of a tile.
    fn average_tile(&self, tiling: &TilingPattern<'_>, steps: (f64, f64), is_stroke: bool) -> Option<Pixmap> {
        const SIDE: u32 = 24;
        let mut tile = Self { depth: self.depth + 1, ..Self::new(SIDE, SIDE)? };
        let to_tile = Affine::scale_non_uniform(f64::from(SIDE) / steps.0, f64::from(SIDE) / steps.1)
            * Affine::translate((-tiling.bbox.x0, -tiling.bbox.y0));
        tiling.interpret(&mut tile, to_tile, is_stroke);
        let rgba = tile.into_rgba();
        let mut sums = [0_u32; 4];
        for pixel in rgba.as_chunks::<4>().0 {
            for (sum, part) in sums.iter_mut().zip(pixel) {
                *sum += u32::from(*part);
            }
        }
        let average = sums.map(|sum| (sum / (SIDE * SIDE)) as u8);
        let all = average.repeat(self.width as usize * self.height as usize);
        Pixmap::from_vec(all, IntSize::from_wh(self.width, self.height)?)
    }

    fn path_mask(&self, path: &BezPath, rule: FillRule) -> Option<Mask> {
        let mut mask = Mask::new(self.width, self.height)?;
        // A path without an area leaves the mask empty: nothing can be drawn.
        if let Some(path) = convert_path(path) {
            mask.fill_path(&path, convert_rule(rule), true, Transform::identity());
        }
        Some(mask)
    }

    fn draw_mask(&self, soft_mask: &SoftMask<'_>) -> Option<Mask> {
        let mut canvas = self.inner()?;
        let kind = soft_mask.mask_type();
        if kind == MaskType::Luminosity {
            canvas.fill(soft_mask.background_color().to_rgba().to_rgba8());
        }
        soft_mask.interpret(&mut canvas);
        let picture = canvas.into_pixmap()?;
        // In integers, weighted as in ITU-R BT.601.
        let value = |pixel: &[u8; 4]| match kind {
            MaskType::Luminosity => {
                let [r, g, b, _] = pixel.map(u32::from);
                ((r * 77 + g * 151 + b * 28 + 128) >> 8) as u8
            }
            MaskType::Alpha => pixel[3],
        };
        let mut values: Vec<u8> = picture.data().as_chunks::<4>().0.iter().map(value).collect();
        if let Some(function) = soft_mask.transfer_function() {
            function.apply_to(&mut values);
        }
        Mask::from_vec(values, IntSize::from_wh(self.width, self.height)?)
    }

    fn push_group(&mut self, opacity: f32, mask: Option<Mask>, blend_mode: BlendMode, is_isolated: bool) {
        let is_plain = !is_isolated && opacity >= 1.0 && mask.is_none() && blend_mode == BlendMode::Normal;
        let pixmap = if is_plain { None } else { Pixmap::new(self.width, self.height) };
        self.groups.push(Group { pixmap, opacity, blend_mode, mask });
    }

    fn pop_group(&mut self) {
        if let Some(Group { pixmap: Some(mut pixmap), opacity, blend_mode, mask }) = self.groups.pop() {
            if let Some(mask) = mask {
                pixmap.apply_mask(&mask);
            }
            self.compose(&pixmap, opacity.clamp(0.0, 1.0), blend_mode, None);
        }
    }

    /// Draws a picture whose pixels `transform` places on the canvas.
    fn draw_pixels(&mut self, picture: &Pixmap, transform: Affine, blend_mode: BlendMode) {
        let clip = self.clip();
        let paint =
            PixmapPaint { opacity: 1.0, blend_mode: convert_blend_mode(blend_mode), quality: FilterQuality::Bilinear };
        let transform = convert_transform(transform);
        if transform.is_finite() {
            self.target().draw_pixmap(0, 0, picture.as_ref(), &paint, transform, clip.as_deref());
        }
    }

    fn draw_stencil(&mut self, stencil: &LumaData, paint: &Paint<'_>, transform: Affine, blend_mode: BlendMode) {
        let transform = transform * scale_by(stencil.scale_factors);
        let size = size_on_canvas(transform, stencil.width, stencil.height);
        let colour = match paint {
            Paint::Color(colour) => colour.to_rgba().to_rgba8(),
            Paint::Pattern(_) => [0, 0, 0, 255],
        };
        let source =
            Samples { colours: &[], alpha: Some(stencil), channels: 0, width: stencil.width, height: stencil.height };
        let Some((picture, scale)) = source.reduced(size, colour) else { return };
        match paint {
            Paint::Color(_) => self.draw_pixels(&picture, transform * scale, blend_mode),
            Paint::Pattern(pattern) => {
                let Some(mut shape) = self.inner() else { return };
                shape.draw_pixels(&picture, transform * scale, BlendMode::Normal);
                let Some(shape) = shape.into_pixmap() else { return };
                if let Some(mut picture) = self.draw_pattern(pattern, false) {
                    picture.apply_mask(&Mask::from_pixmap(shape.as_ref(), tiny_skia::MaskType::Alpha));
                    let clip = self.clip();
                    self.compose(&picture, 1.0, blend_mode, clip.as_deref());
                }
            }
        }
    }

    fn draw_raster(&mut self, image: &ImageData, alpha: Option<&LumaData>, transform: Affine, blend_mode: BlendMode) {
        let transform = transform * scale_by(image.scale_factors());
        let size = size_on_canvas(transform, image.width(), image.height());
        let (colours, channels) = match image {
            ImageData::Rgb(rgb) => (rgb.data.as_slice(), 3),
            ImageData::Luma(luma) => (luma.data.as_slice(), 1),
        };
        let source = Samples { colours, alpha, channels, width: image.width(), height: image.height() };
        if let Some((picture, scale)) = source.reduced(size, [0, 0, 0, 255]) {
            self.draw_pixels(&picture, transform * scale, blend_mode);
        }
    }
}

/// A path that is filled or stroked.
struct ShapeToDraw<'s> {
    path: Path,
    rule: tiny_skia::FillRule,
    stroke: Option<&'s Stroke>,
    transform: Transform,
}

impl ShapeToDraw<'_> {
    /// How much of each pixel the shape covers.
    fn coverage(&self, width: u32, height: u32) -> Option<Mask> {
        let mut pixmap = Pixmap::new(width, height)?;
        let paint = tiny_skia::Paint::default();
        match self.stroke {
            None => pixmap.fill_path(&self.path, &paint, self.rule, self.transform, None),
            Some(stroke) => pixmap.stroke_path(&self.path, &paint, stroke, self.transform, None),
        }
        Some(Mask::from_pixmap(pixmap.as_ref(), tiny_skia::MaskType::Alpha))
    }
}

impl<'a> Device<'a> for Canvas {
    fn draw_path(&mut self, path: &BezPath, props: DrawProps<'a>, draw_mode: &DrawMode) {
        let Some(path) = convert_path(path) else { return };
        let transform = convert_transform(props.transform);
        if !transform.is_finite() {
            return;
        }
        let (rule, stroke) = match draw_mode {
            DrawMode::Fill(rule) => (Some(*rule), None),
            DrawMode::Stroke(stroke) => (None, Some(stroke)),
            DrawMode::FillAndStroke(rule, stroke) => (Some(*rule), Some(stroke)),
            DrawMode::Invisible => return,
        };
        if let Some(rule) = rule {
            let shape = ShapeToDraw { path: path.clone(), rule: convert_rule(rule), stroke: None, transform };
            self.draw_shape(&shape, &props);
        }
        if let Some(stroke) = stroke {
            let stroke = convert_stroke(stroke);
            let rule = tiny_skia::FillRule::Winding;
            self.draw_shape(&ShapeToDraw { path, rule, stroke: Some(&stroke), transform }, &props);
        }
    }

    fn push_clip_path(&mut self, clip_path: &ClipPath) {
        let before = self.clip();
        let area = clip_path.path.bounding_box();
        let is_rect = clip_path.path.elements().len() <= 6 && (clip_path.path.area().abs() - area.area()).abs() < 0.01;
        let clip = if is_rect && area.union(self.area()) == area {
            before
        } else {
            let mask = self.path_mask(&clip_path.path, clip_path.fill);
            mask.map(|mut mask| {
                if let Some(before) = before {
                    for (value, other) in mask.data_mut().iter_mut().zip(before.data()) {
                        *value = ((u16::from(*value) * u16::from(*other) + 127) / 255) as u8;
                    }
                }
                Rc::new(mask)
            })
        };
        self.clips.push(clip);
    }

    fn pop_clip(&mut self) {
        if self.clips.len() > 1 {
            self.clips.pop();
        }
    }

    fn push_transparency_group(&mut self, opacity: f32, mask: Option<SoftMask<'a>>, blend_mode: BlendMode) {
        let mask = mask.and_then(|mask| self.draw_mask(&mask));
        self.push_group(opacity, mask, blend_mode, false);
    }

    fn pop_transparency_group(&mut self) {
        self.pop_group();
    }

    fn draw_glyph_run(&mut self, glyph_run: &GlyphRun<'_, 'a>, props: DrawProps<'a>, draw_mode: &DrawMode) {
        if matches!(draw_mode, DrawMode::Invisible) {
            return;
        }
        for glyph in glyph_run.glyphs() {
            match &**glyph {
                Glyph::Outline(outline) => {
                    let path = glyph.transform() * outline.outline();
                    let rule = match draw_mode {
                        DrawMode::Fill(_) => &DrawMode::Fill(FillRule::NonZero),
                        other => other,
                    };
                    self.draw_path(&path, props.clone(), rule);
                }
                Glyph::Type3(drawing) if self.depth < MAX_DEPTH => {
                    self.depth += 1;
                    drawing.interpret(self, props.transform, glyph.transform(), &props.paint);
                    self.depth -= 1;
                }
                Glyph::Type3(_) => {}
            }
        }
    }

    fn draw_image(&mut self, image: Image<'a, '_>, props: ImageDrawProps<'a>) {
        let ImageDrawProps { transform, soft_mask, blend_mode } = props;
        let size = (f64::from(image.width()), f64::from(image.height()));
        let on_canvas = transform.transform_rect_bbox(Rect::new(0.0, 0.0, size.0, size.1));
        if !on_canvas.is_finite() || !on_canvas.overlaps(self.area()) {
            return;
        }
        let mask = soft_mask.and_then(|mask| self.draw_mask(&mask));
        let has_mask = mask.is_some();
        if has_mask {
            self.push_group(1.0, mask, blend_mode, true);
        }
        let blend_mode = if has_mask { BlendMode::Normal } else { blend_mode };
        let wanted = Some(size_on_canvas(transform, image.width(), image.height()));
        match image {
            Image::Stencil(stencil) => {
                stencil.with_stencil(|data, paint| self.draw_stencil(&data, paint, transform, blend_mode), wanted);
            }
            Image::Raster(raster) => {
                raster.with_rgba(|data, alpha| self.draw_raster(&data, alpha.as_ref(), transform, blend_mode), wanted);
            }
        }
        if has_mask {
            self.pop_group();
        }
    }
}

/// The samples of a picture.
struct Samples<'s> {
    /// One or three samples per pixel. Empty if all pixels have the same colour.
    colours: &'s [u8],
    /// The opacity, which may have another size.
    alpha: Option<&'s LumaData>,
    channels: usize,
    width: u32,
    height: u32,
}

impl Samples<'_> {
    /// The picture, scaled down to this size if it is larger, and the transformation from its pixels to those of the original.
    /// `colour` is the colour of pixels without samples, and its opacity applies to all pixels.
    fn reduced(&self, (width, height): (u32, u32), colour: [u8; 4]) -> Option<(Pixmap, Affine)> {
        let (width, height) = (width.clamp(1, self.width.max(1)), height.clamp(1, self.height.max(1)));
        let needed = self.width as usize * self.height as usize * self.channels;
        if self.width == 0 || self.height == 0 || self.colours.len() < needed {
            return None;
        }
        let mut rgba = Vec::with_capacity(width as usize * height as usize * 4);
        for y in 0..height {
            let rows = source_range(y, height, self.height);
            for x in 0..width {
                let columns = source_range(x, width, self.width);
                let [r, g, b] = match self.channels {
                    0 => [colour[0], colour[1], colour[2]],
                    1 => [average(self.colours, self.width, 1, 0, &rows, &columns); 3],
                    _ => [0, 1, 2].map(|part| average(self.colours, self.width, 3, part, &rows, &columns)),
                };
                let alpha = self.alpha.filter(|alpha| alpha.width > 0 && alpha.height > 0).map_or(255, |alpha| {
                    let rows = source_range(y, height, alpha.height);
                    let columns = source_range(x, width, alpha.width);
                    average(&alpha.data, alpha.width, 1, 0, &rows, &columns)
                });
                let alpha = (u16::from(alpha) * u16::from(colour[3]) + 127) / 255;
                let premultiplied = |part: u8| ((u16::from(part) * alpha + 127) / 255) as u8;
                rgba.extend([premultiplied(r), premultiplied(g), premultiplied(b), alpha as u8]);
            }
        }
        let scale = Affine::scale_non_uniform(
            f64::from(self.width) / f64::from(width),
            f64::from(self.height) / f64::from(height),
        );
        Some((Pixmap::from_vec(rgba, IntSize::from_wh(width, height)?)?, scale))
    }
}

/// The pixels of which pixel `index` is the average when a row of `length` pixels is scaled to `scaled_length`. The range has at least
/// one pixel.
fn source_range(index: u32, scaled_length: u32, length: u32) -> std::ops::Range<usize> {
    let position = |index: u32| (u64::from(index) * u64::from(length) / u64::from(scaled_length)) as usize;
    let first = position(index).min(length as usize - 1);
    first..position(index + 1).clamp(first + 1, length as usize)
}

/// The average of one channel in an area of a picture.
fn average(
    samples: &[u8],
    width: u32,
    channels: usize,
    channel: usize,
    rows: &std::ops::Range<usize>,
    columns: &std::ops::Range<usize>,
) -> u8 {
    let (mut sum, mut count) = (0_u64, 0_u64);
    for row in rows.clone() {
        let start = row * width as usize;
        for column in columns.clone() {
            sum += u64::from(samples.get((start + column) * channels + channel).copied().unwrap_or_default());
            count += 1;
        }
    }
    ((sum + count / 2) / count.max(1)) as u8
}

/// The approximate width and height of a picture on the canvas, in pixels.
fn size_on_canvas(transform: Affine, width: u32, height: u32) -> (u32, u32) {
    let [a, b, c, d, _, _] = transform.as_coeffs();
    let length =
        |x: f64, y: f64, count: u32| ((x * x + y * y).sqrt() * f64::from(count)).ceil().clamp(1.0, 4096.0) as u32;
    (length(a, b, width), length(c, d, height))
}

fn scale_by((x, y): (f32, f32)) -> Affine {
    Affine::scale_non_uniform(f64::from(x), f64::from(y))
}

fn scale_opacity(picture: &mut Pixmap, opacity: f32) {
    let factor = (opacity.clamp(0.0, 1.0) * 256.0) as u16;
    for part in picture.data_mut() {
        *part = ((u16::from(*part) * factor) >> 8) as u8;
    }
}

/// `None` if the path has no points, or some that are not numbers.
fn convert_path(path: &BezPath) -> Option<Path> {
    let mut builder = PathBuilder::new();
    for element in path.elements() {
        match *element {
            PathEl::MoveTo(p) => builder.move_to(p.x as f32, p.y as f32),
            PathEl::LineTo(p) => builder.line_to(p.x as f32, p.y as f32),
            PathEl::QuadTo(p, q) => builder.quad_to(p.x as f32, p.y as f32, q.x as f32, q.y as f32),
            PathEl::CurveTo(p, q, r) => {
                builder.cubic_to(p.x as f32, p.y as f32, q.x as f32, q.y as f32, r.x as f32, r.y as f32);
            }
            PathEl::ClosePath => builder.close(),
        }
    }
    builder.finish()
}

fn convert_transform(transform: Affine) -> Transform {
    let [a, b, c, d, e, f] = transform.as_coeffs().map(|part| part as f32);
    Transform::from_row(a, b, c, d, e, f)
}

fn convert_rule(rule: FillRule) -> tiny_skia::FillRule {
    match rule {
        FillRule::NonZero => tiny_skia::FillRule::Winding,
        FillRule::EvenOdd => tiny_skia::FillRule::EvenOdd,
    }
}

fn convert_stroke(stroke: &StrokeProps) -> Stroke {
    let mut dashes = stroke.dash_array.to_vec();
    if dashes.len() % 2 == 1 {
        dashes.extend_from_within(..);
    }
    Stroke {
        width: stroke.line_width.max(0.0),
        miter_limit: stroke.miter_limit,
        line_cap: match stroke.line_cap {
            Cap::Butt => LineCap::Butt,
            Cap::Round => LineCap::Round,
            Cap::Square => LineCap::Square,
        },
        line_join: match stroke.line_join {
            Join::Bevel => LineJoin::Bevel,
            Join::Miter => LineJoin::Miter,
            Join::Round => LineJoin::Round,
        },
        dash: StrokeDash::new(dashes, stroke.dash_offset),
    }
}

fn convert_blend_mode(mode: BlendMode) -> tiny_skia::BlendMode {
    match mode {
        BlendMode::Normal => tiny_skia::BlendMode::SourceOver,
        BlendMode::Multiply | BlendMode::ColorBurn => tiny_skia::BlendMode::Multiply,
        BlendMode::Screen | BlendMode::ColorDodge => tiny_skia::BlendMode::Screen,
        BlendMode::Overlay => tiny_skia::BlendMode::Overlay,
        BlendMode::Darken => tiny_skia::BlendMode::Darken,
        BlendMode::Lighten => tiny_skia::BlendMode::Lighten,
        BlendMode::HardLight => tiny_skia::BlendMode::HardLight,
        BlendMode::SoftLight => tiny_skia::BlendMode::SoftLight,
        BlendMode::Difference => tiny_skia::BlendMode::Difference,
        BlendMode::Exclusion => tiny_skia::BlendMode::Exclusion,
        BlendMode::Hue => tiny_skia::BlendMode::Hue,
        BlendMode::Saturation => tiny_skia::BlendMode::Saturation,
        BlendMode::Color => tiny_skia::BlendMode::Color,
        BlendMode::Luminosity => tiny_skia::BlendMode::Luminosity,
    }
}
