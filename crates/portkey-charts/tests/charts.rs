//! Charts as they look. The pictures are snapshots; a browser shows them.

#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test that cannot go on says so by panicking"
)]

use portkey_charts::{Bar, Chart, Course, Figures, Moment, Series, Terminal, Unit};

fn moments(count: u8) -> Vec<Moment> {
    let moments = (1..=count).map(|day| Moment {
        label: format!("Nov {day}"),
        at: f64::from(day),
    });
    moments.collect()
}

fn course(series: &[(&str, Vec<Option<f64>>)]) -> Figures {
    let count = series.first().map_or(0, |(_, values)| values.len());
    let series = series.iter().map(|(name, values)| Series {
        name: (*name).to_owned(),
        values: values.clone(),
    });
    Figures::Course(Course {
        moments: moments(u8::try_from(count).unwrap()),
        series: series.collect(),
    })
}

fn wave(count: u8, height: f64, shift: f64) -> Vec<Option<f64>> {
    let value = |day: u8| height * (1.0 + (f64::from(day) * 0.9 + shift).sin() * 0.6);
    (0..count).map(|day| Some(value(day))).collect()
}

fn cost() -> Chart {
    Chart {
        title: "Cost over time".to_owned(),
        subtitle: "Total $1,234.56 · average $0.0033 · Nov 1 to Nov 14, 2026, UTC".to_owned(),
        unit: Unit::Dollars,
        figures: course(&[("total", wave(14, 88.0, 0.0))]),
    }
}

fn latency() -> Chart {
    let mut broken = wave(30, 400.0, 1.0);
    broken[10] = None;
    Chart {
        title: "Latency over time".to_owned(),
        subtitle: "Average 812 ms".to_owned(),
        unit: Unit::Milliseconds,
        figures: course(&[
            ("avg", broken),
            ("p50", wave(30, 300.0, 0.0)),
            ("p99", wave(30, 1400.0, 2.0)),
        ]),
    }
}

fn groups() -> Chart {
    let bar = |label: &str, value, before| Bar {
        label: label.to_owned(),
        value,
        before,
    };
    Chart {
        title: "Spend per user".to_owned(),
        subtitle: "Total $78.60 · Nov 1 to Nov 14, 2026, UTC".to_owned(),
        unit: Unit::Dollars,
        figures: Figures::Groups(vec![
            bar("ann@northwind.example", 45.5, Some(30.0)),
            bar("Éva <b>&amp; 漢字", 20.1, None),
            bar(
                "a-name-that-is-much-too-long-for-any-picture@northwind.example",
                13.0,
                Some(40.0),
            ),
            bar("none", 0.0, Some(0.0)),
        ]),
    }
}

fn each() -> [(&'static str, Chart); 3] {
    [
        ("cost", cost()),
        ("latency", latency()),
        ("groups", groups()),
    ]
}

#[test]
fn pictures_are_as_they_were_reviewed() {
    for (name, chart) in each() {
        insta::assert_snapshot!(format!("{name}.svg"), chart.svg());
    }
}

#[test]
fn terminals_show_what_was_reviewed() {
    let terminal = Terminal {
        width: 80,
        colours: false,
    };
    for (name, chart) in each() {
        insta::assert_snapshot!(format!("{name}.txt"), chart.text(terminal));
    }
}

/// The size in the header of a PNG.
fn size(png: &[u8]) -> (u32, u32) {
    let number = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().unwrap());
    (number(16), number(20))
}

#[test]
fn a_png_has_the_size_of_the_svg() {
    for (name, chart) in each() {
        let png = chart.png().unwrap();
        assert!(png.starts_with(b"\x89PNG\r\n\x1a\n"), "{name}");
        let (width, height) = size(&png);
        let svg = chart.svg();
        let said = format!(r#"width="{width}" height="{height}""#);
        assert!(svg.contains(&said), "{said} {svg}");
        assert!(png.len() < 100_000, "{name} has {} bytes", png.len());
        if let Some(folder) = std::env::var_os("CHARTS_FOLDER") {
            let folder = std::path::Path::new(&folder);
            std::fs::write(folder.join(format!("{name}.png")), png).unwrap();
            std::fs::write(folder.join(format!("{name}.svg")), svg).unwrap();
        }
    }
}

#[test]
fn text_of_others_is_text_everywhere() {
    let mut chart = groups();
    chart.title = "<script>\u{1b}[31m".to_owned();
    assert!(!chart.svg().contains("<script"), "{}", chart.svg());
    let terminal = Terminal {
        width: 20,
        colours: false,
    };
    assert!(!chart.text(terminal).contains('\u{1b}'));
}

#[test]
fn nothing_and_figures_that_are_none_can_be_drawn() {
    let odd = [None, Some(f64::NAN), Some(f64::INFINITY), Some(-1e300)];
    for figures in [
        Figures::Groups(Vec::new()),
        Figures::Course(Course::default()),
        course(&[("one", vec![Some(0.0)])]),
        course(&[("odd", odd.to_vec())]),
        course(&[("odd", odd.to_vec()), ("none", vec![None; 4])]),
    ] {
        let chart = Chart {
            title: String::new(),
            subtitle: String::new(),
            unit: Unit::Count(String::new()),
            figures,
        };
        assert!(chart.png().is_some());
        assert!(chart.svg().ends_with("</svg>"), "{}", chart.svg());
        let terminal = Terminal {
            width: 0,
            colours: true,
        };
        assert!(!chart.text(terminal).is_empty());
    }
}
