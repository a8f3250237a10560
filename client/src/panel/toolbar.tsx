import type { JSX } from 'preact';
import type { SimulationCatalogue } from '../../../server/src/wire';
import { IconButton } from './button';
import { Icon } from './icon';
import type { Message } from './message';
import { currentRun, isUnopened, type Model, type Run, type Speed, speeds } from './model';
import { t } from './texts';
import { machineName } from './words';

interface ToolbarProps {
  readonly model: Model;
  readonly send: (message: Message) => void;
}

/** The machine, the scenario, and the way through time. */
export function Toolbar({ model, send }: ToolbarProps): JSX.Element {
  const shown = currentRun(model);
  const run = shown === null || isUnopened(shown) ? null : shown;
  const machine = run?.session?.devices[0]?.machine;
  return (
    <header class="toolbar">
      <h1 class="visually-hidden">
        {t('Migration of {0}', machine === undefined ? t('a VFIO device') : machineName(machine))}
      </h1>
      <MachineButton run={run} send={send} />
      {run !== null && <ScenarioSelect run={run} catalogue={model.catalogue} send={send} />}
      {run !== null && <TimeTravel run={run} model={model} send={send} />}
    </header>
  );
}

function MachineButton({ run, send }: { readonly run: Run | null; readonly send: ToolbarProps['send'] }): JSX.Element {
  const machine = run?.session?.devices[0]?.machine;
  return (
    <button
      type="button"
      class="machine-button"
      title={t('Simulate another driver, or the protocol itself')}
      onClick={() => send({ kind: 'pickMachine' })}
    >
      <Icon name={machine?.ref.kind === 'reference' ? 'book' : 'circuit-board'} />
      <span class="machine-name">
        {machine !== undefined ? machineName(machine) : run === null ? t('Choose a machine') : t('Opening …')}
      </span>
      {machine !== undefined && <span class="machine-flags">{machine.flags.join(' | ')}</span>}
    </button>
  );
}

const byHand = 'by-hand';

interface ScenarioProps {
  readonly run: Run;
  readonly catalogue: SimulationCatalogue | null;
  readonly send: ToolbarProps['send'];
}

function ScenarioSelect({ run, catalogue, send }: ScenarioProps): JSX.Element {
  const name = run.session?.scenario?.name ?? byHand;
  const choose = (chosen: string): void =>
    send({ kind: 'runScenario', scenario: chosen === byHand ? null : { name: chosen, parameters: {}, faults: [] } });
  return (
    <select
      class="select"
      aria-label={t('Scenario')}
      value={name}
      disabled={run.busy}
      onChange={({ currentTarget }) => choose(currentTarget.value)}
    >
      <option value={byHand}>{t('By hand')}</option>
      {catalogue?.scenarios.map(({ name: value, title }) => (
        <option key={value} value={value}>
          {title}
        </option>
      ))}
    </select>
  );
}

function TimeTravel({ run, model, send }: ToolbarProps & { readonly run: Run }): JSX.Element {
  const length = run.session?.steps.length ?? 0;
  const atStart = run.cursor === 0;
  const atEnd = run.cursor >= length;
  return (
    <fieldset class="time-travel" aria-label={t('Time travel')}>
      <IconButton
        icon="debug-restart"
        label={t('To the beginning')}
        disabled={atStart}
        onClick={() => send({ kind: 'go', cursor: 0 })}
      />
      <IconButton
        icon="debug-step-back"
        label={t('One step back')}
        disabled={atStart}
        onClick={() => send({ kind: 'goBy', steps: -1 })}
      />
      {model.playing === null ? (
        <IconButton icon="play" label={t('Run')} disabled={length === 0} onClick={() => send({ kind: 'play' })} />
      ) : (
        <IconButton icon="debug-pause" label={t('Pause')} onClick={() => send({ kind: 'pause' })} />
      )}
      <IconButton
        icon="debug-step-over"
        label={t('One step on')}
        disabled={atEnd}
        onClick={() => send({ kind: 'goBy', steps: 1 })}
      />
      <IconButton
        icon="debug-continue"
        label={t('To the end')}
        disabled={atEnd}
        onClick={() => send({ kind: 'go', cursor: length })}
      />
      <input
        class="time-slider"
        type="range"
        aria-label={t('Step')}
        aria-valuetext={t('step {0} of {1}', Math.min(run.cursor, length), length)}
        min={0}
        max={length}
        value={Math.min(run.cursor, length)}
        disabled={length === 0}
        onInput={({ currentTarget }) => send({ kind: 'go', cursor: Number(currentTarget.value) })}
      />
      <output class="time-steps">
        {Math.min(run.cursor, length)} / {length}
      </output>
      <select
        class="select"
        aria-label={t('Speed')}
        value={String(model.speed)}
        onChange={({ currentTarget }) => send({ kind: 'speed', speed: speedOf(currentTarget.value) })}
      >
        {speeds.map((speed) => (
          <option key={speed} value={String(speed)}>
            {t('{0} steps/s', speed)}
          </option>
        ))}
      </select>
    </fieldset>
  );
}

function speedOf(text: string): Speed {
  return speeds.find((speed) => String(speed) === text) ?? 4;
}
