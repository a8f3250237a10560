import { Builder } from './builder';
import { type Context, type Jumps, unsupported } from './context';
import { parameterType } from './declarations';
import { hasDamage, lowerConstant } from './expressions';
import type { Block, FunctionIR, LocalId, Problem, Span } from './ir';
import { type Body, lowerHeadless, lowerStatements } from './statements';
import { looseNodes } from './strict';
import { findLostCase } from './switches';
import { childOf, namedOf, type SyntaxNode } from './syntax';
import { type Declared, declaratorType, hasSpecifier, specifierType } from './types';

/** What is known of a function before it is parsed. */
export interface FunctionHead {
  readonly name: string;
  readonly nameSpan: Span;
  readonly length: number;
  readonly isStatic: boolean;
}

/** Lowers a function's item to IR with `start` 0. Never fails: a body that can not be read is `lost`. */
export function lowerFunction(
  cx: Context,
  root: SyntaxNode | null,
  head: FunctionHead,
  before: readonly Problem[],
): FunctionIR {
  const builder = new Builder(head.name);
  builder.problems.push(...before);
  const whole = { start: 0, end: head.length };
  const base = {
    name: head.name,
    file: cx.file,
    start: 0,
    end: head.length,
    nameSpan: head.nameSpan,
    isStatic: head.isStatic,
  };
  const definition = root === null ? undefined : findDefinition(root);
  if (definition === undefined) {
    const problem: Problem = {
      kind: 'syntax',
      message: `${head.name}() can not be read as a function`,
      span: head.nameSpan,
    };
    return {
      ...base,
      returns: { k: 'unknown' },
      params: [],
      locals: [],
      blocks: [
        { id: 0, instructions: [], terminator: { k: 'lost', reason: 'the function can not be read', span: whole } },
      ],
      statics: [],
      isDamaged: true,
      problems: [...builder.problems, problem],
    };
  }
  for (const node of looseNodes(definition)) builder.problem('syntax', 'this is not C', cx.source.span(node));
  if (definition.children.some((child) => child.field !== 'body' && hasDamage(child)))
    builder.problem('syntax', `the head of ${head.name}() is not C`, head.nameSpan);
  const declarator = childOf(definition, 'declarator');
  const base0 = specifierType(cx, childOf(definition, 'type'), lowerConstant);
  const declared: Declared | null =
    declarator === undefined ? null : declaratorType(cx, declarator, base0, lowerConstant);
  const returns = declared?.type.k === 'function' ? declared.type.returns : base0;
  const inner: Context = { ...cx, builder };
  const params =
    declared?.parameters === undefined || declared.parameters === null
      ? []
      : addParameters(inner, builder, declared.parameters);
  const jumps: Jumps = {
    labels: new Map(),
    breaks: [],
    continues: [],
    switches: [],
    dispatches: [],
    parameters: params.length,
  };
  const body: Body = { ...cx, builder, jumps };
  const block = childOf(definition, 'body');
  const lostCase = block && findLostCase(body, block);
  if (block !== undefined) {
    const region = cx.source.regionOf(definition);
    builder.scoped(() => lowerBody(body, block, region));
    // A switch that broken text has closed too early: the case may be one of any.
    if (lostCase !== undefined) {
      const span = cx.source.span(lostCase);
      for (const dispatch of jumps.dispatches) dispatch.terminator = { k: 'lost', reason: 'a case is not C', span };
    }
  }
  const end = cx.source.span(block ?? definition).end;
  const last = { start: Math.max(0, end - 1), end };
  if (cx.source.damaged) {
    builder.problem('syntax', `the brackets of ${head.name}() do not match`, head.nameSpan);
    builder.end({ k: 'lost', reason: 'the brackets of the function do not match', span: last });
  } else {
    builder.end({ k: 'return', value: null, span: last });
  }
  for (const [name, label] of body.jumps.labels) {
    if (label.defined) continue;
    builder.problem('syntax', `the label ${name} is not defined`, label.span);
    label.block.terminator = { k: 'lost', reason: `the label ${name} is not defined`, span: label.span };
  }
  return {
    ...base,
    isStatic: head.isStatic || hasSpecifier(cx, definition, 'static'),
    returns,
    params,
    blocks: returns.k === 'void' || returns.k === 'unknown' ? builder.finish() : builder.finish().map(owingValue),
    locals: builder.locals,
    statics: builder.statics,
    isDamaged: cx.source.damaged || builder.isTorn,
    problems: builder.problems,
  };
}

/**
 * A body; when it ends at a bracket that is indented, the head of the block that this bracket was to close is not in the
 * text: the statements before it that are indented more run or do not, and what follows the bracket is not known.
 */
function lowerBody(cx: Body, block: SyntaxNode, region: number): void {
  const { source } = cx;
  const statements = namedOf(block);
  const closing = source.damaged ? source.indentation(block.end - 1) : 0;
  let own = statements.length;
  if (closing > 0) while (own > 0 && source.indentation(statements[own - 1]?.start ?? 0) > closing) own--;
  lowerStatements(cx, statements.slice(0, own), region);
  lowerHeadless(cx, statements.slice(own), region, 'is lost');
}

/** A return without a value where one is owed, or the end of such a function: what the caller gets is not known. */
function owingValue(block: Block): Block {
  const { terminator } = block;
  if (terminator.k !== 'return' || terminator.value !== null) return block;
  const value = unsupported('the function ends without a value', terminator.span);
  return { ...block, terminator: { ...terminator, value } };
}

/** The outermost function definition; broken text around it may have pushed it down. */
function findDefinition(root: SyntaxNode): SyntaxNode | undefined {
  const queue: SyntaxNode[] = [root];
  for (let i = 0; i < queue.length && i < 64; i++) {
    const node = queue[i];
    if (node?.type === 'function_definition') return node;
    if (node !== undefined && (node === root || node.type === 'ERROR')) queue.push(...namedOf(node));
  }
  return undefined;
}

function addParameters(cx: Context, builder: Builder, list: SyntaxNode): LocalId[] {
  const params: LocalId[] = [];
  for (const node of namedOf(list)) {
    if (node.type !== 'parameter_declaration') continue;
    const base = specifierType(cx, childOf(node, 'type'), lowerConstant);
    const declarator = childOf(node, 'declarator');
    if (declarator === undefined) {
      if (base.k !== 'void') params.push(builder.addLocal(null, base, cx.source.span(node)));
      continue;
    }
    const declared = declaratorType(cx, declarator, base, lowerConstant);
    params.push(
      builder.addLocal(declared.name, parameterType(declared.type), cx.source.span(declared.nameNode ?? node)),
    );
  }
  return params;
}
