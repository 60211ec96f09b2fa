//! The currencies of ISO 4217 as published on 2026-01-01, and into how many decimal places each divides.
//!
//! Enters: a code. Leaves: its [`Currency`], unless the code is unknown or has no minor unit (metals, drawing rights, test codes).

use super::Currency;

/// The currency of a code such as `USD`.
pub(crate) fn currency(code: &str) -> Option<Currency> {
    let places = BY_PLACES.iter().find(|(_, codes)| codes.split(' ').any(|known| known == code))?.0;
    Some(Currency { code: code.as_bytes().try_into().ok()?, places })
}

/// Every code that [`currency`] knows.
pub(crate) fn codes() -> impl Iterator<Item = &'static str> {
    BY_PLACES.iter().flat_map(|(_, codes)| codes.split(' '))
}

const BY_PLACES: [(u8, &str); 4] = [
    (0, "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"),
    (
        2,
        "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CNY COP COU CRC CUP \
         CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD \
         KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR \
         PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU \
         UZS VED VES WST XAD XCD XCG YER ZAR ZMW ZWG",
    ),
    (3, "BHD IQD JOD KWD LYD OMR TND"),
    (4, "CLF UYW"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_how_a_currency_divides() {
        let places = |code: &str| currency(code).map(|currency| currency.places);
        assert_eq!(places("USD"), Some(2));
        assert_eq!(places("JPY"), Some(0));
        assert_eq!(places("KWD"), Some(3));
        assert_eq!(places("CLF"), Some(4));
        assert_eq!(places("XAU"), None, "gold has no minor unit");
        assert_eq!(places("usd"), None);
        assert_eq!(places("USD EUR"), None);
        assert_eq!(places(""), None);
    }

    #[test]
    fn lists_each_code_once() {
        let mut all: Vec<&str> = codes().collect();
        assert_eq!(all.len(), 165);
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), 165);
        assert!(all.iter().all(|code| code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_uppercase())));
    }
}
