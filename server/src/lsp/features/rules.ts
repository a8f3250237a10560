import type { CancellationToken, Connection } from 'vscode-languageserver';
import { isAllowable, reasonFault, ruleInfos, ruleMarkdown, suppressionAt } from '../../check';
import type { RuleList, SuppressionParams, SuppressionResult } from '../../wire';
import { isSuppressionParams, rulesMethod, suppressionMethod } from '../../wire';
import { answering } from '../gate';
import { hereOf } from '../here';
import { isAnything } from '../params';
import type { Session } from '../session';
import { withoutParams } from './requests';

/** Answers what rules there are, and how a comment allows one of their findings. */
export function answerRules(session: Session, connection: Connection): void {
  connection.onRequest<RuleList, void>(
    rulesMethod,
    withoutParams(answering(session, rulesMethod, isAnything, ruleList)),
  );
  connection.onRequest<SuppressionResult, void>(
    suppressionMethod,
    answering(session, suppressionMethod, isSuppressionParams, (params: SuppressionParams, token) =>
      suppression(session, params, token),
    ),
  );
}

function ruleList(): RuleList {
  const rules = ruleInfos.map((rule) => ({
    id: rule.id,
    severity: rule.severity,
    summary: rule.summary,
    markdown: ruleMarkdown(rule),
  }));
  return { rules };
}

async function suppression(
  session: Session,
  { textDocument, position, rule, reason }: SuppressionParams,
  token: CancellationToken,
): Promise<SuppressionResult> {
  const { t } = session.client;
  const fault = reasonFault(reason);
  if (fault !== null) return { kind: 'problem', message: t(...fault) };
  if (!isAllowable(rule)) {
    const message = t('{0} is about a comment, which no other comment can allow: mend or remove that comment.', rule);
    return { kind: 'problem', message };
  }
  const here = await hereOf(session, textDocument.uri, token);
  const offset = here?.document.offsetAt(position);
  const isThere = here?.drivers.some(({ findings }) =>
    findings.some(
      (each) => each.rule === rule && each.location.file === here.path && each.location.span.start === offset,
    ),
  );
  if (here === null || offset === undefined || isThere !== true) {
    return { kind: 'problem', message: t('There is no finding of {0} at this place any more.', rule) };
  }
  const insertion = suppressionAt(here.document.getText(), offset, rule, reason);
  return { kind: 'insert', position: here.document.positionAt(insertion.offset), text: insertion.text };
}
