use std::collections::BTreeMap;
fn main() {
    let dir = std::env::args().nth(1).unwrap();
    let entry = std::env::args().nth(2).unwrap();
    let mut files = BTreeMap::new();
    let mut stack = vec![std::path::PathBuf::from(&dir)];
    while let Some(d) = stack.pop() {
        for e in std::fs::read_dir(d).unwrap() {
            let p = e.unwrap().path();
            if p.is_dir() {
                stack.push(p)
            } else if let Ok(t) = std::fs::read_to_string(&p) {
                files.insert(p.strip_prefix(&dir).unwrap().to_string_lossy().to_string(), t);
            }
        }
    }
    let t0 = std::time::Instant::now();
    let checked = leadwright::model::check(&files, &entry);
    let t1 = std::time::Instant::now();
    for d in &checked.diagnostics {
        println!("{:?} {}", d.severity, d.message);
    }
    let lowered = leadwright::program::lower::lower(&checked.policy);
    let t2 = std::time::Instant::now();
    let optimised = leadwright::program::passes::optimise(&lowered.program);
    let t3 = std::time::Instant::now();
    if std::env::args().nth(3).is_none() {
        println!("{}", leadwright::program::text::text(&optimised, &checked.policy));
    }
    println!("{}", leadwright::program::cost::cost(&lowered.program));
    println!("{}", leadwright::program::cost::cost(&optimised));
    eprintln!("check {:?} lower {:?} optimise {:?}", t1 - t0, t2 - t1, t3 - t2);
}
