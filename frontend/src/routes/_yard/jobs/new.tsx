import { createFileRoute } from "@tanstack/react-router";
import { NewJob } from "@/jobs/new/NewJob";

interface NewSearch {
  /** Preselects a kind. */
  kind?: string;
  /** Copies this job's kind, payload and options. */
  from?: string;
}

export const Route = createFileRoute("/_yard/jobs/new")({
  validateSearch: (search): NewSearch => newSearch(search),
  component: Screen,
});

function newSearch({ kind, from }: Record<string, unknown>): NewSearch {
  return {
    ...(typeof kind === "string" ? { kind } : {}),
    ...(typeof from === "string" ? { from } : {}),
  };
}

function Screen() {
  // The router lays what was validated over what the URL said: what was left out is still there.
  const { kind, from } = newSearch({ ...Route.useSearch() });
  return <NewJob key={`${kind} ${from}`} kind={kind} from={from} />;
}
