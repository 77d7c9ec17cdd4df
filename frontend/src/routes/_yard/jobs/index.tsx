import { createFileRoute } from "@tanstack/react-router";
import type { JobState } from "@/api/types";
import { STATES } from "@/jobs/stateMeta";
import { LiveDot } from "@/shell/LiveDot";
import { usePageTitle } from "@/shell/usePageTitle";
import { Head } from "@/ui/Panel";

interface JobsSearch {
  state?: JobState[];
  kind?: string[];
}

export const Route = createFileRoute("/_yard/jobs/")({
  validateSearch: (search): JobsSearch => {
    const wanted = [search.state].flat();
    const state = STATES.filter((known) => wanted.includes(known));
    const kind = [search.kind].flat().filter((name) => typeof name === "string");
    return { ...(state.length > 0 ? { state } : {}), ...(kind.length > 0 ? { kind } : {}) };
  },
  component: Jobs,
});

function Jobs() {
  usePageTitle("Jobs");
  return (
    <Head title="Jobs">
      <LiveDot />
    </Head>
  );
}
