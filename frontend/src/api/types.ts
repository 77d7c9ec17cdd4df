// The names that the page uses for what the server answers, taken from the generated document by path,
// so that a change of the contract is a type error here and nowhere is a shape written twice.
import type { paths } from "./schema.gen";

type Ok<Operation> = Operation extends { responses: infer R }
  ? {
      [S in keyof R & (200 | 201)]: R[S] extends { content: { "application/json": infer T } } ? T : never;
    }[keyof R & (200 | 201)]
  : never;
type Body<Operation> = Operation extends { requestBody?: { content: { "application/json": infer T } } }
  ? T
  : never;
type Query<Operation> = Operation extends { parameters: { query?: infer Q } } ? NonNullable<Q> : never;

export type Job = Ok<paths["/jobs/{job_id}"]["get"]>;
export type JobPage = Ok<paths["/jobs"]["get"]>;
/** A job as lists and events carry it: without `payload` and `result`. */
export type JobSummary = JobPage["items"][number];
export type JobState = Job["state"];
export type Priority = Job["priority"];
export type JobCounts = Ok<paths["/jobs/counts"]["get"]>;
export type AttemptPage = Ok<paths["/jobs/{job_id}/attempts"]["get"]>;
export type Attempt = AttemptPage["items"][number];
export type JobEventPage = Ok<paths["/jobs/{job_id}/events"]["get"]>;
/** One thing that happened to a job, as its timeline tells it. */
export type TimelineEvent = JobEventPage["items"][number];
export type LogPage = Ok<paths["/jobs/{job_id}/logs"]["get"]>;
export type LogLine = LogPage["items"][number];
export type WhyWaiting = Ok<paths["/jobs/{job_id}/why"]["get"]>;
export type ErrorGroupPage = Ok<paths["/jobs/errors"]["get"]>;
export type ErrorGroup = ErrorGroupPage["items"][number];
export type EditJob = Body<paths["/jobs/{job_id}"]["patch"]>;
export type CopyJob = NonNullable<Body<paths["/jobs/{job_id}/copy"]["post"]>>;
export type BulkBody = Body<paths["/jobs/retry"]["post"]>;
export type Operation = Ok<paths["/operations/{operation_id}"]["get"]>;
export type KindPage = Ok<paths["/kinds"]["get"]>;
export type Kind = KindPage["items"][number];
export type SubmitJob = Body<paths["/jobs"]["post"]>;
export type SignedIn = Ok<paths["/login"]["post"]>;
export type User = SignedIn["user"];
export type SignUp = Body<paths["/signup"]["post"]>;
export type Credentials = Body<paths["/login"]["post"]>;
export type JobQuery = Query<paths["/jobs"]["get"]>;
/** What a list of jobs can be narrowed by; lives in the URL of the jobs table. */
export type JobFilters = Omit<JobQuery, "cursor" | "limit" | "order">;
export type JobOrder = NonNullable<JobQuery["order"]>;
