use std::sync::Arc;
use satchel_kernel::run::*;
use satchel_kernel::program::Program;
use satchel_kernel::value::Owned;
struct No;
impl Host for No {
    fn fill(&mut self, _q: usize, rows: &[Row<'_>]) -> Result<Vec<Filled>, HostError> { panic!("{:?}", rows[0]) }
    fn step(&mut self, _q: usize, _r: &Row<'_>, _a: &Owned) -> Result<Stepped, HostError> { panic!() }
    fn deliver(&mut self, _q: usize, e: Vec<Element>) -> Result<Flow, HostError> { println!("delivered {}", e.len()); Ok(Flow::Continue) }
}
fn main() {
    let sinks = [
        r#"{"kind":"frequencies","key":2}"#, r#"{"kind":"count"}"#,
        r#"{"kind":"foldby","key":5,"step":8,"initial":{"i":"0"}}"#,
        r#"{"kind":"schema"}"#, r#"{"kind":"project","paths":[["actor","login"],["type"]]}"#, r#"{"kind":"topk","k":2,"element":2,"key":2}"#,
    ];
    let which: Vec<usize> = std::env::args().nth(1).unwrap_or("0".into()).split(',').map(|s| s.parse().unwrap()).collect();
    let files: usize = std::env::args().nth(2).unwrap_or("1".into()).parse().unwrap();
    let queries: Vec<String> = which.iter().map(|i| format!(r#"{{"steps":[["load"]],"sink":{}}}"#, sinks[*i])).collect();
    let text = format!(r#"{{"version":1,"loader":"json","validate":"strict","nodes":[["input","record",[]],["const",{{"s":"type"}},[]],["getitem",null,[0,1]],
      ["const",{{"s":"actor"}},[]],["getitem",null,[0,3]],["getitem",null,[4,7]],["input","acc",[]],["const",{{"s":"login"}},[]],["add",null,[6,9]],["const",{{"i":"1"}},[]]],
      "queries":[{}]}}"#, queries.join(","));
    // topological order
    let text = text.replace(r#"["getitem",null,[4,7]],["input","acc",[]],["const",{"s":"login"},[]],["add",null,[6,9]],["const",{"i":"1"},[]]"#,
       r#"["const",{"s":"login"},[]],["getitem",null,[4,5]],["input","acc",[]],["const",{"i":"1"},[]],["add",null,[7,8]]"#).replace(r#""key":5,"step":8"#, r#""key":6,"step":9"#);
    let scan = Scan::new(Arc::new(Program::parse(&text).unwrap())).unwrap();
    let spec: Vec<FileSpec> = (0..files).map(|i| FileSpec { path: "/work/shared/data/2015-01-01-0.json.gz".into(), compression: satchel_scan::source::Compression::Gzip, index: i as u32 }).collect();
    for _ in 0..2 {
    let t = std::time::Instant::now();
    let r = scan.partition(0, &spec, &mut No, &Control::default()).unwrap();
    println!("{:?} {:?}", t.elapsed(), r.stats);
    if files == 1 { for p in &r.partials { println!("{} {}", p.kind(), p.len()); for i in p.items().take(16) { println!("  {:?}", i); }
      if let satchel_kernel::partial::Partial::Schema(s) = p { for (i, pl) in s.places().iter().enumerate().take(30) { println!("{:?} {} {:?} {}", s.path(i), pl.records, pl.types, pl.example); } } } }
    }
}
