//! Local time and instants; jiff itself is the oracle.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use leadwright::calendar::Zone;

use crate::support::random::Random;

#[test]
fn the_remembered_spans_give_what_jiff_gives() {
    for name in ["UTC", "America/New_York", "Europe/Berlin", "Asia/Kolkata", "Pacific/Apia", "Africa/Casablanca", "Australia/Lord_Howe"] {
        let oracle = TimeZone::get(name).unwrap();
        let mut zone = Zone::named(name).unwrap();
        let mut random = Random::new(7);
        let mut around = 0;
        for round in 0..20_000 {
            if round % 50 == 0 {
                around = random.between(-3_000_000_000, 8_000_000_000);
            }
            // Half of them near a change of the clock, if there is one near.
            let mut second = around + random.between(-40_000_000, 40_000_000);
            if random.chance(50)
                && let Some(change) = oracle.following(Timestamp::from_second(second).unwrap()).next()
            {
                second = change.timestamp().as_second() + random.between(-8_000, 8_000);
            }
            let timestamp = Timestamp::from_second(second).unwrap();
            let local: DateTime = oracle.to_datetime(timestamp);
            let local_micros = local.to_zoned(TimeZone::UTC).unwrap().timestamp().as_microsecond();
            assert_eq!(zone.local(second * 1_000_000), local_micros, "{name} {timestamp}");

            let wanted = local.checked_add(jiff::Span::new().seconds(random.between(-4_000, 4_000))).unwrap();
            let wanted_micros = wanted.to_zoned(TimeZone::UTC).unwrap().timestamp().as_microsecond();
            let compatible = oracle.to_ambiguous_zoned(wanted).compatible().unwrap().timestamp().as_microsecond();
            assert_eq!(zone.instant_of_local(wanted_micros), compatible, "{name} {wanted}");
        }
    }
}

#[test]
fn the_ends_of_time_are_within_reach() {
    let mut zone = Zone::named("America/New_York").unwrap();
    for local in [-62_135_596_800_000_000, 253_402_300_799_999_999] {
        let instant = zone.instant_of_local(local);
        assert_eq!(zone.local(instant), local);
    }
}

#[test]
fn an_unknown_zone_is_named() {
    assert_eq!(Zone::named("Mars/Olympus").unwrap_err().to_string(), "there is no time zone `Mars/Olympus`");
}
