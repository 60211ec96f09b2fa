//! What comes out for what goes in.

use super::scene::{ANSWERS, BACKENDS, Scene};

#[test]
fn a_csv_file_is_scored_on_both_backends() {
    for backend in BACKENDS {
        let scene = Scene::new().with(|options| options.backend = backend);
        let (report, scored) = scene.score_csv(
            "lead_id,kind,sites,beds,rating,deal_size,budget,need_by,seen,products,state,note\n\
             L-1,Hospital,4,620,4.75,1000.50,yes,2026-12-01,2026-11-18T14:00,\"service;dispensing\",OH,x\n\
             L-2,LTC,1,,,,,,,,,\n\
             L-3,clinic,200,99,4.4900,1000.49,no,2026-11-17,2026-10-01 10:00:00,,ak,\n",
        );
        // L-1: 50 + 30 + 20, +5 +2 -1 +1, at most 100. L-2: 30. L-3: 20 + 3 + 4, -3 -7; hot by its sites.
        assert_eq!(
            scored,
            format!(
                "lead_id,{ANSWERS}\n\
                 L-1,100,100,hot,mql,inquiry -> mql when status is hot,inside,{}\n\
                 L-2,30,30,warm,inquiry,,,\n\
                 L-3,17,27,hot,mql,inquiry -> mql when status is hot,desk,\n",
                scored.lines().nth(1).unwrap().rsplit(',').next().unwrap()
            )
        );
        assert_eq!((report.rows_in, report.rows_scored, report.rows_rejected), (3, 3, 0));
    }
}
