import '@vscode-elements/elements/dist/vscode-button/index.js';
import '@vscode-elements/elements/dist/vscode-checkbox/index.js';
import '@vscode-elements/elements/dist/vscode-textfield/index.js';
import type { ComponentChildren, JSX } from 'preact';

/** The widgets of forms: VS Code's look from @vscode-elements, with what the page needs of them. */

interface TextFieldProps {
  readonly label: string;
  readonly value: string;
  readonly invalid: boolean;
  readonly onInput: (text: string) => void;
}

export function TextField({ label, value, invalid, onInput }: TextFieldProps): JSX.Element {
  return (
    <vscode-textfield
      label={label}
      value={value}
      invalid={invalid}
      onInput={({ currentTarget }) => onInput(writtenIn(currentTarget))}
    />
  );
}

interface CheckProps {
  readonly label: string;
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
  readonly disabled?: boolean;
  /** Drawn as a switch: takes effect at once. */
  readonly toggle?: boolean;
}

export function Check({ label, checked, onChange, disabled = false, toggle = false }: CheckProps): JSX.Element {
  return (
    <vscode-checkbox
      label={label}
      checked={checked}
      disabled={disabled}
      toggle={toggle}
      onChange={() => onChange(!checked)}
    />
  );
}

interface ActionProps {
  readonly children: ComponentChildren;
  readonly onClick: () => void;
  readonly disabled?: boolean;
  /** The one that the view is for. */
  readonly primary?: boolean;
}

export function Action({ children, onClick, disabled = false, primary = false }: ActionProps): JSX.Element {
  return (
    <vscode-button secondary={!primary} disabled={disabled} onClick={onClick}>
      {children}
    </vscode-button>
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly value: string;
  readonly choices: readonly { readonly value: string; readonly text: string }[];
  readonly onChange: (value: string) => void;
  readonly disabled?: boolean;
}

/** The system's own list: it is never cut off by what is around it. */
export function Choice({ label, value, choices, onChange, disabled = false }: ChoiceProps): JSX.Element {
  return (
    <select
      class="select"
      aria-label={label}
      value={value}
      disabled={disabled}
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
    >
      {choices.map(({ value: each, text }) => (
        <option key={each} value={each}>
          {text}
        </option>
      ))}
    </select>
  );
}

function writtenIn(target: EventTarget | null): string {
  return target !== null && 'value' in target && typeof target.value === 'string' ? target.value : '';
}
