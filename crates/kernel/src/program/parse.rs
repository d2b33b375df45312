//! From JSON text to a checked [`Program`].

use serde_json::{Map, Value as Json};

use super::constant::{constant, value};
use super::*;

/// How deep expressions may nest: evaluation is recursive, and a stack is finite.
const DEEPEST: usize = 700;

type Object = Map<String, Json>;

/// Read and check a whole program.
pub fn program(text: &str) -> Result<Program, Error> {
    let json: Json = serde_json::from_str(text).map_err(|error| Error::Json(error.to_string()))?;
    let top = object(&json, Place::Top("program"))?;
    match top.get("version").and_then(Json::as_i64) {
        Some(1) => {}
        found => return Err(Error::Version(found.unwrap_or_default())),
    }
    let mut nodes = Vec::new();
    let mut depths: Vec<usize> = Vec::new();
    for json in list(top, "nodes", Place::Top("nodes"))? {
        let next = node(json, &nodes)?;
        let depth = next
            .args
            .iter()
            .map(|id| depths[*id as usize] + 1)
            .max()
            .unwrap_or(0);
        if depth > DEEPEST {
            return Err(Error::Depth {
                at: Place::Node(nodes.len()),
            });
        }
        depths.push(depth);
        nodes.push(next);
    }
    let queries = list(top, "queries", Place::Top("queries"))?
        .iter()
        .enumerate()
        .map(|(index, json)| query(json, index, &nodes))
        .collect::<Result<_, _>>()?;
    Ok(Program {
        loader: loader(top)?,
        validate: validate(top)?,
        bytes: top.get("bytes").and_then(Json::as_bool).unwrap_or(false),
        documents: documents(top)?,
        on_damage: on_damage(top)?,
        nodes,
        queries,
    })
}

fn loader(top: &Object) -> Result<Option<Loader>, Error> {
    let at = Place::Top("loader");
    match top.get("loader") {
        None | Some(Json::Null) => Ok(None),
        Some(name) => match text(name, at)? {
            "json" => Ok(Some(Loader::Json)),
            "ujson" => Ok(Some(Loader::Ujson)),
            "orjson" => Ok(Some(Loader::Orjson)),
            "msgspec" => Ok(Some(Loader::Msgspec)),
            name => Err(unknown(at, "loader", name)),
        },
    }
}

fn validate(top: &Object) -> Result<Validate, Error> {
    let at = Place::Top("validate");
    match top.get("validate") {
        None | Some(Json::Null) => Ok(Validate::Strict),
        Some(name) => match text(name, at)? {
            "strict" => Ok(Validate::Strict),
            "touched" => Ok(Validate::Touched),
            name => Err(unknown(at, "validation", name)),
        },
    }
}

fn documents(top: &Object) -> Result<Documents, Error> {
    let at = Place::Top("documents");
    match top.get("documents") {
        None | Some(Json::Null) => Ok(Documents::Line),
        Some(name) => match text(name, at)? {
            "line" => Ok(Documents::Line),
            "many" => Ok(Documents::Many),
            name => Err(unknown(at, "documents", name)),
        },
    }
}

fn on_damage(top: &Object) -> Result<OnDamage, Error> {
    let at = Place::Top("on_damage");
    match top.get("on_damage") {
        None | Some(Json::Null) => Ok(OnDamage::Raise),
        Some(name) => match text(name, at)? {
            "raise" => Ok(OnDamage::Raise),
            "keep" => Ok(OnDamage::Keep),
            name => Err(unknown(at, "way with damage", name)),
        },
    }
}

/// Read `[op, data, [ids]]` as the node that follows `earlier`.
fn node(json: &Json, earlier: &[Node]) -> Result<Node, Error> {
    let at = Place::Node(earlier.len());
    let Some([name, data, args]) = json.as_array().map(Vec::as_slice) else {
        return Err(Error::Expected {
            at,
            what: "[op, data, [argument ids]]",
        });
    };
    let op = op(text(name, at)?, data, at)?;
    let args = args.as_array().ok_or(Error::Expected {
        at,
        what: "a list of argument ids",
    })?;
    let args: Box<[NodeId]> = args
        .iter()
        .map(|id| node_id(id, earlier, at))
        .collect::<Result<_, _>>()?;
    if !arity(&op, args.len()) {
        return Err(Error::Arity {
            at,
            found: args.len(),
        });
    }
    let own = if let Op::Input(input) = op {
        Reads::of(input)
    } else {
        Reads::default()
    };
    let mut reads = own;
    for (place, id) in args.iter().enumerate() {
        let inner = earlier[*id as usize].reads;
        reads = reads.and(match op {
            // A round reads the element of its own loop, which is nobody else's.
            Op::Each { level } | Op::Loop { level } if place == 1 => inner.without(BOUND[level]),
            _ => inner,
        });
    }
    Ok(Node { op, args, reads })
}

fn op(name: &str, data: &Json, at: Place) -> Result<Op, Error> {
    Ok(match name {
        "input" => Op::Input(input(text(data, at)?, at)?),
        "const" => Op::Const(constant(data, at)?),
        "getitem" => Op::GetItem,
        "get" => Op::Get,
        "contains" => Op::Contains,
        "slice" => Op::Slice,
        "not" => Op::Not,
        "truth" => Op::Truth,
        "if" => Op::If,
        "is" => Op::Is { negated: false },
        "is_not" => Op::Is { negated: true },
        "eq" => Op::Compare(Comparison::Eq),
        "ne" => Op::Compare(Comparison::Ne),
        "lt" => Op::Compare(Comparison::Lt),
        "le" => Op::Compare(Comparison::Le),
        "gt" => Op::Compare(Comparison::Gt),
        "ge" => Op::Compare(Comparison::Ge),
        "add" => Op::Arithmetic(Arithmetic::Add),
        "sub" => Op::Arithmetic(Arithmetic::Sub),
        "mul" => Op::Arithmetic(Arithmetic::Mul),
        "truediv" => Op::Arithmetic(Arithmetic::TrueDiv),
        "floordiv" => Op::Arithmetic(Arithmetic::FloorDiv),
        "mod" => Op::Arithmetic(Arithmetic::Mod),
        "pow" => Op::Arithmetic(Arithmetic::Pow),
        "neg" => Op::Neg,
        "pos" => Op::Pos,
        "call" => Op::Call(builtin(text(data, at)?, at)?),
        "method" => Op::Method(method(text(data, at)?, at)?),
        "tuple" => Op::Tuple,
        "list" => Op::List,
        "dict" => Op::Dict,
        "put" => Op::Put,
        "put_at" => Op::PutAt,
        "merge" => Op::Merge,
        "format" => format(data, at)?,
        "concat" => Op::Concat,
        "seq" => Op::Seq,
        "moment" => moment(data, at)?,
        "regex" => Op::Regex(pattern(data, at)?),
        "bound" => Op::Bound(match text(data, at)? {
            "get" => None,
            name => Some(method(name, at)?),
        }),
        "raised" => Op::Raised,
        "unproved" => Op::Unproved(raises(data, at)?),
        "each" => Op::Each {
            level: level(data, at)?,
        },
        "loop" => Op::Loop {
            level: level(data, at)?,
        },
        "part" => Op::Part(index(data, at)?),
        name => return Err(unknown(at, "op", name)),
    })
}

/// Whether an operation takes `count` arguments.
fn arity(op: &Op, count: usize) -> bool {
    match op {
        Op::Input(_) | Op::Const(_) | Op::Unproved(_) => count == 0,
        Op::Raised
        | Op::Bound(_)
        | Op::Part(_)
        | Op::Not
        | Op::Truth
        | Op::Neg
        | Op::Pos
        | Op::Format { .. }
        | Op::Moment { .. } => count == 1,
        Op::GetItem
        | Op::Contains
        | Op::Is { .. }
        | Op::Compare(_)
        | Op::Arithmetic(_)
        | Op::Merge => count == 2,
        Op::Get | Op::If | Op::Put | Op::PutAt => count == 3,
        Op::Slice => count == 4,
        Op::Call(Builtin::Min | Builtin::Max) => count >= 1,
        Op::Call(Builtin::Range) => (1..=3).contains(&count),
        Op::Call(Builtin::Round | Builtin::Int | Builtin::Str) => count == 1 || count == 2,
        Op::Call(_) => count == 1,
        // Optional arguments of a method are few; evaluation proves the forms that it knows.
        Op::Method(_) => (1..=4).contains(&count),
        Op::Tuple | Op::List | Op::Concat => true,
        Op::Dict => count.is_multiple_of(2),
        Op::Seq => count >= 1,
        Op::Each { .. } => count == 2,
        Op::Loop { .. } => count >= 2,
        Op::Regex(pattern) if pattern.find == Find::Replace => count == 2,
        Op::Regex(_) => count == 1,
    }
}

fn input(name: &str, at: Place) -> Result<Input, Error> {
    Ok(match name {
        "line" => Input::Line,
        "record" => Input::Record,
        "acc" => Input::Acc,
        "other" => Input::Other,
        "item" | "element" => Input::Item,
        "bound0" => Input::Bound0,
        "bound1" => Input::Bound1,
        "bound2" => Input::Bound2,
        name => return Err(unknown(at, "input", name)),
    })
}

/// The kind of exception in `[reason, kind]`.
fn raises(data: &Json, at: Place) -> Result<Option<Raises>, Error> {
    match data.as_array().map(Vec::as_slice) {
        Some([_, Json::Null]) => Ok(None),
        Some([_, kind]) => {
            let name = text(kind, at)?;
            let known = Raises::ALL.into_iter().find(|kind| kind.name() == name);
            known
                .map(Some)
                .ok_or_else(|| unknown(at, "exception", name))
        }
        _ => Err(Error::Expected {
            at,
            what: "[reason, exception]",
        }),
    }
}

fn level(data: &Json, at: Place) -> Result<usize, Error> {
    let level = data.as_u64().and_then(|level| usize::try_from(level).ok());
    level.filter(|level| *level < LOOPS).ok_or(Error::Expected {
        at,
        what: "how many loops are around",
    })
}

fn index(data: &Json, at: Place) -> Result<usize, Error> {
    let index = data.as_u64().and_then(|index| usize::try_from(index).ok());
    index.ok_or(Error::Expected {
        at,
        what: "an index of a tuple",
    })
}

fn builtin(name: &str, at: Place) -> Result<Builtin, Error> {
    Ok(match name {
        "len" => Builtin::Len,
        "str" => Builtin::Str,
        "int" => Builtin::Int,
        "float" => Builtin::Float,
        "bool" => Builtin::Bool,
        "abs" => Builtin::Abs,
        "round" => Builtin::Round,
        "min" => Builtin::Min,
        "max" => Builtin::Max,
        "any" => Builtin::Any,
        "all" => Builtin::All,
        "sum" => Builtin::Sum,
        "sorted" => Builtin::Sorted,
        "list" | "star" => Builtin::List,
        "dict" => Builtin::Dict,
        "tuple" => Builtin::Tuple,
        "type" => Builtin::Type,
        "iter" => Builtin::Iter,
        "range" => Builtin::Range,
        name => match name.strip_prefix("isinstance:") {
            Some(names) => Builtin::IsInstance(types(names, at)?),
            None => return Err(unknown(at, "builtin", name)),
        },
    })
}

fn types(names: &str, at: Place) -> Result<Types, Error> {
    let mut types = Types::default();
    for name in names.split(',') {
        match name {
            "str" => types.str = true,
            "int" => types.int = true,
            "float" => types.float = true,
            "bool" => types.bool = true,
            "list" => types.list = true,
            "dict" => types.dict = true,
            "NoneType" => types.none = true,
            name => return Err(unknown(at, "type", name)),
        }
    }
    Ok(types)
}

fn method(name: &str, at: Place) -> Result<Method, Error> {
    Ok(match name {
        "lower" => Method::Lower,
        "upper" => Method::Upper,
        "strip" => Method::Strip,
        "lstrip" => Method::LStrip,
        "rstrip" => Method::RStrip,
        "startswith" => Method::StartsWith,
        "endswith" => Method::EndsWith,
        "split" => Method::Split,
        "rsplit" => Method::RSplit,
        "partition" => Method::Partition,
        "rpartition" => Method::RPartition,
        "replace" => Method::Replace,
        "find" => Method::Find,
        "count" => Method::Count,
        "join" => Method::Join,
        "isdigit" => Method::IsDigit,
        "isalpha" => Method::IsAlpha,
        "isalnum" => Method::IsAlnum,
        "isspace" => Method::IsSpace,
        "isupper" => Method::IsUpper,
        "islower" => Method::IsLower,
        "isascii" => Method::IsAscii,
        "title" => Method::Title,
        "capitalize" => Method::Capitalize,
        "removeprefix" => Method::RemovePrefix,
        "removesuffix" => Method::RemoveSuffix,
        name => return Err(unknown(at, "method", name)),
    })
}

fn format(data: &Json, at: Place) -> Result<Op, Error> {
    let Some([conversion, spec]) = data.as_array().map(Vec::as_slice) else {
        return Err(Error::Expected {
            at,
            what: "[conversion, spec]",
        });
    };
    let conversion = match text(conversion, at)? {
        "" => Conversion::Plain,
        "s" => Conversion::Str,
        "r" => Conversion::Repr,
        "a" => Conversion::Ascii,
        name => return Err(unknown(at, "conversion", name)),
    };
    Ok(Op::Format {
        conversion,
        spec: text(spec, at)?.into(),
    })
}

fn moment(data: &Json, at: Place) -> Result<Op, Error> {
    let Some([form, part]) = data.as_array().map(Vec::as_slice) else {
        return Err(Error::Expected {
            at,
            what: "[form, part]",
        });
    };
    let form = match text(form, at)? {
        "iso" => Form::Iso,
        form => Form::Pieces(pieces(form, at)?),
    };
    let part = match text(part, at)? {
        "year" => Part::Year,
        "month" => Part::Month,
        "day" => Part::Day,
        "hour" => Part::Hour,
        "minute" => Part::Minute,
        "second" => Part::Second,
        "microsecond" => Part::Microsecond,
        "weekday" => Part::Weekday,
        "date" => Part::Date,
        name => return Err(unknown(at, "part of a moment", name)),
    };
    Ok(Op::Moment { form, part })
}

fn pattern(data: &Json, at: Place) -> Result<Pattern, Error> {
    // The second and third are Python's own pattern and flags.
    let Some([how, _, _, regex, ascii, wrapped]) = data.as_array().map(Vec::as_slice) else {
        return Err(Error::Expected {
            at,
            what: "[how, pattern, flags, rewritten, ascii, wrapped]",
        });
    };
    let find = match text(how, at)? {
        "search" | "match" | "fullmatch" => Find::First,
        "findall" => Find::All,
        "split" => Find::Split,
        "sub" => Find::Replace,
        name => return Err(unknown(at, "question of a regular expression", name)),
    };
    let regex = regex::RegexBuilder::new(text(regex, at)?)
        .size_limit(MOST_OF_A_REGEX)
        .build();
    Ok(Pattern {
        find,
        regex: regex.ok(),
        ascii: ascii == &Json::Bool(true),
        wrapped: wrapped == &Json::Bool(true),
    })
}

/// How many bytes a compiled regular expression may take.
const MOST_OF_A_REGEX: usize = 1 << 20;

fn pieces(form: &str, at: Place) -> Result<Box<[Piece]>, Error> {
    let mut pieces = Vec::new();
    let mut bytes = form.bytes();
    while let Some(byte) = bytes.next() {
        pieces.push(match (byte, byte == b'%') {
            (byte, false) => Piece::Literal(byte),
            (_, true) => match bytes.next() {
                Some(b'Y') => Piece::Year,
                Some(b'm') => Piece::Month,
                Some(b'b') => Piece::MonthName,
                Some(b'a') => Piece::DayName,
                Some(b'd') => Piece::Day,
                Some(b'H') => Piece::Hour,
                Some(b'M') => Piece::Minute,
                Some(b'S') => Piece::Second,
                Some(b'f') => Piece::Fraction,
                _ => return Err(unknown(at, "form of a moment", form)),
            },
        });
    }
    Ok(pieces.into())
}

fn query(json: &Json, index: usize, nodes: &[Node]) -> Result<Query, Error> {
    let place = Place::Query(index);
    let query = object(json, place)?;
    let mut steps = Vec::new();
    for (number, json) in list(query, "steps", place)?.iter().enumerate() {
        let at = Place::Step {
            query: index,
            step: number,
        };
        let step = step(json, nodes, at)?;
        if let Step::Filter(id) | Step::Remove(id) | Step::Eval(id) | Step::Flatten(id) = step {
            let loaded = steps.contains(&Step::Load);
            available(id, nodes, at, |input| match input {
                Input::Record => loaded,
                Input::Line | Input::Item => true,
                _ => false,
            })?;
        }
        steps.push(step);
    }
    let at = Place::Sink(index);
    let json = query.get("sink").ok_or(Error::Expected {
        at: place,
        what: "a sink",
    })?;
    let sink = sink(object(json, at)?, nodes, at)?;
    let loaded = steps.contains(&Step::Load);
    for id in sink.row_nodes() {
        available(id, nodes, at, |input| match input {
            Input::Record => loaded,
            Input::Line | Input::Item => true,
            _ => false,
        })?;
    }
    if let Some(id) = sink.step() {
        available(id, nodes, at, |input| match input {
            Input::Record => loaded,
            Input::Line | Input::Item | Input::Acc => true,
            _ => false,
        })?;
    }
    Ok(Query { steps, sink })
}

fn step(json: &Json, nodes: &[Node], at: Place) -> Result<Step, Error> {
    let parts = json.as_array().map(Vec::as_slice).unwrap_or_default();
    let (name, id) = match parts {
        [name] => (text(name, at)?, None),
        [name, id] => (text(name, at)?, Some(node_id(id, nodes, at)?)),
        _ => {
            return Err(Error::Expected {
                at,
                what: "[name] or [name, node id]",
            });
        }
    };
    match (name, id) {
        ("load", None) => Ok(Step::Load),
        ("filter", Some(id)) => Ok(Step::Filter(id)),
        ("remove", Some(id)) => Ok(Step::Remove(id)),
        ("eval", Some(id)) => Ok(Step::Eval(id)),
        ("flatten", Some(id)) => Ok(Step::Flatten(id)),
        ("load" | "filter" | "remove" | "eval" | "flatten", _) => Err(Error::Expected {
            at,
            what: "a node id after every step but load",
        }),
        (name, _) => Err(unknown(at, "step", name)),
    }
}

fn sink(sink: &Object, nodes: &[Node], at: Place) -> Result<Sink, Error> {
    let kind = sink
        .get("kind")
        .ok_or(Error::Expected { at, what: "a kind" })?;
    let optional = |name: &str| match sink.get(name) {
        None | Some(Json::Null) => Ok(None),
        Some(id) => node_id(id, nodes, at).map(Some),
    };
    let required = |name: &'static str| {
        optional(name)?.ok_or(Error::Expected {
            at,
            what: "a node id for each expression",
        })
    };
    let limit = || count(sink.get("limit"), at);
    let flag = |name: &str| {
        let found = sink.get(name).and_then(Json::as_bool);
        found.ok_or(Error::Expected {
            at,
            what: "true or false",
        })
    };
    // A JSON null is Python's None as the initial value; only an absent one means "no initial".
    let initial = || sink.get("initial").map(|json| value(json, at)).transpose();
    Ok(match text(kind, at)? {
        "count" => Sink::Count,
        "frequencies" => Sink::Frequencies {
            key: required("key")?,
        },
        "distinct" => Sink::Distinct {
            key: required("key")?,
        },
        "foldby" => Sink::FoldBy {
            key: required("key")?,
            step: required("step")?,
            element: optional("element")?,
            initial: initial()?,
        },
        "fold" => Sink::Fold {
            element: optional("element")?,
            step: required("step")?,
            initial: initial()?,
        },
        "sum" => Sink::Sum {
            value: required("value")?,
        },
        "min" => Sink::Min {
            value: required("value")?,
        },
        "max" => Sink::Max {
            value: required("value")?,
        },
        "topk" => Sink::TopK {
            k: count(sink.get("k"), at)?
                .and_then(|k| usize::try_from(k).ok())
                .ok_or(Error::Expected {
                    at,
                    what: "a count k",
                })?,
            element: required("element")?,
            key: optional("key")?,
        },
        "collect" => Sink::Collect {
            element: required("element")?,
            limit: limit()?,
        },
        "project" => Sink::Project {
            key: optional("key")?,
            paths: paths(sink.get("paths"), at)?,
            limit: limit()?,
        },
        "lines" => Sink::Lines {
            element: required("element")?,
            gzip: flag("gzip")?,
            last_endline: flag("last_endline")?,
        },
        "columns" => Sink::Columns {
            cells: match &nodes[required("cells")? as usize] {
                Node {
                    op: Op::Tuple,
                    args,
                    ..
                } => args.clone(),
                _ => {
                    return Err(Error::Expected {
                        at,
                        what: "a tuple of cells",
                    });
                }
            },
            wanted: Wanted {
                nested: flag("nested")?,
                exact: flag("exact")?,
                types: flag("types")?,
            },
        },
        "schema" => Sink::Schema { limit: limit()? },
        name => return Err(unknown(at, "sink", name)),
    })
}

fn paths(json: Option<&Json>, at: Place) -> Result<Option<Vec<Vec<PathStep>>>, Error> {
    let wrong = || Error::Expected {
        at,
        what: "a list of paths of keys and indices",
    };
    let step = |json: &Json| match json {
        Json::String(key) => Ok(PathStep::Key(key.as_str().into())),
        json => json
            .as_u64()
            .and_then(|index| usize::try_from(index).ok())
            .map(PathStep::Index)
            .ok_or_else(wrong),
    };
    let path = |json: &Json| {
        json.as_array()
            .ok_or_else(wrong)?
            .iter()
            .map(step)
            .collect()
    };
    match json {
        None | Some(Json::Null) => Ok(None),
        Some(json) => json
            .as_array()
            .ok_or_else(wrong)?
            .iter()
            .map(path)
            .collect::<Result<_, _>>()
            .map(Some),
    }
}

fn count(json: Option<&Json>, at: Place) -> Result<Option<u64>, Error> {
    match json {
        None | Some(Json::Null) => Ok(None),
        Some(json) => json.as_u64().map(Some).ok_or(Error::Expected {
            at,
            what: "a count or null",
        }),
    }
}

/// Refuse an expression that reads an input without a value: what the scan left from an earlier
/// line must never be read as if it were this one's.
fn available(
    id: NodeId,
    nodes: &[Node],
    at: Place,
    has_value: impl Fn(Input) -> bool,
) -> Result<(), Error> {
    let reads = nodes[id as usize].reads;
    let inputs = [
        (Input::Line, "line"),
        (Input::Record, "record"),
        (Input::Acc, "acc"),
        (Input::Other, "other"),
        (Input::Item, "item"),
        (Input::Bound0, "bound0"),
        (Input::Bound1, "bound1"),
        (Input::Bound2, "bound2"),
    ];
    match inputs
        .into_iter()
        .find(|(input, _)| reads.has(*input) && !has_value(*input))
    {
        Some((_, input)) => Err(Error::Input { at, id, input }),
        None => Ok(()),
    }
}

fn node_id(json: &Json, earlier: &[Node], at: Place) -> Result<NodeId, Error> {
    let id = json.as_u64().ok_or(Error::Expected {
        at,
        what: "a node id",
    })?;
    match NodeId::try_from(id) {
        Ok(found) if (found as usize) < earlier.len() => Ok(found),
        _ => Err(Error::Order { at, id }),
    }
}

fn text(json: &Json, at: Place) -> Result<&str, Error> {
    json.as_str().ok_or(Error::Expected { at, what: "a name" })
}

fn object(json: &Json, at: Place) -> Result<&Object, Error> {
    json.as_object().ok_or(Error::Expected {
        at,
        what: "an object",
    })
}

fn list<'a>(parent: &'a Object, name: &str, at: Place) -> Result<&'a [Json], Error> {
    let json = parent.get(name).and_then(Json::as_array);
    json.map(Vec::as_slice)
        .ok_or(Error::Expected { at, what: "a list" })
}

fn unknown(at: Place, what: &'static str, name: &str) -> Error {
    Error::Unknown {
        at,
        what,
        name: name.to_owned(),
    }
}
