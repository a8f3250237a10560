import type {
  CancellationToken,
  Connection,
  WorkDoneProgressParams,
  WorkDoneProgressReporter,
} from 'vscode-languageserver';
import type { Progress, Work } from '../simulation';
import { stopIfCancelled } from './gate';
import type { Session } from './session';

/** Work that may take long, done in turns: in between other messages are answered, progress is told and it can be cancelled. */

/** Milliseconds of work between two looks at other messages. */
const turn = 10;
/** Milliseconds of work that no user needs to be told of. */
const unnoticed = 300;
const betweenReports = 100;

/** Who waits for some work. */
export interface Waiting {
  /** Null when nobody can cancel it. */
  readonly token: CancellationToken | null;
  /** Told after each turn. */
  readonly report: (progress: Progress) => void;
}

/** Nobody waits for it. */
export const unwatched: Waiting = { token: null, report: () => undefined };

/** Does the work in turns. Throws RequestCancelled when it is cancelled; what the work throws goes through. */
export async function inTurns<R>(session: Session, work: Work<R>, { token, report }: Waiting): Promise<R> {
  let end = session.platform.now() + turn;
  for (;;) {
    const next = work.next();
    if (next.done === true) return next.value;
    if (session.platform.now() < end) continue;
    report(next.value);
    await session.platform.pause();
    if (token !== null) stopIfCancelled(token);
    end = session.platform.now() + turn;
  }
}

/**
 * Does for a request what may take long, and tells of it under the token that the client gave for that (`workDoneToken`), if it
 * did. Of what is done soon nothing is told. A client cancels the request itself.
 */
export async function tellingProgress<R>(
  session: Session,
  connection: Connection,
  { workDoneToken }: WorkDoneProgressParams,
  title: string,
  token: CancellationToken,
  run: (waiting: Waiting) => Promise<R>,
): Promise<R> {
  if (workDoneToken === undefined) return run({ token, report: () => undefined });
  const teller = new Teller(session.platform.now, title, () => connection.window.attachWorkDoneProgress(workDoneToken));
  try {
    return await run({ token, report: (progress) => teller.tell(progress) });
  } finally {
    teller.end();
  }
}

class Teller {
  private reporter: WorkDoneProgressReporter | null = null;
  private due: number;
  private readonly now: () => number;
  private readonly title: string;
  private readonly begin: () => WorkDoneProgressReporter;

  constructor(now: () => number, title: string, begin: () => WorkDoneProgressReporter) {
    this.now = now;
    this.title = title;
    this.begin = begin;
    this.due = now() + unnoticed;
  }

  tell({ done, of }: Progress): void {
    if (this.now() < this.due) return;
    this.due = this.now() + betweenReports;
    if (this.reporter === null) {
      this.reporter = this.begin();
      this.reporter.begin(this.title, of === null ? undefined : 0, undefined, true);
    }
    if (of === null) this.reporter.report(String(done));
    else this.reporter.report(Math.floor((100 * done) / of));
  }

  end(): void {
    this.reporter?.done();
  }
}
