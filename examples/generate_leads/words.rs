//! The words that made-up leads are made of. No organisation and no person behind them; addresses end in `.example` or in
//! `example.edu`, which belong to nobody.

/// The name of an organisation is two of these and a kind. (As written, as it stands in an address.)
pub const FIRST: [(&str, &str); 40] = [
    ("Alder", "alder"),
    ("Amber", "amber"),
    ("Aspen", "aspen"),
    ("Birch", "birch"),
    ("Blue", "blue"),
    ("Bright", "bright"),
    ("Broad", "broad"),
    ("Cañon", "canon"),
    ("Cedar", "cedar"),
    ("Clear", "clear"),
    ("Copper", "copper"),
    ("Crane", "crane"),
    ("Dogwood", "dogwood"),
    ("Eagle", "eagle"),
    ("East", "east"),
    ("Elm", "elm"),
    ("Fair", "fair"),
    ("Fox", "fox"),
    ("Granite", "granite"),
    ("Great", "great"),
    ("Green", "green"),
    ("Harbor", "harbor"),
    ("Hazel", "hazel"),
    ("Heron", "heron"),
    ("Iron", "iron"),
    ("Juniper", "juniper"),
    ("Laurel", "laurel"),
    ("Linden", "linden"),
    ("Maple", "maple"),
    ("North", "north"),
    ("Oak", "oak"),
    ("Pine", "pine"),
    ("Red", "red"),
    ("Sage", "sage"),
    ("Shepherd's", "shepherds"),
    ("Silver", "silver"),
    ("South", "south"),
    ("Stone", "stone"),
    ("Willow", "willow"),
    ("Winter", "winter"),
];

pub const SECOND: [(&str, &str); 40] = [
    ("Bay", "bay"),
    ("Bend", "bend"),
    ("Bluff", "bluff"),
    ("Bridge", "bridge"),
    ("Brook", "brook"),
    ("Canyon", "canyon"),
    ("Coast", "coast"),
    ("Cove", "cove"),
    ("Creek", "creek"),
    ("Crest", "crest"),
    ("Crossing", "crossing"),
    ("Dale", "dale"),
    ("Falls", "falls"),
    ("Field", "field"),
    ("Forest", "forest"),
    ("Gate", "gate"),
    ("Glen", "glen"),
    ("Grove", "grove"),
    ("Harvest", "harvest"),
    ("Haven", "haven"),
    ("Hill", "hill"),
    ("Hollow", "hollow"),
    ("Island", "island"),
    ("Lake", "lake"),
    ("Landing", "landing"),
    ("Meadow", "meadow"),
    ("Mesa", "mesa"),
    ("Mill", "mill"),
    ("Orchard", "orchard"),
    ("Park", "park"),
    ("Point", "point"),
    ("Prairie", "prairie"),
    ("Ridge", "ridge"),
    ("River", "river"),
    ("Shore", "shore"),
    ("Spring", "spring"),
    ("Summit", "summit"),
    ("Trail", "trail"),
    ("Valley", "valley"),
    ("View", "view"),
];

pub const HOSPITAL_KINDS: [&str; 6] =
    ["Regional Hospital", "Medical Center", "Community Hospital", "General Hospital", "Health System", "Children's Hospital"];
pub const LONG_TERM_CARE_KINDS: [&str; 5] = ["Care Center", "Nursing Home", "Senior Living", "Rehabilitation", "Care Homes, Inc."];
pub const CLINIC_KINDS: [&str; 5] = ["Clinic", "Family Clinic", "Surgery Center", "Physicians, LLC", "Urgent Care"];
pub const RETAIL_KINDS: [&str; 4] = ["Pharmacy", "Drug Store", "Drugs", "Pharmacies, Inc."];

/// How people and systems write a choice. The first is the usual one.
pub const HOSPITAL_SPELLINGS: [&str; 5] = ["Hospital", "hospital", "HOSPITAL", "Acute care", "Medical Center "];
pub const LONG_TERM_CARE_SPELLINGS: [&str; 5] = ["Long-term care", "LTC", "long_term_care", "Long Term Care", "nursing home"];
pub const CLINIC_SPELLINGS: [&str; 4] = ["Clinic", "clinic", "Outpatient", " Ambulatory surgery center"];
pub const RETAIL_SPELLINGS: [&str; 4] = ["Retail pharmacy", "Retail", "retail_pharmacy", "DRUGSTORE"];

pub const PHARMACIST_SPELLINGS: [&str; 4] = ["Pharmacist", "pharmacist", "Pharmacy Director", "PharmD"];
pub const NURSE_SPELLINGS: [&str; 4] = ["Nurse manager", "nurse_manager", "Nursing", "Director of Nursing"];
pub const BUYER_SPELLINGS: [&str; 4] = ["Buyer", "buyer", "Purchasing", "Supply chain"];
pub const STUDENT_SPELLINGS: [&str; 2] = ["Student", "student"];

pub const YES_SPELLINGS: [&str; 4] = ["yes", "Yes", "true", "TRUE"];
pub const NO_SPELLINGS: [&str; 4] = ["no", "No", "false", "FALSE"];

/// Where the lead came from. No field of the policy: the column is carried through.
pub const CAMPAIGNS: [(&str, u32); 8] = [
    ("Organic search", 27),
    ("Paid search", 18),
    ("Webinar", 14),
    ("Trade show", 12),
    ("Email", 12),
    ("Referral", 8),
    ("Partner", 6),
    ("", 3),
];

/// States and their weight: people in hundred thousands, 2020 census. Puerto Rico is in no sales territory.
pub const STATES: [(&str, u32); 52] = [
    ("CA", 395),
    ("TX", 291),
    ("FL", 215),
    ("NY", 202),
    ("PA", 130),
    ("IL", 128),
    ("OH", 118),
    ("GA", 107),
    ("NC", 104),
    ("MI", 101),
    ("NJ", 93),
    ("VA", 86),
    ("WA", 77),
    ("AZ", 72),
    ("MA", 70),
    ("TN", 69),
    ("IN", 68),
    ("MD", 62),
    ("MO", 62),
    ("WI", 59),
    ("CO", 58),
    ("MN", 57),
    ("SC", 51),
    ("AL", 50),
    ("LA", 47),
    ("KY", 45),
    ("OR", 42),
    ("OK", 40),
    ("CT", 36),
    ("PR", 33),
    ("UT", 33),
    ("IA", 32),
    ("NV", 31),
    ("AR", 30),
    ("MS", 30),
    ("KS", 29),
    ("NM", 21),
    ("NE", 20),
    ("ID", 18),
    ("WV", 18),
    ("HI", 15),
    ("NH", 14),
    ("ME", 14),
    ("RI", 11),
    ("MT", 11),
    ("DE", 10),
    ("SD", 9),
    ("ND", 8),
    ("AK", 7),
    ("DC", 7),
    ("VT", 6),
    ("WY", 6),
];
