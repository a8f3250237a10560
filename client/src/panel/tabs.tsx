import type { ComponentChildren, JSX } from 'preact';
import { useRef } from 'preact/hooks';

interface TabsProps<T extends string> {
  readonly label: string;
  readonly tabs: readonly { readonly id: T; readonly title: string }[];
  readonly selected: T;
  readonly onSelect: (id: T) => void;
  /** What the selected tab shows. */
  readonly children: ComponentChildren;
}

/** Tabs as the ARIA practices have them: one stop for Tab, arrow keys between them. */
export function Tabs<T extends string>({ label, tabs, selected, onSelect, children }: TabsProps<T>): JSX.Element {
  const list = useRef<HTMLDivElement>(null);
  const move = (index: number): void => {
    const tab = tabs[(index + tabs.length) % tabs.length];
    if (tab === undefined) return;
    onSelect(tab.id);
    list.current?.querySelector<HTMLElement>(`[data-tab="${tab.id}"]`)?.focus();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const index = tabs.findIndex(({ id }) => id === selected);
    const to = { ArrowLeft: index - 1, ArrowRight: index + 1, Home: 0, End: tabs.length - 1 };
    const found = Object.entries(to).find(([key]) => key === event.key)?.[1];
    if (found === undefined) return;
    event.preventDefault();
    move(found);
  };
  return (
    <>
      <div ref={list} class="tabs" role="tablist" aria-label={label} onKeyDown={onKeyDown}>
        {tabs.map(({ id, title }) => (
          <button
            key={id}
            type="button"
            id={`tab-${id}`}
            class="tab"
            role="tab"
            data-tab={id}
            aria-selected={id === selected}
            aria-controls={`view-${selected}`}
            tabIndex={id === selected ? 0 : -1}
            onClick={() => onSelect(id)}
          >
            {title}
          </button>
        ))}
      </div>
      <div id={`view-${selected}`} class="view" role="tabpanel" aria-labelledby={`tab-${selected}`}>
        {children}
      </div>
    </>
  );
}
