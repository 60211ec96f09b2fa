//! One mistake is one message: what hangs on a mistake is not judged.

use crate::model_together::found;

const TEST: &str = "test \"t\" { lead { beds 5 role boss region \"x\" } expect { s 100  s.x 87.5  s.y 100  twice 200 } }\n";

#[test]
fn what_a_test_expects_is_not_held_against_a_broken_score() {
    let score = |sections: &str| format!("score s {{ {sections} }}\nlet twice = s * 2\n{TEST}");
    let right =
        "section x 50% { beds 75% { otherwise 10 }  role 25% { boss 5  otherwise 0 } }  section y 50% { beds 100% { otherwise 10 } }";
    assert_eq!(found(&score(right), &[]), Vec::<String>::new());
    let cases = [
        // weights, of attributes and of sections
        ("beds 75%", "beds 65%", "E0401 x"),
        ("beds 75%", "beds 85%", "E0402 x"),
        ("beds 75%", "beds", "E0415 beds"),
        ("y 50%", "y 5%", "E0401 s"),
        // rows
        ("boss 5  otherwise 0", "boss 5", "E0408 role"),
        ("boss 5  otherwise 0", "boss 15  otherwise 0", "E0409 boss 15"),
        ("boss 5  otherwise 0", "bos 5  otherwise 0", "E0203 bos"),
        ("beds 100% { otherwise 10 }", "beds 100% { under 100 10 }", "E0404 beds"),
    ];
    for (old, new, expected) in cases {
        assert!(right.contains(old), "{old}");
        assert_eq!(found(&score(&right.replacen(old, new, 1)), &[]), [expected], "{new}");
    }
}
