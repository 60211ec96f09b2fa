//! One made-up lead: what is true of it, drawn so that the parts fit together.
//!
//! Enters: a source of randomness. Leaves: a [`Lead`] in plain numbers, before anyone misspells anything. Holds: a big hospital has
//! more sites and larger deals, a lead that reads a lot asks for a representative, and only a lead that sales has seen has
//! answers from sales. Days count from the day of the export, back into the past.

use crate::random::Random;
use crate::words::{FIRST, SECOND, STATES};

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Site {
    Hospital,
    LongTermCare,
    Clinic,
    RetailPharmacy,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Role {
    Pharmacist,
    NurseManager,
    Buyer,
    Student,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    Inquiry,
    Mql,
    Sal,
    Opportunity,
    Won,
    Lost,
}

pub struct Lead {
    /// indexes into [`FIRST`] and [`SECOND`]
    pub name: (usize, usize),
    pub site: Site,
    pub role: Option<Role>,
    pub beds: Option<u32>,
    /// in tenths of a per cent
    pub occupancy: Option<u32>,
    pub years_experience: Option<u32>,
    pub sites: u32,
    pub state: &'static str,
    pub budget: Option<bool>,
    pub authority: Option<bool>,
    /// days after the export; a wish can lie in the past
    pub need_in: Option<i32>,
    /// in cents
    pub deal_size: Option<u64>,
    pub tiered_discount: bool,
    /// dispensing, consumables, service
    pub products: [bool; 3],
    pub partner_deal: Option<u32>,
    pub competitor: bool,
    pub first_seen: u32,
    pub brochures: u32,
    /// how many product pages; none if the visitor refused cookies, and then no page view is known at all
    pub product_views: Option<u32>,
    pub careers_views: u32,
    pub videos: u32,
    pub last_page_view: u32,
    pub rep_request: Option<u32>,
    pub stage: Stage,
    /// when it entered that stage; none if nobody wrote it down
    pub entered: Option<u32>,
    /// what sales has made of it
    pub accepted: Option<bool>,
    /// index of the reason, if sales rejected the lead
    pub rejection: Option<usize>,
    pub meeting_booked: bool,
    pub deal_won: Option<bool>,
    /// days after the export until which a lead that sales sent back rests
    pub rest_for: Option<i32>,
}

impl Lead {
    pub fn draw(random: &mut Random) -> Lead {
        let site = random.weighted(&[(Site::Hospital, 38), (Site::LongTermCare, 20), (Site::Clinic, 27), (Site::RetailPharmacy, 15)]);
        let role = draw_role(random, site);
        let true_beds = draw_beds(random, site);
        let beds_missing = match site {
            Site::Hospital => 8,
            Site::LongTermCare => 15,
            Site::Clinic => 70,
            Site::RetailPharmacy => 95,
        };
        let beds = (!random.percent(beds_missing)).then_some(true_beds);
        let occupancy = (beds.is_some() && random.percent(60)).then(|| random.between(400, 979));
        let sites = draw_sites(random, site, true_beds);

        // How much it wants something, 0 to 99: the larger the house, the likelier; students read for their studies.
        let size_push = if true_beds >= 300 { 12 } else { 0 };
        let student = role == Some(Role::Student);
        let interest = (random.below(85) + random.below(40) + size_push).min(99);
        let tracked = !random.percent(12);
        let quiet = if random.percent(60 + interest / 3) { random.below(30) } else { random.between(30, 400) };
        let views = interest * interest * random.between(20, 100) / 90_000;

        let has_deal = !student && random.percent(15 + interest / 2);
        let deal = u64::from(sites) * u64::from(true_beds + 20) * u64::from(random.between(90, 420)) * 100;
        let deal_size = has_deal.then(|| (deal + random.pick(&[0, 0, 0, 5_000, 9_950])).min(4_000_000_000));

        let stage = draw_stage(random, interest, student);
        let entered = (stage != Stage::Inquiry).then(|| match stage {
            Stage::Inquiry | Stage::Mql => random.below(50),
            Stage::Sal | Stage::Opportunity => random.between(5, 120),
            Stage::Won | Stage::Lost => random.between(60, 500),
        });
        let accepted = match stage {
            Stage::Inquiry => random.percent(4).then_some(false),
            Stage::Mql => random.weighted(&[(Some(true), 28), (Some(false), 14), (None, 58)]),
            Stage::Sal => Some(!random.percent(8)),
            Stage::Opportunity | Stage::Won | Stage::Lost => Some(true),
        };
        let rejected = accepted == Some(false);
        let meeting_booked = match stage {
            Stage::Inquiry | Stage::Mql => false,
            Stage::Sal => random.percent(35),
            Stage::Opportunity | Stage::Won | Stage::Lost => true,
        };
        let deal_won = match stage {
            Stage::Inquiry | Stage::Mql | Stage::Sal => None,
            Stage::Opportunity => random.weighted(&[(Some(true), 18), (Some(false), 15), (None, 67)]),
            Stage::Won => Some(true),
            Stage::Lost => Some(false),
        };

        Lead {
            name: (random.below(FIRST.len() as u32) as usize, random.below(SECOND.len() as u32) as usize),
            site,
            role,
            beds,
            occupancy,
            years_experience: random.percent(55).then(|| if student { random.below(2) } else { random.between(1, 38) }),
            sites,
            state: random.weighted(&STATES),
            budget: random.percent(35 + interest / 4).then(|| random.percent(25 + interest / 2)),
            authority: random.percent(35 + interest / 4).then(|| random.percent(if role == Some(Role::Buyer) { 60 } else { 35 })),
            need_in: random.percent(12 + interest / 3).then(|| random.between(0, 420) as i32 - 60),
            deal_size,
            tiered_discount: random.percent(if sites > 3 { 60 } else { 6 }),
            products: draw_products(random, interest),
            partner_deal: random.percent(6).then(|| random.below(200)),
            competitor: random.below(1000) < 15,
            first_seen: random.below(900).max(quiet),
            brochures: if interest < 45 { u32::from(random.percent(12)) } else { random.below(interest / 14) },
            product_views: tracked.then_some(views),
            careers_views: if tracked && random.percent(if student { 45 } else { 4 }) { random.between(1, 5) } else { 0 },
            videos: if tracked && random.percent(30) { random.below(interest / 16 + 1) } else { 0 },
            last_page_view: quiet,
            rep_request: (interest > 60 && random.percent(interest - 40)).then(|| random.below(quiet + 16)),
            stage,
            entered,
            accepted,
            rejection: (rejected && random.percent(85)).then(|| random.below(4) as usize),
            meeting_booked,
            deal_won,
            rest_for: (stage == Stage::Inquiry && rejected).then(|| random.between(0, 120) as i32 - 30),
        }
    }
}

fn draw_role(random: &mut Random, site: Site) -> Option<Role> {
    let weights = match site {
        Site::Hospital => [40, 26, 20, 4, 10],
        Site::LongTermCare => [18, 46, 20, 2, 14],
        Site::Clinic => [16, 38, 24, 6, 16],
        Site::RetailPharmacy => [62, 2, 18, 6, 12],
    };
    let roles = [Some(Role::Pharmacist), Some(Role::NurseManager), Some(Role::Buyer), Some(Role::Student), None];
    let mut weighted = [(None, 0); 5];
    for (slot, pair) in weighted.iter_mut().zip(roles.into_iter().zip(weights)) {
        *slot = pair;
    }
    random.weighted(&weighted)
}

fn draw_beds(random: &mut Random, site: Site) -> u32 {
    match site {
        Site::Hospital => match random.below(100) {
            0..30 => random.between(18, 99),
            30..65 => random.between(100, 299),
            65..87 => random.between(300, 599),
            _ => random.between(600, 1_400),
        },
        Site::LongTermCare => random.between(24, 240),
        Site::Clinic => random.below(24),
        Site::RetailPharmacy => 0,
    }
}

fn draw_sites(random: &mut Random, site: Site, beds: u32) -> u32 {
    let single = match site {
        Site::Hospital if beds >= 600 => 30,
        Site::Hospital => 72,
        Site::LongTermCare => 55,
        Site::Clinic => 70,
        Site::RetailPharmacy => 60,
    };
    if random.percent(single) {
        return 1;
    }
    match site {
        Site::Hospital | Site::Clinic => random.between(2, 14),
        Site::LongTermCare => random.between(2, 40),
        Site::RetailPharmacy => {
            if random.percent(8) {
                random.between(200, 2_400)
            } else {
                random.between(2, 30)
            }
        }
    }
}

/// Leads that want something have come further.
fn draw_stage(random: &mut Random, interest: u32, student: bool) -> Stage {
    if student || !random.percent(8 + interest / 2) {
        return Stage::Inquiry;
    }
    random.weighted(&[(Stage::Mql, 44), (Stage::Sal, 22), (Stage::Opportunity, 18), (Stage::Won, 7), (Stage::Lost, 9)])
}

fn draw_products(random: &mut Random, interest: u32) -> [bool; 3] {
    if random.percent(45 - interest / 4) {
        return [false; 3];
    }
    [random.percent(75), random.percent(30), random.percent(22)]
}
