import type { Connection } from 'vscode-languageserver';
import { skeletonFor } from '../../mend';
import { flagSet, newestProfile } from '../../uapi';
import type { SkeletonParams, SkeletonResult } from '../../wire';
import { isSkeletonParams, skeletonMethod } from '../../wire';
import { answering } from '../gate';
import type { Session } from '../session';

/** Answers the text of a new driver; for the generation that the settings name, else the newest. */
export function answerSkeleton(session: Session, connection: Connection): void {
  connection.onRequest<SkeletonResult, void>(
    skeletonMethod,
    answering(session, skeletonMethod, isSkeletonParams, ({ flags, name, scope }: SkeletonParams): SkeletonResult => {
      const profile = session.settings.config.profile ?? newestProfile.id;
      const made = skeletonFor({ flags: flagSet(flags), name, profile, scope });
      return 'text' in made ? { kind: 'text', text: made.text } : { kind: 'problem', message: made.problem };
    }),
  );
}
