import assert from 'node:assert/strict';
import { exampleDriver } from '../../server/src/rules/example';
import { arcText } from '../../server/src/uapi';
import { analysisOf } from '../support/analyse';

/** What kernel files declare beside a driver's functions, and a C parser that has not seen the headers may stumble on. */
const declarations = [
  'MODULE_LICENSE("GPL");\nMODULE_IMPORT_NS("IOMMUFD");\nMODULE_IMPORT_NS(IOMMUFD);',
  'module_param_named(a, b, int, 0644);\nMODULE_PARM_DESC(a, "text");\nMODULE_DEVICE_TABLE(pci, x_ids);',
  'static struct pci_driver x_driver = {\n\t.name = KBUILD_MODNAME,\n};\nmodule_pci_driver(x_driver);',
  'static int __init x_init(void)\n{\n\treturn 0;\n}\nlate_initcall(x_init);\nEXPORT_SYMBOL_GPL(x_init);',
  'DEFINE_STATIC_KEY_FALSE(x_key);\nstatic DEFINE_MUTEX(x_lock);\nLIST_HEAD(x_list);\nstatic DEFINE_IDA(x_ida);',
  'static DECLARE_WAIT_QUEUE_HEAD(x_wq);\nstatic DEFINE_PER_CPU(struct x, x_cpu);\nstatic DEFINE_XARRAY_ALLOC(x_xa);',
  'static struct { int a; } x __ro_after_init = { 1 };\ntypeof(int) y;\nstatic const u8 t[] = { [0 ... 3] = 1 };',
  'asmlinkage __visible noinline int x(void)\n{\n\treturn 0;\n}\n__weak void w(void) { }',
  'static_assert(sizeof(struct demo) > 4);\n_Static_assert(1, "x");\nasm(".globl x");\n#pragma GCC diagnostic ignored "-Wunused"',
  'TRACE_EVENT(x,\n\tTP_PROTO(int a),\n\tTP_ARGS(a),\n\tTP_STRUCT__entry(\n\t\t__field(int, a)\n\t),\n\tTP_printk("%d", __entry->a)\n);',
  'DEFINE_FREE(x_put, struct x *, if (_T) x_put(_T))\nDEFINE_GUARD(x, struct x *, x_get(_T), x_put(_T))',
  'DEFINE_SHOW_ATTRIBUTE(x_stats);\nstatic DEVICE_ATTR_RO(x_attr);\nATTRIBUTE_GROUPS(x);\nBTF_ID_LIST_SINGLE(x_btf, struct, file)',
  'union x {\n\tstruct_group(hdr,\n\t\tu32 a;\n\t\tu32 b;\n\t);\n\tDECLARE_FLEX_ARRAY(u8, data);\n};',
  'struct x {\n\tint n;\n\tvoid __iomem *p;\n\tint l __guarded_by(&lock);\n\tu8 d[] __counted_by(n);\n} __packed __aligned(8);',
  'struct x {\n\tu32 a:4, b:20;\n\tu32 :8;\n\tunsigned int:0;\n\tconst u64 :3, c:5;\n\t__le32 d : 2, : 6;\n};',
  'extern int x(int) __printf(1, 2) __must_check;\nint (*x_get(int a))(int);\nvoid x_vla(int n, int a[n][n]);',
  'typedef int (*x_fn)(struct demo *, ...);\nstatic x_fn x_fns[4];\nstatic void x_k(int a[static 3]) { }',
  '__diag_push();\n__diag_ignore_all("-Wmissing-prototypes", "x");\n__diag_pop();\nVENDOR_DECLARE_THING(x, 3)',
  '#ifdef CONFIG_X\nint x(void)\n{\n#else\nint y(void)\n{\n#endif\n\treturn 0;\n}',
  'static VENDOR_ATTR int x(void)\n{\n\treturn 0;\n}\nVENDOR_API(int) y(int a)\n{\n\treturn a;\n}',
];

describe('what stands beside a driver', () => {
  for (const declaration of declarations) {
    it(`leaves a missing arc missing: ${declaration.replace(/\s+/g, ' ').slice(0, 70)}`, async () => {
      const text = exampleDriver({ saving: '' });
      const at = text.indexOf('\nstatic struct file *demo_open(');
      assert.ok(at > 0);
      const [driver, ...others] = (
        await analysisOf({ 'driver.c': `${text.slice(0, at)}\n${declaration}\n${text.slice(at)}` })
      ).drivers;
      assert.deepEqual(others, []);
      assert.equal(driver?.tear, null);
      assert.deepEqual(driver?.missing.map(arcText), ['STOP -> STOP_COPY']);
    });
  }
});
