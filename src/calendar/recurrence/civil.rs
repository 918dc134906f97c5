//! Dates as days since 1970 and back, in integers: the arithmetic that rules are walked with (proleptic Gregorian calendar).
//! Knows no rule, and no year is too far for it; jiff's types stand at the border only.

use jiff::civil::{Date, DateTime};

/// A day in seconds.
pub(super) const DAY: i64 = 86_400;

/// An hour in seconds.
pub(super) const HOUR: i64 = 3600;

/// A minute in seconds.
pub(super) const MINUTE: i64 = 60;

/// Days in 400 years, after which the calendar repeats.
const ERA: i64 = 146_097;

/// The days from 1970-01-01 to a date. Years are counted from March, so that a leap day is the last of its year.
pub(super) fn day(year: i64, month: i64, date: i64) -> i64 {
    let year = if month > 2 { year } else { year - 1 };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + date - 1;
    era * ERA + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// Year, month and day of the month, as they are `day` days after 1970-01-01.
pub(super) fn date(day: i64) -> (i64, i64, i64) {
    let day = day + 719_468;
    let (era, of_era) = (day.div_euclid(ERA), day.rem_euclid(ERA));
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let (date, month) = (of_year - (153 * month + 2) / 5 + 1, if month < 10 { month + 3 } else { month - 9 });
    (era * 400 + year + i64::from(month < 3), month, date)
}

/// The weekday of a day; 0 is Monday.
pub(super) fn weekday(day: i64) -> i64 {
    (day + 3).rem_euclid(7)
}

/// How many days a year has.
pub(super) fn year_length(year: i64) -> i64 {
    365 + i64::from(year % 4 == 0 && (year % 100 != 0 || year % 400 == 0))
}

/// How many days a month has.
pub(super) fn month_length(year: i64, month: i64) -> i64 {
    match month {
        2 => year_length(year) - 337,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// A wall time as seconds since 1970, as if it were UTC.
pub(super) fn seconds(wall: DateTime) -> i64 {
    let day = day(wall.year().into(), wall.month().into(), wall.day().into());
    day * DAY + i64::from(wall.hour()) * HOUR + i64::from(wall.minute()) * MINUTE + i64::from(wall.second())
}

/// The date of a day; none beyond the ends of time.
pub(super) fn jiff_date(day: i64) -> Option<Date> {
    let (year, month, date) = date(day);
    Date::new(year.try_into().ok()?, month.try_into().ok()?, date.try_into().ok()?).ok()
}

/// The wall time `second` seconds into a date.
pub(super) fn jiff_wall(date: Date, second: i64) -> Option<DateTime> {
    let (hour, minute, second) = (second / HOUR, second / MINUTE % 60, second % MINUTE);
    let time = jiff::civil::Time::new(hour.try_into().ok()?, minute.try_into().ok()?, second.try_into().ok()?, 0).ok()?;
    Some(date.to_datetime(time))
}

/// A set of one number; empty for numbers that no set can hold.
pub(super) fn bit(number: i64) -> u64 {
    u32::try_from(number).ok().and_then(|number| 1_u64.checked_shl(number)).unwrap_or(0)
}

/// The numbers of a set, in order.
pub(super) fn bits(mut set: u64) -> impl Iterator<Item = i64> {
    std::iter::from_fn(move || {
        let number = (set != 0).then(|| i64::from(set.trailing_zeros()));
        set &= set.wrapping_sub(1);
        number
    })
}

/// The smallest number of a set that is not below `number`.
pub(super) fn at_or_after(set: u64, number: i64) -> Option<i64> {
    bits(set & !bit(number).wrapping_sub(1)).next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_dates_are_what_jiff_says() {
        let mut expected = Date::new(1599, 12, 30).unwrap();
        for day in day(1599, 12, 30)..day(2401, 3, 2) {
            let (year, month, of_month) = date(day);
            assert_eq!((year, month, of_month), (expected.year().into(), expected.month().into(), expected.day().into()));
            assert_eq!(super::day(year, month, of_month), day);
            assert_eq!(weekday(day), i64::from(expected.weekday().to_monday_zero_offset()));
            assert_eq!((month_length(year, month), year_length(year)), (expected.days_in_month().into(), expected.days_in_year().into()));
            expected = expected.tomorrow().unwrap();
        }
        for end in [DateTime::MIN, DateTime::MAX] {
            let (day, second) = (seconds(end).div_euclid(DAY), seconds(end).rem_euclid(DAY));
            assert_eq!(jiff_wall(jiff_date(day).unwrap(), second), end.with().subsec_nanosecond(0).build().ok());
        }
        assert_eq!((jiff_date(day(10_000, 1, 1)), jiff_date(i64::MAX / 1_000_000)), (None, None));
    }

    #[test]
    fn sets_hold_what_fits_and_give_it_back_in_order() {
        let set = bit(0) | bit(7) | bit(63) | bit(64) | bit(-1);
        assert_eq!(bits(set).collect::<Vec<_>>(), [0, 7, 63]);
        assert_eq!([0, 1, 7, 8, 63].map(|from| at_or_after(set, from)), [Some(0), Some(7), Some(7), Some(63), Some(63)]);
        assert_eq!(at_or_after(bit(5), 6), None);
    }
}
