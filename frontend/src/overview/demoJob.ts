import type { SubmitJob } from "@/api/types";

/** What 'Submit a demo job' submits, and what the calls to paste do. */
export const DEMO_JOB = { kind: "demo.sleep", payload: { seconds: 5 } } as const satisfies SubmitJob;
