//! How a row differs from the same one of an earlier comparison, in a sentence.

use units::{Localized, localized};

use crate::baseline::Baseline;
use crate::result::comparison::{Origin, Run};
use crate::statistics::difference::Difference;
use crate::statistics::noise::Source;

/// Says of each row how it differs, or why there is nothing to say.
pub(crate) fn add_notes(runs: &mut [Run], baseline: &Baseline) {
    for run in runs {
        let is_in_file = baseline.has(&run.client, run.transport);
        let note =
            run.baseline.as_ref().map_or_else(|| missing(is_in_file), sentence);
        run.notes.push(note);
    }
}

/// Which comparison the differences are to.
pub(crate) fn remark(origin: &Origin) -> Localized {
    let Origin { file, began } = origin;
    localized!("The baseline is {file}, of {began}.", "基线是 {file}（{began}）。")
}

/// One sentence on the difference, with its noise.
fn sentence(difference: &Difference) -> Localized {
    let seconds = units::difference(difference.seconds);
    let percent = difference.percent;
    let noise = units::difference(difference.noise.seconds);
    let noise = noise.trim_start_matches('+');
    let verdict = if difference.is_more_than_noise {
        localized!("more than the noise of ±{noise}", "超出噪声 ±{noise}")
    } else {
        localized!("within the noise of ±{noise}", "在噪声 ±{noise} 之内")
    };
    let Localized { en: verdict, zh: verdict_zh } = verdict;
    let (source, source_zh) = match difference.noise.source {
        Source::Repeats => ("", ""),
        Source::Supposed => (
            " (assumed, since neither was repeated; --repeat measures it)",
            "（两次都没有重复运行，噪声是假定的；可用 --repeat 测量）",
        ),
    };
    localized!(
        "{seconds} ({percent:+.1} %) against the baseline, {verdict}{source}.",
        "与基线相比 {seconds}（{percent:+.1} %），{verdict_zh}{source_zh}。"
    )
}

/// Where there is nothing to compare with.
fn missing(is_in_file: bool) -> Localized {
    if is_in_file {
        Localized::new(
            "Not compared with the baseline: in one of the two, some requests ended without \
             waiting for a response.",
            "没有与基线比较：其中一次有请求没有等到响应。",
        )
    } else {
        Localized::new("The baseline has no such row.", "基线里没有这一行。")
    }
}

#[cfg(test)]
mod tests {
    use super::super::numbers;
    use super::*;
    use crate::statistics::noise::Noise;

    #[test]
    fn the_difference_stands_beside_its_noise_and_what_that_rests_on() {
        let difference = |seconds: f64, noise_s: f64, source| Difference {
            before_s: 3.0,
            seconds,
            percent: seconds / 3.0 * 100.0,
            noise: Noise { seconds: noise_s, source },
            is_more_than_noise: seconds.abs() > noise_s,
        };
        let within = sentence(&difference(0.012, 0.025, Source::Repeats));
        let expected =
            "+12 ms (+0.4 %) against the baseline, within the noise of ±25 ms.";
        assert_eq!(within.en, expected);
        let more = sentence(&difference(-0.9, 0.3, Source::Supposed));
        assert!(more.en.contains("-900 ms (-30.0 %)"), "{more:?}");
        assert!(
            more.en.contains("more than the noise of ±300 ms (assumed"),
            "{more:?}"
        );
        for text in [within, more] {
            assert_eq!(numbers(&text.en), numbers(&text.zh), "{text:?}");
        }
    }
}
