import { createFileRoute } from "@tanstack/react-router";
import { useMemo } from "react";
import { jobErrors } from "@/api/jobs";
import { DeadLetters } from "@/jobs/dead/DeadLetters";
import { type DeadSearch, deadSearch } from "@/jobs/dead/deadSearch";

export const Route = createFileRoute("/_yard/dead-letters")({
  validateSearch: (search): DeadSearch => deadSearch(search),
  loader: ({ context: { queryClient } }) => {
    void queryClient.prefetchQuery(jobErrors());
  },
  component: Screen,
});

function Screen() {
  // The router lays what was validated over what the URL said: what was left out is still there.
  const given = Route.useSearch();
  const search = useMemo(() => deadSearch({ ...given }), [given]);
  return <DeadLetters search={search} />;
}
