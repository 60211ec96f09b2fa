//! How a lead comes out of a CRM: one line of CSV.
//!
//! Enters: randomness and the number of the row. Leaves: a line in a buffer. Holds: 23 cells; quotes stand around a cell
//! exactly if it holds a comma; the line is readable by the policy unless it is one of the spoilt ones.

use std::io::{self, Write};

use jiff::civil::{Date, date};

use crate::lead::{Lead, Role, Site, Stage};
use crate::random::Random;
use crate::words::*;

pub const HEADER: &str = "lead_id,organization,email,created_at,site_of_care,role,beds,occupancy,years_experience,sites,state,\
budget,authority,need_by,deal_size,tiered_discount,products,partner_deal,competitor,stage,stage_since,rest_until,campaign";

/// The day the export was made.
const EXPORTED: Date = date(2026, 11, 18);
const DAYS_BACK: i32 = 1_000;
const DAYS_AHEAD: i32 = 500;

/// The days around the export as texts, so that millions of rows need no calendar.
pub struct Days {
    texts: Vec<String>,
}

impl Days {
    pub fn new() -> Days {
        let first = EXPORTED.saturating_sub(jiff::Span::new().days(DAYS_BACK));
        Days { texts: first.series(jiff::Span::new().days(1)).take((DAYS_BACK + DAYS_AHEAD) as usize).map(|day| day.to_string()).collect() }
    }

    pub fn ahead(&self, days: i32) -> &str {
        &self.texts[(DAYS_BACK + days) as usize]
    }

    pub fn ago(&self, days: u32) -> &str {
        self.ahead(-(days as i32))
    }
}

/// What makes a row unreadable. Each names the cell it spoils.
#[derive(Clone, Copy)]
enum Fault {
    NoKey,
    Site,
    Beds,
    Occupancy,
    NoSites,
    NoState,
    NeedBy,
    DealSize,
    Competitor,
    Since,
}

const FAULTS: [Fault; 10] = [
    Fault::NoKey,
    Fault::Site,
    Fault::Beds,
    Fault::Occupancy,
    Fault::NoSites,
    Fault::NoState,
    Fault::NeedBy,
    Fault::DealSize,
    Fault::Competitor,
    Fault::Since,
];

pub fn key(number: u64) -> String {
    format!("L-{}", 1_001 + number)
}

pub fn write(random: &mut Random, days: &Days, number: u64, out: &mut Vec<u8>) -> io::Result<Lead> {
    let lead = Lead::draw(random);
    let fault = (random.below(200) == 0).then(|| random.pick(&FAULTS));

    if !matches!(fault, Some(Fault::NoKey)) {
        write!(out, "{}", key(number))?;
    }
    who(random, &lead, days, out)?;
    match fault {
        Some(Fault::Site) => write!(out, ",Warehouse")?,
        _ => write!(out, ",{}", site(random, lead.site))?,
    }
    write!(out, ",{}", lead.role.map_or("", |role| spell_role(random, role)))?;
    match fault {
        Some(Fault::Beds) => write!(out, ",about 200")?,
        _ => whole(lead.beds, out)?,
    }
    match (fault, lead.occupancy) {
        (Some(Fault::Occupancy), _) => write!(out, ",130.5")?,
        (_, Some(tenths)) => write!(out, ",{}.{}", tenths / 10, tenths % 10)?,
        (_, None) => out.push(b','),
    }
    whole(lead.years_experience, out)?;
    whole(Some(if matches!(fault, Some(Fault::NoSites)) { 0 } else { lead.sites }), out)?;
    match fault {
        Some(Fault::NoState) => out.push(b','),
        _ if random.percent(3) => write!(out, ",{}", lead.state.to_ascii_lowercase())?,
        _ => write!(out, ",{}", lead.state)?,
    }

    yes_no(random, lead.budget, out)?;
    yes_no(random, lead.authority, out)?;
    match fault {
        Some(Fault::NeedBy) => write!(out, ",2027-02-30")?,
        _ => write!(out, ",{}", lead.need_in.map_or("", |in_days| days.ahead(in_days)))?,
    }
    match (fault, lead.deal_size) {
        (Some(Fault::DealSize), _) => write!(out, ",to be discussed")?,
        (_, Some(cents)) => write!(out, ",{}.{:02}", cents / 100, cents % 100)?,
        (_, None) => out.push(b','),
    }
    yes_no(random, Some(lead.tiered_discount), out)?;
    products(random, lead.products, out)?;
    day(lead.partner_deal, days, out)?;
    match fault {
        Some(Fault::Competitor) => write!(out, ",perhaps")?,
        _ => yes_no(random, Some(lead.competitor), out)?,
    }

    standing(&lead, matches!(fault, Some(Fault::Since)), days, out)?;
    writeln!(out, ",{}", random.weighted(&CAMPAIGNS))?;
    Ok(lead)
}

/// organization, email, created_at
fn who(random: &mut Random, lead: &Lead, days: &Days, out: &mut Vec<u8>) -> io::Result<()> {
    let (first, first_in_address) = FIRST[lead.name.0];
    let (second, second_in_address) = SECOND[lead.name.1];
    let kind = match lead.site {
        Site::Hospital => random.pick(&HOSPITAL_KINDS),
        Site::LongTermCare => random.pick(&LONG_TERM_CARE_KINDS),
        Site::Clinic => random.pick(&CLINIC_KINDS),
        Site::RetailPharmacy => random.pick(&RETAIL_KINDS),
    };
    if random.percent(4) {
        out.push(b',');
    } else if kind.contains(',') {
        write!(out, ",\"{first} {second} {kind}\"")?;
    } else {
        write!(out, ",{first} {second} {kind}")?;
    }

    let mailbox = match lead.role {
        Some(Role::Pharmacist) => "pharmacy",
        Some(Role::NurseManager) => "nursing",
        Some(Role::Buyer) => "purchasing",
        Some(Role::Student) => "student",
        None => "info",
    };
    if random.percent(9) {
        out.push(b',');
    } else if lead.role == Some(Role::Student) || random.percent(1) {
        write!(out, ",{mailbox}@example.edu")?;
    } else {
        write!(out, ",{mailbox}@{first_in_address}-{second_in_address}.example")?;
    }

    let second_of_day = random.below(86_400);
    write!(out, ",{}T{:02}:{:02}:{:02}Z", days.ago(lead.first_seen + 1), second_of_day / 3_600, second_of_day / 60 % 60, second_of_day % 60)
}

/// stage, stage_since, rest_until
fn standing(lead: &Lead, is_spoilt: bool, days: &Days, out: &mut Vec<u8>) -> io::Result<()> {
    let stage = match lead.stage {
        Stage::Inquiry => "inquiry",
        Stage::Mql => "mql",
        Stage::Sal => "sal",
        Stage::Opportunity => "opportunity",
        Stage::Won => "won",
        Stage::Lost => "lost",
    };
    write!(out, ",{stage}")?;
    match (is_spoilt, lead.entered) {
        (true, _) => write!(out, ",last week")?,
        (false, Some(ago)) => write!(out, ",{}T14:00:00Z", days.ago(ago))?,
        (false, None) => out.push(b','),
    }
    match lead.rest_for {
        Some(rest) => write!(out, ",{}T00:00:00Z", days.ahead(rest)),
        None => write!(out, ","),
    }
}

fn site(random: &mut Random, site: Site) -> &'static str {
    match site {
        Site::Hospital => usual_or_other(random, &HOSPITAL_SPELLINGS),
        Site::LongTermCare => usual_or_other(random, &LONG_TERM_CARE_SPELLINGS),
        Site::Clinic => usual_or_other(random, &CLINIC_SPELLINGS),
        Site::RetailPharmacy => usual_or_other(random, &RETAIL_SPELLINGS),
    }
}

fn spell_role(random: &mut Random, role: Role) -> &'static str {
    match role {
        Role::Pharmacist => usual_or_other(random, &PHARMACIST_SPELLINGS),
        Role::NurseManager => usual_or_other(random, &NURSE_SPELLINGS),
        Role::Buyer => usual_or_other(random, &BUYER_SPELLINGS),
        Role::Student => usual_or_other(random, &STUDENT_SPELLINGS),
    }
}

fn usual_or_other(random: &mut Random, spellings: &[&'static str]) -> &'static str {
    if random.percent(70) { spellings[0] } else { random.pick(spellings) }
}

fn yes_no(random: &mut Random, answer: Option<bool>, out: &mut Vec<u8>) -> io::Result<()> {
    let text = match answer {
        Some(true) => usual_or_other(random, &YES_SPELLINGS),
        Some(false) => usual_or_other(random, &NO_SPELLINGS),
        None => "",
    };
    write!(out, ",{text}")
}

fn products(random: &mut Random, wanted: [bool; 3], out: &mut Vec<u8>) -> io::Result<()> {
    // Marketo parts the values of a multi-select by semicolons, people by commas
    let (separator, quote) = if random.percent(80) { (";", "") } else { (", ", "\"") };
    let mut names = ["dispensing", "consumables", "service"].into_iter().zip(wanted).filter(|(_, is_wanted)| *is_wanted).peekable();
    out.push(b',');
    let quote = if wanted.iter().filter(|is_wanted| **is_wanted).count() > 1 { quote } else { "" };
    write!(out, "{quote}")?;
    while let Some((name, _)) = names.next() {
        write!(out, "{name}{}", if names.peek().is_some() { separator } else { "" })?;
    }
    write!(out, "{quote}")
}

fn whole(value: Option<u32>, out: &mut Vec<u8>) -> io::Result<()> {
    match value {
        Some(value) => write!(out, ",{value}"),
        None => write!(out, ","),
    }
}

fn day(days_ago: Option<u32>, days: &Days, out: &mut Vec<u8>) -> io::Result<()> {
    write!(out, ",{}", days_ago.map_or("", |ago| days.ago(ago)))
}
