//! Fuzzes `verify` with edited images: it must not crash, and must report the edit.
//!
//! An input is a list of edits to the image that `MAKE_DISC_FUZZ_IMAGE` names. An image of random bytes
//! would rarely get past the first descriptor.

#![no_main]

use std::io::Cursor;
use std::sync::LazyLock;
use std::sync::atomic::AtomicBool;

use libfuzzer_sys::fuzz_target;
use make_disc::progress::Silence;
use make_disc::verify::{self, Published, TargetKind, Verdict};

const SECTOR_LENGTH: usize = 2048;

/// How many sectors, from the first descriptor on, get most edits: they have the descriptors, path tables and directories.
const STRUCTURE_SECTORS: usize = 64;

static REFERENCE: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let path = std::env::var("MAKE_DISC_FUZZ_IMAGE").expect("MAKE_DISC_FUZZ_IMAGE names an image");
    std::fs::read(path).expect("the image can be read")
});

/// The bytes of an input, and then zeros.
struct Input<'i>(&'i [u8]);

impl Input<'_> {
    fn next_byte(&mut self) -> u8 {
        let Some((first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        *first
    }

    fn next_number(&mut self, bytes: usize) -> usize {
        (0..bytes).fold(0, |number, _| number << 8 | usize::from(self.next_byte()))
    }

    fn next_offset(&mut self, length: usize) -> usize {
        let sector = self.next_number(2);
        // Four out of five edits are in the structures.
        let sector = if sector % 5 == 0 { sector } else { 16 + sector % STRUCTURE_SECTORS };
        (sector * SECTOR_LENGTH + self.next_number(2) % SECTOR_LENGTH) % length
    }
}

/// The empty sectors at the end of an image.
const PADDING_SECTORS: usize = 150;

fn overwrite(image: &mut [u8], at: usize, bytes: &[u8]) {
    let end = image.len().min(at + bytes.len());
    image[at..end].copy_from_slice(&bytes[..end - at]);
}

fn apply_edit(image: &mut Vec<u8>, input: &mut Input<'_>) {
    if image.is_empty() {
        return;
    }
    let kind = input.next_byte() % 8;
    let at = input.next_offset(image.len());
    match kind {
        0 => image[at] = input.next_byte(),
        1 => image[at] ^= 1 << (input.next_byte() % 8),
        // Numbers in both byte orders (ECMA-119 7.2.3, 7.3.3).
        2 => {
            let number = input.next_number(2) as u16;
            overwrite(image, at, &[number.to_le_bytes(), number.to_be_bytes()].concat());
        }
        3 => {
            let number = input.next_number(4) as u32;
            overwrite(image, at, &[number.to_le_bytes(), number.to_be_bytes()].concat());
        }
        4 => {
            let from = input.next_offset(image.len());
            let bytes = image[from..image.len().min(from + input.next_byte() as usize)].to_vec();
            overwrite(image, at, &bytes);
        }
        5 => {
            let bytes: Vec<u8> = (0..input.next_byte() % 32).map(|_| input.next_byte()).collect();
            overwrite(image, at, &bytes);
        }
        6 => {
            let (a, b) = (at / SECTOR_LENGTH * SECTOR_LENGTH, input.next_offset(image.len()) / SECTOR_LENGTH * SECTOR_LENGTH);
            if b + SECTOR_LENGTH <= image.len() && a + SECTOR_LENGTH <= image.len() {
                let sector = image[a..a + SECTOR_LENGTH].to_vec();
                image.copy_within(b..b + SECTOR_LENGTH, a);
                overwrite(image, b, &sector);
            }
        }
        _ => image.truncate(at),
    }
}

fn verify_image(image: &[u8]) -> Verdict {
    let mut source = Cursor::new(image);
    verify::verify_volume(
        &mut source,
        image.len() as u64,
        TargetKind::Image,
        &Published::default(),
        &mut Silence,
        &AtomicBool::new(false),
    )
    .expect("nobody interrupts it")
}

fuzz_target!(|data: &[u8]| {
    let mut image = REFERENCE.clone();
    let mut input = Input(data);
    let mut edits = 0;
    while !input.0.is_empty() && edits < 16 {
        apply_edit(&mut image, &mut input);
        edits += 1;
    }
    let verdict = verify_image(&image);
    // Several edits could make another valid image; a single one cannot. Only part of the padding may be missing.
    let is_whole = REFERENCE.starts_with(&image) && image.len() >= REFERENCE.len() - PADDING_SECTORS * SECTOR_LENGTH;
    if edits <= 1 {
        assert_eq!(verdict.problems.is_empty(), is_whole, "an edit was not reported");
    }
});
