//! How many requests a worker takes at a time, where it takes several and sends them one after
//! another.

/// By how many requests each worker sent: multiples of a chunk, but for the last one. That is
/// the one which the waves tell, else the smallest that makes as many of them, else, since the
/// workers were too unlike for that, the largest.
pub(super) fn of_workers(
    sent: &[usize],
    waves: usize,
    by_levels: Option<usize>,
) -> Option<usize> {
    let total: usize = sent.iter().sum();
    let is_chunk = |&chunk: &usize| {
        let odd: Vec<_> =
            sent.iter().filter(|&own| !own.is_multiple_of(chunk)).collect();
        match odd[..] {
            [] => total.is_multiple_of(chunk),
            [own] => own % chunk == total % chunk,
            _ => false,
        }
    };
    let all = 2..=sent.iter().copied().max()?;
    let makes_as_many =
        |&chunk: &usize| profile(total, sent.len(), chunk).len() == waves;
    let smallest = || all.clone().filter(is_chunk).find(makes_as_many);
    let largest = || {
        all.clone()
            .rev()
            .find(|chunk| sent.iter().all(|own| own.is_multiple_of(*chunk)))
    };
    by_levels.filter(is_chunk).or_else(|| {
        let others = u32::try_from(sent.len() - 1).unwrap_or(u32::MAX);
        let is_no_chance = |chunk: &usize| chunk.saturating_pow(others) >= RARE;
        smallest().or_else(largest).filter(is_no_chance)
    })
}

/// How rarely this many workers would send whole chunks by chance: once in this many times.
const RARE: usize = 100;

/// By the number of requests in each wave: where chunks are left for some workers only, the
/// others have nothing to do for as many waves as a chunk has requests.
pub(super) fn of_levels(levels: &[usize], workers: usize) -> Option<usize> {
    let waves = levels.iter().copied().max()?;
    let mut seen = vec![0; waves];
    for &level in levels {
        seen[level - 1] += 1;
    }
    let requests = levels.len();
    let distance = |chunk: usize| {
        let expected = profile(requests, workers, chunk);
        let is_as_long = expected.len() == waves;
        let each = expected
            .iter()
            .zip(&seen)
            .map(|(a, b): (&usize, &usize)| a.abs_diff(*b));
        is_as_long.then(|| each.sum::<usize>())
    };
    // Less than two chunks for each worker may as well be workers of unlike speed.
    let all = 2..=requests / (2 * workers);
    let candidates = all.filter_map(|chunk| Some((distance(chunk)?, chunk)));
    let (distance, chunk) = candidates.min()?;
    (distance <= requests / TOLERANCE).then_some(chunk)
}

/// One in this many requests may be in another wave than the chunk explains.
const TOLERANCE: usize = 20;

/// How many requests are in each wave, if all take equally long.
fn profile(requests: usize, workers: usize, chunk: usize) -> Vec<usize> {
    let mut waves = Vec::new();
    for (taken, start) in (0..requests).step_by(chunk).enumerate() {
        let wave = taken / workers * chunk;
        let own = chunk.min(requests - start);
        if waves.len() < wave + own {
            waves.resize(wave + own, 0);
        }
        for count in &mut waves[wave..wave + own] {
            *count += 1;
        }
    }
    waves
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn workers_send_whole_chunks_but_for_the_last() {
        let tutorial = [16, 12, 12, 12, 12, 12, 12, 12];
        assert_eq!(of_workers(&tutorial, 16, None), Some(4));
        // One of them was so fast that it took a chunk more.
        assert_eq!(of_workers(&[20, 12, 12, 12, 12, 12, 12, 8], 20, None), Some(4));
        assert_eq!(of_workers(&[16, 12, 12, 14], 16, Some(4)), Some(4));
        assert_eq!(of_workers(&[15, 13, 12, 11], 15, None), None);
        assert_eq!(of_workers(&[1, 1], 1, None), None);
    }

    #[test]
    fn a_profile_has_all_requests() {
        let of = |chunk| profile(100, 8, chunk);
        assert_eq!(of(1), [8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 4]);
        assert_eq!(of(4), [[8; 12].as_slice(), &[1; 4]].concat());
        for chunk in 1..100 {
            assert_eq!(of(chunk).iter().sum::<usize>(), 100, "{chunk}");
        }
    }
}
