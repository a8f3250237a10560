import type { JSX } from 'preact';
import { ChangeLine } from './changeLine';
import { againstOf } from './compare/against';
import { ComparisonLine } from './compare/line';
import { LogBar } from './lanes/bar';
import { Lanes } from './lanes/lanes';
import { MachinePane } from './machinePane';
import type { Message } from './message';
import { currentRun, isUnopened, type Model } from './model';
import { Splitter } from './splitter';
import { t } from './texts';
import { Toolbar } from './toolbar';
import { CancelledLine, Unopened } from './undoneView';
import { Trouble, VerdictLine } from './verdict';

interface AppProps {
  readonly model: Model;
  readonly send: (message: Message) => void;
}

/** The whole page. */
export function App({ model, send }: AppProps): JSX.Element {
  const run = currentRun(model);
  return (
    <div class="app">
      <Toolbar model={model} send={send} />
      <Trouble text={model.trouble ?? run?.problem ?? null} onDismiss={() => send({ kind: 'dismiss' })} />
      {run === null ? (
        <Empty send={send} />
      ) : isUnopened(run) ? (
        <Unopened model={model} run={run} send={send} />
      ) : (
        <main class={model.split === null ? 'stage' : 'stage split'} style={{ '--split': `${model.split ?? 50}%` }}>
          <MachinePane model={model} run={run} send={send} />
          <Splitter split={model.split} send={send} />
          <section class="log" aria-label={t('What happened')}>
            <CancelledLine run={run} send={send} />
            <VerdictLine run={run} send={send} />
            <ChangeLine run={run} send={send} />
            <ComparisonLine model={model} run={run} send={send} />
            <LogBar model={model} run={run} send={send} />
            <Lanes
              run={run}
              against={againstOf(model, run)}
              detail={model.detail}
              selected={model.selectedRow}
              send={send}
            />
          </section>
        </main>
      )}
      <div class="visually-hidden" role="status" aria-live="polite">
        {model.announcement}
      </div>
    </div>
  );
}

function Empty({ send }: Pick<AppProps, 'send'>): JSX.Element {
  return (
    <main class="empty">
      <p>{t('Nothing is simulated here yet.')}</p>
      <button type="button" class="text-button" onClick={() => send({ kind: 'pickMachine' })}>
        {t('Choose a driver or the protocol itself')}
      </button>
    </main>
  );
}
