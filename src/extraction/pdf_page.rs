//! Reads what a page of a PDF shows: glyphs with their positions, the values of form fields, pictures and drawings.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use hayro_font::kurbo::{Affine, Point, Rect};
use hayro_syntax::content::TypedIter;
use hayro_syntax::content::ops::TypedInstruction;
use hayro_syntax::object::{self, Array, Dict, Name, Number, Object, ObjectIdentifier, Stream, dict_or_stream};
use hayro_syntax::page::{Page, Resources};

use super::lines::Glyph;
use super::pdf_fonts::{Fonts, TextFont};
use super::pdf_strings::decode_string;

/// The largest number of glyphs of a page that are read: a page of a telephone book has about 20,000.
const MAX_GLYPHS: usize = 1 << 20;

/// The deepest nesting of forms that is read.
const MAX_DEPTH: usize = 20;

/// The maximum number of saved graphics states.
const MAX_STATES: usize = 10_000;

/// The longest value of a form field that is read, in bytes.
const MAX_VALUE_BYTES: usize = 1 << 16;

#[derive(Default)]
pub(super) struct PageContents {
    pub glyphs: Vec<Glyph>,
    /// The values of form fields and the texts of notes, which may also be among the glyphs.
    pub values: Vec<String>,
    /// The area that pictures cover, as a fraction of the page's area. Overlapping pictures count twice.
    pub picture_area: f64,
    /// Whether lines or areas are drawn on the page.
    pub has_drawing: bool,
    /// Whether there are glyphs about which their font says nothing but their numbers, and too few of them to know their order.
    pub has_open_glyphs: bool,
}

impl PageContents {
    pub(super) fn read<'a>(page: &'a Page<'a>, fonts: &mut Fonts<'a>, layers: &HiddenLayers) -> Self {
        let (width, height) = page.render_dimensions();
        let bounds = Rect::new(0.0, 0.0, f64::from(width), f64::from(height));
        let mut reader = PageReader {
            fonts,
            layers,
            bounds,
            contents: Self::default(),
            replacements: Vec::new(),
            hidden: Vec::new(),
            numbered: Vec::new(),
            depth: 0,
        };
        let transform = Affine::new(page.initial_transform(true).as_coeffs());
        reader.run(page.typed_operations(), page.resources(), GraphicsState::new(transform));
        if let Some(annotations) = page.raw().get::<Array<'_>>("Annots") {
            for annotation in annotations.iter::<Dict<'_>>() {
                reader.show_annotation(&annotation, page.resources(), transform);
            }
        }
        let PageReader { mut contents, numbered, .. } = reader;
        if !numbered.is_empty() {
            contents.has_open_glyphs = fonts.numbers.decide();
        }
        for (index, font, number) in numbered {
            if let Some(glyph) = contents.glyphs.get_mut(index) {
                glyph.text = fonts.numbers.character(font, number).map(String::from);
            }
        }
        contents
    }
}

/// The layers (optional content, ISO 32000-1, 8.11) that are hidden when the document is opened.
pub(super) struct HiddenLayers(HashSet<ObjectIdentifier>);

impl HiddenLayers {
    pub(super) fn of_document(catalog: Option<&Dict<'_>>) -> Self {
        let mut hidden = HashSet::new();
        let Some(properties) = catalog.and_then(|catalog| catalog.get::<Dict<'_>>("OCProperties")) else {
            return Self(hidden);
        };
        let config = properties.get::<Dict<'_>>("D").unwrap_or_default();
        let references = |dict: &Dict<'_>, key: &str| -> Vec<ObjectIdentifier> {
            let array = dict.get::<Array<'_>>(key);
            array.iter().flat_map(Array::raw_iter).filter_map(|item| Some(item.as_obj_ref()?.into())).collect()
        };
        if config.get::<Name<'_>>("BaseState").as_deref() == Some(b"OFF") {
            hidden.extend(references(&properties, "OCGs"));
            for shown in references(&config, "ON") {
                hidden.remove(&shown);
            }
        }
        hidden.extend(references(&config, "OFF"));
        Self(hidden)
    }

    /// Whether the entry of a dictionary under this key names a layer, or a combination of layers, that is hidden.
    fn hides(&self, dict: &Dict<'_>, key: &[u8]) -> bool {
        if self.0.is_empty() {
            return false;
        }
        let is_hidden = |id: ObjectIdentifier| self.0.contains(&id);
        if dict.get_ref(key).is_some_and(|reference| is_hidden(reference.into())) {
            return true;
        }
        let Some(group) = dict.get::<Dict<'_>>(key) else { return false };
        if group.get::<Name<'_>>("Type").as_deref() != Some(b"OCMD") {
            return false;
        }
        let mut layers: Vec<ObjectIdentifier> = Vec::new();
        match group.get::<Array<'_>>("OCGs") {
            Some(array) => {
                layers.extend(array.raw_iter().filter_map(|item| item.as_obj_ref().map(ObjectIdentifier::from)))
            }
            None => layers.extend(group.get_ref("OCGs").map(ObjectIdentifier::from)),
        }
        let mut hidden = layers.iter().map(|id| is_hidden(*id));
        if layers.is_empty() {
            return false;
        }
        match group.get::<Name<'_>>("P").as_deref() {
            Some(b"AllOn") => hidden.any(|hidden| hidden),
            Some(b"AnyOff") => hidden.all(|hidden| !hidden),
            Some(b"AllOff") => hidden.any(|hidden| !hidden),
            _ => hidden.all(|hidden| hidden),
        }
    }
}

/// The graphics state, as far as it affects where text is shown.
#[derive(Clone)]
struct GraphicsState<'a> {
    transform: Affine,
    font: Option<Rc<TextFont<'a>>>,
    size: f64,
    char_spacing: f64,
    word_spacing: f64,
    /// The horizontal scaling, 1 by default.
    scaling: f64,
    leading: f64,
    rise: f64,
    /// The text matrix and the text line matrix (ISO 32000-1, 9.4.1).
    text_matrix: Affine,
    line_matrix: Affine,
}

impl GraphicsState<'_> {
    fn new(transform: Affine) -> Self {
        Self {
            transform,
            font: None,
            size: 1.0,
            char_spacing: 0.0,
            word_spacing: 0.0,
            scaling: 1.0,
            leading: 0.0,
            rise: 0.0,
            text_matrix: Affine::IDENTITY,
            line_matrix: Affine::IDENTITY,
        }
    }

    fn next_line(&mut self, x: f64, y: f64) {
        self.line_matrix *= Affine::translate((x, y));
        self.text_matrix = self.line_matrix;
    }

    /// Moves along the line by a distance in thousandths of the font's size.
    fn adjust(&mut self, distance: f64) {
        let distance = -distance / 1000.0 * self.size;
        let is_horizontal = self.font.as_ref().is_none_or(|font| font.is_horizontal());
        let step = if is_horizontal { (distance * self.scaling, 0.0) } else { (0.0, distance) };
        self.text_matrix *= Affine::translate(step);
    }
}

/// The text that replaces the text of the glyphs of a marked-content sequence.
enum Replacement {
    /// No glyph has been shown yet.
    Unused(String),
    /// The glyph with this index has taken the text. If it has no width, it may be a vowel sign that is shown before its letter, and
    /// the next glyph takes the text from it.
    Taken(usize),
}

struct PageReader<'a, 'r> {
    fonts: &'r mut Fonts<'a>,
    layers: &'r HiddenLayers,
    /// The visible part of the page.
    bounds: Rect,
    contents: PageContents,
    /// For each open marked-content sequence, the text that replaces the text of its glyphs, if there is one (ISO 32000-1,
    /// 14.9.4). One glyph takes this text, and the other glyphs have none.
    replacements: Vec<Option<Replacement>>,
    /// For each open marked-content sequence, whether it is on a hidden layer.
    hidden: Vec<bool>,
    /// The glyphs about which their font says nothing but their numbers: the index of the glyph, its font, its number.
    numbered: Vec<(usize, usize, u32)>,
    depth: usize,
}

impl<'a> PageReader<'a, '_> {
    fn run(&mut self, mut instructions: TypedIter<'_>, resources: &Resources<'a>, mut state: GraphicsState<'a>) {
        let (open, hidden) = (self.replacements.len(), self.hidden.len());
        let mut states: Vec<GraphicsState<'a>> = Vec::new();
        let number = |number: &Number| number.as_f64();
        while let Some(instruction) = instructions.next() {
            match instruction {
                TypedInstruction::SaveState(_) if states.len() < MAX_STATES => states.push(state.clone()),
                TypedInstruction::RestoreState(_) => state = states.pop().unwrap_or(state),
                TypedInstruction::Transform(m) => {
                    state.transform *= Affine::new([&m.0, &m.1, &m.2, &m.3, &m.4, &m.5].map(number));
                }
                TypedInstruction::BeginText(_) => {
                    (state.text_matrix, state.line_matrix) = (Affine::IDENTITY, Affine::IDENTITY);
                }
                TypedInstruction::SetTextMatrix(m) => {
                    state.line_matrix = Affine::new([&m.0, &m.1, &m.2, &m.3, &m.4, &m.5].map(number));
                    state.text_matrix = state.line_matrix;
                }
                TypedInstruction::TextFont(font) => {
                    state.size = font.1.as_f64();
                    state.font = Some(match resources.get_font(font.0) {
                        Some(dict) => self.fonts.font(&dict),
                        None => self.fonts.fallback(),
                    });
                }
                TypedInstruction::SetGraphicsState(name) => {
                    let font = resources.get_ext_g_state(name.0).and_then(|dict| dict.get::<Array<'_>>("Font"));
                    let mut parts = font.iter().flat_map(Array::iter::<Object<'_>>);
                    if let (Some(Object::Dict(dict)), Some(Object::Number(size))) = (parts.next(), parts.next()) {
                        state.font = Some(self.fonts.font(&dict));
                        state.size = size.as_f64();
                    }
                }
                TypedInstruction::CharacterSpacing(value) => state.char_spacing = value.0.as_f64(),
                TypedInstruction::WordSpacing(value) => state.word_spacing = value.0.as_f64(),
                TypedInstruction::HorizontalScaling(value) => state.scaling = value.0.as_f64() / 100.0,
                TypedInstruction::TextLeading(value) => state.leading = value.0.as_f64(),
                TypedInstruction::TextRise(value) => state.rise = value.0.as_f64(),
                TypedInstruction::NextLine(step) => state.next_line(step.0.as_f64(), step.1.as_f64()),
                TypedInstruction::NextLineAndSetLeading(step) => {
                    state.leading = -step.1.as_f64();
                    state.next_line(step.0.as_f64(), step.1.as_f64());
                }
                TypedInstruction::NextLineUsingLeading(_) => state.next_line(0.0, -state.leading),
                TypedInstruction::ShowText(text) => self.show(text.0.as_bytes(), &mut state),
                TypedInstruction::NextLineAndShowText(text) => {
                    state.next_line(0.0, -state.leading);
                    self.show(text.0.as_bytes(), &mut state);
                }
                TypedInstruction::ShowTextWithParameters(text) => {
                    state.word_spacing = text.0.as_f64();
                    state.char_spacing = text.1.as_f64();
                    state.next_line(0.0, -state.leading);
                    self.show(text.2.as_bytes(), &mut state);
                }
                TypedInstruction::ShowTexts(texts) => {
                    for part in texts.0.iter::<Object<'_>>() {
                        match part {
                            Object::Number(distance) => state.adjust(distance.as_f64()),
                            Object::String(text) => self.show(text.as_bytes(), &mut state),
                            _ => {}
                        }
                    }
                }
                TypedInstruction::XObject(name) => {
                    if let Some(stream) = resources.get_x_object(name.0).filter(|_| !self.is_hidden()) {
                        self.show_object(&stream, resources, &state);
                    }
                }
                TypedInstruction::InlineImage(_) => self.show_picture(state.transform),
                TypedInstruction::BeginMarkedContent(_) => self.begin_marked_content(None, false),
                TypedInstruction::BeginMarkedContentWithProperties(content) => {
                    let name = content.1.clone().into_name();
                    let hidden = match &name {
                        Some(name) => self.layers.hides(&resources.properties, name),
                        None => dict_or_stream(content.1).is_some_and(|(dict, _)| self.layers.hides(dict, b"OC")),
                    };
                    match name.and_then(|name| resources.properties.get::<Dict<'_>>(&*name)) {
                        Some(properties) => self.begin_marked_content(Some(&properties), hidden),
                        None => self.begin_marked_content(dict_or_stream(content.1).map(|(dict, _)| dict), hidden),
                    }
                }
                // A form cannot end a sequence that began outside it.
                TypedInstruction::EndMarkedContent(_) if self.replacements.len() > open => {
                    self.replacements.pop();
                    self.hidden.pop();
                }
                TypedInstruction::StrokePath(_)
                | TypedInstruction::CloseAndStrokePath(_)
                | TypedInstruction::FillPathNonZero(_)
                | TypedInstruction::FillPathNonZeroCompatibility(_)
                | TypedInstruction::FillPathEvenOdd(_)
                | TypedInstruction::FillAndStrokeNonZero(_)
                | TypedInstruction::FillAndStrokeEvenOdd(_)
                | TypedInstruction::CloseFillAndStrokeNonZero(_)
                | TypedInstruction::CloseFillAndStrokeEvenOdd(_)
                | TypedInstruction::Shading(_) => self.contents.has_drawing |= !self.is_hidden(),
                _ => {}
            }
        }
        self.replacements.truncate(open);
        self.hidden.truncate(hidden);
    }

    fn is_hidden(&self) -> bool {
        self.hidden.last() == Some(&true)
    }

    fn begin_marked_content(&mut self, properties: Option<&Dict<'_>>, hidden: bool) {
        let actual = properties.and_then(|dict| dict.get::<object::String<'_>>("ActualText"));
        self.replacements.push(actual.map(|text| Replacement::Unused(decode_string(text.as_bytes()))));
        self.hidden.push(hidden || self.is_hidden());
    }

    /// Shows a string in the current font.
    fn show(&mut self, bytes: &[u8], state: &mut GraphicsState<'a>) {
        let font = Rc::clone(state.font.get_or_insert_with(|| self.fonts.fallback()));
        let is_hidden = self.is_hidden();
        let mut offset = 0;
        while offset < bytes.len() {
            let (code, length) = font.read_code(bytes, offset);
            offset += length.max(1);
            let advance = font.advance(code);
            if !is_hidden && self.contents.glyphs.len() < MAX_GLYPHS {
                let size = Affine::new([state.size * state.scaling, 0.0, 0.0, state.size, 0.0, state.rise]);
                let transform = state.transform
                    * state.text_matrix
                    * size
                    * Affine::scale(0.001)
                    * Affine::translate(font.origin(code));
                let text = self.glyph_text(&font, code, length);
                let number = if text.is_none() { font.glyph_number(code, length) } else { None };
                let index = self.contents.glyphs.len();
                self.push(Glyph {
                    text,
                    start: transform * Point::ORIGIN,
                    end: transform * advance.to_point(),
                    above: transform * Point::new(0.0, font.height),
                });
                if let Some(number) = number.filter(|_| index < self.contents.glyphs.len()) {
                    let font = Rc::as_ptr(&font).addr();
                    self.fonts.numbers.add(font, number);
                    self.numbered.push((index, font, number));
                }
            }
            let word_spacing = if code == 32 && length == 1 { state.word_spacing } else { 0.0 };
            let step = |advance: f64| advance / 1000.0 * state.size + state.char_spacing + word_spacing;
            let step =
                if font.is_horizontal() { (step(advance.x) * state.scaling, 0.0) } else { (0.0, step(advance.y)) };
            state.text_matrix *= Affine::translate(step);
        }
    }

    /// The text of a glyph: its own, or the replacement text of the marked-content sequence around it.
    fn glyph_text(&mut self, font: &TextFont<'_>, code: u32, length: usize) -> Option<String> {
        let Some(replacement) = self.replacements.iter_mut().flatten().next() else { return font.text(code, length) };
        let next = self.contents.glyphs.len();
        let text = match replacement {
            Replacement::Unused(text) => std::mem::take(text),
            Replacement::Taken(index) => match self.contents.glyphs.get_mut(*index) {
                Some(glyph) if glyph.start == glyph.end => glyph.text.replace(String::new()).unwrap_or_default(),
                _ => return Some(String::new()),
            },
        };
        *replacement = Replacement::Taken(next);
        Some(text)
    }

    /// Adds a glyph, unless it is outside the page.
    fn push(&mut self, glyph: Glyph) {
        let Rect { x0, y0, x1, y1 } = self.bounds;
        let outside = |a: f64, b: f64, low: f64, high: f64| a.max(b) < low || a.min(b) > high;
        let (start, end) = (glyph.start, glyph.end);
        if !outside(start.x, end.x, x0, x1) && !outside(start.y, end.y, y0, y1) {
            self.contents.glyphs.push(glyph);
        }
    }

    fn show_object(&mut self, stream: &Stream<'a>, resources: &Resources<'a>, state: &GraphicsState<'a>) {
        let dict = stream.dict();
        if self.layers.hides(dict, b"OC") {
            return;
        }
        match dict.get::<Name<'_>>("Subtype").as_deref() {
            Some(b"Image") => self.show_picture(state.transform),
            Some(b"Form") => self.show_form(stream, resources, state.clone()),
            _ => {}
        }
    }

    fn show_form(&mut self, stream: &Stream<'a>, resources: &Resources<'a>, mut state: GraphicsState<'a>) {
        let Ok(data) = stream.decoded_data() else { return };
        if self.depth >= MAX_DEPTH {
            return;
        }
        let dict = stream.dict();
        if let Some(matrix) = dict.get::<[f64; 6]>("Matrix") {
            state.transform *= Affine::new(matrix);
        }
        let own = dict.get::<Dict<'a>>("Resources").map(Resources::new);
        self.depth += 1;
        self.run(TypedIter::new(&data), own.as_ref().unwrap_or(resources), state);
        self.depth -= 1;
    }

    fn show_picture(&mut self, transform: Affine) {
        if self.is_hidden() {
            return;
        }
        let visible = transform.transform_rect_bbox(Rect::new(0.0, 0.0, 1.0, 1.0)).intersect(self.bounds);
        let area = visible.area() / self.bounds.area();
        if area.is_finite() {
            self.contents.picture_area += area;
        }
    }

    /// Shows an annotation: a field of a form, a stamp, a comment on the page.
    fn show_annotation(&mut self, annotation: &Dict<'a>, resources: &Resources<'a>, transform: Affine) {
        let flags = annotation.get::<u32>("F").unwrap_or(0);
        // The annotation is hidden, or not shown on a screen.
        if flags & 0b10_0010 != 0 || self.layers.hides(annotation, b"OC") {
            return;
        }
        if let Some(stream) = appearance(annotation) {
            let dict = stream.dict();
            let matrix = Affine::new(dict.get::<[f64; 6]>("Matrix").unwrap_or([1.0, 0.0, 0.0, 1.0, 0.0, 0.0]));
            let rect = annotation.get::<object::Rect>("Rect");
            let bbox = dict.get::<[f64; 4]>("BBox").map(|[x0, y0, x1, y1]| Rect::new(x0, y0, x1, y1));
            if let Some((rect, bbox)) = rect.zip(bbox) {
                // The appearance is scaled to the rectangle (ISO 32000-1, 12.5.5, algorithm 8.1).
                let shown = matrix.transform_rect_bbox(bbox.abs());
                let scale = |to: f64, from: f64| if from.abs() > 1e-9 { to / from } else { 1.0 };
                let (x, y) = (scale(rect.x1 - rect.x0, shown.width()), scale(rect.y1 - rect.y0, shown.height()));
                let fit = Affine::new([x, 0.0, 0.0, y, rect.x0 - x * shown.x0, rect.y0 - y * shown.y0]);
                self.show_form(&stream, resources, GraphicsState::new(transform * fit));
            }
        }
        self.contents.values.extend(field_value(annotation));
    }
}

/// The form that draws an annotation.
fn appearance<'a>(annotation: &Dict<'a>) -> Option<Stream<'a>> {
    match annotation.get::<Dict<'_>>("AP")?.get::<Object<'_>>("N")? {
        Object::Stream(stream) => Some(stream),
        Object::Dict(states) => states.get::<Stream<'_>>(&*annotation.get::<Name<'_>>("AS")?),
        _ => None,
    }
}

/// The value of a form field, or the text of a note on the page. It is needed because some documents contain no appearance of the
/// field or note: PDF viewers draw it from the value.
fn field_value(annotation: &Dict<'_>) -> Option<String> {
    let subtype = annotation.get::<Name<'_>>("Subtype");
    if subtype.as_deref() == Some(b"FreeText") {
        let text = annotation.get::<object::String<'_>>("Contents")?;
        return Some(decode_string(text.as_bytes())).filter(|text| text.len() <= MAX_VALUE_BYTES);
    }
    if subtype.as_deref() != Some(b"Widget") {
        return None;
    }
    // A field inherits missing properties from its ancestors.
    let mut ancestors = vec![annotation.clone()];
    while let Some(parent) = ancestors.last().and_then(|dict| dict.get::<Dict<'_>>("Parent")) {
        if ancestors.len() > MAX_DEPTH {
            return None;
        }
        ancestors.push(parent);
    }
    let kind = ancestors.iter().find_map(|dict| dict.get::<Name<'_>>("FT"))?;
    let flags = ancestors.iter().find_map(|dict| dict.get::<u32>("Ff")).unwrap_or(0);
    let value = ancestors.iter().find_map(|dict| dict.get::<Object<'_>>("V"));
    let is_password = flags & 1 << 13 != 0;
    let is_drop_down = flags & 1 << 17 != 0;
    // An option of a choice field has a value for export and a text that is shown, or is only a text.
    let options = ancestors.iter().find_map(|dict| dict.get::<Array<'_>>("Opt"));
    let options: Vec<Vec<String>> = options
        .iter()
        .flat_map(Array::iter::<Object<'_>>)
        .map(|option| match option {
            Object::Array(pair) => {
                pair.iter::<object::String<'_>>().map(|text| decode_string(text.as_bytes())).collect()
            }
            Object::String(text) => vec![decode_string(text.as_bytes())],
            _ => Vec::new(),
        })
        .collect();
    let join_texts = |texts: Vec<String>| {
        let text = texts.join("\n");
        (!text.trim().is_empty() && text.len() <= MAX_VALUE_BYTES).then_some(text)
    };
    let texts: Vec<String> = match (&*kind, value) {
        // A list box shows its options, whether or not one is chosen.
        (b"Ch", _) if !is_drop_down && !options.is_empty() => {
            return join_texts(options.into_iter().filter_map(|mut option| option.pop()).collect());
        }
        (b"Tx" | b"Ch", Some(Object::String(text))) if !is_password => vec![decode_string(text.as_bytes())],
        (b"Tx", Some(Object::Stream(text))) if !is_password => vec![decode_string(&text.decoded_data().ok()?)],
        (b"Ch", Some(Object::Array(texts))) => {
            texts.iter::<object::String<'_>>().map(|text| decode_string(text.as_bytes())).collect()
        }
        _ => return None,
    };
    // The first of several options with the same value counts.
    let mut shown: HashMap<&str, &str> = HashMap::new();
    for option in &options {
        if let (Some(value), Some(text)) = (option.first(), option.last()) {
            shown.entry(value).or_insert(text);
        }
    }
    join_texts(
        texts.into_iter().map(|text| shown.get(&*text).map_or(text.clone(), |shown| (*shown).to_owned())).collect(),
    )
}
