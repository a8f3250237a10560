import type { JSX } from 'preact';
import { Icon } from './icon';

interface IconButtonProps {
  readonly icon: string;
  /** What it does; its tooltip too. */
  readonly label: string;
  readonly onClick: () => void;
  readonly disabled?: boolean;
  readonly pressed?: boolean;
}

/** A button of a toolbar. */
export function IconButton({ icon, label, onClick, disabled = false, pressed }: IconButtonProps): JSX.Element {
  return (
    <button
      type="button"
      class="icon-button"
      aria-label={label}
      title={label}
      disabled={disabled}
      aria-pressed={pressed}
      onClick={onClick}
    >
      <Icon name={icon} />
    </button>
  );
}
