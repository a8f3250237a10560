import type { JSX } from 'preact';
import type { ExportFormat } from '../../../../server/src/wire';
import { IconButton } from '../button';
import { Choice } from '../fields';
import { Menu, type MenuItem } from '../menu';
import type { Message } from '../message';
import type { Model, Run } from '../model';
import { t } from '../texts';
import { machineName } from '../words';

interface LogBarProps {
  readonly model: Model;
  readonly run: Run;
  readonly send: (message: Message) => void;
}

const formats: readonly { readonly format: ExportFormat; readonly title: string }[] = [
  { format: 'json', title: t('Trace as JSON') },
  { format: 'text', title: t('Text') },
  { format: 'mermaid', title: t('Mermaid sequence diagram') },
  { format: 'plantuml', title: t('PlantUML sequence diagram') },
  { format: 'c', title: t('C program for a real device') },
];

const pictures = [
  { subject: 'diagram', format: 'svg', title: t('Diagram as SVG') },
  { subject: 'diagram', format: 'png', title: t('Diagram as PNG') },
  { subject: 'plots', format: 'svg', title: t('Plots as SVG') },
  { subject: 'plots', format: 'png', title: t('Plots as PNG') },
] as const;

/** Which of the runs is shown. */
export function RunChoice({ model: { runs }, run, send }: LogBarProps): JSX.Element {
  return (
    <>
      <Choice
        label={t('Run')}
        value={String(run.key)}
        choices={runs.map((each) => ({ value: String(each.key), text: runText(each) }))}
        onChange={(key) => send({ kind: 'showRun', key: Number(key) })}
      />
      <IconButton icon="close" label={t('Close this run')} onClick={() => send({ kind: 'closeRun', key: run.key })} />
    </>
  );
}

/** Which run is shown, how much of it, what it is held against, and the ways in and out. */
export function LogBar({ model, run, send }: LogBarProps): JSX.Element {
  const { detail } = model;
  return (
    <div class="log-bar">
      {model.runs.length > 1 && <RunChoice model={model} run={run} send={send} />}
      <label class="check">
        <input
          type="checkbox"
          checked={detail === 'states'}
          onChange={({ currentTarget }) => send({ kind: 'detail', detail: currentTarget.checked ? 'states' : 'all' })}
        />
        {t('States only')}
      </label>
      <span class="log-bar-room" />
      <IconButton
        icon="git-branch"
        label={t('Branch: another run from here')}
        onClick={() => send({ kind: 'branch' })}
      />
      <Menu icon="diff" label={t('Compare')} groups={comparisons({ model, run, send })} />
      <Menu
        icon="export"
        label={t('Export')}
        groups={[
          formats.map(({ format, title }) => ({
            title,
            disabled: run.session === null,
            onSelect: () => send({ kind: 'export', format }),
          })),
          pictures.map(({ subject, format, title }) => ({
            title,
            disabled: run.session === null,
            onSelect: () => send({ kind: 'picture', subject, format }),
          })),
        ]}
      />
      <IconButton
        icon="folder-opened"
        label={t('Import a trace, a log of QEMU, or samples of migration/state')}
        onClick={() => send({ kind: 'import' })}
      />
    </div>
  );
}

function comparisons({ model, run, send }: LogBarProps): readonly (readonly MenuItem[])[] {
  const isReference = run.session?.devices.every(({ machine }) => machine.ref.kind === 'reference') ?? true;
  const others = model.runs.filter(({ key }) => key !== run.key);
  return [
    [
      {
        title: t('With the protocol'),
        disabled: isReference,
        onSelect: () => send({ kind: 'compare', with: 'reference' }),
      },
      {
        title: t('With before the edit'),
        disabled: run.before === null,
        onSelect: () => send({ kind: 'compare', with: 'before-edit' }),
      },
    ],
    others.map((other) => ({
      title: t('With {0}', runText(other)),
      disabled: other.session === null,
      onSelect: () => send({ kind: 'compare', with: other.key }),
    })),
  ];
}

function runText({ label, session }: Run): string {
  const machine = session?.devices[0]?.machine;
  const name = machine === undefined ? label : machineName(machine);
  return name === label ? label : `${label}: ${name}`;
}
