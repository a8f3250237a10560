import type { HTMLAttributes } from 'preact';

/** The custom elements that the page uses, as JSX has them; their attributes are properties of the elements. */
declare module 'preact' {
  namespace JSX {
    interface IntrinsicElements {
      'vscode-button': HTMLAttributes<HTMLElement> & { secondary?: boolean; disabled?: boolean };
      'vscode-checkbox': HTMLAttributes<HTMLElement> & {
        checked?: boolean;
        disabled?: boolean;
        label?: string;
        toggle?: boolean;
      };
      'vscode-textfield': HTMLAttributes<HTMLElement> & { value?: string; label?: string; invalid?: boolean };
    }
  }
}
