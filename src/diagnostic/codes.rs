//! The one table of codes. Each row: variant, code, severity, what it says in a few words. Each code has a page
//! `docs/codes/E0000.md` and a case in `tests/it/messages/`. Codes never change their meaning.

use super::Severity;
use Severity::{Error, Warning};

/// What the table knows of one code.
#[derive(Debug)]
pub struct Entry {
    pub code: &'static str,
    pub severity: Severity,
    pub title: &'static str,
    /// the page about it, as Markdown
    pub page: &'static str,
}

macro_rules! codes {
    ($($variant:ident $code:literal $severity:ident $title:literal)*) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code { $($variant),* }

        impl Code {
            pub const ALL: &'static [Code] = &[$(Code::$variant),*];

            pub const fn entry(self) -> &'static Entry {
                match self { $(Code::$variant => &Entry {
                        code: $code,
                        severity: $severity,
                        title: $title,
                        page: include_str!(concat!("../../docs/codes/", $code, ".md")),
                    }),* }
            }
        }
    };
}

codes! {
    // E00: reading files and text
    Syntax              "E0001" Error "the text does not follow the grammar"
    UnterminatedString  "E0002" Error "a string is not closed on its line"
    TooDeep             "E0003" Error "brackets are nested too deep"
    FileTooLarge        "E0004" Error "a file is larger than the limit"
    TooManyItems        "E0005" Error "a policy has more parts than the limit"
    NotUtf8             "E0006" Error "a file is not UTF-8"
    BadLiteral          "E0007" Error "a literal cannot be read"
    MixedAndOr          "E0008" Error "`and` and `or` are mixed without parentheses"
    MissingVersion      "E0009" Error "the first line does not name the language version"
    UnknownVersion      "E0010" Error "this compiler does not know that language version"
    IndentedItem        "E0011" Error "an item does not start in the first column"
    StrayBracket        "E0012" Error "a bracket has no partner"

    // E01: files of a policy
    NoPolicy            "E0101" Error "there is no `policy` header"
    SecondPolicy        "E0102" Error "there are two `policy` headers"
    UseOutsideRoot      "E0103" Error "a path reaches outside the policy's root"
    UseNotFound         "E0104" Error "the file of a `use` cannot be read"
    UseCycle            "E0105" Error "files use each other in a circle"
    TableNotFound       "E0106" Error "the file of a table cannot be read"
    TableMalformed      "E0107" Error "the file of a table is not a well-formed CSV"
    TableColumnMissing  "E0108" Error "the file of a table lacks a declared column"
    TableCell           "E0109" Error "a cell of a table does not fit its column"
    TableKeyRepeats     "E0110" Error "a table's key repeats"
    NoLead              "E0111" Error "there is no `lead` record"
    BadHeader           "E0112" Error "a policy property is missing, repeated or not known"

    // E02: names
    UnknownName         "E0201" Error "a name is not declared"
    RepeatedName        "E0202" Error "a name is declared twice"
    UnknownChoice       "E0203" Error "a choice is not one of the declared ones"
    RepeatedChoice      "E0204" Error "a choice, or a spelling of it, stands twice"
    UnknownTeam         "E0205" Error "a team is not declared"
    UnknownQueue        "E0206" Error "a queue is not declared"
    UnknownStage        "E0207" Error "a stage is not declared"
    UnknownSignal       "E0208" Error "a signal is not declared"
    UnknownColumn       "E0209" Error "a table has no such column"
    UnknownTable        "E0210" Error "a table is not declared"
    UnknownCalendar     "E0211" Error "a calendar is not declared"
    UnknownProperty     "E0212" Error "a signal has no such property"
    ReservedName        "E0213" Error "a name is not free for this use"
    UnknownZone         "E0214" Error "a time zone is not known"
    UnknownCurrency     "E0215" Error "a currency is not known"

    // E03: types
    WrongType           "E0301" Error "a value has the wrong type"
    WrongUnit           "E0302" Error "two units do not go together"
    WrongCurrency       "E0303" Error "an amount is in another currency"
    OutOfRange          "E0304" Error "a constant lies outside the range of what it is compared with or given to"
    TooManyPlaces       "E0305" Error "more decimal places are written than are kept"
    DivisionNeedsPlaces "E0306" Error "a division does not say to how many places"
    NotACondition       "E0307" Error "a value stands where a condition is needed"
    NotConstant         "E0308" Error "a constant is needed here"
    DerivedCycle        "E0309" Error "derived values need each other in a circle"
    BadRange            "E0310" Error "a range runs backwards or holds nothing"
    BadKey              "E0311" Error "the lead's key is missing, repeated or of an unfit type"
    WrongKeys           "E0312" Error "a look-up has the wrong number or kind of keys"
    ImpliesNested       "E0313" Error "`implies` inside another needs parentheses"
    RemainderMixed      "E0314" Error "`%` is mixed with `*`, `/` or `to N places`"
    NoTransitionHere    "E0315" Error "`entering` or `leaving` stands where no transition can be seen"
    MissingPasses       "E0316" Warning "a missing value slips through a `not`"
    DivisionByZero      "E0317" Warning "a divisor is always zero"
    BadCost             "E0318" Error "a cost has no meaning where it stands"
    SharedSource        "E0319" Warning "two fields are read from one column"

    // E04: scores and tables of conditions
    WeightsShort        "E0401" Error "weights total less than 100 %"
    WeightsOver         "E0402" Error "weights total more than 100 %"
    BandsOverlap        "E0403" Error "two bands overlap"
    BandsGap            "E0404" Error "bands leave a gap"
    BandBackwards       "E0405" Error "a band runs backwards"
    MissingRowAbsent    "E0406" Error "an optional value has no `missing` row"
    MissingRowIdle      "E0407" Error "a `missing` row for a value that is never missing"
    NotExhaustive       "E0408" Error "the rows do not cover every case and there is no `otherwise`"
    PriorityOutOfRange  "E0409" Error "a priority lies outside -10 to 10"
    ScoreOverflow       "E0410" Error "a score can exceed 64 bits"
    LinearUnbounded     "E0411" Error "a linear band has no bound"
    RowAfterOtherwise   "E0412" Error "a row stands behind `otherwise`"
    GridShape           "E0413" Error "a grid row has the wrong number of cells"
    EmptyBlock          "E0414" Error "a block that needs rows has none"
    WeightMissing       "E0415" Error "a section or attribute has no weight, or one it must not have"
    RowKind             "E0416" Error "a row does not fit the type of its attribute"
    RepeatedAttribute   "E0417" Warning "an attribute stands twice in one section"
    CapBeyondRange      "E0418" Warning "a section may give more than its score can show"

    // E05: stages, flow, routes
    NoStart             "E0501" Error "no stage is marked `start`"
    TwoStarts           "E0502" Error "two stages are marked `start`"
    StageOwner          "E0503" Error "a stage has no owner"
    StageNoWayIn        "E0504" Error "a stage has no way in"
    StageNoWayOut       "E0505" Error "a stage has no way out"
    FromFinal           "E0506" Error "a flow row leaves a final stage"
    SelfTransition      "E0507" Error "a flow row leads back to its own stage"
    QueueTeam           "E0508" Error "a queue has no team"
    Rotation            "E0509" Error "a rotation names no owner, one twice, or a weight that is not positive"
    OpeningHours        "E0510" Error "opening hours are missing, run backwards or overlap"
    Clock               "E0511" Error "a clock lacks a part, or has one twice"
    RouteOpen           "E0512" Warning "a route gives some leads no queue"

    // E06: tests
    TestField           "E0601" Error "a test names what does not exist"
    TestIncomplete      "E0602" Error "a test does not give a field that is not optional"
    TestExpects         "E0603" Error "a test expects nothing, or something twice"
    CasesFile           "E0604" Error "the file of cases cannot be read as a table"
    CasesColumn         "E0605" Error "a column of a file of cases names nothing, or what another names"
    CasesCell           "E0606" Error "a cell of a file of cases does not fit its column"
    TestWithoutAsOf     "E0607" Warning "a test does not say on which day it is"

    // E07: standards
    RequirementForm       "E0701" Error "a requirement has none of the known forms"
    StandardBroken        "E0702" Error "the policy breaks a standard that it follows"
    StandardContradiction "E0703" Error "two requirements contradict each other"

    // E08: proofs
    ClaimRefuted        "E0801" Error "a claim does not hold"
    ClaimUndecided      "E0802" Warning "a claim is neither proved nor refuted"
    NeverHolds          "E0803" Warning "a row is written for leads that do not exist"
    NeverFirst          "E0804" Warning "earlier rows take every lead from a row"
    NeverReached        "E0805" Warning "no lead reaches a threshold"
    AlwaysReached       "E0806" Warning "every lead reaches a threshold"
    NeverGiven          "E0807" Warning "points that no lead gets"
    CellNever           "E0808" Warning "a cell of a grid is for no lead"
    StageNeverEntered   "E0809" Warning "no lead gets from the start to a stage"
    StageNeverLeft      "E0810" Warning "no lead leaves a stage"
    ToAndFro            "E0811" Warning "a lead goes to and fro between stages"
    ClockNeverStarts    "E0812" Warning "a clock starts for no lead"
    CapNeverReached     "E0813" Warning "a cap that no lead's points reach"
    EndNeverReached     "E0814" Warning "an end of a range that no lead reaches"
    BothMove            "E0815" Warning "rows of two flows can move one lead"
    RowChangesNothing   "E0816" Warning "a row changes no answer"
    PointsChangeNothing "E0817" Warning "points that change no score"
    NoQueue             "E0818" Warning "a route is for leads that it gives no queue"
    QuestionUndecided   "E0819" Warning "a question about the policy is not decided"
}
