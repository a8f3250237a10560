import { successorsOf } from './cfg';
import type { Expr, FunctionIR, Place, Span } from './ir';
import { visitInitializer, visitInstruction, visitTerminator } from './visit';

/** Checks the invariants of ir.ts; returns a sentence for each violation. An empty list is what a correct front end gives. */
export function validate(fn: FunctionIR): string[] {
  const violations: string[] = [];
  const say = (what: string): void => {
    violations.push(`${fn.name}: ${what}`);
  };
  const length = fn.end - fn.start;
  const checkSpan = (span: Span, what: string): void => {
    if (!(span.start >= 0 && span.start <= span.end && span.end <= length)) {
      say(`${what} has the span ${span.start}..${span.end} outside 0..${length}`);
    }
  };
  if (fn.blocks.length === 0) say('there is no entry block');
  checkSpan(fn.nameSpan, 'the name');
  fn.locals.forEach((local, index) => {
    if (local.id !== index) say(`local ${index} has the id ${local.id}`);
    checkSpan(local.span, `local ${local.name ?? index}`);
  });
  for (const param of fn.params) if (fn.locals[param] === undefined) say(`parameter ${param} is no local`);
  const visitor = {
    expr: (expr: Expr): void => {
      checkSpan(expr.span, `expression ${expr.k}`);
      if (expr.k === 'int' && expr.value < 0n && expr.type.k === 'int' && !expr.type.signed)
        say('a negative unsigned literal');
    },
    place: (place: Place): void => {
      if (place.k === 'local' && fn.locals[place.id] === undefined) say(`local ${place.id} is not declared`);
    },
  };
  const reached = new Set<number>([0]);
  const work = [0];
  fn.blocks.forEach((block, index) => {
    if (block.id !== index) say(`block ${index} has the id ${block.id}`);
    for (const instruction of block.instructions) {
      checkSpan(instruction.span, `instruction ${instruction.k}`);
      visitInstruction(instruction, visitor);
    }
    visitTerminator(block.terminator, visitor);
    if (block.terminator.k !== 'goto') checkSpan(block.terminator.span, `terminator of block ${index}`);
    for (const target of successorsOf(block.terminator)) {
      if (fn.blocks[target] === undefined) say(`block ${index} leads to block ${target}, which does not exist`);
    }
  });
  for (let id = work.pop(); id !== undefined; id = work.pop()) {
    const block = fn.blocks[id];
    if (block === undefined) continue;
    for (const target of successorsOf(block.terminator)) {
      if (reached.has(target)) continue;
      reached.add(target);
      work.push(target);
    }
  }
  for (const block of fn.blocks) if (!reached.has(block.id)) say(`block ${block.id} can not be reached`);
  for (const global of fn.statics) {
    if (!global.name.startsWith(`${fn.name}.`)) say(`the static ${global.name} is not named after the function`);
    if (global.initializer !== null) visitInitializer(global.initializer, visitor);
  }
  return violations;
}
