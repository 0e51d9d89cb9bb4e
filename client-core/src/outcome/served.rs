//! The report of a run of a duration: the requests that it served, beside their ideal number.

use std::fmt;

use units::localized;

use crate::outcome::report::Report;

impl Report {
    /// Requests that got the page, for each second of the run; `None` where it took no time.
    #[must_use]
    pub fn throughput(&self) -> Option<f64> {
        (self.elapsed_s > 0.0).then(|| self.ok as f64 / self.elapsed_s)
    }

    /// Whether the run ended before the time for which requests were to be begun; false where
    /// there is no such time.
    pub(super) fn is_cut_short(&self) -> bool {
        self.duration_s.is_some_and(|duration| self.elapsed_s < duration)
    }

    /// The lines of the summary on a run of `duration` seconds.
    pub(super) fn write_served(
        &self,
        out: &mut fmt::Formatter<'_>,
        duration_s: f64,
    ) -> fmt::Result {
        let [elapsed, duration] = [self.elapsed_s, duration_s].map(units::seconds);
        let cost = if self.is_cut_short() {
            localized!(
                "Cost time: {elapsed}, stopped before {duration} had passed",
                "用时：{elapsed}，未满 {duration} 就中止了",
            )
        } else {
            localized!(
                "Cost time: {elapsed}  (requests were sent for {duration})",
                "用时：{elapsed}  （持续发出请求 {duration}）",
            )
        };
        writeln!(out, "{cost}")?;
        let rate = self.throughput().unwrap_or(0.0);
        let served = self.ok;
        let served = match self.ideal_requests {
            Some(ideal) if self.is_cut_short() => localized!(
                "Served {served}, {rate:.1} per second  (ideal for the whole time {ideal})",
                "完成 {served} 个，每秒 {rate:.1} 个  （若运行完整，理想 {ideal} 个）",
            ),
            Some(ideal) => localized!(
                "Served {served} of {ideal} ideal, {rate:.1} per second",
                "完成 {served} 个，理想 {ideal} 个，每秒 {rate:.1} 个",
            ),
            None => localized!(
                "Served {served}, {rate:.1} per second  (no ideal: the delay is unknown or 0)",
                "完成 {served} 个，每秒 {rate:.1} 个  （无理想值：延迟未知或为 0）",
            ),
        };
        writeln!(out, "{served}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outcome::OutcomeKind;
    use crate::outcome::report::tests::report;

    /// Five requests in a second.
    fn five(duration_s: f64, ideal_requests: Option<usize>) -> Report {
        let whole = report(&[const { OutcomeKind::Answered }; 5]);
        Report { duration_s: Some(duration_s), ideal_requests, ..whole }
    }

    #[test]
    fn what_was_served_stands_beside_its_ideal() {
        let said = five(1.0, Some(6)).to_string();
        assert!(said.contains("Served 5 of 6 ideal, 5.0 per second\n"), "{said}");
        assert!(said.contains("(requests were sent for 1.000 s)"), "{said}");
        let unknown = five(1.0, None).to_string();
        assert!(
            unknown.contains("Served 5, 5.0 per second  (no ideal"),
            "{unknown}"
        );
    }

    #[test]
    fn what_was_stopped_before_its_time_is_not_whole() {
        let (whole, cut) = (five(1.0, Some(5)), five(2.0, Some(10)));
        assert!(whole.is_whole() && !whole.was_stopped());
        assert!(!cut.is_whole() && cut.was_stopped());
        let said = cut.to_string();
        assert!(said.contains("stopped before 2.000 s had passed"), "{said}");
        assert!(said.contains("(ideal for the whole time 10)"), "{said}");
        // It says what it served, and its time is none that it should have kept to.
        assert_eq!(whole.overhead_s(), None);
    }
}
