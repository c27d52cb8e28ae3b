/** An expression of Slime's SmartLimiter: whole numbers, metrics such as `{{._base.pod}}`, arithmetic, comparisons. */
export type Expression =
  { number: number } | { metric: string } | { operator: Operator; left: Expression; right: Expression };

type Operator = "+" | "-" | "*" | "/" | ">" | "<" | "&" | "|";

/** Loosest first. */
const LEVELS: Operator[][] = [["|"], ["&"], [">", "<"], ["+", "-"], ["*", "/"]];
const TOKEN = /\s*(?:(\d{1,15})|\{\{\s*\.([\w.-]+)\s*\}\}|([-+*/><&|()]))/y;
const MAX_TOKENS = 200;

/** Reads an expression; undefined when it is none. */
export function parseExpression(text: string): Expression | undefined {
  const tokens = tokenize(text.trim());
  if (!tokens || tokens.length > MAX_TOKENS) return undefined;
  const parser = new Parser(tokens);
  const parsed = parser.level(0);
  return parser.isDone ? parsed : undefined;
}

/** The value, each metric by `valueOf`; undefined when one is not known. Divisions round up, as Slime's do. */
export function evaluate(expression: Expression, valueOf: (metric: string) => number | undefined): number | undefined {
  if ("number" in expression) return expression.number;
  if ("metric" in expression) return valueOf(expression.metric);
  const left = evaluate(expression.left, valueOf);
  const right = evaluate(expression.right, valueOf);
  return left === undefined || right === undefined ? undefined : OPERATIONS[expression.operator](left, right);
}

const OPERATIONS: Record<Operator, (left: number, right: number) => number | undefined> = {
  "+": (left, right) => left + right,
  "-": (left, right) => left - right,
  "*": (left, right) => left * right,
  "/": (left, right) => (right === 0 ? undefined : Math.ceil(left / right)),
  ">": (left, right) => Number(left > right),
  "<": (left, right) => Number(left < right),
  "&": (left, right) => Number(left !== 0 && right !== 0),
  "|": (left, right) => Number(left !== 0 || right !== 0),
};

const WORDS: Partial<Record<Operator, string>> = { "&": "and", "|": "or" };

/** The expression as the plugin ratelimit writes it, each metric by `signalOf`; undefined when one has no signal. */
export function toSignals(
  expression: Expression,
  signalOf: (metric: string) => string | undefined,
): string | undefined {
  if ("number" in expression) return String(expression.number);
  if ("metric" in expression) {
    const signal = signalOf(expression.metric);
    return signal === undefined || /^[\w.]+$/.test(signal) ? signal : `(${signal})`;
  }
  const left = toSignals(expression.left, signalOf);
  const right = toSignals(expression.right, signalOf);
  const words = WORDS[expression.operator] ?? expression.operator;
  return left === undefined || right === undefined
    ? undefined
    : `${bracket(expression.left, left)} ${words} ${bracket(expression.right, right)}`;
}

function bracket(expression: Expression, text: string): string {
  return "operator" in expression ? `(${text})` : text;
}

function tokenize(text: string): string[] | undefined {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const found = TOKEN.exec(text);
    if (!found) return undefined;
    tokens.push(found[2] === undefined ? (found[1] ?? found[3])! : `.${found[2]}`);
  }
  return tokens;
}

class Parser {
  private next = 0;

  constructor(private readonly tokens: string[]) {}

  get isDone(): boolean {
    return this.next === this.tokens.length;
  }

  level(depth: number): Expression | undefined {
    const operators = LEVELS[depth];
    if (!operators) return this.atom();
    let left = this.level(depth + 1);
    while (left && operators.includes(this.tokens[this.next] as Operator)) {
      const operator = this.tokens[this.next++] as Operator;
      const right = this.level(depth + 1);
      left = right && { operator, left, right };
    }
    return left;
  }

  private atom(): Expression | undefined {
    const token = this.tokens[this.next++];
    if (token === "(") {
      const inner = this.level(0);
      return this.tokens[this.next++] === ")" ? inner : undefined;
    }
    if (token?.startsWith(".")) return { metric: token.slice(1) };
    return token !== undefined && /^\d/.test(token) ? { number: Number(token) } : undefined;
  }
}
