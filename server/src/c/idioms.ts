/** What the kernel adds to C by macros, as plain word lists. None of it is about a subsystem. */

/** Annotations that stand alone and say nothing that the analysis needs. */
export const ATTRIBUTES: ReadonlySet<string> = new Set([
  '__user', '__iomem', '__force', '__must_check', '__rcu', '__maybe_unused', '__always_unused', '__init', '__exit',
  '__initdata', '__initconst', '__exitdata', '__packed', '__cold', '__hot', '__always_inline', 'noinline', '__noreturn', '__pure',
  '__weak', '__used', '__unused', '__read_mostly', '__ro_after_init', '__percpu', '__kernel', '__nocast', '__bitwise',
  '__private', '__refdata', '__ref', '__malloc', '__deprecated', '__visible', '__sched', '__latent_entropy', '__randomize_layout',
  '__no_randomize_layout', '__designated_init', '__nonstring', '__devinit', '__devexit', '__devinitdata', '__cpuinit', '__meminit',
  '__net_init', '__net_exit', '__net_initdata', '____cacheline_aligned', '____cacheline_aligned_in_smp', '__cacheline_aligned',
  '__cacheline_aligned_in_smp', '__flatten', '__noclone', '__naked', 'noinline_for_stack', 'notrace', 'asmlinkage', '__visible',
  '__no_sanitize_address', '__no_kcsan', 'noinstr', '__cpuidle', 'fastcall', '__mod_device_table', '__cleanup', '__nonnull',
  '__extension__', '__restrict', '__restrict__', '__inline', '__inline__', '__volatile', '__signed__', 'fallthrough_', '__no_profile',
  '__user_access', '__guarded', '__returns_nonnull', '__noinline', '__gnu_inline', '__nocfi', '__no_stack_protector', '__must_be_array_',
]);

/** Annotations with arguments. */
export const CALLED_ATTRIBUTES: ReadonlySet<string> = new Set([
  '__attribute__', '__attribute', '__aligned', '__printf', '__scanf', '__free', '__counted_by', '__counted_by_le', '__counted_by_be',
  '__cleanup', '__section', '__alloc_size', '__acquires', '__releases', '__must_hold', '__no_sanitize', '__assume_aligned', '__alias',
  '__format_arg', '__nonnull', '__malloc', '__copy', '__diagnose_as', '__ifunc', '__assume', '__realloc_size', '__cond_acquires',
  '__cond_releases', '__printf_', '__element_count', '__overloadable', '__sized_by', '__guarded_by', '__pt_guarded_by', '__context_unsafe',
  '__acquires_shared', '__releases_shared', '__must_hold_shared', '__exclusive_locks_required', '__declspec', '_Alignas', '__asm_label',
]);

const int = (bits: 1 | 8 | 16 | 32 | 64, signed: boolean): { bits: 1 | 8 | 16 | 32 | 64; signed: boolean } => ({ bits, signed });

/** Integer types by their one-word names; `long` and pointers have 64 bits. */
export const INTEGER_TYPES: ReadonlyMap<string, { bits: 1 | 8 | 16 | 32 | 64; signed: boolean }> = new Map([
  ['bool', int(1, false)], ['_Bool', int(1, false)],
  ['char', int(8, true)], ['short', int(16, true)], ['int', int(32, true)], ['long', int(64, true)],
  ['unsigned', int(32, false)], ['signed', int(32, true)],
  ...[8, 16, 32, 64].flatMap((n): [string, ReturnType<typeof int>][] => {
    const bits = n === 8 ? 8 : n === 16 ? 16 : n === 32 ? 32 : 64;
    return [
      [`u${n}`, int(bits, false)], [`s${n}`, int(bits, true)], [`__u${n}`, int(bits, false)], [`__s${n}`, int(bits, true)],
      [`uint${n}_t`, int(bits, false)], [`int${n}_t`, int(bits, true)],
      [`__le${n}`, int(bits, false)], [`__be${n}`, int(bits, false)],
    ];
  }),
  ['size_t', int(64, false)], ['ssize_t', int(64, true)], ['loff_t', int(64, true)], ['off_t', int(64, true)],
  ['ptrdiff_t', int(64, true)], ['uintptr_t', int(64, false)], ['intptr_t', int(64, true)],
  ['phys_addr_t', int(64, false)], ['dma_addr_t', int(64, false)], ['resource_size_t', int(64, false)],
  ['gfp_t', int(32, false)], ['uint', int(32, false)], ['ulong', int(64, false)], ['ushort', int(16, false)],
  ['umode_t', int(16, false)], ['fmode_t', int(32, false)], ['__poll_t', int(32, false)], ['irqreturn_t', int(32, true)],
  ['dev_t', int(32, false)], ['pgoff_t', int(64, false)], ['sector_t', int(64, false)],
  ['__kernel_size_t', int(64, false)], ['pid_t', int(32, true)], ['u_int', int(32, false)],
]);

/** Words that only a type can have. */
export const TYPE_WORDS: ReadonlySet<string> = new Set([
  'unsigned', 'signed', 'int', 'char', 'short', 'long', 'void', 'float', 'double', 'bool', '_Bool', 'size_t', 'ssize_t',
]);

export const TAG_WORDS: ReadonlySet<string> = new Set(['struct', 'union', 'enum']);

export const QUALIFIERS: ReadonlySet<string> = new Set(['const', 'volatile', 'restrict', '__restrict', '__restrict__', '_Atomic']);

/** Words after which a parenthesis is no call. */
export const KEYWORDS: ReadonlySet<string> = new Set([
  'if', 'else', 'while', 'do', 'for', 'switch', 'case', 'default', 'return', 'goto', 'break', 'continue', 'sizeof', 'typeof',
  '__typeof__', '__typeof', 'typeof_unqual', '__typeof_unqual__', '_Alignof', '__alignof__', 'alignof', '_Generic', 'asm', '__asm__',
  '__asm', '__auto_type',
]);

/** True for a word that names a type by the module's or the kernel's habits. */
export function isTypeName(word: string): boolean {
  return INTEGER_TYPES.has(word) || TYPE_WORDS.has(word);
}
