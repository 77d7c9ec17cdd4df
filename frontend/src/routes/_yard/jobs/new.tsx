import { createFileRoute } from "@tanstack/react-router";
import { NewJob } from "@/jobs/new/NewJob";

interface NewSearch {
  /** Preselects a kind. */
  kind?: string;
  /** Copies this job's kind, payload and options. */
  from?: string;
}

export const Route = createFileRoute("/_yard/jobs/new")({
  validateSearch: ({ kind, from }): NewSearch => ({
    ...(typeof kind === "string" ? { kind } : {}),
    ...(typeof from === "string" ? { from } : {}),
  }),
  component: Screen,
});

function Screen() {
  const { kind, from } = Route.useSearch();
  return <NewJob key={`${kind} ${from}`} kind={kind} from={from} />;
}
