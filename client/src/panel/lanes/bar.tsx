import type { JSX } from 'preact';
import { IconButton } from '../button';
import type { Message } from '../message';
import type { Model, Run } from '../model';

interface LogBarProps {
  readonly model: Model;
  readonly send: (message: Message) => void;
}

/** Which run is shown, and how much of it. */
export function LogBar({ model, send }: LogBarProps): JSX.Element {
  const { runs, current, detail } = model;
  return (
    <div class="log-bar">
      {runs.length > 1 && (
        <>
          <select
            class="select"
            aria-label="Run"
            value={String(current)}
            onChange={({ currentTarget }) => send({ kind: 'showRun', key: Number(currentTarget.value) })}
          >
            {runs.map((run) => (
              <option key={run.key} value={String(run.key)}>
                {runText(run)}
              </option>
            ))}
          </select>
          <IconButton
            icon="close"
            label="Close this run"
            onClick={() => current !== null && send({ kind: 'closeRun', key: current })}
          />
        </>
      )}
      <IconButton icon="git-branch" label="Branch: another run from here" onClick={() => send({ kind: 'branch' })} />
      <label class="check">
        <input
          type="checkbox"
          checked={detail === 'states'}
          onChange={({ currentTarget }) => send({ kind: 'detail', detail: currentTarget.checked ? 'states' : 'all' })}
        />
        States only
      </label>
    </div>
  );
}

function runText({ label, session }: Run): string {
  const machine = session?.devices[0]?.machine.name;
  return machine === undefined ? label : `${label}: ${machine}`;
}
