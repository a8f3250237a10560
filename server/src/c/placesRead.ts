import type { Expr } from './ir';
import type { FunctionDecl } from './module';
import { spelledExpr } from './spell';
import { visitInstruction, visitTerminator } from './visit';

/** The members and targets of the function's own variables that it reads, as C text, in the order of the text. */
export function placesReadIn(decl: FunctionDecl): readonly string[] {
  const { blocks, locals } = decl.ir();
  const found = new Set<string>();
  const visitor = {
    expr: (expr: Expr) => {
      if (expr.k !== 'load' || (expr.place.k !== 'field' && expr.place.k !== 'deref')) return;
      const text = spelledExpr(expr, locals);
      const owner = text?.match(/\w+/)?.[0];
      if (text !== null && locals.some(({ name }) => name === owner)) found.add(text);
    },
  };
  for (const { instructions, terminator } of blocks) {
    for (const instruction of instructions) visitInstruction(instruction, visitor);
    visitTerminator(terminator, visitor);
  }
  return [...found];
}
