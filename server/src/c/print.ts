import type { CType, Designator, Expr, FunctionIR, Initializer, Instruction, Local, Place, Terminator } from './ir';

/** IR as text, for people and for tests that compare. */

/** A whole function: locals, then blocks; with `text` (the file's), lines of the source are named. */
export function printIR(fn: FunctionIR, text?: string): string {
  const line = lineOf(fn, text);
  const out: string[] = [];
  const params = fn.params.map((id) => `${localName(fn.locals, id)}: ${printType(fn.locals[id]?.type)}`).join(', ');
  out.push(`${fn.isStatic ? 'static ' : ''}${fn.name}(${params}): ${printType(fn.returns)}`);
  for (const local of fn.locals) {
    if (!fn.params.includes(local.id)) out.push(`  local ${localName(fn.locals, local.id)}: ${printType(local.type)}`);
  }
  for (const global of fn.statics) {
    const value = global.initializer === null ? '' : ` = ${printInitializer(global.initializer, [])}`;
    out.push(`  static ${global.name}: ${printType(global.type)}${value}`);
  }
  for (const block of fn.blocks) {
    out.push(`${block.id}:`);
    for (const instruction of block.instructions)
      out.push(`  ${printInstruction(instruction, fn.locals)}${line(instruction.span.start)}`);
    const { terminator } = block;
    out.push(
      `  ${printTerminator(terminator, fn.locals)}${terminator.k === 'goto' ? '' : line(terminator.span.start)}`,
    );
  }
  for (const problem of fn.problems) out.push(`  ${problem.kind}: ${problem.message}${line(problem.span.start)}`);
  return `${out.join('\n')}\n`;
}

/** The control flow graph in the dot language. */
export function printCfg(fn: FunctionIR): string {
  const out = [`digraph "${fn.name}" {`, '  node [shape=box, fontname=monospace];'];
  const quote = (s: string): string => s.replace(/["\\]/g, '\\$&');
  for (const block of fn.blocks) {
    const body = block.instructions
      .map((instruction) => `${quote(printInstruction(instruction, fn.locals))}\\l`)
      .join('');
    const { terminator } = block;
    const edge = (to: number, label: string): void => {
      out.push(`  b${block.id} -> b${to}${label === '' ? '' : ` [label="${quote(label)}"]`};`);
    };
    const end =
      terminator.k === 'branch'
        ? printExpr(terminator.cond, fn.locals)
        : terminator.k === 'switch'
          ? `switch ${printExpr(terminator.value, fn.locals)}`
          : terminator.k === 'goto'
            ? ''
            : printTerminator(terminator, fn.locals);
    out.push(`  b${block.id} [label="${block.id}:\\l${body}${end === '' ? '' : `${quote(end)}\\l`}"];`);
    if (terminator.k === 'goto') edge(terminator.target, '');
    if (terminator.k === 'branch') {
      edge(terminator.then, 'yes');
      edge(terminator.else, 'no');
    }
    if (terminator.k === 'switch') {
      for (const c of terminator.cases) edge(c.target, printCase(c, fn.locals));
      edge(terminator.default, 'default');
    }
  }
  out.push('}', '');
  return out.join('\n');
}

function lineOf(fn: FunctionIR, text: string | undefined): (offset: number) => string {
  if (text === undefined) return () => '';
  return (offset) => {
    let line = 1;
    for (let at = text.indexOf('\n'); at >= 0 && at < fn.start + offset; at = text.indexOf('\n', at + 1)) line++;
    return `  // line ${line}`;
  };
}

function localName(locals: readonly Local[], id: number): string {
  const local = locals[id];
  if (local === undefined || local.name === null) return `%${id}`;
  const sameName = locals.find((other) => other.name === local.name);
  return sameName?.id === id ? local.name : `${local.name}.${id}`;
}

export function printType(type: CType | undefined): string {
  switch (type?.k) {
    case undefined:
    case 'unknown':
      return '?';
    case 'void':
      return 'void';
    case 'int':
    case 'named':
      return type.name;
    case 'enum':
      return `enum ${type.name}`;
    case 'struct':
      return `${type.union ? 'union' : 'struct'} ${type.name}`;
    case 'pointer':
      return `${printType(type.to)} *`;
    case 'array':
      return `${printType(type.of)}[${type.length === null ? '' : printExpr(type.length, [])}]`;
    case 'function':
      return `${printType(type.returns)}()`;
  }
}

export function printPlace(place: Place, locals: readonly Local[]): string {
  switch (place.k) {
    case 'local':
      return localName(locals, place.id);
    case 'global':
      return `@${place.name}`;
    case 'deref':
      return `*(${printExpr(place.pointer, locals)})`;
    case 'field':
      if (place.base.k === 'deref') return `${printExpr(place.base.pointer, locals)}->${place.name}`;
      return `${printPlace(place.base, locals)}.${place.name}`;
    case 'index':
      return `${printPlace(place.base, locals)}[${printExpr(place.index, locals)}]`;
  }
}

export function printExpr(expr: Expr, locals: readonly Local[]): string {
  switch (expr.k) {
    case 'int':
      return `${expr.value}${expr.type.k === 'int' && expr.type.name === 'int' ? '' : `:${printType(expr.type)}`}`;
    case 'string':
      return JSON.stringify(expr.text);
    case 'load':
      return printPlace(expr.place, locals);
    case 'addr':
      return `&${printPlace(expr.place, locals)}`;
    case 'unary':
      return `${expr.op}${printExpr(expr.arg, locals)}`;
    case 'binary':
      return `(${printExpr(expr.left, locals)} ${expr.op} ${printExpr(expr.right, locals)})`;
    case 'cast':
      return `(${printType(expr.type)})${printExpr(expr.arg, locals)}`;
    case 'sizeof':
      return `sizeof(${'type' in expr.of ? printType(expr.of.type) : printPlace(expr.of.place, locals)})`;
    case 'config':
      return `config(${expr.text})`;
    case 'type':
      return `type(${printType(expr.type)})`;
    case 'unsupported':
      return `unsupported(${expr.reason})`;
  }
}

function printDesignator(designator: Designator, locals: readonly Local[]): string {
  if (designator.k === 'field') return `.${designator.name}`;
  const high = designator.high === null ? '' : ` ... ${printExpr(designator.high, locals)}`;
  return `[${printExpr(designator.low, locals)}${high}]`;
}

export function printInitializer(initializer: Initializer, locals: readonly Local[]): string {
  if (initializer.k === 'expr') return printExpr(initializer.value, locals);
  const entries = initializer.entries.map((entry) => {
    const when = entry.when.map((test) => `${test.value ? '' : '!'}${test.text} ? `).join('');
    const target = entry.designators.map((d) => printDesignator(d, locals)).join('');
    return `${when}${target}${target === '' ? '' : ' = '}${printInitializer(entry.value, locals)}`;
  });
  return `{ ${entries.join(', ')} }`;
}

export function printInstruction(instruction: Instruction, locals: readonly Local[]): string {
  switch (instruction.k) {
    case 'assign':
      return `${printPlace(instruction.dest, locals)} = ${printExpr(instruction.value, locals)}`;
    case 'initialize':
      return `${printPlace(instruction.dest, locals)} = (${printType(instruction.type)}) ${printInitializer(instruction.value, locals)}`;
    case 'declare':
      return `declare ${localName(locals, instruction.local)}`;
    case 'call': {
      const dest = instruction.dest === null ? '' : `${localName(locals, instruction.dest)} = `;
      const callee = instruction.name ?? `(${printExpr(instruction.callee, locals)})`;
      return `${dest}call ${callee}(${instruction.args.map((arg) => printExpr(arg, locals)).join(', ')})`;
    }
    case 'havoc':
      return `havoc ${instruction.places.map((place) => printPlace(place, locals)).join(', ')} (${instruction.reason})`;
  }
}

function printCase(entry: { readonly low: Expr; readonly high: Expr | null }, locals: readonly Local[]): string {
  return `${printExpr(entry.low, locals)}${entry.high === null ? '' : ` ... ${printExpr(entry.high, locals)}`}`;
}

function printTerminator(terminator: Terminator, locals: readonly Local[]): string {
  switch (terminator.k) {
    case 'goto':
      return `goto ${terminator.target}`;
    case 'branch':
      return `if ${printExpr(terminator.cond, locals)} goto ${terminator.then} else ${terminator.else}`;
    case 'switch': {
      const cases = terminator.cases.map((c) => `${printCase(c, locals)}: ${c.target}`);
      return `switch ${printExpr(terminator.value, locals)} { ${[...cases, `default: ${terminator.default}`].join(', ')} }`;
    }
    case 'return':
      return terminator.value === null ? 'return' : `return ${printExpr(terminator.value, locals)}`;
    case 'lost':
      return `lost (${terminator.reason})`;
  }
}
