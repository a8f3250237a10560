import type { Connection } from 'vscode-languageserver';
import { deviceOpsFor, profileFor } from '../../check';
import { skeletonFor } from '../../mend';
import type { ProfileId } from '../../uapi';
import { flagSet, newestProfile } from '../../uapi';
import type { SkeletonParams, SkeletonResult } from '../../wire';
import { isSkeletonParams, skeletonMethod } from '../../wire';
import { pathOfUri } from '../convert';
import { asOwnDefinitions, includesApart, placeForDefinitions } from '../definitions';
import { answering } from '../gate';
import type { Session } from '../session';

/** Answers the text of a new driver, and where in an open document it is to be written. */
export function answerSkeleton(session: Session, connection: Connection): void {
  connection.onRequest<SkeletonResult, void>(
    skeletonMethod,
    answering(
      session,
      skeletonMethod,
      isSkeletonParams,
      async ({ flags, name, scope, target }: SkeletonParams): Promise<SkeletonResult> => {
        const profile = await profileOf(session, target);
        const deviceOps =
          target === undefined ? null : await deviceOpsFor(session.texts.overlay, pathOfUri(target.uri), profile);
        const made = skeletonFor({ flags: flagSet(flags), name, profile, scope, deviceOps });
        if ('problem' in made) return { kind: 'problem', message: session.client.t(...made.problem) };
        const document = target === undefined ? undefined : session.texts.documentOf(target.uri)?.text;
        if (document === undefined || target?.position === undefined) return { kind: 'text', text: made.text };
        const text = document.getText();
        const apart = includesApart(text, made.text);
        const offset = placeForDefinitions(text, Math.max(document.offsetAt(target.position), apart?.offset ?? 0));
        const includes = apart !== null && apart.includes !== '' ? apart : null;
        return {
          kind: 'text',
          text: asOwnDefinitions(text, offset, apart?.rest ?? made.text),
          position: document.positionAt(offset),
          ...(includes && { includes: { text: includes.includes, position: document.positionAt(includes.offset) } }),
        };
      },
    ),
  );
}

/** The generation that the settings name, else that of the kernel tree that the driver comes to, else the newest. */
async function profileOf(session: Session, target: SkeletonParams['target']): Promise<ProfileId> {
  if (target === undefined) return session.settings.config.profile ?? newestProfile.id;
  const path = pathOfUri(target.uri);
  return (await profileFor(session.texts.overlay, path, session.configOf(path).profile)).id;
}
