/** What there is to say about one name of the uAPI: plain text that is also safe as Markdown, in our own words. */
export interface Doc {
  /** The name as one would write it in C or in a report. */
  readonly title: string;
  /** One sentence. */
  readonly summary: string;
  /** Further sentences, one paragraph each. */
  readonly details: readonly string[];
  /** Where in the kernel the facts come from: file, then declaration. */
  readonly source: string;
}

/** The part of the uAPI header that specifies the state machine. */
export const stateMachineSource = 'include/uapi/linux/vfio.h, enum vfio_device_mig_state';
