/** A statement of the exported program. `code` takes the expression for the step's number. */
export interface Statement {
  /** Index of the step that it is for. */
  readonly step: number;
  code(step: string): string;
  /** How many tests it is. */
  readonly tests: number;
}

/** The most statements that are looked at as the body of a loop. */
const longestBody = 8;
/** Fewer repetitions are written out. */
const fewestRounds = 3;

/** The statements as lines of C, runs of them that repeat themselves as loops. */
export function writeStatements(statements: readonly Statement[]): readonly string[] {
  const texts = statements.map(({ code }) => code('\0'));
  const lines: string[] = [];
  for (let at = 0; at < statements.length; ) {
    const { size, rounds } = loopAt(statements, texts, at);
    const body = statements.slice(at, at + size);
    const [first] = body;
    if (first === undefined) {
      break;
    }
    if (rounds === 1) {
      lines.push(...indented(first.code(`${first.step + 1}`), 1));
    } else {
      const stride = (statements[at + size]?.step ?? first.step) - first.step;
      const end = first.step + 1 + stride * rounds;
      lines.push(`\tfor (int step = ${first.step + 1}; step < ${end}; step += ${stride}) {`);
      for (const { step, code } of body) {
        lines.push(...indented(code(step === first.step ? 'step' : `step + ${step - first.step}`), 2));
      }
      lines.push('\t}');
    }
    at += size * rounds;
  }
  return lines;
}

function loopAt(
  statements: readonly Statement[],
  texts: readonly string[],
  at: number,
): { readonly size: number; readonly rounds: number } {
  let best = { size: 1, rounds: 1 };
  for (let size = 1; size <= longestBody; size++) {
    const stride = (statements[at + size]?.step ?? 0) - (statements[at]?.step ?? 0);
    let rounds = 1;
    while (stride > 0 && repeats(statements, texts, at, size, rounds, stride)) {
      rounds++;
    }
    if (rounds >= fewestRounds && size * rounds > best.size * best.rounds) {
      best = { size, rounds };
    }
  }
  return best;
}

/** Whether the round is the first one again, with steps as much later as there are rounds between them. */
function repeats(
  statements: readonly Statement[],
  texts: readonly string[],
  at: number,
  size: number,
  round: number,
  stride: number,
): boolean {
  for (let index = at; index < at + size; index++) {
    const other = index + size * round;
    if (texts[other] !== texts[index] || statements[other]?.step !== (statements[index]?.step ?? 0) + stride * round) {
      return false;
    }
  }
  return true;
}

function indented(code: string, depth: number): readonly string[] {
  return code.split('\n').map((line) => `${'\t'.repeat(depth)}${line}`);
}
