/// The exact value of a JSON number, however it is written: `100`, `1e2` and `100.0` are equal, and
/// 2^53 and 2^53 + 1 are not.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Decimal {
    is_negative: bool,
    /// Without zeros at either end, so there are none if the value is zero.
    digits: String,
    /// The power of ten by which the digits, as an integer, are multiplied.
    exponent: i64,
}

impl Decimal {
    /// Parses a JSON number, in time that depends on its length and not on its value. Returns
    /// `None` if its exponent does not fit an `i64`.
    pub(super) fn parse(number: &str) -> Option<Self> {
        let (unsigned, is_negative) =
            number.strip_prefix('-').map_or((number, false), |unsigned| (unsigned, true));
        let (significand, exponent) = unsigned.split_once(['e', 'E']).unwrap_or((unsigned, "0"));
        let (whole, fraction) = significand.split_once('.').unwrap_or((significand, ""));
        let all = [whole, fraction].concat();
        let digits = all.trim_end_matches('0');
        let zeros = all.len() - digits.len();
        let digits = digits.trim_start_matches('0').to_owned();
        if digits.is_empty() {
            return Some(Self { is_negative: false, digits, exponent: 0 });
        }
        let exponent = exponent
            .parse::<i64>()
            .ok()?
            .checked_sub_unsigned(fraction.len().try_into().ok()?)?
            .checked_add_unsigned(zeros.try_into().ok()?)?;
        Some(Self { is_negative, digits, exponent })
    }
}

#[cfg(test)]
mod tests {
    use super::Decimal;

    #[test]
    fn a_value_can_be_written_in_many_ways() {
        for equal in [
            &["1", "1.0", "1.000", "1e0", "1E+0", "10e-1", "0.1e1", "1e-0", "100e-002"][..],
            &["100", "1e2", "1E2", "1e+2", "100.0", "0.001e5"],
            &["-1.5", "-15e-1", "-0.15E1"],
            &["0", "-0", "0.0", "-0.00", "0e5", "0e99999999999999999999"],
            &["0.000123", "123e-6", "1.23e-4"],
            &["1e999999999", "10e999999998", "0.1e1000000000"],
        ] {
            for number in equal {
                assert!(Decimal::parse(number).is_some());
                assert_eq!(Decimal::parse(number), Decimal::parse(equal[0]), "{number}");
            }
        }
    }

    #[test]
    fn different_values_differ() {
        for (one, other) in [
            ("9007199254740992", "9007199254740993"),
            ("123456789012345678901234567890", "123456789012345678901234567891"),
            ("0.1", "0.10000000000000000001"),
            ("1", "-1"),
            ("1", "10"),
            ("1", "0.1"),
            ("101", "11"),
            ("1e400", "2e400"),
            ("1e400", "1e401"),
            ("1e999999999", "1e-999999999"),
        ] {
            assert_ne!(Decimal::parse(one), Decimal::parse(other), "{one} and {other}");
        }
    }

    #[test]
    fn an_exponent_out_of_range_has_no_value() {
        for number in [
            "1e9223372036854775808",
            "1e-9223372036854775809",
            "10e9223372036854775807",
            "0.01e-9223372036854775807",
        ] {
            assert_eq!(Decimal::parse(number), None, "{number}");
        }
        assert!(Decimal::parse("1e9223372036854775807").is_some());
    }
}
