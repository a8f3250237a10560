import type { JSX } from 'preact';

/** A codicon; what it stands for is said beside it or by the label of its button. */
export function Icon({ name }: { readonly name: string }): JSX.Element {
  return <span class={`codicon codicon-${name}`} aria-hidden="true" />;
}
