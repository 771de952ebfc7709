//! SHA-256 of two streams that share their blocks, in one loop of the processor's SHA instructions.
//!
//! Every byte of a document is hashed twice: for the digest of its file and for that of the image.
//! Each SHA-256 round waits for the result of the previous one, so a round of the other stream fits
//! into the gap, and both streams share one message schedule (FIPS 180-4, 6.2.2).
//!
//! This is the only module with `unsafe`: a single call of a function that needs instructions which
//! not every processor has, made after checking that this one has them. On other processors, or
//! without the feature `interleaved`, `sha2` hashes the blocks twice.

use super::Block;

/// Compresses blocks into both states.
pub(super) fn compress_both(a: &mut [u32; 8], b: &mut [u32; 8], blocks: &[Block]) {
    #[cfg(all(feature = "interleaved", target_arch = "x86_64"))]
    if x86::is_available() {
        x86::compress_both(a, b, blocks);
        return;
    }
    compress_one_after_the_other(a, b, blocks);
}

/// Does the same without special instructions, in batches that stay in the processor's first-level cache.
fn compress_one_after_the_other(a: &mut [u32; 8], b: &mut [u32; 8], blocks: &[Block]) {
    for batch in blocks.chunks(256) {
        super::compress(a, batch);
        super::compress(b, batch);
    }
}

#[cfg(all(feature = "interleaved", target_arch = "x86_64"))]
mod x86 {
    use std::arch::x86_64::*;

    use super::Block;

    /// The round constants (FIPS 180-4, 4.2.2).
    const K: [u32; 64] = [
        0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98,
        0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786,
        0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8,
        0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
        0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819,
        0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a,
        0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
        0xc67178f2,
    ];

    /// Whether this processor has the instructions that [`compress_interleaved`] uses.
    pub(super) fn is_available() -> bool {
        is_x86_feature_detected!("sha") && is_x86_feature_detected!("sse4.1") && is_x86_feature_detected!("ssse3")
    }

    /// Compresses blocks into both states.
    ///
    /// # Panics
    /// If the processor does not have the instructions.
    pub(super) fn compress_both(a: &mut [u32; 8], b: &mut [u32; 8], blocks: &[Block]) {
        assert!(is_available());
        // SAFETY: the processor has every feature that `compress_interleaved` is compiled for, which is
        // the only precondition.
        #[allow(unsafe_code)]
        unsafe {
            compress_interleaved(a, b, blocks);
        }
    }

    /// A state in the layout that the instructions need: a, b, e, f in one register and c, d, g, h in the
    /// other, the first in the highest lane.
    #[derive(Clone, Copy)]
    struct State {
        abef: __m128i,
        cdgh: __m128i,
    }

    impl State {
        #[inline]
        #[target_feature(enable = "sse2")]
        fn from_words(s: &[u32; 8]) -> Self {
            let &[a, b, c, d, e, f, g, h] = s;
            Self { abef: register(a, b, e, f), cdgh: register(c, d, g, h) }
        }

        #[inline]
        #[target_feature(enable = "sse2,sse4.1")]
        fn to_words(self) -> [u32; 8] {
            let [a, b, e, f] = lanes(self.abef);
            let [c, d, g, h] = lanes(self.cdgh);
            [a, b, c, d, e, f, g, h]
        }

        #[inline]
        #[target_feature(enable = "sse2")]
        fn add(self, other: Self) -> Self {
            Self { abef: _mm_add_epi32(self.abef, other.abef), cdgh: _mm_add_epi32(self.cdgh, other.cdgh) }
        }

        /// Two rounds with the lower two words of `message`.
        #[inline]
        #[target_feature(enable = "sha,sse2")]
        fn rounds(&mut self, message: __m128i) {
            let next = _mm_sha256rnds2_epu32(self.cdgh, self.abef, message);
            self.cdgh = self.abef;
            self.abef = next;
        }
    }

    /// A register with these words, the first in the highest lane.
    // Plain arguments instead of `array::map`, which is not inlined without LTO between code generation units.
    #[inline]
    #[target_feature(enable = "sse2")]
    fn register(w3: u32, w2: u32, w1: u32, w0: u32) -> __m128i {
        _mm_set_epi32(w3.cast_signed(), w2.cast_signed(), w1.cast_signed(), w0.cast_signed())
    }

    /// The words of a register, the highest lane first.
    #[inline]
    #[target_feature(enable = "sse2,sse4.1")]
    fn lanes(register: __m128i) -> [u32; 4] {
        [
            _mm_extract_epi32::<3>(register).cast_unsigned(),
            _mm_extract_epi32::<2>(register).cast_unsigned(),
            _mm_extract_epi32::<1>(register).cast_unsigned(),
            _mm_extract_epi32::<0>(register).cast_unsigned(),
        ]
    }

    /// Eight bytes of a block, the first in the lowest place.
    #[inline]
    fn half(block: &Block, at: usize) -> i64 {
        let mut bytes = [0; 8];
        bytes.copy_from_slice(&block[at..at + 8]);
        i64::from_le_bytes(bytes)
    }

    /// Four words of a block, the first in the lowest lane.
    #[inline]
    #[target_feature(enable = "sse2,ssse3")]
    fn load(block: &Block, at: usize) -> __m128i {
        // Words are big-endian (FIPS 180-4, 3.1).
        let swapped = _mm_set_epi8(12, 13, 14, 15, 8, 9, 10, 11, 4, 5, 6, 7, 0, 1, 2, 3);
        _mm_shuffle_epi8(_mm_set_epi64x(half(block, at + 8), half(block, at)), swapped)
    }

    #[target_feature(enable = "sha,sse2,ssse3,sse4.1")]
    fn compress_interleaved(a: &mut [u32; 8], b: &mut [u32; 8], blocks: &[Block]) {
        let (mut first, mut second) = (State::from_words(a), State::from_words(b));
        for block in blocks {
            let (before_first, before_second) = (first, second);
            // The last sixteen words of the message schedule.
            let mut w = [load(block, 0), load(block, 16), load(block, 32), load(block, 48)];
            for (group, k) in K.as_chunks::<4>().0.iter().enumerate() {
                let low = _mm_add_epi32(w[group % 4], register(k[3], k[2], k[1], k[0]));
                let high = _mm_shuffle_epi32::<0x0e>(low);
                first.rounds(low);
                second.rounds(low);
                first.rounds(high);
                second.rounds(high);
                if group < 12 {
                    let (oldest, old, recent) = (w[group % 4], w[(group + 1) % 4], w[(group + 3) % 4]);
                    let middle = _mm_alignr_epi8::<4>(recent, w[(group + 2) % 4]);
                    let partial = _mm_add_epi32(_mm_sha256msg1_epu32(oldest, old), middle);
                    w[group % 4] = _mm_sha256msg2_epu32(partial, recent);
                }
            }
            first = first.add(before_first);
            second = second.add(before_second);
        }
        *a = first.to_words();
        *b = second.to_words();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pseudo-random numbers (xorshift).
    fn random_numbers(seed: u64) -> impl FnMut() -> u64 {
        let mut state = seed;
        move || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state
        }
    }

    #[test]
    fn both_states_match_sha2() {
        let mut number = random_numbers(1325);
        // Miri is slow.
        let (max, times) = if cfg!(miri) { (7, 3) } else { (600, 20) };
        for count in [0, 1, 2, 3, 7, 64, 257, 600].into_iter().filter(|count| *count <= max) {
            for _ in 0..times {
                let mut state = || std::array::from_fn(|_| number() as u32);
                let (mut a, mut b): ([u32; 8], [u32; 8]) = (state(), state());
                let blocks: Vec<Block> = (0..count).map(|_| std::array::from_fn(|_| number() as u8)).collect();
                let (mut expected_a, mut expected_b) = (a, b);
                compress_one_after_the_other(&mut expected_a, &mut expected_b, &blocks);
                compress_both(&mut a, &mut b, &blocks);
                assert_eq!((a, b), (expected_a, expected_b), "{count} blocks");
            }
        }
    }

    #[test]
    fn extreme_words_and_states_match_sha2() {
        for filling in [0x00, 0xff, 0x80, 0x7f, 0x01] {
            for word in [0, u32::MAX, 1 << 31, 1] {
                let (mut a, mut b) = ([word; 8], [!word; 8]);
                let (mut expected_a, mut expected_b) = (a, b);
                let blocks = [[filling; 64]; 5];
                compress_one_after_the_other(&mut expected_a, &mut expected_b, &blocks);
                compress_both(&mut a, &mut b, &blocks);
                assert_eq!((a, b), (expected_a, expected_b));
            }
        }
    }

    #[test]
    #[cfg(all(feature = "interleaved", target_arch = "x86_64"))]
    fn log_whether_the_instructions_are_available() {
        // On a machine without them the tests above compare sha2 with itself; this line in the log shows it.
        println!("SHA instructions: {}", x86::is_available());
    }
}
