import { createFileRoute } from "@tanstack/react-router";
import { jobAttempts, jobDetail } from "@/api/jobs";
import { JobPage } from "@/jobs/page/JobPage";

export const Route = createFileRoute("/_yard/jobs/$id")({
  // Both at once, and on hover already: a click shows the page in the same frame when they are there.
  loader: ({ context: { queryClient }, params: { id } }) => {
    void queryClient.prefetchQuery(jobDetail(id));
    void queryClient.prefetchQuery(jobAttempts(id));
  },
  component: Screen,
});

function Screen() {
  const { id } = Route.useParams();
  return <JobPage key={id} id={id} />;
}
