import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Icon } from './icon';

export interface MenuItem {
  readonly title: string;
  readonly onSelect: () => void;
  readonly disabled?: boolean;
}

interface MenuProps {
  readonly icon: string;
  readonly label: string;
  /** In groups, with a line between them. */
  readonly groups: readonly (readonly MenuItem[])[];
}

/** A button that opens a menu, as the ARIA practices have it: arrows move, Escape closes, letters find. */
export function Menu({ icon, label, groups }: MenuProps): JSX.Element {
  const [open, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const shown = groups.filter((group) => group.length > 0);

  useEffect(() => {
    if (!open) return;
    itemsIn(root.current)[0]?.focus();
    const closeOutside = ({ target }: Event): void => {
      if (target instanceof Node && root.current?.contains(target) === false) setOpen(false);
    };
    document.addEventListener('pointerdown', closeOutside);
    window.addEventListener('blur', () => setOpen(false), { once: true });
    return () => document.removeEventListener('pointerdown', closeOutside);
  }, [open]);

  const close = (): void => {
    setOpen(false);
    root.current?.querySelector('button')?.focus();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const items = itemsIn(root.current);
    const here = items.findIndex((item) => item.isSameNode(document.activeElement));
    const to = menuTarget(
      event.key,
      here,
      items.map(({ textContent }) => textContent ?? ''),
    );
    if (event.key === 'Escape' || event.key === 'Tab') close();
    else if (to === null) return;
    else items[to]?.focus();
    event.preventDefault();
  };

  return (
    <div ref={root} class="menu">
      <button
        type="button"
        class="icon-button"
        aria-label={label}
        title={label}
        aria-haspopup="menu"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        <Icon name={icon} />
      </button>
      {open && (
        <div class="menu-list" role="menu" aria-label={label} tabIndex={-1} onKeyDown={onKeyDown}>
          {shown.map((group, index) => (
            <>
              {index > 0 && <hr />}
              {group.map(({ title, onSelect, disabled = false }) => (
                <button
                  key={title}
                  type="button"
                  role="menuitem"
                  tabIndex={-1}
                  disabled={disabled}
                  onClick={() => {
                    close();
                    onSelect();
                  }}
                >
                  {title}
                </button>
              ))}
            </>
          ))}
        </div>
      )}
    </div>
  );
}

function itemsIn(root: HTMLElement | null): readonly HTMLElement[] {
  return [...(root?.querySelectorAll<HTMLElement>('[role="menuitem"]:not(:disabled)') ?? [])];
}

/** The item that a key leads to; null for other keys. */
function menuTarget(key: string, here: number, texts: readonly string[]): number | null {
  const { length } = texts;
  if (length === 0) return null;
  switch (key) {
    case 'ArrowDown':
      return (here + 1) % length;
    case 'ArrowUp':
      return (here - 1 + length) % length;
    case 'Home':
      return 0;
    case 'End':
      return length - 1;
    default: {
      if (key.length !== 1 || key === ' ') return null;
      const order = texts.map((_, index) => (here + 1 + index) % length);
      return order.find((index) => texts[index]?.toLowerCase().startsWith(key.toLowerCase())) ?? null;
    }
  }
}
