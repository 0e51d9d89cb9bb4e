//! Computes for ever, and asks for nothing.

fn main() {
    let mut number = 0_u64;
    while std::hint::black_box(number) < u64::MAX {
        number = number.wrapping_add(2);
    }
}
