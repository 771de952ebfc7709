//! `verify` on images that were edited: it reads them to the end, and notices.
//!
//! An input is a list of edits of the image that `MAKE_DISC_FUZZ_IMAGE` names. Random bytes for a
//! whole image would seldom get past the first descriptor.

#![no_main]

use std::io::Cursor;
use std::sync::LazyLock;
use std::sync::atomic::AtomicBool;

use libfuzzer_sys::fuzz_target;
use make_disc::progress::Silence;
use make_disc::verify::{self, Kind, Verdict};

const SECTOR: usize = 2048;

/// The sectors of an image that are worth most edits: descriptors, tables, directories.
const STRUCTURE: usize = 64;

static REFERENCE: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let path = std::env::var("MAKE_DISC_FUZZ_IMAGE").expect("MAKE_DISC_FUZZ_IMAGE names an image");
    std::fs::read(path).expect("the image can be read")
});

/// The bytes of an input, one after the other; zeros when they are used up.
struct Input<'i>(&'i [u8]);

impl Input<'_> {
    fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        *first
    }

    fn number(&mut self, bytes: usize) -> usize {
        (0..bytes).fold(0, |number, _| number << 8 | usize::from(self.byte()))
    }

    fn place(&mut self, length: usize) -> usize {
        let sector = self.number(2);
        // Four of five go to the structures.
        let sector = if sector % 5 == 0 { sector } else { 16 + sector % STRUCTURE };
        (sector * SECTOR + self.number(2) % SECTOR) % length
    }
}

fn put(image: &mut [u8], at: usize, bytes: &[u8]) {
    let end = image.len().min(at + bytes.len());
    image[at..end].copy_from_slice(&bytes[..end - at]);
}

fn edit(image: &mut Vec<u8>, input: &mut Input<'_>) {
    if image.is_empty() {
        return;
    }
    let kind = input.byte() % 8;
    let at = input.place(image.len());
    match kind {
        0 => image[at] = input.byte(),
        1 => image[at] ^= 1 << (input.byte() % 8),
        // Numbers in both orders (ECMA-119 7.2.3, 7.3.3).
        2 => {
            let number = input.number(2) as u16;
            put(image, at, &[number.to_le_bytes(), number.to_be_bytes()].concat());
        }
        3 => {
            let number = input.number(4) as u32;
            put(image, at, &[number.to_le_bytes(), number.to_be_bytes()].concat());
        }
        4 => {
            let from = input.place(image.len());
            let piece = image[from..image.len().min(from + input.byte() as usize)].to_vec();
            put(image, at, &piece);
        }
        5 => {
            let bytes: Vec<u8> = (0..input.byte() % 32).map(|_| input.byte()).collect();
            put(image, at, &bytes);
        }
        6 => {
            let (a, b) = (at / SECTOR * SECTOR, input.place(image.len()) / SECTOR * SECTOR);
            if b + SECTOR <= image.len() && a + SECTOR <= image.len() {
                let sector = image[a..a + SECTOR].to_vec();
                image.copy_within(b..b + SECTOR, a);
                put(image, b, &sector);
            }
        }
        _ => image.truncate(at),
    }
}

fn judged(image: &[u8]) -> Verdict {
    let mut source = Cursor::new(image);
    verify::volume(&mut source, image.len() as u64, Kind::Image, &[], &mut Silence, &AtomicBool::new(false))
        .expect("nobody interrupts it")
}

fuzz_target!(|data: &[u8]| {
    let mut image = REFERENCE.clone();
    let mut input = Input(data);
    let mut edits = 0;
    while !input.0.is_empty() && edits < 16 {
        edit(&mut image, &mut input);
        edits += 1;
    }
    let verdict = judged(&image);
    // Many edits could make another image that is right in itself; one cannot.
    if edits <= 1 {
        assert_eq!(verdict.problems.is_empty(), image == *REFERENCE, "an edit went unnoticed");
    }
});
