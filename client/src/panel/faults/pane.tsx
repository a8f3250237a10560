import type { JSX } from 'preact';
import { arcText } from '../../../../server/src/wire';
import { Action, Check } from '../fields';
import type { Message } from '../message';
import type { Model, Run } from '../model';
import { t } from '../texts';
import { placeText, worldAt } from '../words';
import { possibleEvents } from './events';
import { faultsOf, type ShownFault } from './switches';

interface FaultsPaneProps {
  readonly model: Model;
  readonly run: Run;
  readonly send: (message: Message) => void;
}

/** Each error return of the driver as a switch, and all else that can be made to happen at this moment. */
export function FaultsPane({ model, run, send }: FaultsPaneProps): JSX.Element {
  const devices = run.session?.devices ?? [];
  const device = devices.find(({ name }) => name === model.device);
  const faults = device === undefined ? [] : faultsOf(run, device);
  const byHand = run.session?.scenario === null;
  return (
    <div class="faults">
      <h2>{t('Now, to {0}', model.device ?? t('the device'))}</h2>
      {possibleEvents(devices, worldAt(run), model.device ?? '').map(({ title, events }) => (
        <section key={title} class="event-group" aria-label={title}>
          <h3>{title}</h3>
          <div class="event-buttons">
            {events.map(({ title: name, summary, event }) => (
              <span key={name} title={summary}>
                <Action disabled={run.busy} onClick={() => send({ kind: 'send', event })}>
                  {name}
                </Action>
              </span>
            ))}
          </div>
        </section>
      ))}
      <h2>{t('Error returns of the driver')}</h2>
      <p class="hint">{hintOf(device?.machine.ref.kind === 'reference', byHand, faults.length)}</p>
      {faults.map(({ arc, faults: own }) => (
        <section key={arcText(arc)} class="fault-group" aria-label={arcText(arc)}>
          <h3>{arcText(arc)}</h3>
          <ul>
            {own.map((fault) => (
              <Fault key={fault.id} fault={fault} disabled={run.busy || (byHand && fault.armed)} send={send} />
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}

function hintOf(isReference: boolean, byHand: boolean, count: number): string {
  if (isReference) return t('The protocol itself has none: choose a driver.');
  if (count === 0) return t('No arc of this driver has one that the analysis found.');
  return byHand
    ? t('A switch makes the arc fail there when it is next carried out.')
    : t('A switch makes the arc fail there the first time; the scenario then runs again from its beginning.');
}

interface FaultProps {
  readonly fault: ShownFault;
  readonly disabled: boolean;
  readonly send: (message: Message) => void;
}

function Fault({ fault, disabled, send }: FaultProps): JSX.Element {
  const { id, text, errno, errnoKnown, location, armed, happened } = fault;
  return (
    <li class="fault">
      <Check
        toggle={true}
        label={text}
        checked={armed}
        disabled={disabled}
        onChange={(on) => send({ kind: 'switchFault', id, on })}
      />
      <span class="fault-errno">{errnoKnown ? `-${errno}` : t('-{0} or another', errno)}</span>
      {happened && <span class="fault-mark">{t('happened')}</span>}
      <button
        type="button"
        class="text-button fault-place"
        onClick={() => send({ kind: 'show', location, focus: true })}
      >
        {placeText(location)}
      </button>
    </li>
  );
}
