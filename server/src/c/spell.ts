import type { Expr, Local, Place } from './ir';

/**
 * An expression as the function that it is in could write it, from the names that hold its value: `now.to`, `*cur`, `d->state`.
 * null where it is computed, or where a temporary holds it. For text that a macro made and that so stands nowhere in the source.
 */
export function spelledExpr(expr: Expr, locals: readonly Local[]): string | null {
  if (expr.k === 'cast') return spelledExpr(expr.arg, locals);
  return expr.k === 'load' ? spelledPlace(expr.place, locals) : null;
}

/** The same for what holds a value. */
export function spelledPlace(place: Place, locals: readonly Local[]): string | null {
  switch (place.k) {
    case 'local':
      return locals.find(({ id }) => id === place.id)?.name ?? null;
    case 'global':
      return place.name;
    case 'deref': {
      const pointer = spelledExpr(place.pointer, locals);
      return pointer === null ? null : `*${pointer}`;
    }
    case 'field': {
      const pointer = place.base.k === 'deref' ? spelledExpr(place.base.pointer, locals) : null;
      if (pointer !== null) return pointer.startsWith('*') ? null : `${pointer}->${place.name}`;
      const base = spelledPlace(place.base, locals);
      return base === null || base.startsWith('*') ? null : `${base}.${place.name}`;
    }
    case 'index':
      return null;
  }
}
