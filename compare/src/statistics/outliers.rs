//! Times that are outliers among those of their client.

/// With fewer runs than this, there are no outliers.
const ENOUGH: usize = 5;

/// The rule of hyperfine: more than ten standard deviations from the median, estimated as
/// 1.4826 times the median absolute deviation, which an outlier itself does not move.
pub(crate) const DEVIATIONS: f64 = 14.826;

/// No deviation counts as less than this: timers and the scheduler make as much.
const LEAST_DEVIATION_S: f64 = 0.0001;

/// The positions of the outliers.
pub(crate) fn outliers(times: &[f64]) -> Vec<usize> {
    if times.len() < ENOUGH {
        return Vec::new();
    }
    // The median that the row shows, which is the time of a run that there was.
    let [median, _] = middle(times.to_vec());
    let distance = |time: &f64| (time - median).abs();
    let [low, high] = middle(times.iter().map(distance).collect());
    let deviation = f64::midpoint(low, high);
    let most = DEVIATIONS * deviation.max(LEAST_DEVIATION_S);
    let is_outlier = |&position: &usize| distance(&times[position]) > most;
    (0..times.len()).filter(is_outlier).collect()
}

/// The two in the middle of at least one number, which of an odd number are the same.
fn middle(mut numbers: Vec<f64>) -> [f64; 2] {
    numbers.sort_by(f64::total_cmp);
    [(numbers.len() - 1) / 2, numbers.len() / 2].map(|at| numbers[at])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_that_stands_apart_is_one_and_what_always_spreads_is_none() {
        assert_eq!(outliers(&[1.31, 1.30, 1.90, 1.32, 1.31]), [2]);
        assert!(outliers(&[1.31, 1.10, 1.50, 1.20, 1.40]).is_empty());
        // Almost the same, within the resolution of a timer.
        assert!(outliers(&[1.3, 1.3, 1.301, 1.3, 1.3]).is_empty());
        assert!(outliers(&[1.3, 1.3, 9.0, 1.3]).is_empty(), "too few to say so");
        assert!(outliers(&[]).is_empty());
    }

    /// 7.7 ms from 1.0, which the row shows, and 7.2 from the middle of the two; 7.4 make an
    /// outlier.
    #[test]
    fn of_an_even_number_it_stands_apart_from_the_lower_median() {
        assert_eq!(outliers(&[1.0, 1.0, 1.0, 1.001, 1.001, 1.0077]), [5]);
    }
}
