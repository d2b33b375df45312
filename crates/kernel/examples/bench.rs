use std::sync::Arc;
use satchel_kernel::run::*;
use satchel_kernel::program::Program;
use satchel_kernel::value::Owned;
struct No;
impl Host for No {
    fn fill(&mut self, _q: usize, rows: &[Row<'_>]) -> Result<Vec<Filled>, HostError> { panic!("{:?}", rows[0]) }
    fn step(&mut self, _q: usize, _r: &Row<'_>, _a: &Owned) -> Result<Stepped, HostError> { panic!() }
    fn deliver(&mut self, _q: usize, _e: Vec<Element>) -> Result<Flow, HostError> { Ok(Flow::Continue) }
}
fn main() {
    let path = "/tmp/runbench.json";
    if !std::path::Path::new(path).exists() {
    let n = 3_000_000u64; let mut s = String::new();
    for i in 0..n { let u = (i.wrapping_mul(0x9E3779B97F4A7C15)>>33) % 200_000; let u = if i%3==0 { u } else { u % 1000 }; s += &format!("{{\"t\":\"{}\",\"u\":\"user-{}\",\"n\":{}}}\n", ["PushEvent","CreateEvent","WatchEvent"][(i%3) as usize], u, i%17); }
    std::fs::write(path, &s).unwrap(); }
    let sinks = [("count", r#"{"kind":"count"}"#, 0), ("freq t", r#"{"kind":"frequencies","key":2}"#,1), ("freq u", r#"{"kind":"frequencies","key":4}"#,1),
      ("foldby", r#"{"kind":"foldby","key":4,"step":8,"initial":{"i":"0"}}"#,1), ("foldby float", r#"{"kind":"foldby","key":4,"step":8,"initial":{"f":"0000000000000000"}}"#,1),("sum", r#"{"kind":"sum","value":6}"#,1), ("max", r#"{"kind":"max","value":4}"#,1), ("topk", r#"{"kind":"topk","k":5,"element":4,"key":6}"#,1), ("filter count", r#"{"kind":"count"}"#, 2), ("collect", r#"{"kind":"collect","element":4,"limit":null}"#,0), ("project", r#"{"kind":"project","paths":[["t"],["u"]],"limit":null}"#,0),("schema", r#"{"kind":"schema","limit":null}"#,0)];
    for (name, sink, kind) in sinks {
    let steps = if kind == 2 { r#"["load"],["filter",10]"# } else { r#"["load"]"# };
    let text = format!(r#"{{"version":1,"loader":"json","validate":"strict","nodes":[["input","record",[]],["const",{{"s":"t"}},[]],["getitem",null,[0,1]],
      ["const",{{"s":"u"}},[]],["getitem",null,[0,3]],["const",{{"s":"n"}},[]],["getitem",null,[0,5]],["input","acc",[]],["add",null,[7,6]],["const",{{"s":"PushEvent"}},[]],["eq",null,[2,9]]],
      "queries":[{{"steps":[{steps}],"sink":{sink}}}]}}"#);
    let scan = Scan::new(Arc::new(Program::parse(&text).unwrap())).unwrap();
    let spec = vec![FileSpec { path: path.into(), compression: satchel_scan::source::Compression::None, index: 0 }];
    let mut best = f64::MAX; let mut len=0;
    for _ in 0..3 {
    let t = std::time::Instant::now();
    let r = scan.partition(0, &spec, &mut No, &Control::default()).unwrap();
    best = best.min(t.elapsed().as_secs_f64() / r.stats.rows as f64 * 1e9); len = r.partials[0].len();
    }
    println!("{name:12} {best:7.1} ns/row  {len}");
    }
}
