type Json<T> = { headers: { [name: string]: unknown }; content: { "application/json": T } };
type Empty = { headers: { [name: string]: unknown }; content?: never };
type Answer<S extends number, T> = { [K in S]: Json<T> };
type NoParams = { query?: never; header?: never; path?: never; cookie?: never };
type Call<P, B, R> = B extends undefined
  ? { parameters: P; requestBody?: never; responses: R }
  : { parameters: P; requestBody: { content: { "application/json": B } }; responses: R };
type ById = { query?: never; header?: never; path: { job_id: string }; cookie?: never };
type Filters = {
  state?: State[];
  priority?: ("high" | "medium" | "low")[];
  kind?: string[];
  queue?: string[];
  tag?: string[];
  q?: string;
  created_after?: string;
  created_before?: string;
};
type State = "scheduled" | "pending" | "running" | "retrying" | "completed" | "failed" | "cancelled";

export interface Job {
  id: string;
  kind: string;
  queue: string;
  state: State;
  priority: "high" | "medium" | "low";
  payload?: unknown;
  result?: unknown;
  error: { type: string; message: string } | null;
  attempt: number;
  max_attempts: number;
  crashes: number;
  progress: { fraction: number; message: string | null } | null;
  tags: string[];
  unique_key: string | null;
  run_at: string;
  created_at: string;
  started_at: string | null;
  finished_at: string | null;
  timeout_seconds: number;
  schedule_id: string | null;
  batch_id: string | null;
  after: string[];
  worker: string | null;
  cancel_requested: boolean;
  owner_id: string;
  warnings?: { code: string; message: string }[];
}

export interface User {
  id: string;
  email: string;
  name: string | null;
  role: "user" | "admin";
  email_verified: boolean;
  created_at: string;
}

export interface SignedIn {
  user: User;
  access_token: string;
  token_type: "Bearer";
  expires_in: number;
}

export interface Attempt {
  run: number;
  attempt: number;
  worker: string | null;
  started_at: string;
  finished_at: string | null;
  outcome: "running" | "completed" | "failed" | "timed_out" | "cancelled" | "snoozed" | "released" | "lost";
  error: { type: string; message: string; traceback: string | null } | null;
}

export interface Kind {
  kind: string;
  description: string;
  payload_schema: { [key: string]: unknown };
  defaults: { [key: string]: unknown };
  example: unknown;
  audience: string;
  own: boolean;
  workers: number;
}

export interface SubmitJob {
  kind: string;
  payload?: unknown;
  priority?: "high" | "medium" | "low";
  queue?: string;
  run_at?: string;
  delay_seconds?: number;
  max_attempts?: number;
  backoff?: { strategy?: "exponential" | "fixed"; base_seconds?: number; max_seconds?: number };
  timeout_seconds?: number;
  tags?: string[];
  unique_key?: string;
  on_conflict?: "return" | "reject";
}

export type Counts = { [K in State]: number } & { capped: boolean };

export interface paths {
  "/signup": {
    post: Call<NoParams, { email: string; password: string; name?: string }, Answer<201, SignedIn>>;
  };
  "/login": { post: Call<NoParams, { email: string; password: string }, Answer<200, SignedIn>> };
  "/token/refresh": { post: Call<NoParams, undefined, Answer<200, SignedIn>> };
  "/logout": { post: Call<NoParams, undefined, { 204: Empty }> };
  "/me": { get: Call<NoParams, undefined, Answer<200, User>> };
  "/jobs": {
    get: Call<
      {
        query?: Filters & { limit?: number; cursor?: string; order?: "newest" | "oldest" | "next" };
        header?: never;
        path?: never;
        cookie?: never;
      },
      undefined,
      Answer<200, { items: Job[]; next_cursor: string | null }>
    >;
    post: Call<
      { query?: never; header?: { "Idempotency-Key"?: string }; path?: never; cookie?: never },
      SubmitJob,
      Answer<200 | 201, Job>
    >;
  };
  "/jobs/counts": {
    get: Call<
      { query?: Filters; header?: never; path?: never; cookie?: never },
      undefined,
      Answer<200, Counts>
    >;
  };
  "/jobs/cancel": {
    post: Call<NoParams, { ids: string[] }, Answer<200, { changed: number; skipped: number }>>;
  };
  "/jobs/retry": {
    post: Call<NoParams, { ids: string[] }, Answer<200, { changed: number; skipped: number }>>;
  };
  "/jobs/{job_id}": { get: Call<ById, undefined, Answer<200, Job>> };
  "/jobs/{job_id}/attempts": {
    get: Call<ById, undefined, Answer<200, { items: Attempt[]; next_cursor: string | null }>>;
  };
  "/jobs/{job_id}/retry": { post: Call<ById, undefined, Answer<200, Job>> };
  "/jobs/{job_id}/cancel": { post: Call<ById, undefined, Answer<200, Job>> };
  "/kinds": { get: Call<NoParams, undefined, Answer<200, { items: Kind[]; next_cursor: string | null }>> };
}
