/**
 * `$filter`: text → tokens → tree → predicate. Knows and, or, not, comparisons, contains,
 * startswith, endswith and Microsoft.Dynamics.CRM.In; everything else is a syntax error, as an
 * unknown column is Dataverse's unknown-property error.
 *
 * @typedef {{kind: "guid" | "string" | "number" | "word" | "symbol", text: string, at: number}} Token
 * @typedef {(row: Record<string, any>) => boolean} Predicate
 */
import { badQuery, unknownProperty } from "./errors.mjs";

/** @type {[Token["kind"] | "space", RegExp][]} */
const patterns = [
  ["space", /\s+/y],
  ["guid", /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/iy],
  ["string", /'(?:[^']|'')*'/y],
  ["number", /-?\d+(?:\.\d+)?/y],
  ["word", /[a-z_][\w.]*/iy],
  ["symbol", /[(),=[\]"]/y],
];

/** @param {string} text @returns {Token[]} */
function tokenize(text) {
  /** @type {Token[]} */
  const tokens = [];
  let at = 0;
  while (at < text.length) {
    const token = tokenAt(text, at);
    if (!token) throw badQuery(`Syntax error at position ${at} in '${text}'.`);
    if (token.kind !== "space") tokens.push({ kind: token.kind, text: token.text, at });
    at += token.text.length;
  }
  return tokens;
}

function tokenAt(text, at) {
  for (const [kind, pattern] of patterns) {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match) return { kind, text: match[0] };
  }
  return null;
}

/**
 * @param {string} text
 * @param {import("./tables.mjs").Table} table
 * @returns {Predicate}
 */
export function parseFilter(text, table) {
  return new Parser(text, table).parse();
}

const comparisons = {
  eq: (left, right) => left === right,
  ne: (left, right) => left !== right,
  gt: (left, right) => left !== null && left > right,
  ge: (left, right) => left !== null && left >= right,
  lt: (left, right) => left !== null && left < right,
  le: (left, right) => left !== null && left <= right,
};

const textFunctions = {
  contains: (value, part) => value.includes(part),
  startswith: (value, part) => value.startsWith(part),
  endswith: (value, part) => value.endsWith(part),
};

class Parser {
  #at = 0;

  /**
   * @param {string} text
   * @param {import("./tables.mjs").Table} table
   */
  constructor(text, table) {
    this.text = text;
    this.table = table;
    this.tokens = tokenize(text);
  }

  parse() {
    const predicate = this.#or();
    if (this.#at < this.tokens.length) this.#fail();
    return predicate;
  }

  /** @returns {Predicate} */
  #or() {
    let left = this.#and();
    while (this.#takeWord("or")) left = either(left, this.#and());
    return left;
  }

  /** @returns {Predicate} */
  #and() {
    let left = this.#not();
    while (this.#takeWord("and")) left = both(left, this.#not());
    return left;
  }

  /** @returns {Predicate} */
  #not() {
    if (!this.#takeWord("not")) return this.#term();
    const inner = this.#not();
    return (row) => !inner(row);
  }

  /** @returns {Predicate} */
  #term() {
    if (this.#takeSymbol("(")) {
      const inner = this.#or();
      this.#expectSymbol(")");
      return inner;
    }
    const { text: word } = this.#expect("word");
    if (word === "Microsoft.Dynamics.CRM.In") return this.#isIn();
    if (word in textFunctions) return this.#textFunction(word);
    return this.#comparison(word);
  }

  /** @param {string} column @returns {Predicate} */
  #comparison(column) {
    const type = this.#typeOf(column);
    const operator = this.#expect("word").text;
    const compare = comparisons[operator];
    if (!compare) this.#fail();
    const wanted = this.#literal(type, operator);
    return (row) => compare(comparable(row[column]), comparable(wanted));
  }

  /** @param {string} name @returns {Predicate} */
  #textFunction(name) {
    this.#expectSymbol("(");
    const column = this.#expect("word").text;
    this.#typeOf(column);
    this.#expectSymbol(",");
    const part = this.#literal("String", name);
    this.#expectSymbol(")");
    return (row) =>
      typeof row[column] === "string" &&
      textFunctions[name](comparable(row[column]), comparable(part));
  }

  /** `Microsoft.Dynamics.CRM.In(PropertyName='name',PropertyValues=['a','b'])` @returns {Predicate} */
  #isIn() {
    this.#expectSymbol("(");
    this.#expectWord("PropertyName");
    this.#expectSymbol("=");
    const column = unquote(this.#expect("string").text);
    this.#typeOf(column);
    this.#expectSymbol(",");
    this.#expectWord("PropertyValues");
    this.#expectSymbol("=");
    this.#expectSymbol("[");
    const values = [];
    do values.push(comparable(this.#quoted()));
    while (this.#takeSymbol(","));
    this.#expectSymbol("]");
    this.#expectSymbol(")");
    return (row) => values.includes(comparable(row[column]));
  }

  /** In's values are quoted whatever the column's type: with ' or, as JSON, with ". */
  #quoted() {
    if (!this.#takeSymbol('"')) return unquote(this.#expect("string").text);
    let text = "";
    while (!this.#takeSymbol('"')) text += (this.#next() ?? this.#fail()).text;
    return text;
  }

  /** @param {string} type @param {string} operator */
  #literal(type, operator) {
    const token = this.#next();
    if (!token) this.#fail();
    if (token.kind === "word" && token.text === "null") return null;
    const found = literalType(token);
    if (found && found !== type && !(type === "DateTimeOffset" && found === "String")) {
      throw badQuery(
        `A binary operator with incompatible types was detected. Found operand types 'Edm.${type}' and 'Edm.${found}' for operator kind '${operator === "eq" ? "Equal" : operator}'.`,
      );
    }
    if (token.kind === "string") return unquote(token.text);
    if (token.kind === "number") return Number(token.text);
    if (token.kind === "guid") return token.text;
    if (token.text === "true" || token.text === "false") return token.text === "true";
    return this.#fail();
  }

  /** @param {string} column */
  #typeOf(column) {
    const type = this.table.columns[column];
    if (!type) throw unknownProperty(column, this.table.name);
    return type;
  }

  #next() {
    return this.tokens[this.#at++];
  }

  #expect(kind) {
    const token = this.#next();
    if (token?.kind !== kind) this.#fail();
    return token;
  }

  #expectWord(word) {
    if (!this.#takeWord(word)) this.#fail();
  }

  #expectSymbol(symbol) {
    if (!this.#takeSymbol(symbol)) this.#fail();
  }

  #takeWord(word) {
    return this.#take("word", word);
  }

  #takeSymbol(symbol) {
    return this.#take("symbol", symbol);
  }

  #take(kind, text) {
    const token = this.tokens[this.#at];
    if (token?.kind !== kind || token.text !== text) return false;
    this.#at += 1;
    return true;
  }

  /** @returns {never} */
  #fail() {
    const at = this.tokens[this.#at - 1]?.at ?? this.text.length;
    throw badQuery(`Syntax error at position ${at} in '${this.text}'.`);
  }
}

const both = (left, right) => (row) => left(row) && right(row);
const either = (left, right) => (row) => left(row) || right(row);

/** @param {Token} token */
function literalType({ kind, text }) {
  if (kind === "guid") return "Guid";
  if (kind === "string") return "String";
  if (kind === "number") return "Int32";
  return text === "true" || text === "false" ? "Boolean" : null;
}

/** @param {string} literal */
function unquote(literal) {
  return literal.slice(1, -1).replaceAll("''", "'");
}

/** Dataverse compares text without regard to case. */
function comparable(value) {
  return typeof value === "string" ? value.toLowerCase() : (value ?? null);
}
