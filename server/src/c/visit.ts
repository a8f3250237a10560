import type { Expr, Initializer, Instruction, LocalId, Place, Terminator } from './ir';

/** Walks over IR values; for analyses that only look. */
export interface Visitor {
  expr?(expr: Expr): void;
  /** Every place that is read, written or whose address is taken; outer places before the places in them. */
  place?(place: Place): void;
}

export function visitExpr(expr: Expr, visitor: Visitor): void {
  visitor.expr?.(expr);
  switch (expr.k) {
    case 'load':
    case 'addr':
      visitPlace(expr.place, visitor);
      break;
    case 'unary':
    case 'cast':
      visitExpr(expr.arg, visitor);
      break;
    case 'binary':
      visitExpr(expr.left, visitor);
      visitExpr(expr.right, visitor);
      break;
    case 'sizeof':
      if ('place' in expr.of) visitPlace(expr.of.place, visitor);
      break;
    default:
  }
}

export function visitPlace(place: Place, visitor: Visitor): void {
  visitor.place?.(place);
  switch (place.k) {
    case 'deref':
      visitExpr(place.pointer, visitor);
      break;
    case 'field':
      visitPlace(place.base, visitor);
      break;
    case 'index':
      visitPlace(place.base, visitor);
      visitExpr(place.index, visitor);
      break;
    default:
  }
}

export function visitInitializer(initializer: Initializer, visitor: Visitor): void {
  if (initializer.k === 'expr') {
    visitExpr(initializer.value, visitor);
    return;
  }
  for (const entry of initializer.entries) {
    for (const designator of entry.designators) {
      if (designator.k === 'field') continue;
      visitExpr(designator.low, visitor);
      if (designator.high !== null) visitExpr(designator.high, visitor);
    }
    visitInitializer(entry.value, visitor);
  }
}

export function visitInstruction(instruction: Instruction, visitor: Visitor): void {
  switch (instruction.k) {
    case 'assign':
      visitPlace(instruction.dest, visitor);
      visitExpr(instruction.value, visitor);
      break;
    case 'initialize':
      visitPlace(instruction.dest, visitor);
      visitInitializer(instruction.value, visitor);
      break;
    case 'declare':
      visitor.place?.({ k: 'local', id: instruction.local });
      break;
    case 'call':
      if (instruction.dest !== null) visitor.place?.({ k: 'local', id: instruction.dest });
      visitExpr(instruction.callee, visitor);
      for (const arg of instruction.args) visitExpr(arg, visitor);
      break;
    case 'havoc':
      for (const place of instruction.places) visitPlace(place, visitor);
      break;
  }
}

export function visitTerminator(terminator: Terminator, visitor: Visitor): void {
  switch (terminator.k) {
    case 'branch':
      visitExpr(terminator.cond, visitor);
      break;
    case 'switch':
      visitExpr(terminator.value, visitor);
      for (const entry of terminator.cases) {
        visitExpr(entry.low, visitor);
        if (entry.high !== null) visitExpr(entry.high, visitor);
      }
      break;
    case 'return':
      if (terminator.value !== null) visitExpr(terminator.value, visitor);
      break;
    default:
  }
}

/** The local that a place is, or is a part of. */
export function rootLocal(place: Place): LocalId | null {
  let at = place;
  while (at.k === 'field' || at.k === 'index') at = at.base;
  return at.k === 'local' ? at.id : null;
}
