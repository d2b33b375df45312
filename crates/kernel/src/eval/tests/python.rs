//! Enough of Python's expression grammar to write tests as Python.
//!
//! `e` is the record, `line` the text of the line, `acc` and `other` the accumulators. Two calls
//! are ours: `fmt(value, "r:>9")` is the f-string field `{value!r:>9}`, and `concat(a, b)` joins
//! its parts.

use serde_json::{Value as Json, json};

/// The nodes of a program, in topological order; the last one is the whole expression.
pub struct Program {
    pub nodes: Vec<Json>,
}

/// Parse an expression; panics on what is not in the grammar, since only tests call it.
pub fn parse(source: &str) -> Program {
    let mut parser = Parser {
        tokens: tokens(source),
        at: 0,
        nodes: Vec::new(),
    };
    let root = parser.expression();
    assert!(
        parser.at == parser.tokens.len(),
        "{source}: left over {:?}",
        parser.peek()
    );
    // The result of a program without queries is its last node.
    let last = parser.nodes.len() - 1;
    if root != last {
        parser.nodes.push(json!(["seq", null, [root]]));
    }
    Program {
        nodes: parser.nodes,
    }
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Name(String),
    Int(String),
    Float(f64),
    Str(String),
    Mark(&'static str),
}

const MARKS: [&str; 27] = [
    "**", "//", "==", "!=", "<=", ">=", "<", ">", "+", "-", "*", "/", "%", "(", ")", "[", "]", "{",
    "}", ",", ":", ".", "=", "!", "~", "&", "|",
];

fn tokens(source: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = source;
    while let Some(first) = rest.chars().next() {
        if first == ' ' {
            rest = &rest[1..];
        } else if first.is_ascii_digit() {
            let number = |letter: char| letter.is_ascii_alphanumeric() || letter == '.';
            let mut end = rest
                .find(|letter: char| !number(letter))
                .unwrap_or(rest.len());
            if rest[..end].ends_with('e') {
                let exponent = &rest[end + 1..];
                let digits = exponent.find(|letter: char| !letter.is_ascii_digit());
                end += 1 + digits.unwrap_or(exponent.len());
            }
            let text = &rest[..end];
            tokens.push(match text.contains(['.', 'e']) {
                true => Token::Float(text.parse().expect("a float")),
                false => Token::Int(text.to_owned()),
            });
            rest = &rest[end..];
        } else if first.is_alphabetic() || first == '_' {
            let name = |letter: char| letter.is_alphanumeric() || letter == '_';
            let end = rest
                .find(|letter: char| !name(letter))
                .unwrap_or(rest.len());
            tokens.push(Token::Name(rest[..end].to_owned()));
            rest = &rest[end..];
        } else if first == '\'' || first == '"' {
            let (text, length) = string(rest, first);
            tokens.push(Token::Str(text));
            rest = &rest[length..];
        } else {
            let mark = MARKS
                .iter()
                .find(|mark| rest.starts_with(**mark))
                .expect("a mark");
            tokens.push(Token::Mark(mark));
            rest = &rest[mark.len()..];
        }
    }
    tokens
}

fn string(source: &str, quote: char) -> (String, usize) {
    let mut text = String::new();
    let mut letters = source.char_indices().skip(1);
    while let Some((offset, letter)) = letters.next() {
        match letter {
            letter if letter == quote => return (text, offset + 1),
            '\\' => match letters.next().expect("an escape").1 {
                'n' => text.push('\n'),
                't' => text.push('\t'),
                'r' => text.push('\r'),
                'x' => {
                    let digits: String = letters.by_ref().take(2).map(|(_, digit)| digit).collect();
                    let code = u32::from_str_radix(&digits, 16).expect("two hex digits");
                    text.push(char::from_u32(code).expect("a character"));
                }
                other => text.push(other),
            },
            letter => text.push(letter),
        }
    }
    panic!("{source}: a string without an end");
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
    nodes: Vec<Json>,
}

impl Parser {
    fn node(&mut self, op: &str, data: Json, args: &[usize]) -> usize {
        let node = json!([op, data, args]);
        // Equal expressions are one node, as the plan writes them.
        if let Some(known) = self.nodes.iter().position(|known| *known == node) {
            return known;
        }
        self.nodes.push(node);
        self.nodes.len() - 1
    }

    fn constant(&mut self, data: Json) -> usize {
        self.node("const", data, &[])
    }

    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn mark(&mut self, mark: &str) -> bool {
        let found = matches!(self.peek(), Some(Token::Mark(found)) if *found == mark);
        self.at += usize::from(found);
        found
    }

    fn word(&mut self, word: &str) -> bool {
        let found = matches!(self.peek(), Some(Token::Name(found)) if found == word);
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, mark: &str) {
        assert!(
            self.mark(mark),
            "expected {mark:?}, found {:?}",
            self.peek()
        );
    }

    fn expression(&mut self) -> usize {
        let value = self.or();
        if !self.word("if") {
            return value;
        }
        let condition = self.or();
        assert!(self.word("else"), "expected else");
        let other = self.expression();
        self.node("if", Json::Null, &[condition, value, other])
    }

    fn or(&mut self) -> usize {
        let mut left = self.and();
        while self.word("or") {
            let right = self.and();
            left = self.node("if", Json::Null, &[left, left, right]);
        }
        left
    }

    fn and(&mut self) -> usize {
        let mut left = self.not();
        while self.word("and") {
            let right = self.not();
            left = self.node("if", Json::Null, &[left, right, left]);
        }
        left
    }

    fn not(&mut self) -> usize {
        if self.word("not") {
            let value = self.not();
            return self.node("not", Json::Null, &[value]);
        }
        self.comparison()
    }

    fn comparison(&mut self) -> usize {
        let left = self.sum();
        for (mark, op) in [
            ("==", "eq"),
            ("!=", "ne"),
            ("<=", "le"),
            (">=", "ge"),
            ("<", "lt"),
            (">", "gt"),
        ] {
            if self.mark(mark) {
                let right = self.sum();
                return self.node(op, Json::Null, &[left, right]);
            }
        }
        if self.word("is") {
            let op = if self.word("not") { "is_not" } else { "is" };
            let right = self.sum();
            return self.node(op, Json::Null, &[left, right]);
        }
        let negated = self.word("not");
        if self.word("in") {
            let container = self.sum();
            let found = self.node("contains", Json::Null, &[container, left]);
            return if negated {
                self.node("not", Json::Null, &[found])
            } else {
                found
            };
        }
        left
    }

    fn binary(&mut self, marks: &[(&str, &str)], operand: fn(&mut Parser) -> usize) -> usize {
        let mut left = operand(self);
        'operators: loop {
            for (mark, op) in marks {
                if self.mark(mark) {
                    let right = operand(self);
                    left = self.node(op, Json::Null, &[left, right]);
                    continue 'operators;
                }
            }
            return left;
        }
    }

    fn sum(&mut self) -> usize {
        self.binary(&[("+", "add"), ("-", "sub")], Parser::product)
    }

    fn product(&mut self) -> usize {
        let marks = [
            ("*", "mul"),
            ("//", "floordiv"),
            ("/", "truediv"),
            ("%", "mod"),
        ];
        self.binary(&marks, Parser::unary)
    }

    fn unary(&mut self) -> usize {
        if self.mark("-") {
            // A negative literal is one constant, as it is in bytecode.
            match self.peek().cloned() {
                Some(Token::Int(digits)) if !self.binds_tighter() => {
                    self.at += 1;
                    return self.constant(json!({ "i": format!("-{digits}") }));
                }
                Some(Token::Float(value)) if !self.binds_tighter() => {
                    self.at += 1;
                    return self.constant(float(-value));
                }
                _ => {
                    let value = self.unary();
                    return self.node("neg", Json::Null, &[value]);
                }
            }
        }
        if self.mark("+") {
            let value = self.unary();
            return self.node("pos", Json::Null, &[value]);
        }
        let base = self.postfix();
        if self.mark("**") {
            let exponent = self.unary();
            return self.node("pow", Json::Null, &[base, exponent]);
        }
        base
    }

    fn binds_tighter(&self) -> bool {
        matches!(
            self.tokens.get(self.at + 1),
            Some(Token::Mark("**" | "." | "["))
        )
    }

    fn postfix(&mut self) -> usize {
        let mut value = self.atom();
        loop {
            if self.mark("[") {
                value = self.subscript(value);
            } else if self.mark(".") {
                let Some(Token::Name(name)) = self.peek().cloned() else {
                    panic!("expected a method, found {:?}", self.peek());
                };
                self.at += 1;
                self.expect("(");
                let mut args = self.items(")");
                if name == "get" {
                    if args.len() == 1 {
                        args.push(self.constant(Json::Null));
                    }
                    value = self.node("get", Json::Null, &[value, args[0], args[1]]);
                } else {
                    args.insert(0, value);
                    value = self.node("method", json!(name), &args);
                }
            } else {
                return value;
            }
        }
    }

    fn subscript(&mut self, object: usize) -> usize {
        let mut bounds = vec![None];
        while !self.mark("]") {
            if self.mark(":") {
                bounds.push(None);
            } else {
                let bound = self.expression();
                *bounds.last_mut().expect("a bound") = Some(bound);
            }
        }
        if let [Some(key)] = bounds[..] {
            return self.node("getitem", Json::Null, &[object, key]);
        }
        bounds.resize(3, None);
        let mut args = vec![object];
        for bound in bounds {
            let bound = bound.unwrap_or_else(|| self.constant(Json::Null));
            args.push(bound);
        }
        self.node("slice", Json::Null, &args)
    }

    fn items(&mut self, close: &str) -> Vec<usize> {
        let mut items = Vec::new();
        while !self.mark(close) {
            items.push(self.expression());
            if !self.mark(",") {
                self.expect(close);
                break;
            }
        }
        items
    }

    fn atom(&mut self) -> usize {
        let token = self.peek().cloned().expect("an expression");
        self.at += 1;
        match token {
            Token::Int(digits) => self.constant(json!({ "i": digits })),
            Token::Float(value) => self.constant(float(value)),
            Token::Str(text) => self.constant(json!({ "s": text })),
            Token::Mark("(") => {
                let start = self.at;
                let items = self.items(")");
                let comma = self.tokens[start..self.at].len() >= 2
                    && self.tokens[self.at - 2] == Token::Mark(",");
                if items.len() == 1 && !comma {
                    items[0]
                } else {
                    self.container("tuple", "t", &items)
                }
            }
            Token::Mark("[") => {
                let items = self.items("]");
                self.node("list", Json::Null, &items)
            }
            Token::Mark("{") => self.braces(),
            Token::Name(name) => self.name(&name),
            other => panic!("unexpected {other:?}"),
        }
    }

    /// A tuple of constants is a constant, as the compiler folds it.
    fn container(&mut self, op: &str, tag: &str, items: &[usize]) -> usize {
        match self.constants(items) {
            Some(items) => self.constant(json!({ tag: items })),
            None => self.node(op, Json::Null, items),
        }
    }

    fn constants(&self, items: &[usize]) -> Option<Vec<Json>> {
        let data = |id: &usize| (self.nodes[*id][0] == "const").then(|| self.nodes[*id][1].clone());
        items.iter().map(data).collect()
    }

    fn braces(&mut self) -> usize {
        let (mut items, mut is_dict) = (Vec::new(), true);
        while !self.mark("}") {
            items.push(self.expression());
            is_dict = self.mark(":");
            if is_dict {
                items.push(self.expression());
            }
            self.mark(",");
        }
        if !is_dict {
            return self.container("set", "F", &items);
        }
        match self.constants(&items) {
            Some(items) => {
                let pairs: Vec<Json> = items.chunks(2).map(|pair| json!(pair)).collect();
                self.constant(json!({ "d": pairs }))
            }
            None => self.node("dict", Json::Null, &items),
        }
    }

    fn name(&mut self, name: &str) -> usize {
        match name {
            "None" => return self.constant(Json::Null),
            "True" => return self.constant(json!(true)),
            "False" => return self.constant(json!(false)),
            "e" => return self.node("input", json!("record"), &[]),
            "line" | "acc" | "other" => return self.node("input", json!(name), &[]),
            _ => {}
        }
        self.expect("(");
        if name == "isinstance" {
            return self.is_instance();
        }
        let args = self.items(")");
        match name {
            "concat" => self.node("concat", Json::Null, &args),
            "fmt" => {
                let spec = self.nodes[args[1]][1]["s"]
                    .as_str()
                    .expect("a spec")
                    .to_owned();
                let (conversion, spec) = spec.split_once(':').expect("conversion:spec");
                self.node("format", json!([conversion, spec]), &args[..1])
            }
            name => self.node("call", json!(name), &args),
        }
    }

    fn is_instance(&mut self) -> usize {
        let value = self.expression();
        self.expect(",");
        let several = self.mark("(");
        let mut types = Vec::new();
        while let Some(Token::Name(name)) = self.peek().cloned() {
            self.at += 1;
            types.push(name);
            self.mark(",");
        }
        if several {
            self.expect(")");
        }
        self.expect(")");
        self.node(
            "call",
            json!(format!("isinstance:{}", types.join(","))),
            &[value],
        )
    }
}

fn float(value: f64) -> Json {
    json!({ "f": format!("{:016x}", value.to_bits()) })
}
